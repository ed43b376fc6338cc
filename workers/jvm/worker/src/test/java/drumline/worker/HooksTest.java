// Hook files: how they are found, compiled and called, and what is told when they fail.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import drumline.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HooksTest {
  @TempDir Path folder;

  private static final String ALL =
      """
public void init(String codeDir) { System.out.println("init " + codeDir); }
public Double loadModel(String codeDir) { return 10.0; }
public Table readInputData(byte[] data) { String[] cells = new String(data).trim().split(";"); return Table.of("x", Arrays.stream(cells).mapToDouble(Double::parseDouble).toArray()); }
public Table transform(Table data, Double model) { return data.with("y", data.doubles("x")); }
public Table score(Table data, Double model, ScoreParameters p) {
  double[] y = data.doubles("y"); for (int i = 0; i < y.length; i++) y[i] = y[i] * model + p.binaryData().length;
  return Table.of("Predictions", y); }
public Table postProcess(Table predictions, Double model) { return predictions.with("model", new double[] {model}); }
public Object scoreUnstructured(Double model, Object data, UnstructuredParameters p) { return model + " " + data + " " + p.mimetype(); }
""";

  static double[] doublesOf(Map<String, Object> result, String name) throws WorkerError {
    return FromWire.toTable(result.get("predictions")).doubles(name);
  }

  @Test
  void everyHookOfTheInterfaceIsCalled() throws Exception {
    Files.writeString(
        folder.resolve("custom.java"),
        "import drumline.*; import java.util.*;\npublic class Anything implements Hooks<Double> {\n"
            + ALL
            + "}");
    checkAllHooks();
  }

  @Test
  void plainMethodsInSnakeCaseAreHooksToo() throws Exception {
    String snake =
        ALL.replace("loadModel", "load_model")
            .replace("readInputData", "read_input_data")
            .replace("postProcess", "post_process")
            .replace("scoreUnstructured", "score_unstructured")
            .replace("public ", "static ");
    CodeDirectory.withHooks(folder, snake);
    checkAllHooks();
  }

  private void checkAllHooks() throws Exception {
    try (WorkerProcess worker = new WorkerProcess()) {
      Map<String, Object> loaded = worker.load(folder, "regression").success();
      assertEquals(
          List.of(
              "init",
              "load_model",
              "read_input_data",
              "transform",
              "score",
              "post_process",
              "score_unstructured"),
          loaded.get("hooks"));
      assertNull(loaded.get("predictor"));
      assertTrue(worker.log().contains("init " + folder));
      Map<String, Object> result = worker.predict("1;2.5").success();
      assertEquals(
          List.of(15.0, 30.0), Arrays.stream(doublesOf(result, "Predictions")).boxed().toList());
      assertEquals(2L, result.get("rows"));
      assertEquals(true, result.get("labelled"));
      Map<String, Object> posted =
          worker
              .call(
                  "post_process",
                  Map.of("predictions", ToWire.toWire(Table.of("Predictions", 3.0))))
              .success();
      assertEquals(10.0, doublesOf(posted, "model")[0]);
      Map<String, Object> transformed =
          worker
              .call("transform", Map.of("payload", Map.of("kind", "bytes", "data", "4".getBytes())))
              .success();
      assertEquals(List.of("x", "y"), FromWire.toTable(transformed.get("table")).names());
      assertEquals(
          "10.0 text text/plain",
          worker
              .call(
                  "score_unstructured",
                  Map.of(
                      "data",
                      "text",
                      "mimetype",
                      "text/plain",
                      "charset",
                      "utf8",
                      "query",
                      Map.of(),
                      "headers",
                      Map.of()))
              .success()
              .get("data"));
      // A table was read already.
      Map<String, Object> table =
          Map.of("kind", "table", "table", ToWire.toWire(Table.of("x", 7.0)));
      assertEquals(
          List.of("x", "y"),
          FromWire.toTable(
                  worker.call("transform", Map.of("payload", table)).success().get("table"))
              .names());
    }
  }

  @Test
  void onlyTheHooksAskedForAreUsed() throws Exception {
    Files.writeString(
        folder.resolve("custom.java"),
        "import drumline.*; import java.util.*;\npublic class Custom implements Hooks<Double> {\n"
            + ALL
            + "}");
    try (WorkerProcess worker = new WorkerProcess()) {
      Map<String, Object> loaded =
          worker
              .load(folder, "regression", "hooks", List.of("transform"), "partial", true)
              .success();
      assertEquals(List.of("transform"), loaded.get("hooks"));
      assertNull(loaded.get("predictor"));
      Map<String, Object> result =
          worker
              .call(
                  "transform",
                  Map.of("payload", Map.of("kind", "bytes", "data", "x\n4\n".getBytes())))
              .success();
      assertEquals(List.of("x", "y"), FromWire.toTable(result.get("table")).names());
      worker.predict("x\n1\n").message("ARTIFACT_MISSING");
      worker.call("post_process", Map.of("predictions", Map.of())).message("METHOD_UNKNOWN");
    }
  }

  @Test
  void dataMayBeOfAnyTypeTheUserLikes() throws Exception {
    CodeDirectory.withHooks(
        folder,
        "record Words(List<String> all) {}\n"
            + " static Words read_input_data(byte[] data) { return new Words(List.of(new"
            + " String(data).split(\" \"))); }\n"
            + "static Table score(Words words, Object model) { return Table.of(\"Predictions\","
            + " words.all().stream().mapToLong(String::length).toArray()); }");
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.load(folder, "regression").success();
      Map<String, Object> result = worker.predict("three small words").success();
      assertNull(result.get("rows"));
      assertEquals(
          List.of(5L, 5L, 5L),
          Arrays.stream(FromWire.toTable(result.get("predictions")).longs("Predictions"))
              .boxed()
              .toList());
    }
  }

  @Test
  void scoreIsToldLabelsAndBody() throws Exception {
    CodeDirectory.withHooks(
        folder,
        "static Table score(Table data, Object model, ScoreParameters p) {"
            + " System.out.println(p.targetType() + p.positiveClassLabel() + p.negativeClassLabel()"
            + " + p.classLabels() + p.mimetype() + new String(p.binaryData())); return"
            + " Table.of(Column.of(\"yes\", 0.5), Column.of(\"no\", 0.5)); }");
    Path input = Files.writeString(folder.resolve("input.csv"), "a\n1\n");
    try (WorkerProcess worker = new WorkerProcess()) {
      worker
          .load(
              folder,
              "binary",
              "positive_class_label",
              "yes",
              "negative_class_label",
              "no",
              "class_labels",
              List.of("a"))
          .success();
      worker
          .call(
              "predict",
              Map.of(
                  "payload",
                  Map.of("kind", "file", "path", input.toString(), "mimetype", "text/csv")))
          .success();
      assertTrue(worker.log().contains("binaryyesnonulltext/csva\n1\n"), worker.log());
    }
  }

  // -- what is told of failures

  private WorkerProcess.Answer loadOf(String source) throws Exception {
    Files.writeString(folder.resolve("custom.java"), source);
    try (WorkerProcess worker = new WorkerProcess()) {
      return worker.load(folder, "regression");
    }
  }

  @Test
  void errorsOfTheCompilerHaveFileLineAndWords() throws Exception {
    WorkerProcess.Answer answer =
        loadOf(
            "import drumline.*;\n"
                + "class Custom {\n"
                + "  Table score(Table data, Object model) { return dta; }\n"
                + "  int x = \"\";\n"
                + "}");
    String message = answer.message("HOOK_FILE_BROKEN");
    assertTrue(
        message.contains("custom.java:3: cannot find symbol")
            && message.contains("correct line 3 of " + folder),
        message);
    assertTrue(
        answer.traceback().contains("custom.java:4: incompatible types"), answer.traceback());
  }

  @Test
  void messagesSpellHooksAsTheHookFileOrElseAsJavaDoes() throws Exception {
    for (String name : List.of("loadModel", "load_model"))
      assertTrue(
          loadOf("class Custom { Object %s(String d) { return null; } }".formatted(name))
              .message("HOOK_RESULT_INVALID")
              .contains(name + " returned null"));
    for (String name : List.of("readInputData", "read_input_data"))
      try (WorkerProcess worker = WorkerProcess.start()) {
        CodeDirectory.withHooks(
            folder,
            "public Object %s(byte[] data) { return data.length == 1 ? null : 1; } public Table"
                    .formatted(name)
                + " postProcess(Table data) { throw new IllegalStateException(); } public Table"
                + " score(Table data) { return data; }");
        worker.load(folder, "regression").success();
        assertTrue(worker.predict("1").message("HOOK_RESULT_INVALID").startsWith(name));
        assertTrue(
            worker
                .call("post_process", Map.of("predictions", ToWire.toWire(Table.of("p", 1.0))))
                .message("HOOK_FAILED")
                .startsWith("the hook postProcess raised"));
        assertTrue(
            worker
                .call("score_unstructured", Map.of())
                .message("METHOD_UNKNOWN")
                .contains("defines no scoreUnstructured"));
      }
  }

  @Test
  void hookFilesThatCannotBeUsedAreRefusedWithTheReason() throws Exception {
    assertTrue(loadOf("class A {} class B {}").message("HOOK_FILE_BROKEN").contains("got none"));
    String two =
        "import drumline.*; class A implements Hooks<Object> {} class B implements Hooks<Object>"
            + " {}";
    assertTrue(loadOf(two).message("HOOK_FILE_BROKEN").contains("got A, B"));
    assertTrue(
        loadOf("class Custom { Custom(int x) {} void init(String d) {} }")
            .message("HOOK_FILE_BROKEN")
            .contains("no constructor without parameters"));
    WorkerProcess.Answer raising =
        loadOf(
            "class Custom {\n"
                + "  static int x = Integer.parseInt(\"one\");\n"
                + "  void init(String d) {}\n"
                + "}");
    assertTrue(
        raising
            .message("HOOK_FILE_BROKEN")
            .contains(
                "raised NumberFormatException: For input string: \"one\" while it was loaded"));
    assertTrue(raising.traceback().contains("custom.java:2"), raising.traceback());
    String four =
        "import drumline.*; class Custom { Table score(Table a, Object b, Object c, Object d) {"
            + " return a; } }";
    assertTrue(
        loadOf(four)
            .message("HOOK_FILE_BROKEN")
            .contains("score takes 4 parameters, expected 3 at most"));
    assertTrue(
        loadOf("class Custom { Object load_model(String d) { return null; } }")
            .message("HOOK_RESULT_INVALID")
            .contains("load_model returned null"));
    assertTrue(
        loadOf("class Custom { Object load_model(String d) { return 1; } }")
            .message("ARTIFACT_UNSUPPORTED")
            .contains("java.lang.Integer"));
    loadOf("class Custom { void init(String d) {} }").message("ARTIFACT_MISSING");
  }

  @Test
  void whatAHookRaisesIsToldWithTheUsersFrames() throws Exception {
    CodeDirectory.withHooks(
        folder,
        """
        static Table score(Table data, Object model) {
          switch (data.rows()) {
            case 1: throw new IllegalStateException("text");
            case 2: deep(1);
            case 3: data.doubles("missing");
            case 4: return null;
            case 5: throw new Error(new java.io.IOException("inner"));
            default: throw new CustomHTTPError("too many rows", 422);
          }
        }
        static int deep(int x) { return deep(x + 1) + 1; }\
        """);
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.load(folder, "regression").success();
      WorkerProcess.Answer one = worker.predict("x\n1\n");
      assertEquals("the hook score raised IllegalStateException: text", one.message("HOOK_FAILED"));
      assertEquals(
          "java.lang.IllegalStateException: text\n    at Custom.score(custom.java:6)\n",
          one.traceback());
      WorkerProcess.Answer two = worker.predict("x\n1\n2\n");
      assertEquals("the hook score raised StackOverflowError", two.message("HOOK_FAILED"));
      assertTrue(
          two.traceback().contains("more frames") && two.traceback().length() < 2000,
          two.traceback());
      WorkerProcess.Answer three = worker.predict("x\n1\n2\n3\n");
      assertTrue(
          three.message("HOOK_FAILED").endsWith("there is no column missing, only x"),
          three.error().toString());
      assertFalse(three.traceback().contains("drumline.Table"), three.traceback());
      assertTrue(
          worker
              .predict("x\n1\n2\n3\n4\n")
              .message("HOOK_RESULT_INVALID")
              .contains("score returned null, expected a drumline.Table"));
      assertTrue(
          worker
              .predict("x\n1\n2\n3\n4\n5\n")
              .traceback()
              .contains("Caused by: java.io.IOException: inner"));
      WorkerProcess.Answer six = worker.predict("x\n1\n2\n3\n4\n5\n6\n");
      assertEquals("too many rows", six.message("HOOK_FAILED"));
      assertEquals(422L, six.error().get("http_status"));
    }
  }

  @Test
  void anExceptionOfTheUsersCalledCustomHTTPErrorChoosesTheStatusToo() throws Exception {
    Files.writeString(
        folder.resolve("custom.java"),
        "import drumline.*;\n"
            + "class CustomHTTPError extends Exception { public final int statusCode = 418;"
            + " CustomHTTPError() { super(\"tea\"); } }\n"
            + "class Custom { Object loadModel(String folder) { return 1; } Table score(Table data,"
            + " Object model) throws Exception { throw new CustomHTTPError(); } }");
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.load(folder, "regression").success();
      WorkerProcess.Answer answer = worker.predict("x\n1\n");
      assertEquals("tea", answer.message("HOOK_FAILED"));
      assertEquals(418L, answer.error().get("http_status"));
    }
  }

  @Test
  void aParameterOfAnotherTypeIsToldByName() throws Exception {
    CodeDirectory.withHooks(
        folder, "static Table score(String data, Object model) { return null; }");
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.load(folder, "regression").success();
      assertTrue(
          worker
              .predict("x\n1\n")
              .message("HOOK_FAILED")
              .contains("takes a java.lang.String as parameter 1, got a drumline.Table"));
    }
  }

  // -- hooks in jars

  private static final String TRIPLE =
      "import drumline.*; public class Triple implements Hooks<Object> { public Table score(Table"
          + " data, Object model, ScoreParameters p) { double[] x = data.doubles(\"x\"); for (int i"
          + " = 0; i < x.length; i++) x[i] *= 3; return Table.of(\"Predictions\", x); } }";

  @Test
  void aJarInTheCodeDirectoryMayOfferHooks() throws Exception {
    CodeDirectory.jar(folder.resolve("triple.jar"), "Triple", TRIPLE, "drumline.Hooks");
    try (WorkerProcess worker = new WorkerProcess()) {
      assertEquals(List.of("score"), worker.load(folder, "regression").success().get("hooks"));
      assertEquals(6.0, doublesOf(worker.predict("x\n2\n").success(), "Predictions")[0]);
    }
  }

  @Test
  void aClassOnTheCustomClassPathMayBeNamed() throws Exception {
    Path jar = folder.resolve("elsewhere.jar");
    CodeDirectory.jar(jar, "Triple", TRIPLE, null);
    Path empty = Files.createDirectory(folder.resolve("code"));
    try (WorkerProcess worker =
        new WorkerProcess(
            "DRUM_JAVA_CUSTOM_PREDICTOR_CLASS",
            "Triple",
            "DRUM_JAVA_CUSTOM_CLASS_PATH",
            jar.toString())) {
      worker.load(empty, "regression").success();
      assertEquals(6.0, doublesOf(worker.predict("x\n2\n").success(), "Predictions")[0]);
    }
    try (WorkerProcess worker = new WorkerProcess("DRUM_JAVA_CUSTOM_PREDICTOR_CLASS", "Triple")) {
      assertTrue(
          worker
              .load(empty, "regression")
              .message("HOOK_FILE_BROKEN")
              .contains("DRUM_JAVA_CUSTOM_CLASS_PATH"));
    }
  }

  @Test
  void aHookFileMayUseTheJarsBesideIt() throws Exception {
    CodeDirectory.jar(
        folder.resolve("library.jar"),
        "Library",
        "public class Library { public static double five() { return 5; } }",
        null);
    CodeDirectory.withHooks(
        folder,
        "static Table score(Table data, Object model) { return Table.of(\"Predictions\","
            + " Library.five()); }");
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.load(folder, "regression").success();
      assertEquals(5.0, doublesOf(worker.predict("x\n2\n").success(), "Predictions")[0]);
    }
  }
}
