// Bytes to one msgpack value: the subset of protocol/SPEC.md section 3, strict.
package drumline.worker;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values are null, Boolean, Long, Double, String, byte[], List and Map (in the order of the frame).
 */
final class MsgpackSubsetReader {
  static final int MOST_DEPTH = 64;
  static final long MOST_INT = 1L << 53;

  private final ByteBuffer data;

  private MsgpackSubsetReader(ByteBuffer data) {
    this.data = data;
  }

  /**
   * The value in {@code length} bytes from {@code start}. Throws WorkerError with one of the VALUE_
   * codes.
   */
  static Object decode(byte[] bytes, int start, int length) throws WorkerError {
    ByteBuffer data = ByteBuffer.wrap(bytes, start, length).order(ByteOrder.BIG_ENDIAN);
    Object value = new MsgpackSubsetReader(data).readValue(0);
    if (data.hasRemaining()) {
      throw new WorkerError(
          "VALUE_TRAILING",
          data.remaining() + " bytes follow the value; a frame holds exactly one");
    }
    return value;
  }

  private Object readValue(int depth) throws WorkerError {
    need(1);
    int tag = data.get() & 0xFF;
    if (tag < 0x80) return (long) tag;
    if (tag >= 0xE0) return (long) (byte) tag;
    if (tag < 0x90) return readMap(tag & 0x0F, depth);
    if (tag < 0xA0) return readArray(tag & 0x0F, depth);
    if (tag < 0xC0) return readStr(tag & 0x1F);
    return switch (tag) {
      case 0xC0 -> null;
      case 0xC2 -> false;
      case 0xC3 -> true;
      case 0xC4 -> readBin(readUint(1));
      case 0xC5 -> readBin(readUint(2));
      case 0xC6 -> readBin(readUint(4));
      case 0xCB -> {
        need(8);
        yield data.getDouble();
      }
      case 0xCC -> readUint(1);
      case 0xCD -> readUint(2);
      case 0xCE -> readUint(4);
      case 0xCF -> readInt64(true);
      case 0xD0 -> readInt(1);
      case 0xD1 -> readInt(2);
      case 0xD2 -> readInt(4);
      case 0xD3 -> readInt64(false);
      case 0xD9 -> readStr(readUint(1));
      case 0xDA -> readStr(readUint(2));
      case 0xDB -> readStr(readUint(4));
      case 0xDC -> readArray(readUint(2), depth);
      case 0xDD -> readArray(readUint(4), depth);
      case 0xDE -> readMap(readUint(2), depth);
      case 0xDF -> readMap(readUint(4), depth);
      default ->
          throw new WorkerError(
              "VALUE_TYPE",
              "the tag %02x is outside the subset; see SPEC.md section 3".formatted(tag));
    };
  }

  private long readUint(int width) throws WorkerError {
    need(width);
    return switch (width) {
      case 1 -> data.get() & 0xFFL;
      case 2 -> data.getShort() & 0xFFFFL;
      default -> data.getInt() & 0xFFFFFFFFL;
    };
  }

  private long readInt(int width) throws WorkerError {
    need(width);
    return switch (width) {
      case 1 -> data.get();
      case 2 -> data.getShort();
      default -> data.getInt();
    };
  }

  private long readInt64(boolean unsigned) throws WorkerError {
    need(8);
    long number = data.getLong();
    if (number > MOST_INT || number < -MOST_INT || (unsigned && number < 0)) {
      String text = unsigned ? Long.toUnsignedString(number) : Long.toString(number);
      throw new WorkerError(
          "VALUE_RANGE",
          "the int " + text + " is beyond 2^53; send a float64, a str or an int64 column");
    }
    return number;
  }

  private byte[] readBin(long count) throws WorkerError {
    need(count);
    byte[] bin = new byte[(int) count];
    data.get(bin);
    return bin;
  }

  private String readStr(long count) throws WorkerError {
    need(count);
    int start = data.position();
    data.position(start + (int) count);
    try {
      return textOf(data.array(), start, (int) count);
    } catch (CharacterCodingException error) {
      throw new WorkerError("VALUE_UTF8", "a str is not UTF-8: " + error.getMessage());
    }
  }

  /** Strict, unlike the constructor of String. */
  static String textOf(byte[] bytes, int start, int count) throws CharacterCodingException {
    for (int at = start; at < start + count; at++) {
      if (bytes[at] < 0)
        return StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(bytes, start, count))
            .toString();
    }
    return new String(bytes, start, count, StandardCharsets.ISO_8859_1);
  }

  private List<Object> readArray(long count, int depth) throws WorkerError {
    checkRoom(count, depth);
    List<Object> items = new ArrayList<>((int) count);
    for (long at = 0; at < count; at++) items.add(readValue(depth + 1));
    return items;
  }

  private Map<String, Object> readMap(long count, int depth) throws WorkerError {
    checkRoom(count * 2, depth);
    Map<String, Object> items = new LinkedHashMap<>();
    for (long at = 0; at < count; at++) {
      need(1);
      int tag = data.get(data.position()) & 0xFF;
      if (!(tag >= 0xA0 && tag < 0xC0 || tag >= 0xD9 && tag <= 0xDB)) {
        throw new WorkerError(
            "VALUE_TYPE", "a map key begins with the tag %02x; keys are str".formatted(tag));
      }
      String key = (String) readValue(depth + 1);
      items.put(key, readValue(depth + 1));
    }
    return items;
  }

  /**
   * An element takes a byte at least: a count beyond the frame is refused before anything is set
   * aside.
   */
  private void checkRoom(long least, int depth) throws WorkerError {
    if (depth >= MOST_DEPTH)
      throw new WorkerError(
          "VALUE_DEPTH", "arrays and maps nest more than " + MOST_DEPTH + " deep");
    need(least);
  }

  private void need(long count) throws WorkerError {
    if (count > data.remaining()) {
      throw new WorkerError(
          "VALUE_TRUNCATED",
          "the frame ends " + (count - data.remaining()) + " bytes before the value does");
    }
  }
}
