// The tables that hooks get and make.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import drumline.Column;
import drumline.Table;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final boolean[] SECOND = {false, true};

  @Test
  void valuesAreReadByTypeAndMissingOnesAreTold() {
    Column longs = Column.of("a", 1L, 2L).withMissing(SECOND);
    assertArrayEquals(new double[] {1, Double.NaN}, longs.doubles());
    assertArrayEquals(new long[] {1, -9}, longs.longs(-9));
    assertTrue(
        assertThrows(IllegalStateException.class, longs::longs)
            .getMessage()
            .contains("a has missing values"));
    assertArrayEquals(new String[] {"1", null}, longs.strings());
    assertNull(longs.value(1));
    Column flags = Column.of("b", true, false);
    assertArrayEquals(new double[] {1, 0}, flags.doubles());
    assertArrayEquals(new boolean[] {true, false}, flags.booleans());
    assertArrayEquals(new boolean[] {true, true}, flags.withMissing(SECOND).booleans(true));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> Column.of("s", "x").doubles())
            .getMessage()
            .contains("of type STRING, expected numbers"));
    assertThrows(IllegalArgumentException.class, flags::longs);
    assertThrows(IllegalArgumentException.class, longs::booleans);
    assertThrows(IllegalArgumentException.class, () -> longs.withMissing(new boolean[3]));
  }

  @Test
  void datesAndMomentsKeepTheirValues() {
    LocalDateTime moment = LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_000);
    assertEquals(moment, Column.of("t", moment, null).value(0));
    assertArrayEquals(new long[] {-1, 0}, Column.of("t", moment, null).longs(0));
    assertEquals(LocalDate.of(2024, 2, 29), Column.of("d", LocalDate.of(2024, 2, 29)).value(0));
    assertNull(Column.of("d", (LocalDate) null, LocalDate.EPOCH).value(0));
    assertEquals("Europe/Berlin", Column.timestamps("t", new long[1], "Europe/Berlin").timezone());
  }

  @Test
  void decimalsAreDoublesAndOtherLogicalTypesTheirValues() throws WorkerError {
    Column decimals = read(Column.of("x", "-12.50", null, "0.007"), "decimal");
    assertArrayEquals(new double[] {-12.5, Double.NaN, 0.007}, decimals.doubles());
    assertNull(decimals.value(1));
    assertEquals("12:30:00", read(Column.of("x", "12:30:00"), "time").value(0));
    assertArrayEquals(new long[] {1, -2}, read(Column.of("x", 1L, -2L), "duration").longs());
    WorkerError error =
        assertThrows(WorkerError.class, () -> read(Column.of("x", "ten"), "decimal"));
    assertEquals("PARAMS_INVALID", error.code);
  }

  /** The column of a wire table whose only column has the field `logical`. */
  @SuppressWarnings("unchecked")
  private static Column read(Column column, String logical) throws WorkerError {
    Map<String, Object> wire =
        new HashMap<>(ToWire.toWire(new Table(column.rows(), List.of(column))));
    Map<String, Object> only =
        new HashMap<>(((List<Map<String, Object>>) wire.get("columns")).get(0));
    only.put("logical", logical);
    wire.put("columns", List.of(only));
    return FromWire.toTable(wire).columns().get(0);
  }

  @Test
  void whatComesOutIsTheCallersOwn() {
    Table table = Table.of("x", 1.0, 2.0);
    table.doubles("x")[0] = 9;
    assertArrayEquals(new double[] {1, 2}, table.doubles("x"));
  }

  @Test
  void tablesAreChangedByMakingNewOnes() {
    Table table = Table.of(Column.of("a", 1.0, 2.0), Column.of("b", "x", "y"));
    assertEquals(List.of("a", "b", "c"), table.with("c", new boolean[] {true, false}).names());
    assertArrayEquals(new double[] {5, 6}, table.with("a", 5.0, 6.0).doubles("a"));
    assertEquals(List.of("a", "b"), table.with("a", 5.0, 6.0).names());
    assertEquals(List.of("b", "a"), table.select("b", "a").names());
    assertEquals(List.of("b"), table.without("a", "unknown").names());
    assertEquals(2, table.without("a", "b").rows());
    assertArrayEquals(new double[][] {{1}, {2}}, table.matrix("a"));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> table.doubles("c"))
            .getMessage()
            .contains("no column c, only a, b"));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> table.with("c", 1.0))
            .getMessage()
            .contains("c has 1 rows, the table has 2"));
  }
}
