// A CSV text to a table: one header line, comma, quotes; the types of the cells as CsvColumn has them.
package drumline.worker;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import drumline.Column;
import drumline.Table;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Blank lines are skipped, but below the header of a single column they are missing values. Short rows are filled up with missing
 * values, long ones are an error. Names that come twice get .1, .2 and so on; columns without one are called "Unnamed: 0".
 */
final class Csv {
  private static final int MOST_CELL = 1 << 30; // characters

  private Csv() {}

  /** {@code textColumns} are kept as they are written. Throws INPUT_EMPTY or INPUT_UNREADABLE. */
  static Table read(byte[] data, Set<String> textColumns) throws WorkerError {
    String text = decode(data);
    Rows rows = readRows(text, textColumns);
    Set<String> asText = new HashSet<>(textColumns);
    for (CsvColumn column : rows.columns) if (column.wantsText()) asText.add(column.name());
    if (asText.size() > textColumns.size()) rows = readRows(text, asText);
    List<Column> columns = new ArrayList<>(rows.columns.length);
    for (CsvColumn column : rows.columns) columns.add(column.finish());
    return new Table(rows.count, columns);
  }

  private static Rows readRows(String text, Set<String> textColumns) throws WorkerError {
    Rows rows = new Rows(textColumns);
    try (CsvReader<Object> reader = CsvReader.builder().skipEmptyLines(false).allowExtraFields(true).allowMissingFields(true)
        .allowExtraCharsAfterClosingQuote(true).allowUnclosedQuote(false).maxBufferSize(MOST_CELL).build(rows, text)) {
      reader.forEach(row -> {});
    } catch (CsvParseException error) {
      Throwable cause = error.getCause() == null ? error : error.getCause();
      throw new WorkerError("INPUT_UNREADABLE", "the CSV cannot be read: " + Tracebacks.textOf(cause) + "; correct it");
    } catch (java.io.IOException error) {
      throw new IllegalStateException(error); // there is no file to fail
    }
    if (rows.columns == null) throw new WorkerError("INPUT_EMPTY", "the CSV holds no columns; send a header line and rows");
    if (rows.fault != null) throw new WorkerError("INPUT_UNREADABLE", "the CSV cannot be read: " + rows.fault + "; correct it");
    return rows;
  }

  /** Strict UTF-8, a byte order mark dropped. */
  private static String decode(byte[] data) throws WorkerError {
    int start = data.length >= 3 && data[0] == (byte) 0xEF && data[1] == (byte) 0xBB && data[2] == (byte) 0xBF ? 3 : 0;
    int at = start;
    while (at < data.length && data[at] >= 0) at++;
    if (at == data.length) return new String(data, start, data.length - start, StandardCharsets.ISO_8859_1);
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer bytes = ByteBuffer.wrap(data, start, data.length - start);
    CharBuffer characters = CharBuffer.allocate(data.length - start);
    CoderResult result = decoder.decode(bytes, characters, true);
    if (result.isError()) {
      throw new WorkerError("INPUT_UNREADABLE", "the CSV is not UTF-8: a wrong byte at " + bytes.position() + "; encode it as UTF-8");
    }
    return characters.flip().toString();
  }

  /** Fills the columns cell by cell. */
  private static final class Rows extends AbstractBaseCsvCallbackHandler<Object> {
    private final Set<String> textColumns;
    private final List<String> header = new ArrayList<>();
    private CsvColumn[] columns;
    private int count;
    private String fault;
    private boolean empty; // the line holds nothing
    private String blank; // its first cell, when that holds nothing but blanks: a line of nothing else does not count

    Rows(Set<String> textColumns) {
      this.textColumns = textColumns;
    }

    @Override
    protected void handleBegin(long line) {
      empty = false;
      blank = null;
    }

    @Override
    protected void handleEmpty() {
      empty = true;
    }

    @Override
    protected void handleField(int index, char[] buffer, int start, int length, boolean quoted) {
      if (index == 0 && !quoted && isBlank(buffer, start, length)) blank = new String(buffer, start, length);
      if (columns == null) header.add(new String(buffer, start, length));
      else if (index == 0 && blank != null && columns.length > 1) return;
      else if (index == 1 && blank != null) columns[0].add(blank.toCharArray(), 0, blank.length());
      if (columns != null && index < columns.length) columns[index].add(buffer, start, length);
    }

    @Override
    protected Object buildRecord() {
      int width = getFieldCount();
      if (columns == null) {
        if (empty || (blank != null && width == 1)) header.clear();
        else columns = columnsOf(header, textColumns);
      } else if (columns.length == 1 && empty) {
        columns[0].addMissing();
        count++;
      } else if (!empty) endRow(width);
      return null;
    }

    private void endRow(int width) {
      if (width > columns.length && fault == null) {
        fault = "line " + getStartingLineNumber() + " has " + width + " fields, expected " + columns.length;
      }
      if (width == 1 && columns.length > 1 && blank != null) return;
      for (int index = width; index < columns.length; index++) columns[index].addMissing();
      count++;
    }

    private static boolean isBlank(char[] buffer, int start, int length) {
      for (int at = start; at < start + length; at++) if (buffer[at] != ' ' && buffer[at] != '\t') return false;
      return true;
    }
  }

  private static CsvColumn[] columnsOf(List<String> header, Set<String> textColumns) {
    CsvColumn[] columns = new CsvColumn[header.size()];
    Set<String> given = new HashSet<>(header);
    Set<String> taken = new HashSet<>();
    for (int index = 0; index < columns.length; index++) {
      String wanted = header.get(index).isEmpty() ? "Unnamed: " + index : header.get(index);
      String name = wanted;
      for (int more = 1; taken.contains(name) || (more > 1 && given.contains(name)); more++) name = wanted + "." + more;
      taken.add(name);
      columns[index] = new CsvColumn(name, textColumns.contains(name));
    }
    return columns;
  }
}
