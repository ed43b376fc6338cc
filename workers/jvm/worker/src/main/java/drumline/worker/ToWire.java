// Tables of hooks and predictors to tables of protocol/SPEC.md section 8.
package drumline.worker;

import drumline.Column;
import drumline.Table;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class ToWire {
  private ToWire() {}

  /** Throws HOOK_RESULT_INVALID when a column has more text than offsets can tell. */
  static Map<String, Object> toWire(Table table) throws WorkerError {
    List<Object> columns = new ArrayList<>(table.columns().size());
    for (Column column : table.columns()) columns.add(columnToWire(column));
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("rows", (long) table.rows());
    wire.put("columns", columns);
    return wire;
  }

  private static Map<String, Object> columnToWire(Column column) throws WorkerError {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("name", column.name());
    wire.put("type", null); // its place in the order
    wire.put("data", null);
    wire.put("validity", validityOf(column));
    wire.put("offsets", null);
    switch (column.type()) {
      case DOUBLE -> set(wire, "float64", doublesOf(column));
      case FLOAT -> set(wire, "float32", floatsOf(column));
      case LONG -> set(wire, "int64", longsOf(column));
      case BOOLEAN -> set(wire, "bool", bitmap(column.booleans(false)));
      case DATE -> set(wire, "date", daysOf(column));
      case TIMESTAMP -> {
        set(wire, "timestamp", longsOf(column));
        wire.put("timezone", column.timezone());
      }
      case STRING, JSON -> {
        byte[][] texts = textsOf(column);
        set(wire, column.type() == Column.Type.STRING ? "utf8" : "json", texts[0]);
        wire.put("offsets", texts[1]);
      }
    }
    return wire;
  }

  private static void set(Map<String, Object> wire, String type, byte[] data) {
    wire.put("type", type);
    wire.put("data", data);
  }

  private static byte[] validityOf(Column column) {
    if (!column.hasMissing()) return null;
    boolean[] present = new boolean[column.rows()];
    for (int row = 0; row < present.length; row++) present[row] = !column.isMissing(row);
    return bitmap(present);
  }

  private static byte[] doublesOf(Column column) {
    ByteBuffer data = room(column, 8);
    double[] values = column.doubles();
    if (!column.hasMissing()) data.asDoubleBuffer().put(values);
    else
      for (int row = 0; row < values.length; row++)
        data.putDouble(row * 8, column.isMissing(row) ? 0 : values[row]);
    return data.array();
  }

  private static byte[] floatsOf(Column column) {
    ByteBuffer data = room(column, 4);
    double[] values = column.doubles();
    for (int row = 0; row < values.length; row++)
      data.putFloat(row * 4, column.isMissing(row) ? 0 : (float) values[row]);
    return data.array();
  }

  private static byte[] longsOf(Column column) {
    ByteBuffer data = room(column, 8);
    data.asLongBuffer().put(column.longs(0));
    return data.array();
  }

  private static byte[] daysOf(Column column) {
    ByteBuffer data = room(column, 4);
    for (long day : column.longs(0)) data.putInt(Math.toIntExact(day));
    return data.array();
  }

  private static ByteBuffer room(Column column, int width) {
    return ByteBuffer.allocate(Math.multiplyExact(column.rows(), width))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** All strings joined, and their offsets. */
  private static byte[][] textsOf(Column column) throws WorkerError {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    ByteBuffer offsets =
        ByteBuffer.allocate((column.rows() + 1) * 4).order(ByteOrder.LITTLE_ENDIAN);
    offsets.putInt(0);
    long size = 0;
    for (String text : column.strings()) {
      if (text != null) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        size += utf8.length;
        if (size > Integer.MAX_VALUE - 8) {
          throw new WorkerError(
              "HOOK_RESULT_INVALID",
              "the column " + column.name() + " has more than 2 GB of text; return less");
        }
        joined.writeBytes(utf8);
      }
      offsets.putInt((int) size);
    }
    return new byte[][] {joined.toByteArray(), offsets.array()};
  }

  private static byte[] bitmap(boolean[] flags) {
    byte[] bits = new byte[(flags.length + 7) / 8];
    for (int row = 0; row < flags.length; row++)
      if (flags[row]) bits[row >> 3] |= (byte) (1 << (row & 7));
    return bits;
  }
}
