// Wrapper classes: what loads, what methods may take and return, and what is told of their faults.
// e2e/wrappers.test.ts has the messages that all languages answer alike.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComponentTest {
  @TempDir Path folder;

  private void write(String file, String text) throws Exception {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, "import drumline.*;\nimport java.util.*;\n" + text);
  }

  private WorkerProcess.Answer loadNamed(WorkerProcess worker, String name, Object... parameters)
      throws Exception {
    Map<String, Object> given = new LinkedHashMap<>();
    for (int at = 0; at < parameters.length; at += 2)
      given.put((String) parameters[at], parameters[at + 1]);
    Map<String, Object> component =
        Map.of("name", name, "parameters", given, "tells_metrics", true);
    return worker.load(folder, "unstructured", "component", component);
  }

  /** The result of {@code load} of a class Model with this body. */
  private WorkerProcess.Answer load(WorkerProcess worker, String body) throws Exception {
    write("Model.java", "public class Model {\n" + body + "\n}\n");
    return loadNamed(worker, "Model");
  }

  private WorkerProcess loaded(String body) throws Exception {
    WorkerProcess worker = new WorkerProcess();
    load(worker, body).success();
    return worker;
  }

  private static Map<String, Object> call(WorkerProcess worker, String method, String message)
      throws Exception {
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("method", method);
    params.put("message", message);
    return worker.call("call", params).success();
  }

  /** The answer to a message for {@code predict}, without the end of its line. */
  private static String predicted(WorkerProcess worker, String message) throws Exception {
    Map<String, Object> result = call(worker, "predict", message);
    assertEquals(200L, result.get("status"), () -> (String) result.get("message"));
    return ((String) result.get("message")).strip();
  }

  private static String refused(WorkerProcess worker, String message, long status)
      throws Exception {
    Map<String, Object> result = call(worker, "predict", message);
    assertEquals(status, result.get("status"), () -> (String) result.get("message"));
    return (String) result.get("message");
  }

  private static String array(String ndarray) {
    return "{\"data\":{\"ndarray\":" + ndarray + "}}";
  }

  // -- loading

  @Test
  void theClassIsFoundInTheFileOfItsName() throws Exception {
    write("Helper.java", "class Helper { static String say() { return \"hi\"; } }");
    write(
        "Model.java",
        "class Other {} public class Model { public String predict(Object X) { return Helper.say();"
            + " } }");
    try (WorkerProcess worker = new WorkerProcess()) {
      Map<String, Object> result = loadNamed(worker, "Model").success();
      assertEquals(List.of("predict"), result.get("hooks"));
      assertNull(result.get("metadata"));
      assertEquals("{\"meta\":{},\"strData\":\"hi\"}", predicted(worker, array("[1]")));
    }
  }

  @Test
  void aNameWithPackagesNamesTheFileFirst() throws Exception {
    String source =
        "package pkg.mod; public class Cls { public Object predict(Object X) { return X; } }";
    Files.createDirectories(folder.resolve("pkg/mod"));
    Files.writeString(folder.resolve("pkg/mod/Cls.java"), source);
    try (WorkerProcess worker = new WorkerProcess()) {
      assertEquals(List.of("predict"), loadNamed(worker, "pkg.mod.Cls").success().get("hooks"));
    }
  }

  @Test
  void whatCannotBeFoundOrCompiledIsTold() throws Exception {
    try (WorkerProcess worker = new WorkerProcess()) {
      assertTrue(
          loadNamed(worker, "Model")
              .message("HOOK_FILE_BROKEN")
              .contains("Model.java for the class Model; check the name"));
      write("Model.java", "class Other {}");
      assertTrue(
          loadNamed(worker, "Model")
              .message("HOOK_FILE_BROKEN")
              .contains("Model.java has no class Model; name the class after its file"));
      assertTrue(load(worker, "int x").message("HOOK_FILE_BROKEN").contains("does not compile"));
      assertTrue(
          load(
                  worker,
                  "public Object predict(Object X, Object names, Object meta, int more) {"
                      + " return X; }")
              .message("HOOK_FILE_BROKEN")
              .contains("Model.predict takes 4 parameters, expected 3 at most"));
    }
  }

  @Test
  void theConstructorGetsTheParameters() throws Exception {
    String said =
        "private final Map<String, Object> given; public Model(Map<String, Object> given) {"
            + " this.given = given; } public Object predict(Object X) { return given; }";
    write("Model.java", "public class Model {" + said + "}");
    try (WorkerProcess worker = new WorkerProcess()) {
      loadNamed(worker, "Model", "scale", 2L, "part", 0.5, "on", true).success();
      assertEquals(
          "{\"jsonData\":{\"on\":true,\"part\":0.5,\"scale\":2},\"meta\":{}}",
          predicted(worker, array("[]")));
      write("Model.java", "public class Model {}");
      String message = loadNamed(worker, "Model", "scale", 2L).message("HOOK_FAILED");
      assertTrue(message.contains("takes no parameters, got scale; add one"), message);
    }
  }

  @Test
  void faultsOfItsOwnAreTold() throws Exception {
    try (WorkerProcess worker = new WorkerProcess()) {
      String thrown = "throw new IllegalStateException(\"no luck\");";
      WorkerProcess.Answer answer = load(worker, "public Model() { " + thrown + " }");
      assertEquals("Model raised IllegalStateException: no luck", answer.message("HOOK_FAILED"));
      assertTrue(answer.traceback().contains("Model.java:4"), answer.traceback());
      assertEquals(
          "Model.load raised IllegalStateException: no luck",
          load(worker, "public void load() { " + thrown + " }").message("HOOK_FAILED"));
      assertEquals(
          "Model.metadata raised IllegalStateException: no luck",
          load(worker, "public Object metadata() { " + thrown + " }").message("HOOK_FAILED"));
      load(worker, "public void load() { throw new SeldonNotImplementedError(null); }").success();
    }
  }

  @Test
  void itsMetadataIsToldWhereItIsAMap() throws Exception {
    try (WorkerProcess worker = new WorkerProcess()) {
      String metadata =
          "public Object initMetadata() { return Map.of(\"versions\", new int[] {1}); }";
      assertEquals(
          Map.of("versions", List.of(1L)), load(worker, metadata).success().get("metadata"));
      assertNull(load(worker, "public Object metadata() { return 1; }").success().get("metadata"));
      assertTrue(
          load(worker, "public Object metadata() { return Map.of(1, new Date()); }")
              .message("HOOK_FAILED")
              .contains("holds a java.util.Date, which JSON does not have"));
    }
  }

  @Test
  void callsBeforeALoadAndOfOtherMethodsAreRefused() throws Exception {
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.call("call", Map.of("method", "predict")).message("NOT_LOADED");
      load(worker, "").success();
      assertTrue(
          worker
              .call("call", Map.of("method", "load"))
              .message("PARAMS_INVALID")
              .contains("must be one of predict, "));
    }
  }

  // -- what methods take

  @Test
  void numbersAreConvertedWhereThatLosesNothing() throws Exception {
    try (WorkerProcess worker = loaded("public double[][] predict(double[][] X) { return X; }")) {
      assertTrue(predicted(worker, array("[[1,2]]")).contains("[[1.0,2.0]]"));
      String message = refused(worker, array("[[9007199254740993]]"), 400);
      assertTrue(
          message.contains(
              "predict takes a double[][] as parameter 1, got a long[][], in which"
                  + " 9007199254740993 does not fit"),
          message);
      message = refused(worker, "{\"strData\":\"x\"}", 400);
      assertTrue(message.contains("got a java.lang.String; send what it takes"), message);
    }
    try (WorkerProcess worker = loaded("public int[] predict(int[] X) { return X; }")) {
      assertTrue(predicted(worker, array("[1.0,2]")).contains("[1,2]"));
      for (String array : List.of("[1.5]", "[2147483648]", "[NaN]", "[[1]]", "[\"1\"]"))
        refused(worker, array(array), 400);
    }
    try (WorkerProcess worker = loaded("public float[] predict(float[] X) { return X; }")) {
      assertTrue(predicted(worker, array("[0.1]")).contains("[0.10000000149011612]"));
      refused(worker, array("[1e300]"), 400);
    }
  }

  @Test
  void listsAndMapsHoldWhatTheyDeclare() throws Exception {
    String sum =
        "public Object predict(List<List<Double>> X) { double sum = 0; for (List<Double> row : X)"
            + " for (double one : row) sum += one; return new double[] {sum}; }";
    try (WorkerProcess worker =
        loaded(
            sum
                + "public Object predict(Map<String, List<Integer>> X) { int first ="
                + " X.get(\"a\").get(0); return new int[] {first}; }")) {
      assertTrue(predicted(worker, array("[[1,2],[3,4]]")).contains("[10.0]"));
      assertTrue(predicted(worker, "{\"jsonData\":{\"a\":[7.0]}}").contains("[7]"));
      String message = refused(worker, "{\"jsonData\":{\"a\":[0.5]}}", 400);
      assertTrue(message.contains("no form of predict takes a java.util.LinkedHashMap"), message);
    }
  }

  @Test
  void theFormThatSuitsBestIsCalled() throws Exception {
    try (WorkerProcess worker =
        loaded(
            "public String predict(Object X, List<String> names) { return \"any\"; }"
                + "public String predict(double[][] X) { return \"double\"; }"
                + "public String predict(long[][] X) { return \"long\"; }"
                + "public String predict(byte[] X) { return \"bytes\"; }")) {
      assertTrue(predicted(worker, array("[[1]]")).contains("\"long\""));
      assertTrue(predicted(worker, array("[[1.5]]")).contains("\"double\""));
      assertTrue(predicted(worker, "{\"binData\":\"YWJj\"}").contains("\"bytes\""));
      assertTrue(predicted(worker, "{\"strData\":\"\"}").contains("\"any\""));
    }
  }

  // -- what they return

  @Test
  void whatIsNoJsonIsAnErrorOfTheMethod() throws Exception {
    try (WorkerProcess worker =
        loaded("public Object predict(Object X) { return Map.of(\"at\", new Date()); }")) {
      String message = refused(worker, "{\"strData\":\"\"}", 500);
      assertTrue(message.contains("the answer holds a java.util.Date, which JSON does"), message);
    }
    try (WorkerProcess worker =
        loaded("public Object predict(Object X) { return List.of(List.of(1), List.of()); }")) {
      String message = refused(worker, "{\"strData\":\"\"}", 500);
      assertTrue(message.contains("the rows of an array differ in length"), message);
    }
    try (WorkerProcess worker =
        loaded(
            "public Object predict(Object X) { List<Object> own = new ArrayList<>();"
                + " own.add(own); return Map.of(\"own\", own); }")) {
      assertTrue(refused(worker, "{\"strData\":\"\"}", 500).contains("deep"));
    }
  }

  @Test
  void metricsMustBeAListOfMetrics() throws Exception {
    for (String metrics :
        List.of("null", "1", "Map.of()", "List.of(1)", "List.of(Map.of(\"key\", \"k\"))")) {
      String body =
          "public Object predict(Object X) { return X; } public Object metrics() { return "
              + metrics
              + "; }";
      try (WorkerProcess worker = loaded(body)) {
        String message = refused(worker, "{\"strData\":\"\"}", 500);
        assertTrue(message.contains("MICROSERVICE_BAD_METRIC"), message);
      }
    }
  }

  @Test
  void whatWasMeasuredIsToldAlsoIfTheCallFails() throws Exception {
    String body =
        "public Object predict(Object X) { return 3; } public Object metrics() { return"
            + " List.of(Map.of(\"type\", \"GAUGE\", \"key\", \"k\", \"value\", 2, \"tags\","
            + " Map.of(\"a\", 1))); }";
    try (WorkerProcess worker = loaded(body)) {
      Map<String, Object> result = call(worker, "predict", "{\"strData\":\"\"}");
      assertEquals(400L, result.get("status"));
      Map<String, Object> tags = Map.of("a", "1", "method", "predict");
      assertEquals(
          List.of(Map.of("type", "GAUGE", "key", "k", "value", 2.0, "tags", tags)),
          result.get("metrics"));
    }
  }

  @Test
  void anExceptionIsAnswered() throws Exception {
    try (WorkerProcess worker =
        loaded(
            "public Object predict(String X) {\nif (X.equals(\"status\")) throw new"
                + " SeldonMicroserviceException(\"odd\", 42, null);\nthrow new"
                + " NullPointerException(); }")) {
      Map<String, Object> result = call(worker, "predict", "{\"strData\":\"\"}");
      assertEquals(500L, result.get("status"));
      assertTrue(((String) result.get("message")).contains("NullPointerException"));
      assertTrue(((String) result.get("traceback")).contains("Model.java:6"));
      assertTrue(refused(worker, "{\"strData\":\"status\"}", 500).contains("\"odd\""));
    }
  }
}
