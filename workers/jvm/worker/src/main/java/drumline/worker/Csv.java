// A CSV text to a table: one header line, comma, quotes; the types of the cells as CsvColumn has
// them. Read in place, byte by byte:
// no byte of a longer UTF-8 character can be taken for one of ASCII.
package drumline.worker;

import drumline.Column;
import drumline.Table;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Blank lines are skipped, but below the header of a single column empty ones are missing values.
 * Short rows are filled up with missing values, long ones are an error. Names that come twice get
 * .1, .2 and so on; columns without one are called "Unnamed: 0".
 */
final class Csv {
  private static final int FEW_ROWS = 1024;
  private static final long LOWER_BITS =
      0x7F7F7F7F7F7F7F7FL; // of eight bytes, all but the highest of each

  private final byte[] data;
  private int at; // the first byte that is not read yet
  private byte[] cell; // holds the cell that was read last, from cellStart to cellEnd
  private int cellStart;
  private int cellEnd;

  private Csv(byte[] data, int start) {
    this.data = data;
    this.at = start;
  }

  /** As below, and the cells alone decide on the types. */
  static Table read(byte[] data) throws WorkerError {
    return read(data, name -> null);
  }

  /**
   * {@code textColumns} gives for the name of a column that is kept as it is written those of its
   * words that are values though they look missing, and null for other names. Throws INPUT_EMPTY or
   * INPUT_UNREADABLE.
   */
  static Table read(byte[] data, Function<String, Set<String>> textColumns) throws WorkerError {
    int start =
        data.length >= 3
                && data[0] == (byte) 0xEF
                && data[1] == (byte) 0xBB
                && data[2] == (byte) 0xBF
            ? 3
            : 0; // a byte order mark
    checkUtf8(data, start);
    Csv csv = new Csv(data, start);
    List<String> names = namesOf(csv.readHeader());
    int below = csv.at;
    CsvColumn[] columns = csv.readRows(names, textColumns);
    Set<String> mixed = new HashSet<>();
    for (CsvColumn column : columns) if (column.wantsText()) mixed.add(column.name());
    if (!mixed.isEmpty()) {
      csv.at = below;
      columns =
          csv.readRows(names, name -> mixed.contains(name) ? Set.of() : textColumns.apply(name));
    }
    List<Column> finished = new ArrayList<>(columns.length);
    for (CsvColumn column : columns) finished.add(column.finish());
    return Table.of(finished.toArray(Column[]::new));
  }

  private static WorkerError unreadable(String words) {
    return new WorkerError("INPUT_UNREADABLE", "the CSV cannot be read: " + words + "; correct it");
  }

  private static void checkUtf8(byte[] data, int start) throws WorkerError {
    if (isAscii(data, start)) return;
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer bytes = ByteBuffer.wrap(data, start, data.length - start);
    CharBuffer characters = CharBuffer.allocate(8192);
    CoderResult result = decoder.decode(bytes, characters, true);
    while (result.isOverflow()) result = decoder.decode(bytes, characters.clear(), true);
    if (result.isError()) {
      String words =
          "the CSV is not UTF-8: byte %d (counted from 0) is 0x%02x, in %s; "
              + "encode it as UTF-8; a request may name its charset instead";
      int wrong = bytes.position();
      String place = new Csv(data, start).placeOf(wrong);
      throw new WorkerError("INPUT_UNREADABLE", words.formatted(wrong, data[wrong], place));
    }
  }

  /** In words, where a byte lies below the start. */
  private String placeOf(int position) throws WorkerError {
    List<String> names = namesOf(readHeader());
    if (position < at) return "the header";
    for (int row = 0; ; row++) {
      while (names.size() > 1 && skipBlankLine()) {}
      int column = 0;
      do {
        readCell();
        if (position < at) {
          String cell =
              column < names.size() ? "the column " + names.get(column) : "cell " + (column + 1);
          return cell + " of row " + row + " (counted from 0)";
        }
        column++;
      } while (skipComma());
    }
  }

  private static boolean isAscii(byte[] data, int start) {
    for (int at = start; at < data.length; at++) if (data[at] < 0) return false;
    return true;
  }

  // -- header

  private List<String> readHeader() throws WorkerError {
    while (at < data.length && skipBlankLine()) {}
    if (at == data.length)
      throw new WorkerError("INPUT_EMPTY", "the CSV holds no columns; send a header line and rows");
    List<String> names = new ArrayList<>();
    do {
      readCell();
      names.add(new String(cell, cellStart, cellEnd - cellStart, StandardCharsets.UTF_8));
    } while (skipComma());
    return names;
  }

  private static List<String> namesOf(List<String> header) {
    Set<String> given = new HashSet<>(header);
    Set<String> taken = new LinkedHashSet<>();
    for (int index = 0; index < header.size(); index++) {
      String wanted = header.get(index).isEmpty() ? "Unnamed: " + index : header.get(index);
      String name = wanted;
      for (int more = 1; taken.contains(name) || (more > 1 && given.contains(name)); more++)
        name = wanted + "." + more;
      taken.add(name);
    }
    return List.copyOf(taken);
  }

  // -- rows

