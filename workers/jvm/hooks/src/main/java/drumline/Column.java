// One column of a table: a name, a type, a value a row, some of which may be missing.
package drumline;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Objects;

/**
 * Immutable: methods that change something return a new column. Arrays given to a factory are taken
 * as they are, so leave them alone afterwards; arrays that come out are the caller's own.
 */
public final class Column {
  /**
   * {@code FLOAT} is a number of 32 bits, {@code JSON} a text that holds JSON, {@code TIMESTAMP} a
   * date and time in microseconds.
   */
  public enum Type {
    DOUBLE,
    FLOAT,
    LONG,
    BOOLEAN,
    STRING,
    JSON,
    DATE,
    TIMESTAMP
  }

  private static final long MICROS = 1_000_000;

  private final String name;
  private final Type type;
  private final Object values; // double[], long[], boolean[] or String[], as the type wants
  private final int rows;
  private final boolean[] missing; // null when nothing is missing
  private final String timezone;

  private Column(
      String name, Type type, Object values, int rows, boolean[] missing, String timezone) {
    this.name = Objects.requireNonNull(name, "a column needs a name");
    this.type = type;
    this.values = values;
    this.rows = rows;
    this.missing = missing;
    this.timezone = timezone;
  }

  /** Decimals; NaN is a value, not a missing one. */
  public static Column of(String name, double... values) {
    return new Column(name, Type.DOUBLE, values, values.length, null, null);
  }

  /** Integers of 64 bits. */
  public static Column of(String name, long... values) {
    return new Column(name, Type.LONG, values, values.length, null, null);
  }

  /** Truth values. */
  public static Column of(String name, boolean... values) {
    return new Column(name, Type.BOOLEAN, values, values.length, null, null);
  }

  /** Null is a missing value. */
  public static Column of(String name, String... values) {
    return new Column(name, Type.STRING, values, values.length, nulls(values), null);
  }

  /** Null is a missing value. */
  public static Column of(String name, LocalDate... values) {
    long[] days = new long[values.length];
    for (int row = 0; row < days.length; row++)
      if (values[row] != null) days[row] = values[row].toEpochDay();
    return dates(name, days).withMissing(nulls(values));
  }

  /** Null is a missing value. */
  public static Column of(String name, LocalDateTime... values) {
    long[] micros = new long[values.length];
    for (int row = 0; row < micros.length; row++) {
      LocalDateTime value = values[row];
      if (value != null)
        micros[row] = value.toEpochSecond(ZoneOffset.UTC) * MICROS + value.getNano() / 1000;
    }
    return timestamps(name, micros, null).withMissing(nulls(values));
  }

  /** Numbers that are kept in 32 bits. */
  public static Column floats(String name, double... values) {
    return new Column(name, Type.FLOAT, values, values.length, null, null);
  }

  /** JSON texts; null is a missing value. */
  public static Column json(String name, String... values) {
    return new Column(name, Type.JSON, values, values.length, nulls(values), null);
  }

  /** Days since 1970-01-01. */
  public static Column dates(String name, long... days) {
    return new Column(name, Type.DATE, days, days.length, null, null);
  }

  /** Microseconds since 1970-01-01T00:00, in UTC where there is a timezone (its name, or null). */
  public static Column timestamps(String name, long[] micros, String timezone) {
    return new Column(name, Type.TIMESTAMP, micros, micros.length, null, timezone);
  }

  /** The column with these rows missing too; null for none. */
  public Column withMissing(boolean[] where) {
    if (where == null) return this;
    if (where.length != rows) {
      throw new IllegalArgumentException(
          "the column " + name + " has " + rows + " rows, got " + where.length + " flags");
    }
    boolean[] both = where.clone();
    if (missing != null) for (int row = 0; row < rows; row++) both[row] |= missing[row];
    return new Column(name, type, values, rows, any(both) ? both : null, timezone);
  }

  /** The column under another name. */
  public Column named(String other) {
    return new Column(other, type, values, rows, missing, timezone);
  }

  /** The name; columns of a CSV without one are called {@code Unnamed: 0} and so on. */
  public String name() {
    return name;
  }

  /** The type, which decides which of the methods below give the values. */
  public Type type() {
    return type;
  }

  /** The number of values, missing ones included. */
  public int rows() {
    return rows;
  }

