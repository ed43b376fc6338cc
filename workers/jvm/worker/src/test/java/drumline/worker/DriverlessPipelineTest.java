// Driverless AI pipelines, with a runtime made by hand that has the same methods.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import drumline.Column;
import drumline.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriverlessPipelineTest {
  @TempDir Path folder;

  /**
   * The probability of "yes" is 0.9 where code is the text 1, and 0.1 for any other; missing: 0.5.
   */
  private static final String RUNTIME =
      """
      package ai.h2o.mojos.runtime;
      import java.util.*;
      public class MojoPipeline {
        public Meta getInputMeta() { return new Meta("code", "x"); }
        public Meta getOutputMeta() { return new Meta("y.no", "y.yes"); }
        public Builder getInputFrameBuilder() { return new Builder(); }
        public Frame transform(Frame input) { return input; }
        public static class Meta {
          private final String[] names;
          Meta(String... names) { this.names = names; }
          public String[] getColumnNames() { return names; }
        }
        public static class Builder {
          private final List<Row> rows = new ArrayList<>();
          public Row getMojoRowBuilder() { return new Row(); }
          public Row addRow(Row row) { rows.add(row); return new Row(); }
          public Frame toMojoFrame() { return new Frame(rows); }
        }
        public static class Row {
          private final Map<String, String> cells = new HashMap<>();
          public void setValue(String name, String value) { cells.put(name, value); }
        }
        public static class Frame extends Meta {
          private final List<Row> rows;
          Frame(List<Row> rows) { super("y.no", "y.yes"); this.rows = rows; }
          public float[] getColumnData(int at) {
            float[] data = new float[rows.size()];
            for (int row = 0; row < data.length; row++) {
              String code = rows.get(row).cells.get("code");
              float yes = code == null ? 0.5f : code.equals("1") ? 0.75f : 0.25f;
              data[row] = at == 1 ? yes : 1 - yes;
            }
            return data;
          }
        }
      }
      """;

  private static final String SERVICE =
      """
      package ai.h2o.mojos.runtime.api;
      import ai.h2o.mojos.runtime.MojoPipeline;
      public class MojoPipelineService {
        public static MojoPipeline loadPipeline(java.io.File file) { return new MojoPipeline(); }
      }
      """;

  private WorkerProcess runtime() throws Exception {
    Path jar = CodeDirectory.classes(folder.resolve("runtime"), RUNTIME, SERVICE);
    Files.createDirectory(folder.resolve("code"));
    Files.writeString(folder.resolve("code/pipeline.mojo"), "a pipeline");
    return new WorkerProcess("DRUM_JAVA_CUSTOM_CLASS_PATH", WorkerProcess.LIBRARIES + ":" + jar);
  }

  @Test
  void codesStayAsTheyAreWritten() throws Exception {
    try (WorkerProcess worker = runtime()) {
      Map<String, Object> loaded = worker.load(folder.resolve("code"), "binary").success();
      assertEquals("driverless ai", loaded.get("predictor"));
      assertTrue(
          loaded.get("signature").toString().contains("name=code, type=null"), loaded.toString());
      double[] expected = {0.75, 0.5, 0.25};
      assertArrayEquals(
          expected,
          HooksTest.doublesOf(worker.predict("code,x\n1,1\n,1\n01,1\n").success(), "yes"));
      for (Column code :
          List.of(
              Column.of("code", 1, Double.NaN, 2),
              Column.of("code", "1", null, "1.0"),
              Column.of("code", 1L, 0L, 2L).withMissing(new boolean[] {false, true, false}))) {
        Object table = ToWire.toWire(Table.of(code));
        Map<String, Object> payload = Map.of("kind", "table", "table", table);
        assertArrayEquals(
            expected,
            HooksTest.doublesOf(
                worker.call("predict", Map.of("payload", payload)).success(), "yes"),
            code.type().name());
      }
      assertTrue(
          worker
              .load(
                  folder.resolve("code"),
                  "binary",
                  "positive_class_label",
                  "good",
                  "negative_class_label",
                  "bad")
              .message("ARTIFACT_UNSUPPORTED")
              .contains("class labels no, yes, expected bad, good"));
    }
  }
}
