// Unstructured models: what their hook gets, what it may return, and what loading them asks for.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import drumline.UnstructuredParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnstructuredTest {
  @TempDir Path folder;

  /** Tells all that it gets. */
  private static final String TELLS =
      "static String score_unstructured(Object model, Object data, UnstructuredParameters p) {"
          + " return model + \"|\" + data + \"|\" + p.mimetype() + \"|\" + p.charset() + \"|\" +"
          + " p.query() + \"|\" + p.headers(); }";

  /** {@code more} are further params: name, value, … */
  private static WorkerProcess.Answer ask(WorkerProcess worker, Object data, Object... more)
      throws IOException, WorkerError {
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("data", data);
    params.put("mimetype", data instanceof byte[] ? "application/octet-stream" : "text/plain");
    params.put("charset", "utf8");
    params.put("query", Map.of());
    params.put("headers", Map.of());
    for (int at = 0; at < more.length; at += 2) params.put((String) more[at], more[at + 1]);
    return worker.call("score_unstructured", params);
  }

  private WorkerProcess loaded(String hooks) throws Exception {
    CodeDirectory.withHooks(folder, hooks);
    WorkerProcess worker = new WorkerProcess();
    worker.load(folder, "unstructured").success();
    return worker;
  }

  private static Map<String, Object> answer(Object data, String mimetype, String charset) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("data", data);
    answer.put("mimetype", mimetype);
    answer.put("charset", charset);
    return answer;
  }

  // -- what the hook gets

  @Test
  void textComesAsAStringAndBytesAsAnArray() throws Exception {
    String hook =
        "static Object scoreUnstructured(Object model, Object data) { if (data instanceof String"
            + " text) return new StringBuilder(text).reverse().toString(); byte[] bytes = ((byte[])"
            + " data).clone(); bytes[0]++; return bytes; }";
    try (WorkerProcess worker = loaded(hook)) {
      assertEquals(answer("éno 模", null, null), ask(worker, "模 oné").success());
      assertEquals(answer("", null, null), ask(worker, "").success());
      Map<String, Object> bytes = ask(worker, new byte[] {0, (byte) 0xFF, 10}).success();
      assertArrayEquals(new byte[] {1, (byte) 0xFF, 10}, (byte[]) bytes.get("data"));
      assertNull(bytes.get("mimetype"));
    }
  }

  @Test
  void charsetAndHeadersAreAlwaysGiven() throws Exception {
    try (WorkerProcess worker = loaded(TELLS)) {
      assertEquals("model|a|text/plain|utf8|{}|{}", ask(worker, "a").success().get("data"));
      for (String name : List.of("charset", "headers"))
        ask(worker, "a", name, null).message("PARAMS_INVALID");
    }
  }

  @Test
  void parametersThatCameAreGivenInTheirOrder() throws Exception {
    try (WorkerProcess worker = loaded(TELLS)) {
      Map<String, Object> query = new LinkedHashMap<>();
      for (String name : List.of("z", "b", "a", ""))
        query.put(name, List.of(name + "2", name + "1", name + "2"));
      Map<String, Object> headers = new LinkedHashMap<>();
      headers.put("x-request", "7");
      headers.put("accept", "*/*");
      assertEquals(
          "model|a|text/plain|latin-1|{z=[z2, z1, z2], b=[b2, b1, b2], a=[a2, a1, a2], =[2, 1,"
              + " 2]}|{accept=*/*, x-request=7}",
          ask(worker, "a", "charset", "latin-1", "query", query, "headers", headers)
              .success()
              .get("data"));
    }
  }

  @Test
  void theFirstValueOfAQueryParameterIsAskedForByName() {
    UnstructuredParameters parameters =
        new UnstructuredParameters(
            "text/plain", null, Map.of("top", List.of("3", "4"), "none", List.of()), Map.of());
    assertEquals("3", parameters.query("top"));
    assertNull(parameters.query("none"));
    assertNull(parameters.query("other"));
    assertThrows(UnsupportedOperationException.class, () -> parameters.query().remove("top"));
    assertThrows(
        UnsupportedOperationException.class, () -> parameters.query().get("top").remove("3"));
    assertThrows(
        UnsupportedOperationException.class, () -> parameters.headers().put("accept", "*/*"));
  }

  @Test
  void theHookMayTakeFewerParameters() throws Exception {
    for (String parameters : List.of("", "Object model", "Object model, String data")) {
      try (WorkerProcess worker =
          loaded(
              "public String scoreUnstructured("
                  + parameters
                  + ") { return \""
                  + parameters
                  + "\"; }")) {
        assertEquals(parameters, ask(worker, "a").success().get("data"));
      }
    }
    CodeDirectory.withHooks(
        folder,
        "static String score_unstructured(Object a, Object b, Object c, Object d) { return null;"
            + " }");
    try (WorkerProcess worker = new WorkerProcess()) {
      assertTrue(
          worker
              .load(folder, "unstructured")
              .message("HOOK_FILE_BROKEN")
              .contains("score_unstructured takes 4 parameters, expected 3 at most"));
    }
  }

  @Test
  void aParameterOfAnotherTypeIsToldByName() throws Exception {
    try (WorkerProcess worker =
        loaded("static Object score_unstructured(Object model, byte[] data) { return data; }")) {
      ask(worker, new byte[] {1}).success();
      assertTrue(
          ask(worker, "a")
              .message("HOOK_FAILED")
              .contains(
                  "score_unstructured takes a byte[] as parameter 2, got a java.lang.String; change"
                      + " its type"));
    }
  }

  @Test
  void fieldsThatAreMissingOrOfAnotherTypeAreRefused() throws Exception {
    try (WorkerProcess worker = loaded(TELLS)) {
      assertEquals(
          "the field data must be a str or a bin, got nil",
          ask(worker, null).message("PARAMS_INVALID"));
      for (Object data : new Object[] {1L, List.of("a")})
        ask(worker, data).message("PARAMS_INVALID");
      ask(worker, "a", "mimetype", null).message("PARAMS_INVALID");
      ask(worker, "a", "charset", 8L).message("PARAMS_INVALID");
      for (Object query :
          new Object[] {
            null,
            List.of(),
            Map.of("a", "1"),
            Map.of("a", List.of(1L)),
            Collections.singletonMap("a", null)
          }) {
        ask(worker, "a", "query", query).message("PARAMS_INVALID");
      }
      for (Object headers : new Object[] {"accept", Map.of("accept", List.of("*/*"))})
        ask(worker, "a", "headers", headers).message("PARAMS_INVALID");
      ask(worker, "a").success();
    }
  }

  // -- what it may return

  @Test
  void everyFormOfResultIsAnswered() throws Exception {
    try (WorkerProcess worker =
        loaded(
            """
            static Object score_unstructured(Object model, String data) {
              return switch (data) {
                case "text" -> "täxt";
                case "null" -> null;
                case "typed text" -> Unstructured.text("<p>", "text/html");
                case "encoded text" -> Unstructured.text("<p>", "text/html", "latin-1");
                case "charset alone" -> new Unstructured("<p>", null, "latin-1");
                case "nothing beside" -> new Unstructured("<p>", null, null);
                case "typed null" -> new Unstructured(null, "text/html", null);
                case "typed bytes" -> Unstructured.bytes(new byte[] {1, 2}, "image/png");
                default -> new byte[0];
              };
            }\
            """)) {
      assertEquals(answer("täxt", null, null), ask(worker, "text").success());
      assertEquals(answer(null, null, null), ask(worker, "null").success());
      assertEquals(answer("<p>", "text/html", null), ask(worker, "typed text").success());
      assertEquals(answer("<p>", "text/html", "latin-1"), ask(worker, "encoded text").success());
      assertEquals(answer("<p>", null, "latin-1"), ask(worker, "charset alone").success());
      assertEquals(answer("<p>", null, null), ask(worker, "nothing beside").success());
      assertEquals(answer(null, "text/html", null), ask(worker, "typed null").success());
      Map<String, Object> bytes = ask(worker, "typed bytes").success();
      assertArrayEquals(new byte[] {1, 2}, (byte[]) bytes.get("data"));
      assertEquals("image/png", bytes.get("mimetype"));
      assertArrayEquals(new byte[0], (byte[]) ask(worker, "no bytes").success().get("data"));
    }
  }

  @Test
  void aHookWithoutAResultAnswersNil() throws Exception {
    try (WorkerProcess worker =
        loaded("static void score_unstructured(Object model, Object data) {}")) {
      assertEquals(answer(null, null, null), ask(worker, "a").success());
    }
  }

  @Test
  void otherResultsAreRefusedWithWhatWasExpected() throws Exception {
    try (WorkerProcess worker =
        loaded(
            """
            static Object score_unstructured(Object model, String data) {
              return switch (data) {
                case "number" -> 1;
                case "list" -> new ArrayList<>(List.of("text", "text/plain"));
                case "array" -> new String[] {"text"};
                case "table" -> Table.of("x", 1.0);
                default -> new Unstructured(Unstructured.text("a", "text/plain"), null, null);
              };
            }\
            """)) {
      String expected =
          ", expected a String, a byte[], null or a drumline.Unstructured of one of them; return"
              + " text or bytes, or a pair of it and mimetype and charset";
      for (String[] one :
          new String[][] {
            {"number", "java.lang.Integer"},
            {"list", "java.util.ArrayList"},
            {"array", "java.lang.String[]"},
            {"table", "drumline.Table"},
            {"pair", "drumline.Unstructured whose data is a drumline.Unstructured"}
          }) {
        assertEquals(
            "score_unstructured returned a " + one[1] + expected,
            ask(worker, one[0]).message("HOOK_RESULT_INVALID"));
      }
    }
  }

  @Test
  void whatTheHookRaisesIsToldWithTheUsersFrames() throws Exception {
    try (WorkerProcess worker =
        loaded(
            """
            static Object score_unstructured(Object model, String data) {
              switch (data) {
                case "status": throw new CustomHTTPError("no such word", 404);
                case "deep": return score_unstructured(model, data);
                case "error": throw new IllegalStateException("text");
                default: return data;
              }
            }\
            """)) {
      WorkerProcess.Answer error = ask(worker, "error");
      assertEquals(
          "the hook score_unstructured raised IllegalStateException: text",
          error.message("HOOK_FAILED"));
      assertEquals(
          "java.lang.IllegalStateException: text\n"
              + "    at Custom.score_unstructured(custom.java:8)\n",
          error.traceback());
      assertNull(error.error().get("http_status"));
      WorkerProcess.Answer status = ask(worker, "status");
      assertEquals("no such word", status.message("HOOK_FAILED"));
      assertEquals(404L, status.error().get("http_status"));
      assertEquals(
          "the hook score_unstructured raised StackOverflowError",
          ask(worker, "deep").message("HOOK_FAILED"));
      assertEquals("again", ask(worker, "again").success().get("data"));
    }
  }

  @Test
  void printsGoToTheLog() throws Exception {
    try (WorkerProcess worker =
        loaded(
            "static Object score_unstructured(Object model, Object data) {"
                + " System.out.print(\"printed \" + data); System.err.println(\"on err\"); return"
                + " data; }")) {
      for (int round = 0; round < 3; round++)
        assertEquals("a", ask(worker, "a").success().get("data"));
      assertTrue(
          worker.log().contains("printed a") && worker.log().contains("on err"), worker.log());
      assertEquals(0, worker.finish());
    }
  }

  // -- loading

  /** Without load_model. */
  private void writeHooks(String source) throws IOException {
    Files.writeString(
        folder.resolve("custom.java"), "import drumline.*;\nimport java.util.*;\n" + source);
  }

  @Test
  void otherHooksOfTheFileAreIgnored() throws Exception {
    String others =
        "static void init(String dir) { System.out.println(\"init \" + dir); } static Object"
            + " load_model(String dir) { return \"model\"; } static Table read_input_data() { throw"
            + " new IllegalStateException(); } static Table transform(Table a, Object b, Object c,"
            + " Object d) { throw new IllegalStateException(); } static Table score() { throw new"
            + " IllegalStateException(); } static Table post_process() { throw new"
            + " IllegalStateException(); }\n";
    CodeDirectory.withHooks(folder, others + TELLS);
    try (WorkerProcess worker = new WorkerProcess()) {
      Map<String, Object> result = worker.load(folder, "unstructured").success();
      assertEquals(List.of("init", "load_model", "score_unstructured"), result.get("hooks"));
      assertNull(result.get("predictor"));
      assertTrue(worker.log().contains("init " + folder), worker.log());
      assertEquals("model|a|text/plain|utf8|{}|{}", ask(worker, "a").success().get("data"));
      worker.call("post_process", Map.of("predictions", Map.of())).message("METHOD_UNKNOWN");
    }
    try (WorkerProcess worker = new WorkerProcess()) {
      assertEquals(
          List.of("load_model"),
          worker
              .load(folder, "unstructured", "hooks", List.of("load_model", "score"))
              .success()
              .get("hooks"));
    }
  }

  @Test
  void aClassWithOtherHooksDoesNotHideTheOneThatAnswers() throws Exception {
    writeHooks(
        "class Words { static String transform(String word) { return word.strip(); } }\n"
            + "class Answers { Object load_model(String dir) { return 1; }\n"
            + "String score_unstructured(Object model, String data) { return Words.transform(data);"
            + " } }");
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.load(folder, "unstructured").success();
      assertEquals("a", ask(worker, " a ").success().get("data"));
    }
  }

  @Test
  void withoutTheHookAModelLoadsAndAnswersNothing() throws Exception {
    for (String hooks : List.of("", "static Table score(Table data) { return data; }")) {
      try (WorkerProcess worker = loaded(hooks)) {
        assertTrue(
            ask(worker, "a")
                .message("METHOD_UNKNOWN")
                .contains(
                    "the hook file defines no scoreUnstructured; ask only models that list it"));
      }
    }
    try (WorkerProcess worker = new WorkerProcess()) {
      assertEquals(
          List.of("load_model"), worker.load(folder, "unstructured").success().get("hooks"));
    }
    try (WorkerProcess worker = new WorkerProcess()) {
      ask(worker, "a").message("NOT_LOADED");
    }
  }

  @Test
  void aFileThatOnlyHasOtherHooksStillLoadsBesideAnArtifact() throws Exception {
    writeHooks("class Tables { Table score(Table data) { return data; } }");
    CodeDirectory.zip(folder.resolve("words.zip"), "words.txt");
    try (WorkerProcess worker = new WorkerProcess()) {
      assertEquals(List.of(), worker.load(folder, "unstructured").success().get("hooks"));
    }
  }

  @Test
  void anArtifactIsTheModelAndGetsNoPredictor() throws Exception {
    writeHooks(
        "class Custom { String score_unstructured(hex.genmodel.MojoModel model) { return"
            + " model._category + \" \" + model.nfeatures(); } }");
    Files.copy(
        CodeDirectory.MODELS.resolve("h2o_mojo_regression/model.zip"), folder.resolve("model.zip"));
    try (WorkerProcess worker = WorkerProcess.start()) {
      Map<String, Object> result = worker.load(folder, "unstructured").success();
      assertEquals(List.of("score_unstructured"), result.get("hooks"));
      assertNull(result.get("predictor"));
      assertTrue(((String) ask(worker, "a").success().get("data")).startsWith("Regression "));
    }
  }

  @Test
  void withoutArtifactAndLoadModelThereIsNoModel() throws Exception {
    writeHooks("class Custom { " + TELLS + " }");
    try (WorkerProcess worker = new WorkerProcess()) {
      assertTrue(
          worker
              .load(folder, "unstructured")
              .message("ARTIFACT_MISSING")
              .contains("or a loadModel hook"));
      worker.load(folder, "unstructured", "partial", true).success();
      assertEquals("null|a|text/plain|utf8|{}|{}", ask(worker, "a").success().get("data"));
    }
    // What holds no model may be data that the hook reads.
    CodeDirectory.zip(folder.resolve("words.zip"), "words.txt");
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.load(folder, "unstructured").success();
      assertEquals("null|a|text/plain|utf8|{}|{}", ask(worker, "a").success().get("data"));
    }
  }

  @Test
  void aJarMayOfferTheHook() throws Exception {
    CodeDirectory.jar(
        folder.resolve("echo.jar"),
        "Echo",
        "import drumline.*; public class Echo implements Hooks<Object> { @Override public Object"
            + " scoreUnstructured(Object model, Object data, UnstructuredParameters p) { return"
            + " Unstructured.text(model + \" \" + data, p.query(\"as\")); } }",
        "drumline.Hooks");
    try (WorkerProcess worker = new WorkerProcess()) {
      assertEquals(
          List.of("score_unstructured"),
          worker.load(folder, "unstructured").success().get("hooks"));
      assertEquals(
          answer("null a", "text/html", null),
          ask(worker, "a", "query", Map.of("as", List.of("text/html", "text/plain"))).success());
    }
  }

  @Test
  void aStructuredModelMayAnswerBesideItsTables() throws Exception {
    CodeDirectory.withHooks(
        folder,
        TELLS
            + "\n"
            + "static Table score(Table data) { return Table.of(\"Predictions\","
            + " data.doubles(\"x\")); }");
    try (WorkerProcess worker = new WorkerProcess()) {
      assertEquals(
          List.of("load_model", "score", "score_unstructured"),
          worker.load(folder, "regression").success().get("hooks"));
      assertEquals("model|a|text/plain|utf8|{}|{}", ask(worker, "a").success().get("data"));
      assertEquals(2.0, HooksTest.doublesOf(worker.predict("x\n2\n").success(), "Predictions")[0]);
    }
    // It does not score tables.
    writeHooks("class Custom { Object load_model(String dir) { return 1; } " + TELLS + " }");
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.load(folder, "regression").message("ARTIFACT_UNSUPPORTED");
    }
  }
}
