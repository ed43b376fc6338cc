// Tables of protocol/SPEC.md section 8 to tables of hooks; what does not fit the section is refused
// with PARAMS_INVALID.
package drumline.worker;

import drumline.Column;
import drumline.Table;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

final class FromWire {
  /** Bytes of a row; 0 for bitmaps and strings. */
  private static final Map<String, Integer> WIDTHS =
      Map.of(
          "float64",
          8,
          "float32",
          4,
          "int64",
          8,
          "bool",
          0,
          "utf8",
          0,
          "json",
          0,
          "date",
          4,
          "timestamp",
          8);

  private static final String TYPES = "float64, float32, int64, bool, utf8, json, date, timestamp";

  private FromWire() {}

  static Table toTable(Object wire) throws WorkerError {
    if (!(wire instanceof Map<?, ?> table)) {
      throw invalid(
          "a table is " + ProtocolFields.described(wire) + ", expected a map of rows and columns");
    }
    Object rows = table.get("rows");
    if (!ProtocolFields.isInt(rows)
        || ProtocolFields.number(rows) < 0
        || ProtocolFields.number(rows) >= MsgpackSubsetReader.MOST_INT) {
      throw invalid(
          "the rows of a table are " + ProtocolFields.described(rows) + ", expected an int from 0");
    }
    if (!(table.get("columns") instanceof List<?> columns)) {
      throw invalid(
          "the columns of a table are "
              + ProtocolFields.described(table.get("columns"))
              + ", expected an array");
    }
    if (ProtocolFields.number(rows) > Integer.MAX_VALUE - 8)
      throw invalid("the table has " + rows + " rows, more than a Java array holds");
    int count = (int) ProtocolFields.number(rows);
    List<Column> read = new ArrayList<>(columns.size());
    for (Object column : columns) read.add(toColumn(column, count));
    return new Table(count, read);
  }

  private static WorkerError invalid(String message) {
    return new WorkerError("PARAMS_INVALID", message);
  }

  // -- checking

  private static Column toColumn(Object wire, int rows) throws WorkerError {
    if (!(wire instanceof Map<?, ?> column)) {
      throw invalid(
          "a column is "
              + ProtocolFields.described(wire)
              + ", expected a map of name, type, data, validity, offsets");
    }
    if (!(column.get("name") instanceof String name)) {
      throw invalid(
          "the name of a column is "
              + ProtocolFields.described(column.get("name"))
              + ", expected a str");
    }
    if (!(column.get("type") instanceof String type) || !WIDTHS.containsKey(type)) {
      throw invalid(
          "the column '"
              + name
              + "' is of type "
              + ProtocolFields.described(column.get("type"))
              + ", expected "
              + TYPES);
    }
    String fault = faultOf(column, type, rows);
    if (fault != null) throw invalid("the column '" + name + "' has " + fault);
    boolean[] missing = missingOf((byte[]) column.get("validity"), rows);
    return valuesOf(name, type, column, rows, missing).withMissing(missing);
  }

  /** What is wrong with a column's buffers, or null. */
  private static String faultOf(Map<?, ?> column, String type, int rows) {
    Object validity = column.get("validity");
    Object offsets = column.get("offsets");
    long bits = (rows + 7L) / 8;
    if (!(column.get("data") instanceof byte[] data))
      return "as data " + ProtocolFields.described(column.get("data")) + ", expected a bin";
    if (validity != null && !(validity instanceof byte[] flags && flags.length == bits)) {
      return "as validity "
          + ProtocolFields.described(validity)
          + ", expected nil or a bin of "
          + bits
          + " bytes for "
          + rows
          + " rows";
    }
    if (type.equals("utf8") || type.equals("json")) {
      if (offsets instanceof byte[] ends && ends.length == (rows + 1L) * 4)
        return faultOfText(data, ends);
      return "as offsets "
          + ProtocolFields.described(offsets)
          + ", expected a bin of "
          + (rows + 1L) * 4
          + " bytes for "
          + rows
          + " rows";
    }
    if (offsets != null)
      return "as offsets "
          + ProtocolFields.described(offsets)
          + ", expected nil for the type "
          + type;
    long size = type.equals("bool") ? bits : (long) rows * WIDTHS.get(type);
    if (data.length != size)
      return data.length + " bytes of data, expected " + size + " for " + rows + " rows";
    Object timezone = column.get("timezone");
    if (type.equals("timestamp") && timezone != null && !(timezone instanceof String)) {
      return "as timezone " + ProtocolFields.described(timezone) + ", expected a str or nil";
    }
    return null;
  }

