// Scoring code: jars that offer a com.datarobot.prediction predictor, made by hand and as small as
// can be.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import drumline.Column;
import drumline.Table;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoringJarTest {
  @TempDir Path folder;

  /**
   * A scoring jar has a predictor and, in the same package, the class that wraps it; here by hand,
   * as small as can be.
   */
  private static final String WRAPPER =
      """
  WrapperImpl(WRAPPED model) { this.model = model; }
  public String getModelId() { return "by hand"; }
  public Class<?> getPredictorClass() { return model.getClass(); }
  public ExplanationParams getDefaultPredictionExplanationParams() { return null; }
  public Map<String, String> getModelInfo() { return Map.of(); }
  private final WRAPPED model;
  private Row rowOf(Map<String, ?> cells) {
    Row row = new Row();
    row.d = Arrays.stream(model.get_double_predictors()).mapToDouble(name -> cells.get(name) == null ? Double.NaN : (Double) cells.get(name)).toArray();
    row.s = Arrays.stream(model.get_string_predictors()).map(name -> (String) cells.get(name)).toArray(String[]::new);
    return row;
  }
  @SuppressWarnings("rawtypes")
  public LinkedHashMap<String, Class> getFeatures() {
    LinkedHashMap<String, Class> features = new LinkedHashMap<>();
    for (String name : model.get_double_predictors()) features.put(name, Double.class);
    for (String name : model.get_string_predictors()) features.put(name, String.class);
    return features;
  }
  public Event<EVENT> getScoreEvent() { return null; }
  public SCORE score(Iterable<?> cells) { throw new UnsupportedOperationException(); }
  public Score<SCORE_BOXED> scoreWithExplanations(Map<String, ?> cells) { return null; }
  public Score<SCORE_BOXED> scoreWithExplanations(Iterable<?> cells) { return null; }
  public Score<SCORE_BOXED> scoreWithExplanations(Map<String, ?> cells, ExplanationParams params) { return null; }
  public Score<SCORE_BOXED> scoreWithExplanations(Iterable<?> cells, ExplanationParams params) { return null; }
""";

  static final String REGRESSION =
      """
package made.byhand;
import com.datarobot.prediction.*;
import java.util.*;
public class Sum implements Predictor {
  public String[] get_double_predictors() { return new String[] {"age", "bmi"}; }
  public String[] get_string_predictors() { return new String[] {"sex"}; }
  public double score(Row row) { return row.d[0] + 2 * row.d[1] + (row.s[0] == null ? 1000 : row.s[0].length() * 100); }
}
class RegressionPredictorImpl implements IRegressionPredictor {
  public double score(Map<String, ?> cells) { try { return model.score(rowOf(cells)); } catch (Exception error) { throw new RuntimeException(error); } }
"""
          + WRAPPER
              .replace("WrapperImpl", "RegressionPredictorImpl")
              .replace("WRAPPED", "Predictor")
              .replace("EVENT", "RegressionScoreEventInfo")
              .replace("SCORE_BOXED", "Double")
              .replace("SCORE", "double")
          + "}";
  private static final String CLASSIFICATION =
      """
package made.byhand;
import com.datarobot.prediction.*;
import java.util.*;
public class Odds implements MulticlassPredictor {
  public String[] get_double_predictors() { return new String[] {"x"}; }
  public String[] get_string_predictors() { return new String[0]; }
  public double score(Row row) { return row.d[0]; }
  public Map<String, Double> classificationScore(Row row) { return Map.of("yes", row.d[0], "no", 1 - row.d[0]); }
}
class ClassificationPredictorImpl implements IClassificationPredictor {
  public String[] getClassLabels() { return new String[] {"no", "yes"}; }
  public Map<String, Double> score(Map<String, ?> cells) { try { return model.classificationScore(rowOf(cells)); } catch (Exception error) { throw new RuntimeException(error); } }
"""
          + WRAPPER
              .replace("WrapperImpl", "ClassificationPredictorImpl")
              .replace("WRAPPED", "MulticlassPredictor")
              .replace("EVENT", "ClassificationScoreEventInfo")
              .replace("SCORE_BOXED", "Map<String, Double>")
              .replace("SCORE", "Map<String, Double>")
          + "}";

  @Test
  void aScoringJarPredictsNumbers() throws Exception {
    CodeDirectory.jar(
        folder.resolve("model.jar"),
        "made.byhand.Sum",
        REGRESSION,
        "com.datarobot.prediction.Predictor");
    CodeDirectory.jar(folder.resolve("library.jar"), "Library", "public class Library {}", null);
    try (WorkerProcess worker = WorkerProcess.start()) {
      assertEquals(
          "datarobot-prediction", worker.load(folder, "regression").success().get("predictor"));
      Map<String, Object> result =
          worker.predict("bmi,extra,age,sex\n1,z,10,ab\n0.5,z,20,\n2,z,30,007\n").success();
      assertArrayEquals(new double[] {212, 1021, 334}, HooksTest.doublesOf(result, "Predictions"));
      assertEquals(false, result.get("labelled"));
    }
    try (WorkerProcess worker = WorkerProcess.start()) {
      assertTrue(
          worker
              .load(folder, "binary")
              .message("ARTIFACT_UNSUPPORTED")
              .contains("predicts a number"));
    }
  }

  @Test
  void aScoringJarPredictsClasses() throws Exception {
    CodeDirectory.jar(
        folder.resolve("model.jar"),
        "made.byhand.Odds",
        CLASSIFICATION,
        "com.datarobot.prediction.MulticlassPredictor");
    try (WorkerProcess worker = WorkerProcess.start()) {
      worker.load(folder, "binary").success();
      Map<String, Object> result = worker.predict("x\n0.25\n1\n").success();
      assertArrayEquals(new double[] {0.25, 1}, HooksTest.doublesOf(result, "yes"));
      assertArrayEquals(new double[] {0.75, 0}, HooksTest.doublesOf(result, "no"));
      assertEquals(true, result.get("labelled"));
    }
  }

  @Test
  void numbersAndTextReachItAsTheModelTakesThem() throws Exception {
    CodeDirectory.jar(
        folder.resolve("model.jar"),
        "made.byhand.Sum",
        REGRESSION,
        "com.datarobot.prediction.Predictor");
    try (WorkerProcess worker = WorkerProcess.start()) {
      worker.load(folder, "regression").success();
      // The length of sex counts 100: "1" and not "1.0", "true" as text.
      for (Column sex :
          List.of(
              Column.of("sex", 1.0, Double.NaN),
              Column.of("sex", 1L, 0L).withMissing(new boolean[] {false, true}),
              Column.of("sex", "1", null))) {
        Table table = Table.of(Column.of("age", 1L, 2L), Column.of("bmi", "0.5", "1"), sex);
        Map<String, Object> payload = Map.of("kind", "table", "table", ToWire.toWire(table));
        assertArrayEquals(
            new double[] {102, 1004},
            HooksTest.doublesOf(
                worker.call("predict", Map.of("payload", payload)).success(), "Predictions"),
            sex.type().name());
      }
      assertArrayEquals(
          new double[] {102, 504},
          HooksTest.doublesOf(
              worker.predict("age,bmi,sex\n1,0.5,1\n2,1,1.000\n").success(), "Predictions"));
      assertTrue(
          worker
              .predict("age,sex\n1,a\n")
              .message("INPUT_INVALID")
              .contains("expected bmi, got age, sex"));
    }
  }

  /** A model that is its own predictor. */
  private static final String OWN =
      REGRESSION
          .substring(REGRESSION.indexOf("class RegressionPredictorImpl"))
          .replace("class RegressionPredictorImpl", "public class Own")
          .replace("RegressionPredictorImpl(Predictor model) { this.model = model; }", "")
          .replace("private final Predictor model;", "private final Predictor model = new Sum();");

  private void own(String service) throws Exception {
    String head = REGRESSION.substring(0, REGRESSION.indexOf("class RegressionPredictorImpl"));
    CodeDirectory.jar(
        folder.resolve("model.jar"),
        "made.byhand.Own",
        head.replace("public class Sum", "class Sum") + OWN,
        "com.datarobot.prediction." + service);
  }

  @Test
  void aPredictorIsFoundByItsInterface() throws Exception {
    for (String service : List.of("IRegressionPredictor", "Predictor", "MulticlassPredictor")) {
      own(service);
      try (WorkerProcess worker = WorkerProcess.start()) {
        worker.load(folder, "regression").success();
        Map<String, Object> result = worker.predict("bmi,age,sex\n1,10,ab\n").success();
        assertArrayEquals(new double[] {212}, HooksTest.doublesOf(result, "Predictions"), service);
      }
    }
  }

  @Test
  void aClassThatDoesNotFitIsNamed() throws Exception {
    for (String service : List.of("Predictor", "IClassificationPredictor", "TimeSeriesPredictor")) {
      CodeDirectory.jar(
          folder.resolve("model.jar"),
          "Other",
          "public class Other {}",
          "com.datarobot.prediction." + service);
      try (WorkerProcess worker = WorkerProcess.start()) {
        String message = worker.load(folder, "regression").message("ARTIFACT_UNSUPPORTED");
        assertTrue(
            message.contains(
                "model.jar lists the class Other under com.datarobot.prediction." + service),
            message);
      }
    }
    CodeDirectory.jar(
        folder.resolve("model.jar"),
        "made.byhand.Sum",
        REGRESSION,
        "com.datarobot.prediction.IRegressionPredictor");
    try (WorkerProcess worker = WorkerProcess.start()) {
      assertTrue(
          worker
              .load(folder, "regression")
              .message("ARTIFACT_UNSUPPORTED")
              .contains("which it does not implement"));
    }
  }
}
