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
        ScoringJarTest.REGRESSION,
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

  @Test
  void anArtifactIsKnownByItsContent() throws Exception {
    Path mojo = CodeDirectory.MODELS.resolve("h2o_mojo_regression/model.zip");
    Path pmml = CodeDirectory.MODELS.resolve("pmml_regression/model.pmml");
    for (String name : List.of("model.mojo", "model.jar", "model.pmml", "MODEL.ZIP"))
      assertEquals("h2o mojo", predictorOf(mojo, name), name);
    for (String name : List.of("model.mojo", "model.java"))
      assertEquals("pmml4s", predictorOf(pmml, name), name);
    CodeDirectory.zip(folder.resolve("mojo.zip"), "mojo-pipeline/pipeline.mojo");
    assertTrue(
        refused("regression")
            .message("ARTIFACT_UNSUPPORTED")
            .contains("mojo.zip holds a Driverless AI pipeline: unpack it"));
  }

  private String predictorOf(Path model, String name) throws Exception {
    Path copy = Files.copy(model, folder.resolve(name));
    try (WorkerProcess worker = WorkerProcess.start()) {
      return (String) worker.load(folder, "regression").success().get("predictor");
    } finally {
      Files.delete(copy);
    }
  }

  @Test
  void aPointerOfGitLfsIsToldAsOne() throws Exception {
    for (String name :
        List.of("model.zip", "model.pmml", "model.jar", "model.mojo", "Model.java")) {
      Path pointer =
          Files.writeString(
              folder.resolve(name),
              "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n");
      String message = refused("regression").message("ARTIFACT_UNREADABLE");
      assertTrue(message.contains(name + " is a pointer of Git LFS"), message);
      Files.delete(pointer);
    }
  }
}