  private static String faultOfText(byte[] data, byte[] offsets) {
    ByteBuffer ends = littleEndian(offsets);
    int before = 0;
    for (int at = 0; at < offsets.length; at += 4) {
      int next = ends.getInt(at);
      if (next < before || next > data.length || (at == 0 && next != 0)) before = Integer.MAX_VALUE;
      else before = next;
    }
    if (before != data.length)
      return "offsets that do not rise from 0 to " + data.length + ", the size of its data";
    try {
      MsgpackSubsetReader.textOf(data, 0, data.length);
    } catch (CharacterCodingException error) {
      return "data that is not UTF-8: " + error.getMessage() + "; encode strings as UTF-8";
    }
    for (int at = 0; at < offsets.length; at += 4) {
      int next = ends.getInt(at);
      if (next < data.length && (data[next] & 0xC0) == 0x80)
        return "an offset inside a UTF-8 character";
    }
    return null;
  }

  // -- reading

  private static Column valuesOf(
      String name, String type, Map<?, ?> column, int rows, boolean[] missing) throws WorkerError {
    byte[] data = (byte[]) column.get("data");
    ByteBuffer values = littleEndian(data);
    switch (type) {
      case "float64" -> {
        double[] numbers = new double[rows];
        values.asDoubleBuffer().get(numbers);
        return Column.of(name, numbers);
      }
      case "float32" -> {
        double[] numbers = new double[rows];
        for (int row = 0; row < rows; row++) numbers[row] = values.getFloat(row * 4);
        return Column.floats(name, numbers);
      }
      case "bool" -> {
        return Column.of(name, bitsOf(data, rows));
      }
      case "utf8" -> {
        String[] texts = textsOf(column, data, rows, missing);
        return "decimal".equals(column.get("logical"))
            ? Column.of(name, decimalsOf(name, texts))
            : Column.of(name, texts);
      }
      case "json" -> {
        return Column.json(name, textsOf(column, data, rows, missing));
      }
      default -> {
        long[] numbers = new long[rows];
        if (type.equals("date"))
          for (int row = 0; row < rows; row++) numbers[row] = values.getInt(row * 4);
        else values.asLongBuffer().get(numbers);
        if (type.equals("int64")) return Column.of(name, numbers);
        return type.equals("date")
            ? Column.dates(name, numbers)
            : Column.timestamps(name, numbers, (String) column.get("timezone"));
      }
    }
  }

  private static String[] textsOf(Map<?, ?> column, byte[] data, int rows, boolean[] missing) {
    ByteBuffer ends = littleEndian((byte[]) column.get("offsets"));
    String[] texts = new String[rows];
    for (int row = 0; row < rows; row++) {
      int start = ends.getInt(row * 4);
      if (missing == null || !missing[row]) {
        texts[row] =
            new String(data, start, ends.getInt(row * 4 + 4) - start, StandardCharsets.UTF_8);
      }
    }
    return texts;
  }

  private static double[] decimalsOf(String name, String[] texts) throws WorkerError {
    double[] numbers = new double[texts.length];
    for (int row = 0; row < texts.length; row++) {
      try {
        if (texts[row] != null) numbers[row] = Double.parseDouble(texts[row]);
      } catch (NumberFormatException error) {
        throw invalid("the column '" + name + "' holds '" + texts[row] + "', which is no decimal");
      }
    }
    return numbers;
  }

  private static boolean[] missingOf(byte[] validity, int rows) {
    if (validity == null) return null;
    boolean[] flags = bitsOf(validity, rows);
    for (int row = 0; row < rows; row++) flags[row] = !flags[row];
    return flags;
  }

  private static boolean[] bitsOf(byte[] bitmap, int rows) {
    boolean[] flags = new boolean[rows];
    for (int row = 0; row < rows; row++) flags[row] = (bitmap[row >> 3] >> (row & 7) & 1) == 1;
    return flags;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