  /** All rows from here on, {@code textColumns} as they are written. */
  private CsvColumn[] readRows(List<String> names, Function<String, Set<String>> textColumns)
      throws WorkerError {
    int room = roomFor(names.size());
    CsvColumn[] columns = new CsvColumn[names.size()];
    for (int index = 0; index < columns.length; index++) {
      columns[index] = new CsvColumn(names.get(index), textColumns.apply(names.get(index)), room);
    }
    int rows = 0;
    while (at < data.length) {
      if (columns.length > 1 && skipBlankLine()) continue;
      if (rows == room) {
        room = (int) Math.min(2L * room, Integer.MAX_VALUE - 8);
        for (CsvColumn column : columns) column.resize(room);
      }
      readRow(columns);
      rows++;
    }
    if (rows < room) for (CsvColumn column : columns) column.resize(rows);
    return columns;
  }

  /**
   * Rows to set memory aside for: as many as there are lines, so that none has to be copied. Where
   * quotes may hold lines, few at first.
   */
  private int roomFor(int width) {
    ByteBuffer bytes = ByteBuffer.wrap(data, at, data.length - at);
    int lines = data[data.length - 1] == '\n' ? 0 : 1;
    boolean quotes = false;
    while (bytes.remaining() >= 8) {
      long eight = bytes.getLong();
      lines += Long.bitCount(placesOf('\n', eight));
      quotes |= placesOf('"', eight) != 0;
    }
    while (bytes.hasRemaining()) if (bytes.get() == '\n') lines++;
    // A line that is not short has a byte a column: blank ones beyond that are not worth memory.
    return quotes ? FEW_ROWS : Math.min(lines, (data.length - at) / width + 1);
  }

  /** The highest bit of each of the eight bytes that is {@code one}. */
  private static long placesOf(char one, long eight) {
    long other = eight ^ one * 0x0101010101010101L; // zero where it is
    return ~((other & LOWER_BITS) + LOWER_BITS | other | LOWER_BITS);
  }

  private void readRow(CsvColumn[] columns) throws WorkerError {
    int start = at;
    int width = 0;
    do {
      if (width < columns.length) addCell(columns[width]);
      else readCell();
      width++;
    } while (skipComma());
    if (width > columns.length)
      throw unreadable(
          "line " + lineOf(start) + " has " + width + " fields, expected " + columns.length);
    for (; width < columns.length; width++) columns[width].addMissing();
  }

  private void addCell(CsvColumn column) throws WorkerError {
    int end = column.addNumber(data, at);
    if (end >= 0) at = end;
    else {
      readCell();
      column.add(cell, cellStart, cellEnd);
    }
  }

  /** From 1, as editors count. */
  private int lineOf(int position) {
    int line = 1;
    for (int before = 0; before < position; before++) {
      if (data[before] == '\n' || (data[before] == '\r' && data[before + 1] != '\n')) line++;
    }
    return line;
  }

  // -- cells

  /** The cell that begins here; what ends it is next. */
  private void readCell() throws WorkerError {
    cell = data;
    cellStart = at;
    if (at < data.length && data[at] == '"') readQuoted();
    else cellEnd = at = endOfCell(at);
  }

  /**
   * Two quotes stand for one. What follows the last quote up to the comma belongs to the cell, as
   * pandas has it.
   */
  private void readQuoted() throws WorkerError {
    int from = at + 1;
    int quote = nextQuote(from);
    if (endsCell(data, quote + 1)) {
      cellStart = from;
      cellEnd = quote;
      at = quote + 1;
      return;
    }
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    while (quote + 1 < data.length && data[quote + 1] == '"') {
      joined.write(data, from, quote + 1 - from);
      from = quote + 2;
      quote = nextQuote(from);
    }
    joined.write(data, from, quote - from);
    at = endOfCell(quote + 1);
    joined.write(data, quote + 1, at - quote - 1);
    cell = joined.toByteArray();
    cellStart = 0;
    cellEnd = cell.length;
  }

  private int nextQuote(int from) throws WorkerError {
    for (int next = from; next < data.length; next++) if (data[next] == '"') return next;
    throw unreadable("a quote in line " + lineOf(at) + " is never closed");
  }

  private int endOfCell(int from) {
    while (!endsCell(data, from)) from++;
    return from;
  }

  /** Whether a cell without quotes ends before {@code position}. */
  static boolean endsCell(byte[] data, int position) {
    return position == data.length
        || data[position] == ','
        || data[position] == '\n'
        || data[position] == '\r';
  }

  static boolean isBlank(byte one) {
    return one == ' ' || one == '\t';
  }

  // -- what stands between cells

  /** Whether another cell follows in this line. Else the line's end is skipped too. */
  private boolean skipComma() {
    if (at < data.length && data[at] == ',') {
      at++;
      return true;
    }
    skipLineEnd();
    return false;
  }

  private void skipLineEnd() {
    if (at < data.length && data[at] == '\r') at++;
    if (at < data.length && data[at] == '\n') at++;
  }

  /** Whether there was one. */
  private boolean skipBlankLine() {
    int next = at;
    while (next < data.length && isBlank(data[next])) next++;
    if (next < data.length && data[next] != '\n' && data[next] != '\r') return false;
    at = next;
    skipLineEnd();
    return true;
  }
}
