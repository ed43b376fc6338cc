// The object mlops of unstructured hooks: who gets it, what is sent to the supervisor, and what
// cannot be reported.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import drumline.Column;
import drumline.MLOps;
import drumline.Table;
import drumline.UnstructuredParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MlopsTest {
  @TempDir Path folder;

  private static final Table FRAME =
      Table.of(
          Column.of("n", 1.5, 0).withMissing(new boolean[] {false, true}),
          Column.of("t", "x", null));

  private final List<Map<String, Object>> sent = new ArrayList<>();
  private final MLOps mlops =
      new Mlops((kind, data) -> sent.add(Map.of("kind", kind, "data", data)));

  @SuppressWarnings("unchecked")
  private Map<String, Object> data(String kind) {
    Map<String, Object> report = sent.remove(sent.size() - 1);
    assertEquals(kind, report.get("kind"));
    return (Map<String, Object>) report.get("data");
  }

  /** The messages up to the response. */
  private static List<List<?>> messages(WorkerProcess worker, String data)
      throws IOException, WorkerError {
    worker.send(
        Arrays.asList(
            0L,
            99L,
            "score_unstructured",
            Map.of(
                "data",
                data,
                "mimetype",
                "text/plain",
                "charset",
                "utf8",
                "query",
                Map.of(),
                "headers",
                Map.of())));
    List<List<?>> messages = new ArrayList<>();
    do messages.add(worker.receive());
    while (!messages.get(messages.size() - 1).get(0).equals(1L));
    return messages;
  }

  @Test
  void theHookGetsItWhenReportsAreWantedAndItsReportsComeBeforeItsAnswer() throws Exception {
    CodeDirectory.withHooks(
        folder,
        "static String score_unstructured(Object model, String data, UnstructuredParameters p) { if"
            + " (p.mlops() == null) return \"none\"; p.mlops().reportDeploymentStats(2, 12.5);"
            + " p.mlops().reportPredictionsData(null, List.of(0.5, new double[] {1}), null, null);"
            + " return \"reported\"; }");
    for (Object reports : new Object[] {true, false, null}) {
      try (WorkerProcess worker = new WorkerProcess()) {
        worker.load(folder, "unstructured", "reports", reports).success();
        List<List<?>> messages = messages(worker, "x");
        boolean wanted = Boolean.TRUE.equals(reports);
        assertEquals(
            wanted ? "reported" : "none",
            ((Map<?, ?>) messages.get(messages.size() - 1).get(3)).get("data"));
        assertEquals(wanted ? 3 : 1, messages.size());
        if (!wanted) continue;
        Map<String, Object> stats = Map.of("num_predictions", 2L, "execution_time", 12.5);
        assertEquals(
            List.of(2L, "report", Map.of("kind", "deployment_stats", "data", stats)),
            messages.get(0));
        assertEquals(
            List.of(0.5, List.of(1.0)),
            ((Map<?, ?>) ((Map<?, ?>) messages.get(1).get(2)).get("data")).get("predictions"));
      }
    }
  }

  @Test
  void whatItThrowsIsAnErrorOfTheHookAndTheWorkerGoesOn() throws Exception {
    CodeDirectory.withHooks(
        folder,
        "static String score_unstructured(Object model, String data, UnstructuredParameters p) {"
            + " p.mlops().reportPredictionsData(null,"
            + " List.of(\"x\".repeat(Integer.parseInt(data))), data.equals(\"3\") ? null :"
            + " List.of(), null); return data; }");
    try (WorkerProcess worker = new WorkerProcess("DRUM_MAX_FRAME", "100000")) {
      worker.load(folder, "unstructured", "reports", true).success();
      String message =
          worker
              .call(
                  "score_unstructured",
                  Map.of(
                      "data",
                      "1",
                      "mimetype",
                      "text/plain",
                      "charset",
                      "utf8",
                      "query",
                      Map.of(),
                      "headers",
                      Map.of()))
              .message("HOOK_FAILED");
      assertEquals(
          "the hook score_unstructured raised IllegalArgumentException: features, predictions and"
              + " associationIds have [0, 1] rows; give as many of each",
          message);
      assertEquals(2, messages(worker, "3").size());
    }
    CodeDirectory.withHooks(
        folder,
        "static String score_unstructured(Object model, String data, UnstructuredParameters p) {"
            + " p.mlops().reportPredictionsData(null,"
            + " List.of(\"x\".repeat(Integer.parseInt(data))), null, null); return data; }");
    try (WorkerProcess worker = new WorkerProcess("DRUM_MAX_FRAME", "100000")) {
      worker.load(folder, "unstructured", "reports", true).success();
      String message =
          worker
              .call(
                  "score_unstructured",
                  Map.of(
                      "data",
                      "200000",
                      "mimetype",
                      "text/plain",
                      "charset",
                      "utf8",
                      "query",
                      Map.of(),
                      "headers",
                      Map.of()))
              .message("HOOK_FAILED");
      assertTrue(
          message.contains("a report has 200")
              && message.contains("a frame may have 100000; give smaller ones"),
          message);
      assertEquals(2, messages(worker, "3").size());
    }
  }

  @Test
  void withoutReportsTheParametersHaveNone() {
    assertNull(new UnstructuredParameters("text/plain", null, Map.of(), Map.of()).mlops());
  }

  @Test
  void statsAreACountAndMilliseconds() {
    mlops.reportDeploymentStats(3, null);
    assertNull(data("deployment_stats").get("execution_time"));
    mlops.reportDeploymentStats(3, 1.5);
    assertEquals(Map.of("num_predictions", 3L, "execution_time", 1.5), data("deployment_stats"));
  }

  @Test
  void featuresAreATableWhoseMissingValuesAreMissing() throws WorkerError {
    mlops.reportPredictionsData(FRAME, null, Arrays.asList("a", null), List.of("no", "yes"));
    Map<String, Object> data = data("predictions_data");
    Table table = FromWire.toTable(data.get("features"));
    assertEquals(List.of("n", "t"), table.names());
    assertEquals(1.5, table.column("n").value(0));
    assertTrue(table.column("n").isMissing(1) && table.column("t").isMissing(1));
    assertArrayEquals(
        new Object[] {null, List.of("a", "null"), List.of("no", "yes")},
        new Object[] {
          data.get("predictions"), data.get("association_ids"), data.get("class_names")
        });
  }

  @Test
  void predictionsMayBeNumbersTextsAndCollectionsOrArraysOfProbabilities() {
    List<?> predictions =
        Arrays.asList(
            1,
            0.5f,
            "text",
            new StringBuilder("é"),
            null,
            true,
            List.of(0.25, 0.75),
            new double[] {1, 0},
            1L << 60);
    mlops.reportPredictionsData(null, predictions, null, null);
    List<?> expected =
        Arrays.asList(
            1L,
            0.5,
            "text",
            "é",
            null,
            true,
            List.of(0.25, 0.75),
            List.of(1.0, 0.0),
            (double) (1L << 60));
    assertEquals(expected, data("predictions_data").get("predictions"));
  }

  @Test
  void whatCannotBeReportedIsRefused() {
    refused(
        "reportPredictionsData needs features or predictions",
        () -> mlops.reportPredictionsData(null, null, List.of("a"), null));
    refused(
        "features, predictions and associationIds have [1, 2] rows; give as many of each",
        () -> mlops.reportPredictionsData(FRAME, List.of(1), null, null));
    refused(
        "features, predictions and associationIds have [2, 3] rows; give as many of each",
        () -> mlops.reportPredictionsData(FRAME, List.of(1, 2), Collections.nCopies(3, "a"), null));
    refused(
        "associationIds must be unique, got \"a\" twice; give each row an id of its own",
        () -> mlops.reportPredictionsData(FRAME, List.of(1, 2), List.of("a", "a"), null));
    refused(
        "associationIds must be unique, got \"b\" twice; give each row an id of its own",
        () -> mlops.reportPredictionsData(null, List.of(1, 2, 3), List.of("b", "c", "b"), null));
    refused(
        "a prediction must be a number, a text or a list of numbers, got a java.lang.Object",
        () -> mlops.reportPredictionsData(null, List.of(1, new Object()), null, null));
    refused(
        "a prediction must be a number, a text or a list of numbers, got a byte[]",
        () -> mlops.reportPredictionsData(null, List.of(new byte[1]), null, null));
    assertEquals(List.of(), sent);
  }

  private static void refused(String words, Runnable action) {
    assertEquals(words, assertThrows(IllegalArgumentException.class, action::run).getMessage());
  }
}
