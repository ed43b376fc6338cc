// Scoring code: a jar that offers a com.datarobot.prediction predictor as a service.
package drumline.worker.artifacts;

import com.datarobot.prediction.IClassificationPredictor;
import com.datarobot.prediction.IPredictorInfo;
import com.datarobot.prediction.IRegressionPredictor;
import com.datarobot.prediction.Predictors;
import drumline.Column;
import drumline.Table;
import drumline.worker.CodeLoader;
import drumline.worker.NamedInputs;
import drumline.worker.Predictions;
import drumline.worker.ScoredType;
import drumline.worker.WorkerError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

public final class ScoringJar extends ScoredType {
  public ScoringJar() {
    super(model -> new ModelScorer(model));
  }

  @Override
  public int rank() {
    return 10;
  }

  @Override
  public String name() {
    return "datarobot-prediction";
  }

  @Override
  public List<String> extensions() {
    return List.of(".jar");
  }

  @Override
  public String holds() {
    return "a model that datarobot-prediction of this environment reads";
  }

  @Override
  public Object load(Path path) throws WorkerError {
    List<IPredictorInfo> found = new ArrayList<>();
    for (Iterator<IPredictorInfo> all = Predictors.getAllPredictors(CodeLoader.current());
        all.hasNext(); ) found.add(all.next());
    if (found.size() == 1) return found.get(0);
    String ids = String.join(", ", found.stream().map(IPredictorInfo::getModelId).toList());
    String message = "%s offers %d models (%s), expected one; leave one in META-INF/services";
    throw new WorkerError(
        "ARTIFACT_UNSUPPORTED", message.formatted(path.getFileName(), found.size(), ids));
  }

  @Override
  public boolean fits(Object model) {
    return model instanceof IPredictorInfo;
  }

  @Override
  public List<String> packages(Object model) {
    return List.of("datarobot-prediction");
  }

  private static final class ModelScorer implements Scorer {
    private final IPredictorInfo model;
    private final List<String> inputs;
    private final Set<String> textInputs;

    ModelScorer(Object model) {
      this.model = (IPredictorInfo) model;
      var features = this.model.getFeatures();
      inputs = List.copyOf(features.keySet());
      textInputs =
          inputs.stream()
              .filter(one -> features.get(one) == String.class)
              .collect(Collectors.toSet());
    }

    @Override
    public List<String> inputs() {
      return inputs;
    }

    @Override
    public Set<String> textInputs() {
      return textInputs;
    }

    @Override
    public String findFault(String targetType) {
      boolean classifies = model instanceof IClassificationPredictor;
      boolean predictsNumbers = model instanceof IRegressionPredictor;
      if (classifies && Predictions.CLASSES.contains(targetType)
          || predictsNumbers && Predictions.NUMBERS.contains(targetType)) return null;
      String kind =
          classifies
              ? "classifies"
              : predictsNumbers ? "predicts a number" : "predicts time series";
      return kind + ", which the target type " + targetType + " cannot use";
    }

    @Override
    public Table predict(Table table, String targetType) {
      NamedInputs.check(inputs, table);
      List<Column> columns = table.columns();
      Object[][] cells = columns.stream().map(this::cellsOf).toArray(Object[][]::new);
      String[] labels =
          model instanceof IClassificationPredictor classifier
              ? classifier.getClassLabels()
              : new String[] {Predictions.NUMBER};
      double[][] values = new double[labels.length][table.rows()];
      Map<String, Object> row = new HashMap<>();
      for (int at = 0; at < table.rows(); at++) {
        for (int column = 0; column < cells.length; column++)
          row.put(columns.get(column).name(), cells[column][at]);
        if (model instanceof IRegressionPredictor regressor) values[0][at] = regressor.score(row);
        else {
          Map<String, Double> scores = ((IClassificationPredictor) model).score(row);
          for (int label = 0; label < labels.length; label++)
            values[label][at] = scores.get(labels[label]);
        }
      }
      return Predictions.tableOf(List.of(labels), values);
    }

    /** Doubles or Strings, as the model takes the column; null where missing. */
    private Object[] cellsOf(Column column) {
      Object[] cells = column.strings();
      if (textInputs.contains(column.name())) return cells;
      Object[] numbers = new Object[cells.length];
      for (int row = 0; row < cells.length; row++)
        numbers[row] =
            column.value(row) instanceof Number number ? number.doubleValue() : cells[row];
      return numbers;
    }
  }
}
