// Scoring code: a jar that offers a com.datarobot.prediction predictor as a service.
package drumline.worker.artifacts;

import com.datarobot.prediction.IClassificationPredictor;
import com.datarobot.prediction.IPredictorInfo;
import com.datarobot.prediction.IRegressionPredictor;
import com.datarobot.prediction.ITimeSeriesRegressionPredictor;
import com.datarobot.prediction.MulticlassPredictor;
import com.datarobot.prediction.Predictor;
import com.datarobot.prediction.Predictors;
import com.datarobot.prediction.TimeSeriesPredictor;
import com.datarobot.transform.util.InputUtils;
import drumline.Column;
import drumline.Table;
import drumline.worker.CodeLoader;
import drumline.worker.Predictions;
import drumline.worker.ScoredType;
import drumline.worker.Signature;
import drumline.worker.WorkerError;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
  public Object load(Path path) throws Exception {
    List<IPredictorInfo> found = new ArrayList<>(Services.predictors(path));
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

  /** Finds models by what their classes implement, whatever service they are listed under. */
  private static final class Services {
    private static final String FOLDER = "META-INF/services/";
    private static final List<Class<?>> MODELS =
        List.of(
            IRegressionPredictor.class,
            IClassificationPredictor.class,
            ITimeSeriesRegressionPredictor.class);
    private static final List<Class<?>> WRAPPED =
        List.of(Predictor.class, MulticlassPredictor.class, TimeSeriesPredictor.class);

    static List<IPredictorInfo> predictors(Path path) throws Exception {
      ClassLoader loader = CodeLoader.current();
      List<IPredictorInfo> found = new ArrayList<>();
      Set<String> seen = new HashSet<>();
      for (Class<?> service : Stream.concat(MODELS.stream(), WRAPPED.stream()).toList()) {
        for (String name : namesIn(loader, FOLDER + service.getName())) {
          if (!seen.add(name)) continue;
          Class<?> type = Class.forName(name, true, loader);
          if (MODELS.stream().anyMatch(model -> model.isAssignableFrom(type)))
            found.add((IPredictorInfo) type.getConstructor().newInstance());
          else if (!WRAPPED.contains(service) || !service.isAssignableFrom(type))
            throw unfit(path, name, service);
        }
      }
      addWrapped(found, Predictors.getAllPredictors(loader));
      return found;
    }

    private static WorkerError unfit(Path path, String name, Class<?> service) {
      String message =
          "%s lists the class %s under %s, which it does not implement, expected one of %s; list it"
              + " under the interface that it implements";
      String expected =
          Stream.concat(MODELS.stream(), WRAPPED.stream())
              .map(Class::getSimpleName)
              .collect(Collectors.joining(", "));
      return new WorkerError(
          "ARTIFACT_UNSUPPORTED",
          message.formatted(path.getFileName(), name, service.getName(), expected));
    }

    private static List<String> namesIn(ClassLoader loader, String file) throws IOException {
      List<String> names = new ArrayList<>();
      for (URL url : Collections.list(loader.getResources(file))) {
        try (InputStream input = url.openStream()) {
          new String(input.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .map(line -> line.replaceFirst("#.*", "").strip())
              .filter(name -> !name.isEmpty())
              .forEach(names::add);
        }
      }
      return names;
    }

    /** The library puts these into the wrappers beside them; it refuses classes found above. */
    private static void addWrapped(List<IPredictorInfo> found, Iterator<IPredictorInfo> all) {
      while (true) {
        try {
          if (!all.hasNext()) return;
          found.add(all.next());
        } catch (ServiceConfigurationError error) {
          continue;
        }
      }
    }
  }

  private static final class ModelScorer implements Scorer {
    private final IPredictorInfo model;
    private final Signature signature;

    /** The library refuses rows that lack a feature, and has names of its own for columns. */
    ModelScorer(Object model) {
      this.model = (IPredictorInfo) model;
      List<Signature.Field> fields = new ArrayList<>();
      var features = this.model.getFeatures();
      if (features != null) {
        for (String name : features.keySet()) {
          boolean isText = features.get(name) == String.class;
          Column.Type type = isText ? Column.Type.STRING : Column.Type.DOUBLE;
          fields.add(Signature.Field.of(name, type, true));
        }
      }
      signature =
          fields.isEmpty() ? null : new Signature(fields, InputUtils::getSanitizedColumnName);
    }

    @Override
    public Signature signature() {
      return signature;
    }

    @Override
    public List<String> classes() {
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
      List<String> names = classes().isEmpty() ? List.of(Predictions.NUMBER) : classes();
      double[][] values = new double[names.size()][table.rows()];
      Map<String, Object> row = new HashMap<>();
      for (int at = 0; at < table.rows(); at++) {
        for (Column column : table.columns()) row.put(column.name(), cellOf(column.value(at)));
        if (model instanceof IRegressionPredictor regressor) values[0][at] = regressor.score(row);
        else {
          Map<String, Double> scores = ((IClassificationPredictor) model).score(row);
          for (int label = 0; label < values.length; label++)
            values[label][at] = scores.get(names.get(label));
        }
      }
      return Predictions.tableOf(names, values);
    }

    /** A double or a text, null where missing. */
    private static Object cellOf(Object value) {
      if (value instanceof Number number) return number.doubleValue();
      return value == null ? null : value.toString();
    }
  }
}
