// Scoring code: a jar that offers a com.datarobot.prediction predictor as a service.
package drumline.worker.artifacts;

import com.datarobot.prediction.IClassificationPredictor;
import com.datarobot.prediction.IPredictorInfo;
import com.datarobot.prediction.IRegressionPredictor;
import com.datarobot.prediction.Predictors;
import drumline.Column;
import drumline.Table;
import drumline.worker.CodeLoader;
import drumline.worker.WorkerError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

final class ScoringJar implements ArtifactType {
  @Override
  public Object load(Path path, CodeLoader loader) throws WorkerError {
    List<IPredictorInfo> found = new ArrayList<>();
    for (Iterator<IPredictorInfo> all = Predictors.getAllPredictors(loader); all.hasNext(); ) found.add(all.next());
    if (found.size() == 1) return found.get(0);
    String ids = String.join(", ", found.stream().map(IPredictorInfo::getModelId).toList());
    String message = "%s offers %d models (%s), expected one; leave one in META-INF/services";
    throw new WorkerError("ARTIFACT_UNSUPPORTED", message.formatted(path.getFileName(), found.size(), ids));
  }

  @Override
  public Predictor predictorOf(Object model) {
    return model instanceof IPredictorInfo info ? new ScoringCode(info) : null;
  }

  private record ScoringCode(IPredictorInfo model) implements Predictor {
    @Override
    public String name() {
      return "datarobot-prediction";
    }

    @Override
    public String findFault(String targetType) {
      boolean classifies = model instanceof IClassificationPredictor;
      boolean predictsNumbers = model instanceof IRegressionPredictor;
      if (classifies && CLASSES.contains(targetType) || predictsNumbers && NUMBERS.contains(targetType)) return null;
      String kind = classifies ? "classifies" : predictsNumbers ? "predicts a number" : "predicts time series";
      return kind + ", which the target type " + targetType + " cannot use";
    }

    @Override
    public List<String> inputs() {
      return List.copyOf(model.getFeatures().keySet());
    }

    @Override
    public Set<String> textInputs() {
      return inputs().stream().filter(this::isText).collect(Collectors.toSet());
    }

    private boolean isText(String input) {
      return model.getFeatures().get(input) == String.class;
    }

    @Override
    public Table predict(Table table, String targetType) {
      checkInputs(table);
      List<Column> columns = table.columns();
      Object[][] cells = columns.stream().map(this::cellsOf).toArray(Object[][]::new);
      String[] labels = model instanceof IClassificationPredictor classifier ? classifier.getClassLabels() : new String[] {"Predictions"};
      double[][] values = new double[labels.length][table.rows()];
      Map<String, Object> row = new HashMap<>();
      for (int at = 0; at < table.rows(); at++) {
        for (int column = 0; column < cells.length; column++) row.put(columns.get(column).name(), cells[column][at]);
        if (model instanceof IRegressionPredictor regressor) values[0][at] = regressor.score(row);
        else {
          Map<String, Double> scores = ((IClassificationPredictor) model).score(row);
          for (int label = 0; label < labels.length; label++) values[label][at] = scores.get(labels[label]);
        }
      }
      return Predictor.tableOf(List.of(labels), values);
    }

    /** Doubles or Strings, as the model takes the column; null where missing. */
    private Object[] cellsOf(Column column) {
      Object[] cells = column.strings();
      if (isText(column.name())) return cells;
      Object[] numbers = new Object[cells.length];
      for (int row = 0; row < cells.length; row++) numbers[row] = column.value(row) instanceof Number number ? number.doubleValue() : cells[row];
      return numbers;
    }
  }
}
