// How CSV becomes a table, rule by rule, and Matrix Market too.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import drumline.Column;
import drumline.Table;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {
  private static Table read(String csv) throws WorkerError {
    return Csv.read(csv.getBytes(StandardCharsets.UTF_8));
  }

  /** Type and values of the only column. */
  private static String shown(String csv) throws WorkerError {
    Column column = read(csv).columns().get(0);
    List<Object> values = new ArrayList<>();
    for (int row = 0; row < column.rows(); row++) values.add(column.value(row));
    return column.type() + " " + values;
  }

  /** A bar stands for the end of a line. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "x|1|2; LONG [1, 2]",
        "x|-1|+2|007; LONG [-1, 2, 7]",
        "x|1|NA|3; LONG [1, null, 3]",
        "x|1||3; LONG [1, null, 3]",
        "x|1|2.5; DOUBLE [1.0, 2.5]",
        "x|2.5|1; DOUBLE [2.5, 1.0]",
        "x|.5|5.|1e3|-1E-2; DOUBLE [0.5, 5.0, 1000.0, -0.01]",
        "x|inf|-Infinity|1; DOUBLE [Infinity, -Infinity, 1.0]",
        "x|nan|NULL|1.5; DOUBLE [null, null, 1.5]",
        "x|NA|NA; DOUBLE [null, null]",
        "x|\"1\"|\"2\"; LONG [1, 2]",
        "x|\"\"|1; LONG [null, 1]",
        "x|9223372036854775807|-9223372036854775808; LONG [9223372036854775807,"
            + " -9223372036854775808]",
        "x|9223372036854775808|1; STRING [9223372036854775808, 1]",
        "x|1|9223372036854775808; STRING [1, 9223372036854775808]",
        "x|1.5|9223372036854775808; DOUBLE [1.5, 9.223372036854776E18]",
        "x|9223372036854775808|1.5; DOUBLE [9.223372036854776E18, 1.5]",
        "x|0.1|123456789012345678901234567890; DOUBLE [0.1, 1.2345678901234568E29]",
        "x|true|False|TRUE; BOOLEAN [true, false, true]",
        "x|true|NA; BOOLEAN [true, null]",
        "x|true|1; STRING [true, 1]",
        "x|1|true; STRING [1, true]",
        "x|01|true|1.50; STRING [01, true, 1.50]",
        "x|a|NA|1; STRING [a, null, 1]",
        "x|1|a|None; STRING [1, a, null]",
        "x|1|1.2.3; STRING [1, 1.2.3]",
        "x|1e|1; STRING [1e, 1]",
        "x|1d|0x10|1_000|1f; STRING [1d, 0x10, 1_000, 1f]",
        "x|-|1; STRING [-, 1]",
        "x|2024-01-31; STRING [2024-01-31]",
        "x|\"a,b\"|\"say \"\"hi\"\"\"; STRING [a,b, say \"hi\"]",
        "x|\"a\"b\"c|d\"e; STRING [ab\"c, d\"e]",
        "x|1e22|1e-22|123456789012345678e-3; DOUBLE [1.0E22, 1.0E-22, 1.2345678901234567E14]",
        "x|1e400|-1e-400|1e+; STRING [1e400, -1e-400, 1e+]",
        "x|1e400|-1e-400|1e99999999999; DOUBLE [Infinity, -0.0, Infinity]",
        "x|9007199254740993.0|-0; DOUBLE [9.007199254740992E15, 0.0]",
        "x|infinit|1; STRING [infinit, 1]",
        "x; DOUBLE []",
      })
  void columnsGetTheTypeThatFitsAllTheirCells(String csv, String expected) throws WorkerError {
    assertEquals(expected, shown(csv.replace('|', '\n')));
    assertEquals(expected, shown("﻿\n" + csv.replace("|", "\r\n") + "\r\n"));
  }

  @Test
  void blanksAroundNumbersAreDroppedAndInTextKept() throws WorkerError {
    assertEquals("LONG [1, 2]", shown("x,y\n 1 ,a\n2,a\n"));
    assertEquals("STRING [ a ]", shown("x,y\n a ,a\n"));
  }

  @Test
  void columnsWithATextInputAreKeptAsTheyAreWritten() throws WorkerError {
    Table table =
        Csv.read(
            "code,x\n007,007\n1.50,1.50\nNA,NA\nNone,None\n".getBytes(StandardCharsets.UTF_8),
            name -> name.equals("code") ? Set.of("None") : null);
    assertArrayEquals(new String[] {"007", "1.50", null, "None"}, table.strings("code"));
    assertArrayEquals(new double[] {7, 1.5, Double.NaN, Double.NaN}, table.doubles("x"));
  }

  @Test
  void linesAndNamesAreTidied() throws WorkerError {
    Table table = read("\n \na,a,,a.1,a\n\n1,2,3,4,5\n   \n6,7\n");
    assertEquals(List.of("a", "a.2", "Unnamed: 2", "a.1", "a.3"), table.names());
    assertEquals(2, table.rows());
    assertTrue(table.isMissing("a.1", 1) && !table.isMissing("a.2", 1));
    assertEquals("LONG [1, null, 2]", shown("x\n1\n\n2\n"));
    assertEquals("STRING [a\r\nb]", shown("x,y\n\"a\r\nb\",1\n"));
    assertEquals("STRING [模型, 🥁]", shown("x\n模型\n🥁\n"));
    assertEquals("STRING [ , b]", shown("x,y\n ,1\nb,2\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n\r\n", "  \n", "﻿"})
  void nothingIsRefused(String csv) {
    assertEquals("INPUT_EMPTY", assertThrows(WorkerError.class, () -> read(csv)).code);
  }

  @Test
  void whatIsMalformedIsRefusedWithThePlace() {
    WorkerError wide = assertThrows(WorkerError.class, () -> read("a,b\n1,2\n1,2,3\n"));
    assertEquals("INPUT_UNREADABLE", wide.code);
    assertTrue(wide.getMessage().contains("line 3 has 3 fields, expected 2"), wide.getMessage());
    assertEquals(
        "INPUT_UNREADABLE", assertThrows(WorkerError.class, () -> read("a,b\n\"1,2\n")).code);
    assertTrue(
        assertThrows(WorkerError.class, () -> read("a,b\r\n1,2\r\n3,\"4\r\n"))
            .getMessage()
            .contains("a quote in line 3 is never closed"));
  }

  @Test
  void namesWhatIsNotUtf8() {
    String remedy = "; encode it as UTF-8; a request may name its charset instead";
    Map<String, String> places =
        Map.of(
            "x\n\u00e9\n", "byte 2 (counted from 0) is 0xe9, in the column x of row 0",
            "x\n\u00e6\u00a8", "byte 2 (counted from 0) is 0xe6, in the column x of row 0",
            "a,b\r\n1\r\n\r\n3,\"\u00e9\"\r\n",
                "byte 13 (counted from 0) is 0xe9, in the column b of row 1",
            "\u00ef\u00bb\u00bfa,b\n1,\u00f6\n",
                "byte 9 (counted from 0) is 0xf6, in the column b of row 0",
            "a\n1\n\n\u00f6", "byte 5 (counted from 0) is 0xf6, in the column a of row 2",
            "a\n1,\u00f6", "byte 4 (counted from 0) is 0xf6, in cell 2 of row 0");
    places.forEach(
        (csv, words) -> {
          byte[] bytes = csv.getBytes(StandardCharsets.ISO_8859_1);
          WorkerError error = assertThrows(WorkerError.class, () -> Csv.read(bytes));
          assertEquals("INPUT_UNREADABLE", error.code);
          String expected = "the CSV is not UTF-8: " + words + " (counted from 0)" + remedy;
          assertEquals(expected, error.getMessage());
        });
    byte[] header = "a,\u00f6\n1,2\n".getBytes(StandardCharsets.ISO_8859_1);
    String words = "the CSV is not UTF-8: byte 2 (counted from 0) is 0xf6, in the header" + remedy;
    assertEquals(words, assertThrows(WorkerError.class, () -> Csv.read(header)).getMessage());
  }

  @Test
  void decimalsAreTheNearestDoubles() throws WorkerError {
    Random random = new Random(1);
    StringBuilder csv = new StringBuilder("x\n");
    List<Double> expected = new ArrayList<>();
    for (int row = 0; row < 20_000; row++) {
      double number = random.nextGaussian() * Math.pow(10, row % 9);
      String text =
          row % 3 == 0
              ? String.valueOf(number)
              : String.format("%." + (1 + row % 17) + (row % 2 == 0 ? "e" : "f"), number);
      csv.append(text).append('\n');
      expected.add(Double.parseDouble(text));
    }
    double[] read = read(csv.toString()).doubles("x");
    for (int row = 0; row < read.length; row++) assertEquals(expected.get(row), read[row]);
  }

  @Test
  void aLateWordMakesAWholeLongColumnText() throws WorkerError {
    StringBuilder csv = new StringBuilder("x,y\n");
    for (int row = 0; row < 5000; row++) csv.append("0").append(row).append(",1\n");
    Table table = read(csv + "late,2\n");
    assertEquals("00", table.strings("x")[0]);
    assertEquals("04999", table.strings("x")[4999]);
    assertEquals(Column.Type.LONG, table.column("y").type());
    assertEquals(5001, table.rows());
  }

  @Test
  void shortRowsAndBlankLinesLeaveNoTraceInTheRest() throws WorkerError {
    StringBuilder csv = new StringBuilder("a,b,c\n");
    for (int row = 0; row < 3000; row++) csv.append(row).append(row % 2 == 0 ? "\n\n" : ",x,0.5\n");
    Table table = read(csv.toString());
    assertEquals(3000, table.rows());
    assertEquals(2999L, table.column("a").value(2999));
    assertEquals(1500, Arrays.stream(table.strings("b")).filter("x"::equals).count());
    assertTrue(table.isMissing("c", 2998) && !table.isMissing("c", 2999));
    assertEquals(3000, read(csv + "\"\",\"\",\"\"\n").rows() - 1);
  }

  // -- Matrix Market

  private static Table matrix(String text, List<String> names) throws WorkerError {
    return MatrixMarket.read(text.getBytes(StandardCharsets.US_ASCII), names);
  }

  @Test
  void matricesBecomeColumns() throws WorkerError {
    Table general =
        matrix(
            "%%MatrixMarket matrix coordinate real general\n% a comment\n2 3 2\n1 1 1.5\n2 3 -2\n",
            null);
    assertEquals(List.of("0", "1", "2"), general.names());
    assertArrayEquals(new double[][] {{1.5, 0, 0}, {0, 0, -2}}, general.matrix());
    Table symmetric =
        matrix(
            "%%MatrixMarket matrix coordinate integer symmetric\n2 2 2\n1 1 1\n2 1 4\n",
            List.of("a", "b"));
    assertArrayEquals(new double[][] {{1, 4}, {4, 0}}, symmetric.select("a", "b").matrix());
    assertArrayEquals(
        new double[][] {{0, 1}, {0, 0}},
        matrix("%%matrixmarket matrix coordinate pattern general\n2 2 1\n1 2\n", null).matrix());
    assertArrayEquals(
        new double[][] {{1, 3}, {2, 4}},
        matrix("%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n4\n", null).matrix());
    assertArrayEquals(
        new double[][] {{0, -5}, {5, 0}},
        matrix("%%MatrixMarket matrix array real skew-symmetric\n2 2\n5\n", null).matrix());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a,b|1,2|; expected %%MatrixMarket",
        "%%MatrixMarket matrix coordinate complex general|1 1 1|1 1 1 0|; expected %%MatrixMarket",
        "%%MatrixMarket matrix coordinate real general|2 2 2|1 1 1|; ends too early",
        "%%MatrixMarket matrix coordinate real general|2 2 1|3 1 1|; row 3, column 1 lies outside",
        "%%MatrixMarket matrix coordinate real general|2 2 1|1 1 x|; not a number",
        "%%MatrixMarket matrix coordinate real general|2 2 1|1 1 1|1 2 1|; more values",
      })
  void brokenMatricesAreRefused(String text, String words) {
    WorkerError error =
        assertThrows(WorkerError.class, () -> matrix(text.replace('|', '\n'), null));
    assertEquals("INPUT_UNREADABLE", error.code);
    assertTrue(error.getMessage().contains(words), error.getMessage());
  }

  @Test
  void aMatrixNeedsItsNamesAndMemory() {
    String head = "%%MatrixMarket matrix coordinate real general\n";
    assertTrue(
        assertThrows(WorkerError.class, () -> matrix(head + "1 2 0\n", List.of("a")))
            .getMessage()
            .contains("1 column names came for 2"));
    assertEquals("INPUT_EMPTY", assertThrows(WorkerError.class, () -> matrix(" ", null)).code);
    WorkerError huge =
        assertThrows(WorkerError.class, () -> matrix(head + "2000000000 1000 0\n", null));
    assertEquals("INPUT_UNSUPPORTED", huge.code);
    assertTrue(huge.getMessage().contains("DRUM_JAVA_XMX"), huge.getMessage());
  }
}
