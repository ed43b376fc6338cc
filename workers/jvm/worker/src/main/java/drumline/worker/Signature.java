// What a model knows of its input columns, and the step that types each request by it: one
// conversion for all artifact types.
package drumline.worker;

import drumline.Column;
import drumline.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * The columns of a model in its order, found by name. A column that did not come has only missing
 * cells, unless the library needs it.
 */
public final class Signature {
  /** What a level is that the model does not know. */
  public enum Misfit {
    /** Missing, as the library has it; a warning tells the first such cell of a column. */
    MISSING,
    /** An error of the request. */
    REFUSED,
    /** What the library makes of it. */
    KEPT
  }

  /**
   * {@code type} is DOUBLE, LONG, BOOLEAN, STRING, or null where it is not known; such a column is
   * given as text. {@code levels} are null where they are not known, {@code misfit} says what a
   * level beyond them is. In all libraries text among numbers is missing.
   */
  public record Field(
      String name, Column.Type type, boolean required, List<String> levels, Misfit misfit) {
    public static Field of(String name, Column.Type type, boolean required) {
      return new Field(name, type, required, null, Misfit.KEPT);
    }

    boolean isText() {
      return type == null || type == Column.Type.STRING;
    }

    String wireType() {
      if (type == null) return null;
      return switch (type) {
        case LONG -> "int64";
        case BOOLEAN -> "bool";
        case STRING -> "utf8";
        default -> "float64";
      };
    }
  }

  private final List<Field> fields;
  private final UnaryOperator<String> naming;
  private final Map<String, Integer> places = new HashMap<>();
  private final Map<String, Set<String>> levels = new HashMap<>(); // of the columns of text
  private final Set<String> warned = ConcurrentHashMap.newKeySet(); // of what

  public Signature(List<Field> fields) {
    this(fields, UnaryOperator.identity());
  }

  /** {@code naming} makes the model's names of those of a table. */
  public Signature(List<Field> fields, UnaryOperator<String> naming) {
    this.fields = List.copyOf(fields);
    this.naming = naming;
    for (Field field : fields) {
      places.put(field.name(), places.size());
      if (field.isText())
        levels.put(field.name(), field.levels() == null ? Set.of() : new HashSet<>(field.levels()));
    }
  }

  List<Field> fields() {
    return fields;
  }

  List<String> names() {
    return fields.stream().map(Field::name).toList();
  }

  /** Of a column in the model's order. */
  int place(String name) {
    return places.get(name);
  }

  /** For {@link Csv#read}: the known levels of a column of text. */
  Set<String> wordsOf(String column) {
    return levels.get(naming.apply(column));
  }

  Map<String, Object> toWire() {
    List<Object> columns = new ArrayList<>();
    for (Field field : fields) {
      Map<String, Object> column = new LinkedHashMap<>();
      column.put("name", field.name());
      column.put("type", field.wireType());
      column.put("levels", field.levels());
      columns.add(column);
    }
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("columns", columns);
    wire.put("by", "name");
    return wire;
  }

  /**
   * The model's columns of the table, in its order and types; NaN counts as missing. Throws
   * INPUT_INVALID.
   */
  Table typed(Table table) throws WorkerError {
    Map<String, Column> came = new HashMap<>();
    for (Column column : table.columns()) came.putIfAbsent(naming.apply(column.name()), column);
    List<Column> columns = new ArrayList<>(fields.size());
    List<Field> absent = new ArrayList<>();
    for (Field field : fields) {
      Column column = came.get(field.name());
      if (column == null) absent.add(field);
      else columns.add(typed(field, column));
    }
    if (!absent.isEmpty()) checkAbsent(absent, table);
    return new Table(table.rows(), columns);
  }

  private void checkAbsent(List<Field> absent, Table table) throws WorkerError {
    boolean none = absent.size() == fields.size();
    List<String> needed =
        absent.stream().filter(field -> none || field.required()).map(Field::name).toList();
    if (!needed.isEmpty()) {
      String message =
          "%s did not come: expected %s, got %s; send them under these names, with empty cells"
              + " where values are missing";
      throw invalid(
          message.formatted(
              none ? "the model's columns" : "columns that the model needs",
              String.join(", ", needed),
              String.join(", ", table.names())));
    }
    List<String> names = absent.stream().map(Field::name).toList();
    if (warned.addAll(names))
      System.err.println(
          Logs.WARNING + "columns that did not come count as missing: " + String.join(", ", names));
  }

