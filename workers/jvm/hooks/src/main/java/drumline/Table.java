// A table of columns, which hooks get and return.
package drumline;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Immutable: {@code with}, {@code without} and {@code select} return a new table. Columns are asked
 * for by name (the first of that name, should there be several); a name that is not there is an
 * IllegalArgumentException that lists those that are.
 */
public final class Table {
  private final int rows;
  private final List<Column> columns;

  /**
   * A table of columns that all have {@code rows} values; it keeps its rows even without columns.
   * Throws IllegalArgumentException for columns of another length.
   */
  public Table(int rows, List<Column> columns) {
    for (Column column : columns) {
      if (column.rows() != rows) {
        throw new IllegalArgumentException(
            "the column "
                + column.name()
                + " has "
                + column.rows()
                + " rows, the table has "
                + rows);
      }
    }
    this.rows = rows;
    this.columns = List.copyOf(columns);
  }

  /**
   * A table of these columns, all of the same length. Throws IllegalArgumentException otherwise.
   */
  public static Table of(Column... columns) {
    return new Table(columns.length == 0 ? 0 : columns[0].rows(), List.of(columns));
  }

  /** A table of one column, e.g. {@code Table.of("Predictions", values)}. */
  public static Table of(String name, double... values) {
    return of(Column.of(name, values));
  }

  /** A table of one column of integers. */
  public static Table of(String name, long... values) {
    return of(Column.of(name, values));
  }

  /** A table of one column of text; null is a missing value. */
  public static Table of(String name, String... values) {
    return of(Column.of(name, values));
  }

  /** The number of rows. */
  public int rows() {
    return rows;
  }

  /** All columns in their order. */
  public List<Column> columns() {
    return columns;
  }

  /** The names of all columns in their order. */
  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /** Whether there is a column of this name. */
  public boolean has(String name) {
    return find(name) != null;
  }

  /** The column of this name. Throws IllegalArgumentException where there is none. */
  public Column column(String name) {
    Column column = find(name);
    if (column == null)
      throw new IllegalArgumentException(
          "there is no column " + name + ", only " + String.join(", ", names()));
    return column;
  }

  /** See {@link Column#doubles()}. */
  public double[] doubles(String name) {
    return column(name).doubles();
  }

  /** See {@link Column#longs()}. */
  public long[] longs(String name) {
    return column(name).longs();
  }

  /** See {@link Column#booleans()}. */
  public boolean[] booleans(String name) {
    return column(name).booleans();
  }

  /** See {@link Column#strings()}. */
  public String[] strings(String name) {
    return column(name).strings();
  }

  /** See {@link Column#isMissing(int)}. */
  public boolean isMissing(String name, int row) {
    return column(name).isMissing(row);
  }

  /**
   * The numbers of these columns, or of all: an array for each row, NaN where missing. Throws
   * IllegalArgumentException for text.
   */
  public double[][] matrix(String... names) {
    List<Column> chosen = names.length == 0 ? columns : select(names).columns;
    double[][] result = new double[rows][chosen.size()];
    for (int at = 0; at < chosen.size(); at++) {
      double[] values = chosen.get(at).doubles();
      for (int row = 0; row < rows; row++) result[row][at] = values[row];
    }
    return result;
  }

  /** The table with this column in place of the one of its name, or at the end. */
  public Table with(Column column) {
    List<Column> changed = new ArrayList<>(columns);
    int at = changed.indexOf(find(column.name()));
    if (at < 0) changed.add(column);
    else changed.set(at, column);
    return new Table(columns.isEmpty() ? column.rows() : rows, changed);
  }

  /** See {@link #with(Column)}, for a column of decimals. */
  public Table with(String name, double... values) {
    return with(Column.of(name, values));
  }

  /** See {@link #with(Column)}, for a column of integers. */
  public Table with(String name, long... values) {
    return with(Column.of(name, values));
  }

  /** See {@link #with(Column)}, for a column of truth values. */
  public Table with(String name, boolean... values) {
    return with(Column.of(name, values));
  }

  /** See {@link #with(Column)}, for a column of text. */
  public Table with(String name, String... values) {
    return with(Column.of(name, values));
  }

  /** Names that are not there are ignored. */
  public Table without(String... names) {
    Set<String> left = new HashSet<>(List.of(names));
    return new Table(
        rows, columns.stream().filter(column -> !left.contains(column.name())).toList());
  }

  /** These columns in this order. */
  public Table select(String... names) {
    List<Column> chosen = new ArrayList<>();
    for (String name : names) chosen.add(column(name));
    return new Table(rows, chosen);
  }

  @Override
  public String toString() {
    return rows
        + " rows of "
        + columns.stream()
            .map(column -> column.name() + " " + column.type())
            .collect(Collectors.joining(", "));
  }

  private Column find(String name) {
    for (Column column : columns) if (column.name().equals(name)) return column;
    return null;
  }
}
