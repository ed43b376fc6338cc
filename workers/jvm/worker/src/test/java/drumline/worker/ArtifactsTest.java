// Artifacts of every type in a real worker: predictions against those that H2O and scikit-learn
// themselves gave.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import drumline.Column;
import drumline.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class ArtifactsTest {
  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> predictionsAreThoseOfTheLibraryThatMadeTheModel() throws IOException {
    List<String> names = CodeDirectory.modelNames("");
    assertTrue(names.size() >= 11, names.toString());
    return names.stream().map(name -> DynamicTest.dynamicTest(name, () -> check(name)));
  }

  private static String targetTypeOf(String name) {
    String last = name.substring(name.lastIndexOf('_') + 1);
    return Set.of("binary", "multiclass", "anomaly").contains(last) ? last : "regression";
  }

  private static void check(String name) throws Exception {
    Path model = CodeDirectory.MODELS.resolve(name);
    Table expected = Csv.read(Files.readAllBytes(model.resolve("expected.csv")));
    try (WorkerProcess worker = WorkerProcess.start()) {
      Map<String, Object> loaded = worker.load(model, targetTypeOf(name)).success();
      assertEquals(
          name.startsWith("pmml")
              ? "pmml4s"
              : name.startsWith("h2o_pojo") ? "h2o pojo" : "h2o mojo",
          loaded.get("predictor"));
      assertTrue(
          loaded.get("packages").toString().contains("h2o-genmodel=3.46"), loaded.toString());
      Map<String, Object> result =
          worker.predict(Files.readAllBytes(model.resolve("input.csv")), "text/csv").success();
      Table predicted = FromWire.toTable(result.get("predictions"));
      List<String> labels =
          expected.names().stream()
              .filter(one -> !one.equals("predict") && !one.equals("mean_length"))
              .toList();
      boolean labelled = Set.of("binary", "multiclass").contains(targetTypeOf(name));
      assertEquals(labelled, result.get("labelled"));
      assertEquals(labelled ? labels : List.of("Predictions"), predicted.names());
      for (String column : predicted.names()) {
        double[] values = expected.doubles(expected.has(column) ? column : "predict");
        assertArrayEquals(
            values, predicted.doubles(column), 1e-12 * Math.max(1, Math.abs(values[0])), column);
      }
    }
  }

  @Test
  void anInputColumnMayBeMissingOrUnknownAndTablesAreRead() throws Exception {
    Path model = CodeDirectory.MODELS.resolve("h2o_mojo_regression");
    try (WorkerProcess worker = WorkerProcess.start()) {
      worker.load(model, "regression").success();
      double[] without =
          HooksTest.doublesOf(worker.predict("age,bmi\n50,25.5\n").success(), "Predictions");
      double[] unknown =
          HooksTest.doublesOf(
              worker.predict("age,bmi,sex,extra\n50,25.5,x,1\n").success(), "Predictions");
      assertArrayEquals(without, unknown);
      assertTrue(
          worker.log().contains("columns that did not come count as missing: sex, bp"),
          worker.log());
      Table table = Table.of(Column.of("age", 50L), Column.of("bmi", 25.5));
      double[] asTable =
          HooksTest.doublesOf(
              worker
                  .call(
                      "predict",
                      Map.of("payload", Map.of("kind", "table", "table", ToWire.toWire(table))))
                  .success(),
              "Predictions");
      assertArrayEquals(without, asTable);
      assertTrue(
          worker.predict("a,b\n1,2\n").message("INPUT_INVALID").contains("expected age, sex"));
      worker.predict("age,bmi\n").message("INPUT_EMPTY");
    }
  }

  @Test
  void aTransformHookComesBeforeThePredictorAndLoadModelMayLoadIt() throws Exception {
    Files.copy(
        CodeDirectory.MODELS.resolve("h2o_mojo_regression/model.zip"), folder.resolve("model.zip"));
    CodeDirectory.withHooks(
        folder,
        "Object load_model(String dir) throws Exception { return hex.genmodel.MojoModel.load(dir +"
            + " \"/model.zip\"); } Table transform(Table data) { return data.with(\"bmi\","
            + " Arrays.stream(data.doubles(\"half\")).map(x -> 2 * x).toArray()); }");
    try (WorkerProcess worker = WorkerProcess.start();
        WorkerProcess plain = WorkerProcess.start()) {
      assertEquals("h2o mojo", worker.load(folder, "regression").success().get("predictor"));
      plain.load(CodeDirectory.MODELS.resolve("h2o_mojo_regression"), "regression").success();
      double[] expected =
          HooksTest.doublesOf(plain.predict("bmi,age\n25,50\n").success(), "Predictions");
      assertArrayEquals(
          expected,
          HooksTest.doublesOf(worker.predict("half,age\n12.5,50\n").success(), "Predictions"));
    }
  }

  // -- scoring code

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

  private static final String REGRESSION =
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

  // -- what is refused

  @Test
  void whatIsNoModelOrNotTheOnlyOneIsRefused() throws Exception {
    CodeDirectory.zip(folder.resolve("data.zip"), "data.csv");
    assertTrue(
        refused("regression")
            .message("ARTIFACT_UNSUPPORTED")
            .contains("data.zip holds no model.ini, so it is no H2O MOJO"));
    Files.writeString(folder.resolve("broken.jar"), "no zip");
    assertTrue(
        refused("regression")
            .message("ARTIFACT_UNSUPPORTED")
            .contains("broken.jar is no zip archive"));
    Files.writeString(folder.resolve("Broken.java"), "class Broken {");
    assertTrue(
        refused("regression")
            .message("ARTIFACT_UNREADABLE")
            .contains("does not compile: error reading " + folder.resolve("broken.jar")));
    Files.delete(folder.resolve("broken.jar"));
    assertTrue(
        refused("regression")
            .message("ARTIFACT_UNREADABLE")
            .contains("Broken.java does not compile: Broken.java:1: reached end of file"));
    Files.writeString(folder.resolve("Broken.java"), "class Broken {}");
    assertTrue(
        refused("regression")
            .message("ARTIFACT_UNSUPPORTED")
            .contains("holds 0 classes that extend hex.genmodel.GenModel"));
    Files.writeString(folder.resolve("model.pmml"), "<PMML/>");
    assertTrue(
        refused("regression").message("ARTIFACT_AMBIGUOUS").contains("Broken.java, model.pmml"));
    Files.delete(folder.resolve("Broken.java"));
    assertTrue(
        refused("regression").message("ARTIFACT_UNREADABLE").contains("model.pmml cannot be read"));
  }

  @Test
  void aModelOfAnotherKindIsRefused() throws Exception {
    Files.copy(
        CodeDirectory.MODELS.resolve("h2o_mojo_regression/model.zip"), folder.resolve("model.zip"));
    assertTrue(
        refused("multiclass").message("ARTIFACT_UNSUPPORTED").contains("H2O category Regression"));
    assertTrue(
        refused("textgeneration").message("ARTIFACT_UNSUPPORTED").contains("textgeneration"));
  }

  private WorkerProcess.Answer refused(String targetType) throws Exception {
    try (WorkerProcess worker = WorkerProcess.start()) {
      return worker.load(folder, targetType);
    }
  }

  @Test
  void withoutTheLibraryTheEnvironmentIsNamed() throws Exception {
    for (String name : List.of("h2o_mojo_regression", "h2o_pojo_regression", "pmml_regression")) {
      try (WorkerProcess worker = new WorkerProcess()) {
        String message =
            worker
                .load(CodeDirectory.MODELS.resolve(name), "regression")
                .message("PACKAGE_MISSING");
        assertTrue(message.endsWith("install it: drum environment install java"), message);
      }
    }
    CodeDirectory.jar(
        folder.resolve("model.jar"),
        "made.byhand.Sum",
        REGRESSION,
        "com.datarobot.prediction.Predictor");
    try (WorkerProcess worker = new WorkerProcess()) {
      assertTrue(
          worker
              .load(folder, "regression")
              .message("PACKAGE_MISSING")
              .contains("datarobot-prediction"));
    }
  }

  @Test
  void aDriverlessPipelineNeedsItsRuntime() throws Exception {
    Files.writeString(folder.resolve("pipeline.mojo"), "a pipeline");
    assertTrue(refused("regression").message("PACKAGE_MISSING").contains("mojo2-runtime.jar"));
  }
}