  private Column typed(Field field, Column column) throws WorkerError {
    if (field.isText()) return text(field, column);
    return switch (column.type()) {
      case DATE, TIMESTAMP -> {
        String message = "the column %s holds a %s, expected numbers; send numbers";
        throw invalid(message.formatted(column.name(), column.type().name().toLowerCase()));
      }
      default -> number(field, column);
    };
  }

  // -- numbers

  private Column number(Field field, Column column) throws WorkerError {
    double[] numbers =
        column.type() == Column.Type.STRING || column.type() == Column.Type.JSON
            ? parsed(column)
            : column.doubles();
    boolean[] missing = null;
    for (int row = 0; row < numbers.length; row++) {
      if (!Double.isNaN(numbers[row])) continue;
      if (missing == null) missing = new boolean[numbers.length];
      missing[row] = true;
    }
    Column typed =
        switch (field.type()) {
          case LONG -> Column.of(field.name(), integers(column, numbers));
          case BOOLEAN -> Column.of(field.name(), booleans(column, numbers));
          default -> Column.of(field.name(), numbers);
        };
    return typed.withMissing(missing);
  }

  /** The numbers in the texts, NaN for what is none. */
  private double[] parsed(Column column) {
    String[] texts = column.strings();
    double[] numbers = new double[texts.length];
    Arrays.fill(numbers, Double.NaN);
    for (int row = 0; row < texts.length; row++) {
      if (texts[row] == null) continue;
      numbers[row] = CsvColumn.numberIn(texts[row]);
      if (Double.isNaN(numbers[row])) warn(column.name(), row, texts[row], "which is no number");
    }
    return numbers;
  }

  private static long[] integers(Column column, double[] numbers) throws WorkerError {
    if (column.type() == Column.Type.LONG) return column.longs(0);
    long[] integers = new long[numbers.length];
    for (int row = 0; row < numbers.length; row++) {
      integers[row] = (long) numbers[row];
      // The nearest double to the greatest long is 2^63, one more.
      boolean exact = integers[row] == numbers[row] && integers[row] != Long.MAX_VALUE;
      if (!exact && !Double.isNaN(numbers[row]))
        throw misfit(
            column.name(), row, Spelling.of(column.value(row)), "a whole number of 64 bits");
    }
    return integers;
  }

  private static boolean[] booleans(Column column, double[] numbers) throws WorkerError {
    boolean[] flags = new boolean[numbers.length];
    for (int row = 0; row < numbers.length; row++) {
      flags[row] = numbers[row] == 1;
      if (!flags[row] && numbers[row] != 0 && !Double.isNaN(numbers[row]))
        throw misfit(column.name(), row, Spelling.of(column.value(row)), "true or false");
    }
    return flags;
  }

  // -- text

  private Column text(Field field, Column column) throws WorkerError {
    Set<String> known = levels.get(field.name());
    String[] texts =
        column.type() == Column.Type.STRING
            ? column.strings()
            : Spelling.of(column, field.levels());
    if (known.isEmpty() || field.misfit() == Misfit.KEPT) return Column.of(field.name(), texts);
    for (int row = 0; row < texts.length; row++) {
      if (texts[row] == null || known.contains(texts[row])) continue;
      if (field.misfit() == Misfit.REFUSED)
        throw misfit(column.name(), row, texts[row], "one of " + someOf(field.levels()));
      warn(column.name(), row, texts[row], "which is none of " + someOf(field.levels()));
      texts[row] = null;
    }
    return Column.of(field.name(), texts);
  }

  // -- what is told

  private static String someOf(List<String> levels) {
    int most = 20;
    return levels.size() <= most
        ? String.join(", ", levels)
        : String.join(", ", levels.subList(0, most)) + ", … (" + levels.size() + ")";
  }

  private void warn(String column, int row, String value, String why) {
    if (!warned.add(column + why)) return;
    String message =
        "the column %s holds \"%s\" in row %d (counted from 0), %s; such cells count as missing";
    System.err.println(Logs.WARNING + message.formatted(column, value, row, why));
  }

  private static WorkerError misfit(String column, int row, String value, String expected) {
    String message =
        "the column %s holds \"%s\" in row %d (counted from 0), expected %s; correct it, or leave"
            + " the cell empty";
    return invalid(message.formatted(column, value, row, expected));
  }

  private static WorkerError invalid(String message) {
    return new WorkerError("INPUT_INVALID", message);
  }
}
