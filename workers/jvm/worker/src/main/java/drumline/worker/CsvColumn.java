// The cells of one CSV column as they come in, and the type that fits them all.
package drumline.worker;

import drumline.Column;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;

/**
 * The rules, as in pandas: all integers make a LONG column, numbers DOUBLE, true and false BOOLEAN
 * (in the spellings below), anything else STRING; missing cells fit every type. A quoted number is
 * a number, and so is one with blanks around it. An integer beyond 64 bits is text, or a number
 * where decimals stand in the column too.
 */
final class CsvColumn {
  private static final Set<String> MISSING =
      Set.of(
          "",
          "#N/A",
          "#N/A N/A",
          "#NA",
          "-1.#IND",
          "-1.#QNAN",
          "-NaN",
          "-nan",
          "1.#IND",
          "1.#QNAN",
          "<NA>",
          "N/A",
          "NA",
          "NULL",
          "NaN",
          "None",
          "n/a",
          "nan",
          "null");
  private static final Set<String> TRUE = Set.of("true", "True", "TRUE");
  private static final Set<String> FALSE = Set.of("false", "False", "FALSE");

  private enum Kind {
    UNKNOWN,
    LONG,
    DOUBLE,
    BOOLEAN,
    TEXT,
    MIXED
  }

  private final String name;
  private final Set<String> kept; // words that are values though they look missing
  private final CsvNumber number = new CsvNumber();
  private Kind kind = Kind.UNKNOWN;
  private int rows;
  private int room; // rows that the arrays below have room for; those of other kinds are null
  private long[] longs;
  private double[] doubles;
  private boolean[] booleans;
  private String[] texts;
  private boolean[] missing; // null as long as nothing is
  private boolean hugeAmongInts; // an integer beyond 64 bits, and no decimal so far

  /**
   * With {@code words} every cell stays text as it is written, and those words are not missing;
   * null for a column of any type. {@code room} is for as many rows.
   */
  CsvColumn(String name, Set<String> words, int room) {
    this.name = name;
    this.room = room;
    kept = words == null ? Set.of() : words;
    if (words != null) become(Kind.TEXT);
  }

  /** What a text says as a cell of a column of numbers; NaN for no number. */
  static double numberIn(String text) {
    byte[] bytes = text.strip().getBytes(StandardCharsets.UTF_8);
    if (TRUE.contains(text)) return 1;
    if (FALSE.contains(text)) return 0;
    CsvNumber number = new CsvNumber();
    CsvNumber.Kind kind = number.parse(bytes, 0, bytes.length);
    if (kind == CsvNumber.Kind.NONE || number.end != bytes.length) return Double.NaN;
    return kind == CsvNumber.Kind.LONG ? number.longValue : number.doubleValue;
  }

  String name() {
    return name;
  }

  /**
   * Whether the cells turned out to be text after some were taken for something else: they have to
   * be read again, as text.
   */
  boolean wantsText() {
    return kind == Kind.MIXED || (hugeAmongInts && kind == Kind.DOUBLE);
  }

  /**
   * Takes the cell that begins at {@code start} when it is a plain number. Returns where it ends,
   * or -1 when it was not taken.
   */
  int addNumber(byte[] text, int start) {
    if (kind == Kind.TEXT || kind == Kind.MIXED) return -1;
    CsvNumber.Kind found = number.parse(text, start, text.length);
    if (found == CsvNumber.Kind.NONE || !Csv.endsCell(text, number.end)) return -1;
    addNumber(found);
    return number.end;
  }

  /** Takes the cell in the bytes from {@code start} to {@code end}. */
  void add(byte[] text, int start, int end) {
    if (kind == Kind.MIXED) return;
    if (start == end) addMissing();
    else if (kind == Kind.TEXT || !addNumberBetweenBlanks(text, start, end)) {
      addWord(new String(text, start, end - start, StandardCharsets.UTF_8));
    }
  }

  private boolean addNumberBetweenBlanks(byte[] text, int start, int end) {
    while (start < end && Csv.isBlank(text[start])) start++;
    while (end > start && Csv.isBlank(text[end - 1])) end--;
    CsvNumber.Kind found = number.parse(text, start, end);
    if (found == CsvNumber.Kind.NONE || number.end != end) return false;
    addNumber(found);
    return true;
  }

  void addMissing() {
    if (missing == null) missing = new boolean[room];
    missing[rows++] = true;
  }

  private void addNumber(CsvNumber.Kind found) {
    if (found == CsvNumber.Kind.LONG) {
      if (kind == Kind.UNKNOWN) become(Kind.LONG);
      if (kind == Kind.LONG) {
        longs[rows++] = number.longValue;
      } else addDouble(number.longValue);
      return;
    }
    if (found == CsvNumber.Kind.DECIMAL) hugeAmongInts = false;
    else if (kind != Kind.DOUBLE) hugeAmongInts = true;
    addDouble(number.doubleValue);
  }

  private void addDouble(double value) {
    if (kind == Kind.UNKNOWN || kind == Kind.LONG) become(Kind.DOUBLE);
    if (kind == Kind.DOUBLE) {
      doubles[rows++] = value;
    } else kind = Kind.MIXED; // a number among booleans
  }

  private void addWord(String word) {
    if (MISSING.contains(word) && !kept.contains(word)) {
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
    if (isBoolean) booleans[rows++] = TRUE.contains(word);
    else texts[rows++] = word;
  }

  /**
   * Integers become decimals too; the rows so far of an unknown kind are missing, whose values do
   * not count.
   */
  private void become(Kind other) {
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

  /** For more rows, or for no more than there are. */
  void resize(int rows) {
    room = rows;
    if (longs != null) longs = Arrays.copyOf(longs, rows);
    if (doubles != null) doubles = Arrays.copyOf(doubles, rows);
    if (booleans != null) booleans = Arrays.copyOf(booleans, rows);
    if (texts != null) texts = Arrays.copyOf(texts, rows);
    if (missing != null) missing = Arrays.copyOf(missing, rows);
  }

  /** The column, whose arrays have to be of its size. */
  Column finish() {
    Column column =
        switch (kind) {
          case LONG -> Column.of(name, longs);
          case DOUBLE -> Column.of(name, doubles);
          case BOOLEAN -> Column.of(name, booleans);
          case TEXT -> Column.of(name, texts);
          default -> Column.of(name, new double[rows]); // nothing but missing cells
        };
    return missing == null || kind == Kind.TEXT ? column : column.withMissing(missing);
  }
}
