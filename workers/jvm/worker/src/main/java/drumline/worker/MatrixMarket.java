// A Matrix Market text to a table of decimals, zeros filled in: the JVM's models read dense rows.
package drumline.worker;

import drumline.Column;
import drumline.Table;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringTokenizer;

final class MatrixMarket {
  private static final String EXPECTED =
      "expected %%MatrixMarket matrix coordinate|array real|integer|pattern"
          + " general|symmetric|skew-symmetric";

  private MatrixMarket() {}

  /**
   * {@code names} or null for 0 to n-1. Throws INPUT_EMPTY, INPUT_UNREADABLE or, for one that
   * memory cannot hold, INPUT_UNSUPPORTED.
   */
  static Table read(byte[] data, List<String> names) throws WorkerError {
    String text = new String(data, StandardCharsets.ISO_8859_1);
    if (text.isBlank())
      throw new WorkerError(
          "INPUT_EMPTY", "the Matrix Market text is empty; send a header, the size and the values");
    try {
      return toTable(text, names);
    } catch (RuntimeException error) {
      String words =
          error instanceof NumberFormatException
              ? "not a number where one is due: " + error.getMessage()
              : error.getMessage();
      throw unreadable(
          "the Matrix Market text cannot be read: "
              + (words == null ? "it ends too early" : words)
              + "; correct it");
    }
  }

  private static WorkerError unreadable(String message) {
    return new WorkerError("INPUT_UNREADABLE", message);
  }

  private static Table toTable(String text, List<String> names) throws WorkerError {
    int line = text.indexOf('\n');
    String[] banner =
        text.substring(0, Math.max(line, 0)).trim().toLowerCase(Locale.ROOT).split("\\s+");
    boolean known =
        banner.length == 5
            && banner[0].equals("%%matrixmarket")
            && banner[1].equals("matrix")
            && List.of("coordinate", "array").contains(banner[2])
            && List.of("real", "integer", "double", "pattern").contains(banner[3])
            && List.of("general", "symmetric", "skew-symmetric").contains(banner[4]);
    if (!known)
      throw new IllegalArgumentException(
          EXPECTED
              + ", got the line "
              + ProtocolFields.described(text.substring(0, Math.max(line, 0))));
    while (line + 1 < text.length()
        && (text.charAt(line + 1) == '%' || text.charAt(line + 1) == '\n'))
      line = text.indexOf('\n', line + 1);
    StringTokenizer words = new StringTokenizer(text.substring(line + 1));
    int rows = Integer.parseInt(next(words));
    int columns = Integer.parseInt(next(words));
    if (names != null && names.size() != columns) {
      throw unreadable(
          names.size()
              + " column names came for "
              + columns
              + " columns of the matrix; send one name a column");
    }
    checkRoom(rows, columns);
    double[][] values = new double[columns][rows];
    if (banner[2].equals("array")) fillArray(words, values, rows, banner[4]);
    else fillCoordinates(words, values, banner[3].equals("pattern"), banner[4]);
    if (words.hasMoreTokens())
      throw new IllegalArgumentException("more values than the size line announces");
    List<Column> result = new ArrayList<>(columns);
    for (int at = 0; at < columns; at++)
      result.add(Column.of(names == null ? String.valueOf(at) : names.get(at), values[at]));
    return new Table(rows, result);
  }

  private static void checkRoom(int rows, int columns) throws WorkerError {
    long need = 8L * rows * columns;
    long most = Runtime.getRuntime().maxMemory() / 2;
    if (rows < 0 || columns < 0) throw new IllegalArgumentException("a size below zero");
    if (need > most) {
      String message =
          "a matrix of %d by %d takes %d MB with its zeros, %d MB can be used; send fewer rows, or"
              + " set DRUM_JAVA_XMX to more";
      throw new WorkerError(
          "INPUT_UNSUPPORTED", message.formatted(rows, columns, need >> 20, most >> 20));
    }
  }

  /** Values of the same place add up. */
  private static void fillCoordinates(
      StringTokenizer words, double[][] values, boolean pattern, String symmetry) {
    long count = Long.parseLong(next(words));
    for (long at = 0; at < count; at++) {
      int row = Integer.parseInt(next(words)) - 1;
      int column = Integer.parseInt(next(words)) - 1;
      double value = pattern ? 1 : Double.parseDouble(next(words));
      if (column < 0 || column >= values.length || row < 0 || row >= values[column].length) {
        throw new IllegalArgumentException(
            "an entry at row "
                + (row + 1)
                + ", column "
                + (column + 1)
                + " lies outside the matrix");
      }
      values[column][row] += value;
      if (row != column && !symmetry.equals("general"))
        values[row][column] += symmetry.equals("symmetric") ? value : -value;
    }
  }

  /**
   * Column by column; of a symmetric matrix the lower triangle, of a skew-symmetric one without the
   * diagonal.
   */
  private static void fillArray(
      StringTokenizer words, double[][] values, int rows, String symmetry) {
    for (int column = 0; column < values.length; column++) {
      int first =
          symmetry.equals("general") ? 0 : symmetry.equals("symmetric") ? column : column + 1;
      for (int row = first; row < rows; row++) {
        double value = Double.parseDouble(next(words));
        values[column][row] = value;
        if (row != column && !symmetry.equals("general"))
          values[row][column] = symmetry.equals("symmetric") ? value : -value;
      }
    }
  }

  private static String next(StringTokenizer words) {
    if (!words.hasMoreTokens()) throw new IllegalArgumentException("it ends too early");
    return words.nextToken();
  }
}
