// A worker process from hello to its end: descriptors, broken frames, prints of every kind.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifeTest {
  @TempDir Path folder;

  private static final String DOUBLES =
      "static Table score(Table data, Object model) { %s double[] x = data.doubles(\"x\");"
          + " for (int i = 0; i < x.length; i++) x[i] *= 2; return Table.of(\"Predictions\", x); }";

  @Test
  void helloComesFirstAndEndOfInputIsTheEnd() throws Exception {
    try (WorkerProcess worker = new WorkerProcess()) {
      List<?> hello = worker.receive();
      assertEquals(List.of(2L, "hello"), hello.subList(0, 2));
      Map<?, ?> fields = (Map<?, ?>) hello.get(2);
      assertEquals(1L, fields.get("protocol"));
      assertEquals("java", fields.get("language"));
      assertEquals(System.getProperty("java.version"), fields.get("language_version"));
      assertEquals(
          List.of(
              "ping",
              "load",
              "predict",
              "transform",
              "post_process",
              "score_unstructured",
              "chat",
              "models",
              "call",
              "serve"),
          ((Map<?, ?>) fields.get("capabilities")).get("methods"));
      assertEquals(
          List.of("bytes", "file", "table"),
          ((Map<?, ?>) fields.get("capabilities")).get("payloads"));
      assertEquals(Map.of(), worker.call("ping", Map.of()).success());
      assertEquals(0, worker.finish());
      assertNull(worker.receive());
    }
  }

  @Test
  void withoutItsVariablesItSaysWhatItIs() throws Exception {
    try (WorkerProcess worker = new WorkerProcess("DRUM_MAX_FRAME", "many")) {
      assertEquals(64, worker.status());
      assertTrue(worker.log().contains("which drum starts itself"), worker.log());
    }
  }

  @Test
  void aCutFrameIsToldAndEndsTheWorker() throws Exception {
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.receive();
      worker.sendBytes((byte) 9, (byte) 0, (byte) 0, (byte) 0, (byte) 0x94);
      assertEquals(65, worker.finish());
      checkRefused(worker.receive(), "FRAME_TRUNCATED", 0);
    }
  }

  @Test
  void aFrameOverTheLimitIsToldAndEndsTheWorker() throws Exception {
    try (WorkerProcess worker = new WorkerProcess("DRUM_MAX_FRAME", "1000")) {
      worker.receive();
      worker.sendBytes((byte) 0xE9, (byte) 3, (byte) 0, (byte) 0);
      checkRefused(worker.receive(), "FRAME_TOO_LARGE", 0);
      assertEquals(65, worker.status());
    }
  }

  @Test
  void afterABrokenValueOrMessageItGoesOn() throws Exception {
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.receive();
      worker.sendBytes((byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0xC1);
      checkRefused(worker.receive(), "VALUE_TYPE", 0);
      worker.send(List.of(0L, 7L, "ping"));
      checkRefused(worker.receive(), "MESSAGE_INVALID", 0);
      worker.send(Arrays.asList(0L, 8L, "ping", null));
      checkRefused(worker.receive(), "MESSAGE_INVALID", 8);
      worker.call("sing", Map.of()).message("METHOD_UNKNOWN");
      worker.send(List.of(2L, "cancel", Map.of("id", 3L)));
      worker.call("ping", Map.of()).success();
      worker.predict("x\n1\n").message("NOT_LOADED");
      worker.call("load", Map.of("code_directory", 1L)).message("PARAMS_INVALID");
      assertEquals(0, worker.finish());
    }
  }

  private static void checkRefused(List<?> response, String code, long id) {
    assertEquals(List.of(1L, id), response.subList(0, 2));
    assertEquals(code, ((Map<?, ?>) response.get(2)).get("code"));
  }

  @Test
  void severalRequestsSentAheadAreAnsweredInOrder() throws Exception {
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.receive();
      for (long id = 1; id <= 50; id++) worker.send(List.of(0L, id, "ping", Map.of()));
      for (long id = 1; id <= 50; id++) assertEquals(id, worker.receive().get(1));
    }
  }

  @Test
  void printsOfEveryKindGoToTheLog() throws Exception {
    String prints =
        "System.out.print(\"no newline\"); System.out.println(\" \\u6a21\\u578b\");"
            + " System.err.println(\"on err\"); try (var raw = new"
            + " java.io.FileOutputStream(\"/dev/fd/1\", true)) { raw.write(\"raw 1\\n"
            + "\".getBytes()); } catch (Exception e) { System.out.println(e); } new"
            + " java.io.PrintStream(new"
            + " java.io.FileOutputStream(java.io.FileDescriptor.out)).println(\"descriptor 1\");"
            + " try { new ProcessBuilder(\"sh\", \"-c\", \"echo from a child; cat; ls -l"
            + " /proc/self/fd >&2; echo read all\").inheritIO().start().waitFor(); } catch"
            + " (Exception e) { throw new RuntimeException(e); } try { System.out.println(\"stdin"
            + " gave \" + System.in.read()); } catch (java.io.IOException e) { throw new"
            + " RuntimeException(e); } System.out.print(\"the last, unended\");";
    CodeDirectory.withHooks(folder, DOUBLES.formatted(prints));
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.load(folder, "regression").success();
      for (int round = 0; round < 3; round++)
        assertEquals(2L, worker.predict("x\n1\n3\n").success().get("rows"));
      String log = worker.log();
      for (String text :
          List.of(
              "no newline 模型\n",
              "on err",
              "descriptor 1",
              "from a child",
              "read all",
              "stdin gave -1",
              "the last, unended")) {
        assertTrue(log.contains(text), text + " in " + log);
      }
      // Nothing the worker starts has the frames' descriptors.
      assertTrue(
          !log.contains(" 3 -> socket")
              && !log.contains(" 4 -> pipe")
              && !log.contains(" 4 -> socket"),
          log);
      assertEquals(0, worker.finish());
    }
  }

  @Test
  void exitInAHookEndsTheProcessWithItsStatus() throws Exception {
    CodeDirectory.withHooks(folder, DOUBLES.formatted("System.exit(7);"));
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.receive();
      worker.load(folder, "regression").success();
      worker.send(
          List.of(
              0L,
              9L,
              "predict",
              Map.of("payload", Map.of("kind", "bytes", "data", "x\n1\n".getBytes()))));
      assertNull(worker.receive());
      assertEquals(7, worker.status());
    }
  }

  @Test
  void closedAndReplacedStandardStreamsDoNoHarm() throws Exception {
    CodeDirectory.withHooks(
        folder, DOUBLES.formatted("System.out.close(); System.setErr(null); System.setIn(null);"));
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.load(folder, "regression").success();
      for (int round = 0; round < 2; round++) worker.predict("x\n1\n").success();
    }
  }

  @Test
  void aResultOverTheLimitIsAnError() throws Exception {
    CodeDirectory.withHooks(
        folder,
        "static Table score(Table data, Object model) { return Table.of(\"Predictions\", new"
            + " double[1000]); }");
    try (WorkerProcess worker = new WorkerProcess("DRUM_MAX_FRAME", "4000")) {
      worker.load(folder, "regression").success();
      String message = worker.predict("x\n1\n").message("FRAME_TOO_LARGE");
      assertTrue(message.contains("a frame may have 4000"), message);
    }
  }

  @Test
  void heapIsWhatDrumJavaXmxSaysAndRunningOutOfItIsAnswered() throws Exception {
    CodeDirectory.withHooks(
        folder,
        "static Table score(Table data, Object model) { List<long[]> all = new ArrayList<>(); while"
            + " (data.rows() == 2) all.add(new long[1 << 20]); return Table.of(\"Predictions\", new"
            + " double[data.rows()]); }");
    try (WorkerProcess worker = new WorkerProcess("DRUM_JAVA_XMX", "100m")) {
      worker.load(folder, "regression").success();
      String message = worker.predict("x\n1\n2\n").message("HOOK_FAILED");
      assertTrue(
          message.contains("DRUM_JAVA_XMX") && message.matches("(?s).*holds (9\\d|100) MB.*"),
          message);
      worker.predict("x\n1\n").success();
    }
  }
}
