// The cells of one CSV column as they come in, and the type that fits them all.
package drumline.worker;

import drumline.Column;
import java.util.Arrays;
import java.util.Set;

/**
 * The rules, as in pandas: all integers make a LONG column, numbers DOUBLE, true and false BOOLEAN (in the spellings below),
 * anything else STRING; missing cells fit every type. A quoted number is a number. An integer beyond 64 bits is text, or a
 * number where decimals stand in the column too.
 */
final class CsvColumn {
  private static final Set<String> MISSING = Set.of(
      "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL",
      "NaN", "None", "n/a", "nan", "null");
  private static final Set<String> TRUE = Set.of("true", "True", "TRUE");
  private static final Set<String> FALSE = Set.of("false", "False", "FALSE");

  private enum Kind { UNKNOWN, LONG, DOUBLE, BOOLEAN, TEXT, MIXED }

  private final String name;
  private final CsvNumber number = new CsvNumber();
  private Kind kind;
  private int rows;
  private long[] longs;
  private double[] doubles;
  private boolean[] booleans;
  private String[] texts;
  private boolean[] missing;
  private boolean hugeAmongInts; // an integer beyond 64 bits, and no decimal so far

  /** {@code asText} keeps every cell as it is written. */
  CsvColumn(String name, boolean asText) {
    this.name = name;
    this.kind = asText ? Kind.TEXT : Kind.UNKNOWN;
  }

  String name() {
    return name;
  }

  /** Whether the cells turned out to be text after some were taken for something else: they have to be read again, as text. */
  boolean wantsText() {
    return kind == Kind.MIXED || (hugeAmongInts && kind == Kind.DOUBLE);
  }

  void add(char[] buffer, int start, int length) {
    if (kind == Kind.MIXED) return;
    if (length == 0) addMissing();
    else if (kind == Kind.TEXT || !addNumber(buffer, start, length)) addWord(new String(buffer, start, length));
  }

  void addMissing() {
    if (missing == null) missing = new boolean[Math.max(16, rows + 1)];
    if (rows >= missing.length) missing = Arrays.copyOf(missing, 2 * rows);
    missing[rows] = true;
    grow();
    rows++;
  }

  private boolean addNumber(char[] buffer, int start, int length) {
    switch (number.parse(buffer, start, length)) {
      case NONE -> {
        return false;
      }
      case LONG -> {
        if (kind == Kind.UNKNOWN) become(Kind.LONG);
        if (kind == Kind.LONG) {
          grow();
          longs[rows++] = number.longValue;
        } else addDouble(number.longValue);
      }
      case HUGE -> {
        hugeAmongInts |= kind != Kind.DOUBLE || hugeAmongInts;
        addDouble(number.doubleValue);
      }
      case DECIMAL -> {
        hugeAmongInts = false;
        addDouble(number.doubleValue);
      }
    }
    return true;
  }

  private void addDouble(double value) {
    if (kind == Kind.UNKNOWN || kind == Kind.LONG) become(Kind.DOUBLE);
    if (kind == Kind.DOUBLE) {
      grow();
      doubles[rows++] = value;
    } else kind = Kind.MIXED; // a number among booleans
  }

  private void addWord(String word) {
    if (MISSING.contains(word)) {
      addMissing();
      return;
    }
    boolean isBoolean = kind != Kind.TEXT && (TRUE.contains(word) || FALSE.contains(word));
    Kind wanted = isBoolean ? Kind.BOOLEAN : Kind.TEXT;
    if (kind == Kind.UNKNOWN) become(wanted);
    if (kind != wanted) {
      kind = Kind.MIXED;
      return;
    }
    grow();
    if (isBoolean) booleans[rows++] = TRUE.contains(word);
    else texts[rows++] = word;
  }

  private void become(Kind other) {
    int room = Math.max(16, rows + 1);
    switch (other) {
      case LONG -> longs = new long[room];
      case DOUBLE -> {
        doubles = new double[room];
        if (kind == Kind.LONG) for (int row = 0; row < rows; row++) doubles[row] = longs[row];
        longs = null;
      }
      case BOOLEAN -> booleans = new boolean[room];
      default -> texts = new String[room];
    }
    kind = other;
  }

  private void grow() {
    switch (kind) {
      case LONG -> {
        if (rows >= longs.length) longs = Arrays.copyOf(longs, 2 * rows);
      }
      case DOUBLE -> {
        if (rows >= doubles.length) doubles = Arrays.copyOf(doubles, 2 * rows);
      }
      case BOOLEAN -> {
        if (rows >= booleans.length) booleans = Arrays.copyOf(booleans, 2 * rows);
      }
      case TEXT -> {
        if (texts == null) texts = new String[16];
        if (rows >= texts.length) texts = Arrays.copyOf(texts, 2 * rows);
      }
      default -> {}
    }
  }

  Column finish() {
    Column column = switch (kind) {
      case LONG -> Column.of(name, Arrays.copyOf(longs, rows));
      case BOOLEAN -> Column.of(name, Arrays.copyOf(booleans, rows));
      case TEXT -> Column.of(name, texts == null ? new String[rows] : Arrays.copyOf(texts, rows));
      case DOUBLE -> Column.of(name, Arrays.copyOf(doubles, rows));
      default -> Column.of(name, new double[rows]); // nothing but missing cells
    };
    return missing == null || kind == Kind.TEXT ? column : column.withMissing(Arrays.copyOf(missing, rows));
  }
}
