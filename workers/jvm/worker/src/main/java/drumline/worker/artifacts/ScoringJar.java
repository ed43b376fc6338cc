// Scoring code: a jar that offers a com.datarobot.prediction predictor as a service.
package drumline.worker.artifacts;

import com.datarobot.prediction.IClassificationPredictor;
import com.datarobot.prediction.IPredictorInfo;
import com.datarobot.prediction.IRegressionPredictor;
import com.datarobot.prediction.Predictors;
import com.datarobot.transform.util.InputUtils;
import drumline.Column;
import drumline.Table;
import drumline.worker.CodeLoader;
import drumline.worker.Predictions;
import drumline.worker.ScoredType;
import drumline.worker.Signature;
import drumline.worker.WorkerError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

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
    private final Signature signature;

    /** The library refuses rows that lack a feature, and has names of its own for columns. */
    ModelScorer(Object model) {
      this.model = (IPredictorInfo) model;
      List<Signature.Field> fields = new ArrayList<>();
      this.model
          .getFeatures()
          .forEach(
              (name, type) -> {
                boolean isText = type == String.class;
                Column.Type kind = isText ? Column.Type.STRING : Column.Type.DOUBLE;
                fields.add(Signature.Field.of(name, kind, true));
              });
      signature = new Signature(fields, InputUtils::getSanitizedColumnName);
    }

    @Override
    public Signature signature() {
      return signature;
    }

    @Override
    public List<String> labels() {
      return model instanceof IClassificationPredictor classifier
          ? List.of(classifier.getClassLabels())
          : List.of();
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
    public Table predict(Table table, String targetType, List<String> requested) {
      List<String> names = labels().isEmpty() ? List.of(Predictions.NUMBER) : labels();
      double[][] values = new double[names.size()][table.rows()];
      Map<String, Object> row = new HashMap<>();
      for (int at = 0; at < table.rows(); at++) {
        for (Column column : table.columns()) row.put(column.name(), column.value(at));
        if (model instanceof IRegressionPredictor regressor) values[0][at] = regressor.score(row);
        else {
          Map<String, Double> scores = ((IClassificationPredictor) model).score(row);
          for (int label = 0; label < values.length; label++)
            values[label][at] = scores.get(names.get(label));
        }
      }
      return Predictions.tableOf(names, values);
    }
  }
}
