// The hooks chat and get_supported_llm_models: what they get, what they may return, how a stream is
// stopped, and hooks that wait side by side.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTest {
  @TempDir Path folder;

  private static final String CHUNK =
      "static Map<String, Object> chunk(Object number) { return Map.of(\"object\","
          + " \"chat.completion.chunk\", \"number\", number); }\n";

  /** Says the value of an expression. */
  private static String completion(String expression) {
    return "static Object chat(Map<String, Object> request, Object model, Map<String, String>"
        + " headers) { Map<String, Object> answer = new HashMap<>(Map.of(\"object\","
        + " \"chat.completion\")); answer.put(\"said\", "
        + expression
        + "); return answer; }\n";
  }

  private static String chat(String body) {
    return CHUNK + "static Object chat(Map<String, Object> request) { " + body + " }\n";
  }

  /** Without load_model. */
  private WorkerProcess loaded(String hooks, String... variables) throws Exception {
    Files.writeString(
        folder.resolve("custom.java"),
        "import drumline.*;\n"
            + "import java.util.*;\n"
            + "import java.util.stream.*;\n"
            + "public class Custom {\n"
            + hooks
            + "\n}\n");
    WorkerProcess worker = new WorkerProcess(variables);
    worker.load(folder, "textgeneration").success();
    return worker;
  }

  private record Streamed(WorkerProcess.Answer answer, List<Object> chunks) {}

  private static void send(WorkerProcess worker, long id, Object request) throws IOException {
    worker.send(Arrays.asList(0L, id, "chat", Map.of("request", request, "headers", Map.of())));
  }

  @SuppressWarnings("unchecked")
  private static Streamed rest(WorkerProcess worker, long id) throws Exception {
    List<Object> chunks = new ArrayList<>();
    while (true) {
      List<?> message = worker.receive();
      if (message.get(0).equals(1L)) {
        assertEquals(id, message.get(1));
        return new Streamed(
            new WorkerProcess.Answer(
                (Map<String, Object>) message.get(2), (Map<String, Object>) message.get(3)),
            chunks);
      }
      assertEquals("chunk", message.get(1));
      assertEquals(id, ((Map<?, ?>) message.get(2)).get("id"));
      chunks.add(((Map<?, ?>) message.get(2)).get("data"));
    }
  }

  private static Streamed ask(WorkerProcess worker, Object request) throws Exception {
    send(worker, 1000, request);
    return rest(worker, 1000);
  }

  private static Object said(WorkerProcess worker, Object request) throws Exception {
    return ((Map<?, ?>) ask(worker, request).answer.success().get("completion")).get("said");
  }

  private static Map<String, Object> chunk(Object number) {
    return Map.of("object", "chat.completion.chunk", "number", number);
  }

  // -- loading

  @Test
  void aModelThatChatsNeedsNoArtifactAndNoOtherHook() throws Exception {
    try (WorkerProcess worker = loaded(completion("model"))) {
      assertNull(said(worker, Map.of()));
      assertTrue(
          worker.predict("a\n1\n").message("ARTIFACT_MISSING").contains("nothing to score with"));
      Map<String, Object> result = worker.load(folder, "regression").success();
      assertEquals(List.of("chat"), result.get("hooks"));
      assertNull(result.get("predictor"));
      assertEquals(
          List.of(),
          worker
              .load(folder, "textgeneration", "hooks", List.of("score"), "partial", true)
              .success()
              .get("hooks"));
    }
  }

  @Test
  void whatLoadModelReturnsNeedNotPredict() throws Exception {
    try (WorkerProcess worker =
        loaded(
            "static Object load_model(String dir) { return \"own\"; }\n" + completion("model"))) {
      assertEquals("own", said(worker, Map.of()));
    }
  }

  @Test
  void jarsBesideItMayBeLibraries() throws Exception {
    for (String name : List.of("one.jar", "two.jar"))
      CodeDirectory.zip(folder.resolve(name), "words.txt");
    try (WorkerProcess worker = loaded(completion("1"))) {
      assertEquals(1L, said(worker, Map.of()));
    }
  }

  @Test
  void withoutTheHooksTheRequestsAreRefused() throws Exception {
    CodeDirectory.withHooks(folder, completion("1"));
    try (WorkerProcess worker = new WorkerProcess()) {
      for (String method : List.of("chat", "models"))
        worker.call(method, Map.of()).message("NOT_LOADED");
      worker.load(folder, "unstructured").success();
      for (String method : List.of("chat", "models"))
        worker.call(method, Map.of()).message("METHOD_UNKNOWN");
    }
  }

  @Test
  void paramsOfTheWrongKindAreRefused() throws Exception {
    try (WorkerProcess worker = loaded(completion("1"))) {
      assertTrue(
          worker
              .call("chat", Map.of("headers", Map.of()))
              .message("PARAMS_INVALID")
              .contains("the field request must be a map"));
      assertTrue(
          worker
              .call("chat", Map.of("request", Map.of()))
              .message("PARAMS_INVALID")
              .contains("the field headers must be a map"));
      worker
          .call("chat", Map.of("request", List.of(), "headers", Map.of()))
          .message("PARAMS_INVALID");
      worker
          .call("chat", Map.of("request", Map.of(), "headers", Map.of("a", 1L)))
          .message("PARAMS_INVALID");
    }
  }

  // -- what the hook gets

  @Test
  void theRequestArrivesAsItWasSent() throws Exception {
    Map<String, Object> request =
        new TreeMap<>(
            Map.of(
                "messages",
                List.of(Map.of("role", "user", "content", "é")),
                "temperature",
                0.5,
                "n",
                1L,
                "stream",
                true,
                "none",
                List.of()));
    request.put("stop", null);
    try (WorkerProcess worker = loaded(completion("request"))) {
      assertEquals(request, said(worker, request));
    }
  }

  @Test
  void headersAreAskedInAnyCaseOfLetters() throws Exception {
    try (WorkerProcess worker =
        loaded(completion("headers.get(\"X-Me\") + headers.get(\"x-me\") + headers"))) {
      Map<String, Object> result =
          worker
              .call("chat", Map.of("request", Map.of(), "headers", Map.of("x-me", "I")))
              .success();
      assertEquals("II{x-me=I}", ((Map<?, ?>) result.get("completion")).get("said"));
    }
  }

  // -- what it may return

  @Test
  void everyKindOfSequenceIsSentChunkByChunk() throws Exception {
    List<String> sequences =
        List.of(
            "List.of(chunk(0), chunk(1))",
            "List.of(chunk(0), chunk(1)).iterator()",
            "Stream.of(0, 1).map(n -> chunk(n))",
            "IntStream.range(0, 2).mapToObj(n -> chunk(n))",
            "(Iterable<Object>) () -> List.<Object>of(chunk(0), chunk(1)).iterator()");
    for (String sequence : sequences) {
      try (WorkerProcess worker = loaded(chat("return " + sequence + ";"))) {
        Streamed streamed = ask(worker, Map.of());
        assertEquals(List.of(chunk(0L), chunk(1L)), streamed.chunks, sequence);
        assertTrue(streamed.answer.success().containsKey("completion"));
        assertNull(streamed.answer.success().get("completion"));
      }
    }
    try (WorkerProcess worker = loaded(chat("return List.of();"))) {
      Streamed streamed = ask(worker, Map.of());
      assertEquals(List.of(), streamed.chunks);
      streamed.answer.success();
    }
  }

  @Test
  void allThatJsonHasIsSent() throws Exception {
    String values =
        "Arrays.asList(null, true, (byte) 1, 2, 3L, 0.5f, 2.5, new java.math.BigDecimal(\"0.25\"),"
            + " java.math.BigInteger.TEN, new StringBuilder(\"é\"), new int[] {4}, new String[]"
            + " {\"a\"}, new LinkedHashSet<>(List.of(5)), Map.of(\"a\", List.of()))";
    try (WorkerProcess worker = loaded(completion(values))) {
      assertEquals(
          Arrays.asList(
              null,
              true,
              1L,
              2L,
              3L,
              0.5,
              2.5,
              0.25,
              10L,
              "é",
              List.of(4L),
              List.of("a"),
              List.of(5L),
              Map.of("a", List.of())),
          said(worker, Map.of()));
    }
  }

  @Test
  void whatIsNeitherIsRefused() throws Exception {
    try (WorkerProcess worker =
        loaded(
            chat(
                """
                return switch ((String) request.get("return")) {
                  case "text" -> "text";
                  case "null" -> null;
                  case "number" -> 1;
                  case "map" -> Map.of();
                  case "other" -> Map.of("object", "list");
                  case "items" -> List.of(1);
                  default -> List.of(Map.of("object", "chat.completion"));
                };\
                """))) {
      String[][] all = {
        {"text", "chat returned a java.lang.String"},
        {"null", "chat returned null"},
        {"number", "chat returned a java.lang.Integer"},
        {"map", "chat returned a java.util."},
        {"other", " with object 'list'"},
        {"items", "item 1 of what chat returned is a java.lang.Integer"},
        {"completions", "item 1 of what chat returned is a "}
      };
      for (String[] one : all) {
        Streamed streamed = ask(worker, Map.of("return", one[0]));
        String message = streamed.answer.message("HOOK_RESULT_INVALID");
        assertTrue(
            message.contains(one[1])
                && message.contains(
                    "; return a completion (its field object is 'chat.completion') or"),
            message);
        assertEquals(List.of(), streamed.chunks);
      }
    }
  }

  @Test
  void whatJsonDoesNotHaveIsRefused() throws Exception {
    String deep =
        "static Object deep() { List<Object> list = new ArrayList<>(); list.add(list); return list;"
            + " }\n";
    for (String value :
        List.of(
            "new Object()",
            "Map.of(1, 2)",
            "new byte[] {1}",
            "1L << 60",
            "'c'",
            "new java.math.BigInteger(\"9\".repeat(30))",
            "deep()")) {
      try (WorkerProcess worker = loaded(deep + completion(value))) {
        String message = ask(worker, Map.of()).answer.message("HOOK_RESULT_INVALID");
        assertTrue(
            message.contains(
                "chat returned something that JSON does not have, or nested more than 60 deep"),
            message);
      }
    }
  }

  @Test
  void tooLargeAChunkIsTold() throws Exception {
    try (WorkerProcess worker =
        loaded(
            chat("return List.of(chunk(\"x\".repeat(((Long) request.get(\"size\")).intValue())));"),
            "DRUM_MAX_FRAME",
            "4000")) {
      assertTrue(
          ask(worker, Map.of("size", 5000L))
              .answer
              .message("FRAME_TOO_LARGE")
              .contains("a chunk has "));
      assertEquals(List.of(chunk("x")), ask(worker, Map.of("size", 1L)).chunks);
    }
  }

  // -- errors

  @Test
  void aHookThatRaisesAfterAChunkIsToldAfterIt() throws Exception {
    String body =
        "return Stream.of(0, 1).map(number -> { if (number == 1) throw new"
            + " IllegalStateException(\"lost\"); return chunk(number); }).iterator();";
    try (WorkerProcess worker = loaded(chat(body))) {
      Streamed streamed = ask(worker, Map.of());
      assertEquals(
          "the hook chat raised IllegalStateException: lost",
          streamed.answer.message("HOOK_FAILED"));
      assertTrue(
          streamed.answer.traceback().contains("custom.java:6"), streamed.answer.traceback());
      assertEquals(List.of(chunk(0L)), streamed.chunks);
    }
  }

  @Test
  void aStatusThatTheUserChose() throws Exception {
    try (WorkerProcess worker = loaded(chat("throw new CustomHTTPError(\"later\", 429);"))) {
      WorkerProcess.Answer answer = ask(worker, Map.of()).answer;
      assertEquals("later", answer.message("HOOK_FAILED"));
      assertEquals(429L, answer.error().get("http_status"));
    }
  }

  // -- streams that are stopped

  private static final String ENDLESS =
      chat(
          "return Stream.iterate(0, n -> n + 1).map(n -> chunk(n)).onClose(() ->"
              + " System.out.println(\"told to stop\"));");

  @Test
  void aStreamThatNobodyWaitsForIsStoppedAndWhatCameMeanwhileIsAnswered() throws Exception {
    for (String threads : List.of("1", "3")) {
      try (WorkerProcess worker = loaded(ENDLESS, "DRUM_WORKER_THREADS", threads)) {
        for (long id : new long[] {7, 9}) { // also when a thread of its own reads already
          send(worker, id, Map.of());
          assertEquals("chunk", worker.receive().get(1));
          worker.send(List.of(2L, "cancel", Map.of("id", id)));
          worker.send(List.of(0L, id + 1, "ping", Map.of()));
          worker.send(List.of(2L, "cancel", Map.of("id", 99L)));
          Map<Object, Object> errors = new HashMap<>();
          while (errors.size() < 2) {
            List<?> message = worker.receive();
            if (message.get(0).equals(1L)) errors.put(message.get(1), message.get(2));
          }
          assertEquals("CANCELLED", ((Map<?, ?>) errors.get(id)).get("code"));
          assertNull(errors.get(id + 1));
        }
        assertTrue(worker.log().contains("told to stop"), worker.log());
        worker.predict("a\n1\n").message("ARTIFACT_MISSING");
        assertEquals(0, worker.finish());
      }
    }
  }

  @Test
  void aStreamEndsWithTheInput() throws Exception {
    for (String threads : List.of("1", "3")) {
      try (WorkerProcess worker = loaded(ENDLESS, "DRUM_WORKER_THREADS", threads)) {
        send(worker, 7, Map.of());
        assertEquals("chunk", worker.receive().get(1));
        assertEquals(0, endWhileReading(worker, 7));
        assertTrue(worker.log().contains("told to stop"), worker.log());
      }
    }
  }

  private static int endWhileReading(WorkerProcess worker, long id) throws Exception {
    worker.endInput();
    rest(worker, id).answer.message("CANCELLED");
    return worker.status();
  }

  @Test
  void aStreamThatCannotBeReadOnEndsTheWorkerWith65() throws Exception {
    try (WorkerProcess worker = loaded(ENDLESS)) {
      send(worker, 7, Map.of());
      assertEquals("chunk", worker.receive().get(1));
      worker.sendBytes((byte) 255, (byte) 255, (byte) 255, (byte) 127);
      rest(worker, 7).answer.message("CANCELLED");
      assertEquals("FRAME_TOO_LARGE", ((Map<?, ?>) worker.receive().get(2)).get("code"));
      assertEquals(65, worker.status());
    }
  }

  @Test
  void sequencesAreClosedHoweverTheyEnd() throws Exception {
    String chunks =
        "static class Chunks implements Iterable<Object>, AutoCloseable { public Iterator<Object>"
            + " iterator() { throw new IllegalStateException(\"lost\"); } public void close() {"
            + " System.out.println(\"closed\"); throw new IllegalStateException(\"no\"); } }\n";
    try (WorkerProcess worker = loaded(chunks + chat("return new Chunks();"))) {
      assertEquals(
          "the hook chat raised IllegalStateException: lost",
          ask(worker, Map.of()).answer.message("HOOK_FAILED"));
      assertTrue(worker.log().contains("closed"), worker.log());
    }
  }

  // -- threads

  private static final String MEETING =
      "static final java.util.concurrent.CyclicBarrier meeting = new"
          + " java.util.concurrent.CyclicBarrier(3);\n"
          + "static void meet() { try { meeting.await(30, java.util.concurrent.TimeUnit.SECONDS); }"
          + " catch (Exception error) { throw new IllegalStateException(error); } }\n";

  @Test
  void threadsLetAsManyHooksWaitSideBySide() throws Exception {
    String unstructured =
        "static Object score_unstructured(Object model, Object data) { meet(); return"
            + " String.valueOf(Thread.currentThread().getContextClassLoader() =="
            + " Custom.class.getClassLoader().getParent()); }\n";
    try (WorkerProcess worker =
        loaded(
            MEETING
                + unstructured
                + completion("meet(request)")
                + "static Object meet(Object said) { meet(); return said; }",
            "DRUM_WORKER_THREADS",
            "3")) {
      for (long id = 2; id <= 4; id++) send(worker, id, Map.of("id", id));
      Map<Object, Object> said = new TreeMap<>();
      for (int at = 0; at < 3; at++) {
        List<?> message = worker.receive();
        said.put(
            message.get(1),
            ((Map<?, ?>) ((Map<?, ?>) message.get(3)).get("completion")).get("said"));
      }
      assertEquals(Map.of(2L, Map.of("id", 2L), 3L, Map.of("id", 3L), 4L, Map.of("id", 4L)), said);
      Map<String, Object> params =
          Map.of(
              "data",
              "a",
              "mimetype",
              "text/plain",
              "charset",
              "utf8",
              "query",
              Map.of(),
              "headers",
              Map.of());
      for (long id = 5; id <= 7; id++) worker.send(List.of(0L, id, "score_unstructured", params));
      for (int at = 0; at < 3; at++)
        assertEquals(
            "true",
            ((Map<?, ?>) worker.receive().get(3)).get("data"),
            "libraries find the model's classes");
      assertEquals(0, worker.finish());
    }
  }

  @Test
  void helloTellsTheThreads() throws Exception {
    for (String threads : List.of("1", "5")) {
      try (WorkerProcess worker = new WorkerProcess("DRUM_WORKER_THREADS", threads)) {
        Map<?, ?> hello = (Map<?, ?>) worker.receive().get(2);
        assertEquals(
            Long.valueOf(threads), ((Map<?, ?>) hello.get("capabilities")).get("concurrency"));
      }
    }
  }

  @Test
  void otherRequestsRunOneAfterTheOther() throws Exception {
    String hooks =
        "static int running; static synchronized int count(int more) { return running += more; }\n"
            + "static Table score(Table data) { try { if (count(1) > 1) throw new"
            + " IllegalStateException(\"two at once\"); Thread.sleep(20); return data; } catch"
            + " (InterruptedException error) { throw new IllegalStateException(error); } finally {"
            + " count(-1); } }\n";
    try (WorkerProcess worker =
        loaded(
            "static Object load_model(String dir) { return 1; }\n" + hooks + completion("1"),
            "DRUM_WORKER_THREADS",
            "4")) {
      Map<String, Object> payload =
          Map.of("payload", Map.of("kind", "bytes", "data", "a\n1\n".getBytes()));
      for (long id = 2; id <= 9; id++) worker.send(List.of(0L, id, "predict", payload));
      for (long id = 2; id <= 9; id++) {
        List<?> message = worker.receive();
        assertEquals(id, message.get(1));
        assertNull(message.get(2));
      }
    }
  }

  @Test
  void aHookInAThreadMayEndTheProcess() throws Exception {
    try (WorkerProcess worker =
        loaded(chat("System.exit(5); return null;"), "DRUM_WORKER_THREADS", "2")) {
      send(worker, 2, Map.of());
      assertEquals(5, worker.status());
    }
  }

  // -- models

  @Test
  void supportedModelsAreThoseThatSaySo() throws Exception {
    String models =
        "static Object getSupportedLlmModels(Object model) { return List.of(Map.of(\"object\","
            + " \"model\", \"id\", \"a\"), Map.of(\"id\", \"b\"), 3); }\n";
    try (WorkerProcess worker = loaded(completion("1") + models)) {
      assertEquals(
          Map.of("models", List.of(Map.of("object", "model", "id", "a"))),
          worker.call("models", Map.of()).success());
    }
    try (WorkerProcess worker =
        loaded(completion("1") + "static Object get_supported_llm_models() { return 3; }")) {
      String message = worker.call("models", Map.of()).message("HOOK_RESULT_INVALID");
      assertEquals(
          "get_supported_llm_models returned a java.lang.Integer; return a List of models, each a"
              + " Map",
          message);
    }
  }
}
