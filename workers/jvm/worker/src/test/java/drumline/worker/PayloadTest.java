// Every kind of payload in a real worker, and what is said while a model loads.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import drumline.Column;
import drumline.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadTest {
  @TempDir Path folder;
  private WorkerProcess worker;

  @BeforeEach
  void start() throws Exception {
    CodeDirectory.withHooks(
        folder,
        "static Table score(Table data, Object model) { return Table.of(\"types\","
            + " data.columns().stream().map(column -> column.name() + \" \" + column.type() + \" \""
            + " + Arrays.toString(column.strings())).toArray(String[]::new)); }");
    worker = new WorkerProcess();
    worker.load(folder, "textgeneration").success();
  }

  @AfterEach
  void end() throws Exception {
    worker.close();
  }

  private static String[] linesOf(WorkerProcess.Answer answer) throws WorkerError {
    return FromWire.toTable(answer.success().get("predictions")).strings("types");
  }

  @Test
  void aFileIsReadByTheWorker() throws Exception {
    Path file = Files.writeString(folder.resolve("größe.csv"), "a,b\n1,x\n");
    assertArrayEquals(
        new String[] {"a LONG [1]", "b STRING [x]"},
        linesOf(
            worker.call(
                "predict", Map.of("payload", Map.of("kind", "file", "path", file.toString())))));
    String message =
        worker
            .call(
                "predict", Map.of("payload", Map.of("kind", "file", "path", folder + "/none.csv")))
            .message("INPUT_UNREADABLE");
    assertTrue(message.contains("none.csv cannot be read: NoSuchFileException"), message);
  }

  @Test
  void aTableKeepsItsTypes() throws Exception {
    Table table =
        Table.of(
            Column.of("f", 0.5),
            Column.of("i", 1L << 60),
            Column.of("b", true),
            Column.of("s", "é"),
            Column.of("d", LocalDate.of(2024, 2, 29)),
            Column.timestamps("t", new long[] {1}, null),
            Column.json("j", "[1]"),
            Column.floats("g", 0.25));
    String[] lines =
        linesOf(
            worker.call(
                "predict",
                Map.of("payload", Map.of("kind", "table", "table", ToWire.toWire(table)))));
    assertEquals(
        List.of(
            "f DOUBLE [0.5]",
            "i LONG [1152921504606846976]",
            "b BOOLEAN [true]",
            "s STRING [é]",
            "d DATE [2024-02-29]",
            "t TIMESTAMP [1970-01-01T00:00:00.000001]",
            "j JSON [[1]]",
            "g FLOAT [0.25]"),
        Arrays.asList(lines));
  }

  @Test
  void matricesAreReadWithTheirNames() throws Exception {
    byte[] matrix = "%%MatrixMarket matrix coordinate real general\n1 2 1\n1 2 1.5\n".getBytes();
    assertArrayEquals(
        new String[] {"0 DOUBLE [0.0]", "1 DOUBLE [1.5]"},
        linesOf(worker.predict(matrix, "text/mtx")));
    Map<String, Object> named =
        Map.of(
            "kind",
            "bytes",
            "data",
            matrix,
            "mimetype",
            "text/mtx",
            "column_names",
            List.of("x", "y"));
    assertArrayEquals(
        new String[] {"x DOUBLE [0.0]", "y DOUBLE [1.5]"},
        linesOf(worker.call("predict", Map.of("payload", named))));
  }

  @Test
  void whatCannotBeReadIsRefused() throws Exception {
    worker.predict("").message("INPUT_EMPTY");
    worker
        .predict(new byte[] {'a', '\n', (byte) 0xFF, '\n'}, "text/csv")
        .message("INPUT_UNREADABLE");
    assertTrue(
        worker
            .predict("{}".getBytes(), "application/json")
            .message("INPUT_UNSUPPORTED")
            .contains("'application/json'"));
    worker
        .call("predict", Map.of("payload", Map.of("kind", "stream")))
        .message("INPUT_UNSUPPORTED");
    worker.call("predict", Map.of("payload", Map.of("kind", "bytes"))).message("PARAMS_INVALID");
    worker
        .call("predict", Map.of("payload", Map.of("kind", "table", "table", Map.of("rows", 1L))))
        .message("PARAMS_INVALID");
    worker.call("predict", Map.of()).message("PARAMS_INVALID");
    assertEquals(1, linesOf(worker.predict("a\n1\n")).length);
  }

  @Test
  void loadingSaysWhatItIsAt() throws Exception {
    try (WorkerProcess other = new WorkerProcess()) {
      other.receive();
      Map<String, Object> params =
          Map.of(
              "code_directory",
              folder.toString(),
              "hook_file",
              folder + "/custom.java",
              "artifacts",
              List.of(),
              "target_type",
              "regression");
      other.send(List.of(0L, 5L, "load", params));
      for (String text : List.of("loading custom.java", "running loadModel")) {
        List<?> message = other.receive();
        assertEquals(List.of(2L, "progress"), message.subList(0, 2));
        assertEquals(text, ((Map<?, ?>) message.get(2)).get("text"));
        assertEquals(5L, ((Map<?, ?>) message.get(2)).get("id"));
      }
      assertEquals(5L, other.receive().get(1));
    }
  }
}
