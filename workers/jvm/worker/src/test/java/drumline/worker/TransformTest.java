// The target type transform in a real worker: what the hook gets, what it may return, and what is
// refused when it is loaded.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import drumline.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransformTest {
  private static final String WITH_TARGET =
      "public Table transform(Table data, Object model, Table target) {"
          + " return target == null ? data : data.with(target.columns().get(0)); }";

  @TempDir Path folder;

  private static Map<String, Object> csv(String text) {
    return Map.of("kind", "bytes", "data", text.getBytes(), "mimetype", "text/csv");
  }

  private static Map<String, Object> request(String rows, String target) {
    return target == null
        ? Map.of("payload", csv(rows), "sparse", true)
        : Map.of("payload", csv(rows), "target", csv(target), "sparse", true);
  }

  private static Table tableOf(Map<String, Object> result) throws WorkerError {
    return FromWire.toTable(result.get("table"));
  }

  @Test
  void aHookOfThreeParametersGetsTheTarget() throws Exception {
    CodeDirectory.withHooks(folder, WITH_TARGET);
    try (WorkerProcess worker = new WorkerProcess()) {
      Map<String, Object> loaded = worker.load(folder, "transform").success();
      assertNull(loaded.get("predictor"));
      assertEquals(List.of("load_model", "transform"), loaded.get("hooks"));
      Map<String, Object> without = worker.call("transform", request("a\n1\n2\n", null)).success();
      assertEquals(List.of("a"), tableOf(without).names());
      assertNull(without.get("target"));
      Map<String, Object> with =
          worker.call("transform", request("a\n1\n2\n", "y\n7\n8\n")).success();
      assertEquals(2L, with.get("rows"));
      assertArrayEquals(new long[] {7, 8}, tableOf(with).longs("y"));
      assertArrayEquals(new long[] {7, 8}, FromWire.toTable(with.get("target")).longs("y"));
    }
  }

  @Test
  void aHookOfTheInterfaceMayHaveTwoParametersOrThree() throws Exception {
    for (String parameters :
        List.of("Table data, String model", "Table data, String model, Table target")) {
      String hooks =
          "import drumline.*;\n"
              + "public class Mine implements Hooks<String> {\n"
              + "  public String loadModel(String folder) { return \"m\"; }\n"
              + "  public Table transform("
              + parameters
              + ") { return data.with(\"model\", new String[] {model}); }\n}\n";
      Files.writeString(folder.resolve("custom.java"), hooks);
      try (WorkerProcess worker = new WorkerProcess()) {
        worker.load(folder, "transform").success();
        assertEquals(
            List.of("a", "model"),
            tableOf(worker.call("transform", request("a\n1\n", "y\n7\n")).success()).names());
      }
    }
  }

  @Test
  void theTargetIsNeverReadByReadInputData() throws Exception {
    CodeDirectory.withHooks(
        folder,
        WITH_TARGET
            + "public Table readInputData(byte[] data) { return Table.of(\"size\", (long)"
            + " data.length, 0L); }");
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.load(folder, "transform").success();
      Table table = tableOf(worker.call("transform", request("a\n1\n", "y\n7\n8\n")).success());
      assertArrayEquals(new long[] {4, 0}, table.longs("size"));
      assertArrayEquals(new long[] {7, 8}, table.longs("y"));
    }
  }

  @Test
  void aTargetOfOtherRowsIsRefusedBeforeTheHookRuns() throws Exception {
    CodeDirectory.withHooks(
        folder,
        "public Table transform(Table data, Object model) { System.exit(7); return data; }");
    try (WorkerProcess worker = new WorkerProcess()) {
      worker.load(folder, "transform").success();
      assertTrue(
          worker
              .call("transform", request("a\n1\n2\n", "y\n7\n"))
              .message("INPUT_UNREADABLE")
              .contains("the target has 1 rows for 2 of input"));
      worker
          .call("transform", Map.of("payload", csv("a\n1\n"), "target", 5L))
          .message("PARAMS_INVALID");
    }
  }

  @Test
  void anythingButATableIsRefused() throws Exception {
    for (String returned :
        List.of("null", "\"text\"", "new Object[] {data, target}", "List.of(data, data)")) {
      CodeDirectory.withHooks(
          folder,
          "public Object transform(Table data, Object model, Table target) { return "
              + returned
              + "; }");
      try (WorkerProcess worker = new WorkerProcess()) {
        worker.load(folder, "transform").success();
        assertTrue(
            worker
                .call("transform", request("a\n1\n", null))
                .message("HOOK_RESULT_INVALID")
                .contains("transform returned"),
            returned);
      }
    }
  }

  @Test
  void whatCannotTransformIsRefusedWhenItIsLoaded() throws Exception {
    try (WorkerProcess worker = new WorkerProcess()) {
      CodeDirectory.withHooks(
          folder, "public Table score(Table data, Object model) { return data; }");
      assertTrue(
          worker
              .load(folder, "transform")
              .message("ARTIFACT_UNSUPPORTED")
              .contains("define a transform hook"));
      Files.writeString(
          folder.resolve("custom.java"),
          "import drumline.*;\n"
              + "public class Custom { public Table transform(Table data, Object model) { return"
              + " data; } }");
      worker.load(folder, "transform").message("ARTIFACT_MISSING");
    }
  }
}
