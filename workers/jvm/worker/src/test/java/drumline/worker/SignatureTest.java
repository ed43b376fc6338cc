// What each artifact type gets of a request: the same types, levels and missing values, alone and
// in company.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import drumline.Column;
import drumline.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignatureTest {
  private static final double NAN = Double.NaN;

  @TempDir Path folder;

  // -- H2O

  /**
   * A POJO that adds up: 1 to 3 for the level of code, 10 or 20 for that of flag, 100 x; nothing
   * for what is missing.
   */
  private Path pojo(String category, String domain, String response, String score)
      throws IOException {
    Files.writeString(
        folder.resolve("Sum.java"),
        """
import hex.ModelCategory;
import hex.genmodel.GenModel;
public class Sum extends GenModel {
  public Sum() { super(new String[] {"code", "flag", "x", "y"}, new String[][] {%s, null, %s}, "y"); }
  public ModelCategory getModelCategory() { return ModelCategory.%s; }
  public boolean isSupervised() { return true; }
  public int nfeatures() { return 3; }
  public int nclasses() { return %d; }
  public String getUUID() { return "1"; }
  public double[] score0(double[] data, double[] preds) { %s return preds; }
}
"""
            .formatted(domain, response, category, response.equals("null") ? 1 : 2, score));
    return folder;
  }

  private static final String SUM =
      "preds[0] = 0; if (!Double.isNaN(data[0])) preds[0] += data[0] + 1;"
          + " if (!Double.isNaN(data[1])) preds[0] += 10 * (data[1] + 1);"
          + " if (!Double.isNaN(data[2])) preds[0] += 100 * data[2];";

  private Path sum(String... levels) throws IOException {
    return pojo("Regression", levels(levels) + ", {\"F\", \"M\"}", "null", SUM);
  }

  private static String levels(String... levels) {
    return "{\"" + String.join("\", \"", levels) + "\"}";
  }

  private static double[] predicted(WorkerProcess worker, String csv) throws Exception {
    return HooksTest.doublesOf(worker.predict(csv).success(), "Predictions");
  }

  private static WorkerProcess.Answer asked(WorkerProcess worker, Column... columns)
      throws Exception {
    Map<String, Object> table = ToWire.toWire(Table.of(columns));
    return worker.call("predict", Map.of("payload", Map.of("kind", "table", "table", table)));
  }

  private static double[] predicted(WorkerProcess worker, Column... columns) throws Exception {
    return HooksTest.doublesOf(asked(worker, columns).success(), "Predictions");
  }

  @Test
  void aNumberOrBooleanIsSpeltAsTheLevelThatItEquals() throws Exception {
    try (WorkerProcess worker = WorkerProcess.start()) {
      worker.load(sum("1", "2", "3"), "regression").success();
      double[] expected = {11, 22, 10};
      assertArrayEquals(expected, predicted(worker, "code,flag\n1,F\n2,M\n,F\n"));
      Column flag = Column.of("flag", "F", "M", "F");
      for (Column code :
          List.of(
              Column.of("code", 1.0, 2.0, NAN),
              Column.floats("code", 1, 2, NAN),
              Column.of("code", 1L, 2L, 0L).withMissing(new boolean[] {false, false, true}),
              Column.of("code", "1", "2", null)))
        assertArrayEquals(expected, predicted(worker, code, flag), code.type().name());
      Column no = Column.of("flag", false);
      assertArrayEquals(new double[] {13}, predicted(worker, Column.of("code", 3.0), no));
    }
  }

  @Test
  void levelsThatLookMissingOrLikeOtherNumbersStayWhatTheyAre() throws Exception {
    try (WorkerProcess worker = WorkerProcess.start()) {
      worker.load(sum("None", "007", "1.50"), "regression").success();
      assertArrayEquals(
          new double[] {1, 2, 3, 0, 0}, predicted(worker, "code\nNone\n007\n1.50\nNA\n\"\"\n"));
      assertArrayEquals(new double[] {2, 3}, predicted(worker, Column.of("code", 7.0, 1.5)));
      for (String code : List.of("None", "007", "1.50"))
        assertArrayEquals(
            new double[] {List.of("None", "007", "1.50").indexOf(code) + 1},
            predicted(worker, "code\n" + code + "\n"));
    }
    try (WorkerProcess worker = WorkerProcess.start()) {
      worker.load(sum("FALSE", "TRUE", "true?"), "regression").success();
      assertArrayEquals(new double[] {1, 2}, predicted(worker, Column.of("code", false, true)));
    }
  }

  @Test
  void anUnknownLevelAndTextAmongNumbersAreMissingAndToldOnce() throws Exception {
    try (WorkerProcess worker = WorkerProcess.start()) {
      worker.load(sum("1", "2", "3"), "regression").success();
      assertArrayEquals(new double[] {101, 2, 300}, predicted(worker, "code,x\n1,1\n2,?\n4,3\n"));
      assertArrayEquals(new double[] {0}, predicted(worker, "x\n?\n"));
      assertArrayEquals(new double[] {100, 0}, predicted(worker, Column.of("x", " 1 ", "N/A")));
      assertArrayEquals(new double[] {100, 0}, predicted(worker, "x\nTRUE\n?\n"));
      assertArrayEquals(new double[] {100}, predicted(worker, "x\nTRUE\n"));
      String log = worker.log();
      String level =
          "the column code holds \"4\" in row 2 (counted from 0), which is none of 1, 2, 3";
      assertEquals(2, log.split(java.util.regex.Pattern.quote(level), -1).length, log);
      assertEquals(2, log.split("the column x holds \"\\?\" in row 1", -1).length, log);
      assertEquals(2, log.split("did not come count as missing: flag", -1).length, log);
      java.time.LocalDate day = java.time.LocalDate.EPOCH;
      assertTrue(
          asked(worker, Column.of("x", day))
              .message("INPUT_INVALID")
              .contains("column x holds a date"));
    }
  }

  @Test
  void theSignatureIsToldAtLoad() throws Exception {
    try (WorkerProcess worker = WorkerProcess.start()) {
      Object signature = worker.load(sum("1", "2"), "regression").success().get("signature");
      assertEquals(
          "{columns=[{name=code, type=utf8, levels=[1, 2]}, {name=flag, type=utf8, levels=[F, M]},"
              + " {name=x, type=float64, levels=null}], by=name}",
          signature.toString());
      CodeDirectory.withHooks(
          folder, "Table score(Table data, Object model) { return Table.of(\"p\", 1.0); }");
      Map<String, Object> scored = worker.load(folder, "regression").success();
      assertTrue(scored.containsKey("signature"));
      assertEquals(null, scored.get("signature"));
    }
  }

  @Test
  void aCategoryThatAGlmSkipsLeavesNoPredictionForItsRowAlone() throws Exception {
    String skips =
        "if (data[0] != (int) data[0]) throw new IllegalArgumentException(\"categorical value out"
            + " of range\"); preds[0] = data[0];";
    try (WorkerProcess worker = WorkerProcess.start()) {
      worker
          .load(pojo("Regression", "{\"a\", \"b\"}, null", "null", skips), "regression")
          .success();
      assertArrayEquals(
          new double[] {0, NAN, 1}, predicted(worker, "code,flag,x\na,1,1\n,1,1\nb,1,1\n"));
    }
    try (WorkerProcess worker = WorkerProcess.start()) {
      String broken =
          "if (data[2] > 0) throw new IllegalArgumentException(\"categorical value out of"
              + " range\");";
      worker
          .load(pojo("Regression", "{\"a\", \"b\"}, null", "null", broken), "regression")
          .success();
      worker.predict("code,flag,x\na,1,1\n").message("PREDICTOR_FAILED");
    }
  }

  // -- class labels

  @Test
  void classLabelsAreComparedAtLoad() throws Exception {
    String odds = "preds[1] = 0.25; preds[2] = 0.75; preds[0] = 1;";
    pojo("Binomial", "null, null", levels("no", "yes"), odds);
    try (WorkerProcess worker = WorkerProcess.start()) {
      String refused =
          worker
              .load(folder, "multiclass", "class_labels", List.of("low", "high"))
              .message("ARTIFACT_UNSUPPORTED");
      assertTrue(refused.contains("has the class labels no, yes, expected low, high"), refused);
      for (List<String> labels :
          List.of(List.of("yes", "no"), List.of("True", "0"), List.of("No", "YES")))
        worker.load(folder, "multiclass", "class_labels", labels).success();
      worker
          .load(folder, "binary", "positive_class_label", "good", "negative_class_label", "bad")
          .message("ARTIFACT_UNSUPPORTED");
      worker
          .load(folder, "multiclass", "class_labels", List.of("no", "yes", "maybe"))
          .message("ARTIFACT_UNSUPPORTED");
      worker.load(folder, "binary").success();
    }
  }

  // -- the step alone

  private static Column typed(Column.Type type, Column column) throws WorkerError {
    var field = Signature.Field.of(column.name(), type, false);
    return new Signature(List.of(field)).typed(Table.of(column)).columns().get(0);
  }

  private static String refused(Column.Type type, Column column) {
    try {
      throw new AssertionError(Arrays.toString(typed(type, column).strings()));
    } catch (WorkerError error) {
      assertEquals("INPUT_INVALID", error.code);
      return error.getMessage();
    }
  }

  @Test
  void wholeNumbersAndBooleansAreTakenOnlyFromWhatIsOne() throws WorkerError {
    Column whole = typed(Column.Type.LONG, Column.of("n", "4", "4.0", "?", "9007199254740993"));
    assertArrayEquals(new long[] {4, 4, -1, 9007199254740992L}, whole.longs(-1));
    long exact = 9007199254740993L;
    assertArrayEquals(new long[] {exact}, typed(Column.Type.LONG, Column.of("n", exact)).longs());
    assertTrue(
        refused(Column.Type.LONG, Column.of("n", 1, 4.7)).contains("holds \"4.7\" in row 1"));
    for (double odd : new double[] {Double.POSITIVE_INFINITY, 0x1p63, -1e30})
      refused(Column.Type.LONG, Column.of("n", odd));
    Column flags = typed(Column.Type.BOOLEAN, Column.of("b", "TRUE", "0", "1.0", null));
    assertArrayEquals(new boolean[] {true, false, true, false}, flags.booleans(false));
    assertTrue(flags.isMissing(3));
    assertTrue(refused(Column.Type.BOOLEAN, Column.of("b", 2L)).contains("expected true or false"));
  }

  @Test
  void aWholeNumberIsTextWithoutAPoint() throws WorkerError {
    assertArrayEquals(
        new String[] {"1", "0", "1.5", "100000000000000000000", "-Infinity", null},
        typed(Column.Type.STRING, Column.of("t", 1, -0.0, 1.5, 1e20, Double.NEGATIVE_INFINITY, NAN))
            .strings());
    assertArrayEquals(
        new String[] {"0.1", "2"}, typed(null, Column.floats("t", 0.1f, 2)).strings());
    assertArrayEquals(
        new String[] {"true"}, typed(Column.Type.STRING, Column.of("t", true)).strings());
  }

  @Test
  void aColumnThatTheLibraryNeedsHasToCome() {
    Signature signature =
        new Signature(
            List.of(
                Signature.Field.of("a", Column.Type.DOUBLE, true),
                Signature.Field.of("b", Column.Type.DOUBLE, true)));
    WorkerError error =
        org.junit.jupiter.api.Assertions.assertThrows(
            WorkerError.class, () -> signature.typed(Table.of("a", 1.0)));
    assertEquals("INPUT_INVALID", error.code);
    assertTrue(error.getMessage().contains("expected b, got a"), error.getMessage());
  }
}