  /** Name of the zone of a timestamp column, or null. */
  public String timezone() {
    return timezone;
  }

  /**
   * Whether the value of this row, counted from 0, is missing. Throws IndexOutOfBoundsException.
   */
  public boolean isMissing(int row) {
    return missing != null && missing[Objects.checkIndex(row, rows)];
  }

  /** Whether any value is missing. */
  public boolean hasMissing() {
    return missing != null;
  }

  /**
   * The numbers, NaN where missing; true is 1 and false 0. Throws IllegalArgumentException for a
   * column of another kind.
   */
  public double[] doubles() {
    double[] result = new double[rows];
    if (values instanceof double[] numbers) System.arraycopy(numbers, 0, result, 0, rows);
    else if (type == Type.LONG)
      for (int row = 0; row < rows; row++) result[row] = ((long[]) values)[row];
    else if (values instanceof boolean[] flags)
      for (int row = 0; row < rows; row++) result[row] = flags[row] ? 1 : 0;
    else throw wrongType("numbers");
    if (missing != null)
      for (int row = 0; row < rows; row++) if (missing[row]) result[row] = Double.NaN;
    return result;
  }

  /**
   * The integers, {@code fallback} where missing; days of a date column, microseconds of a
   * timestamp column. Throws IllegalArgumentException for a column of another kind.
   */
  public long[] longs(long fallback) {
    if (!(values instanceof long[] numbers)) throw wrongType("integers");
    long[] result = numbers.clone();
    if (missing != null)
      for (int row = 0; row < rows; row++) if (missing[row]) result[row] = fallback;
    return result;
  }

  /** As above; throws IllegalStateException when one is missing. */
  public long[] longs() {
    long[] result = longs(0);
    checkComplete();
    return result;
  }

  /**
   * The truth values, {@code fallback} where missing. Throws IllegalArgumentException for a column
   * of another kind.
   */
  public boolean[] booleans(boolean fallback) {
    if (!(values instanceof boolean[] flags)) throw wrongType("booleans");
    boolean[] result = flags.clone();
    if (missing != null)
      for (int row = 0; row < rows; row++) if (missing[row]) result[row] = fallback;
    return result;
  }

  /** As above; throws IllegalStateException when one is missing. */
  public boolean[] booleans() {
    boolean[] result = booleans(false);
    checkComplete();
    return result;
  }

  /** The values as text, whatever the type; null where missing. */
  public String[] strings() {
    String[] result = new String[rows];
    for (int row = 0; row < rows; row++) {
      Object value = value(row);
      if (value != null) result[row] = value.toString();
    }
    return result;
  }

  /** A Double, Float, Long, Boolean, String, LocalDate or LocalDateTime; null where missing. */
  public Object value(int row) {
    if (isMissing(row)) return null;
    return switch (type) {
      case DOUBLE -> ((double[]) values)[row];
      case FLOAT -> (float) ((double[]) values)[row];
      case LONG -> ((long[]) values)[row];
      case BOOLEAN -> ((boolean[]) values)[row];
      case STRING, JSON -> ((String[]) values)[row];
      case DATE -> LocalDate.ofEpochDay(((long[]) values)[row]);
      case TIMESTAMP -> {
        long micros = ((long[]) values)[row];
        yield LocalDateTime.ofEpochSecond(
            Math.floorDiv(micros, MICROS),
            (int) Math.floorMod(micros, MICROS) * 1000,
            ZoneOffset.UTC);
      }
    };
  }

  @Override
  public String toString() {
    return name + ": " + type + " of " + rows + " rows";
  }

  private void checkComplete() {
    if (missing != null)
      throw new IllegalStateException(
          "the column " + name + " has missing values; ask isMissing, or give a fallback");
  }

  private IllegalArgumentException wrongType(String expected) {
    return new IllegalArgumentException(
        "the column " + name + " is of type " + type + ", expected " + expected);
  }

  private static boolean[] nulls(Object[] values) {
    boolean[] flags = null;
    for (int row = 0; row < values.length; row++) {
      if (values[row] != null) continue;
      if (flags == null) flags = new boolean[values.length];
      flags[row] = true;
    }
    return flags;
  }

  private static boolean any(boolean[] flags) {
    for (boolean flag : flags) if (flag) return true;
    return false;
  }
}
