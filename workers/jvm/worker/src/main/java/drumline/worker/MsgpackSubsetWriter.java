// One msgpack value to bytes, in the shortest form (protocol/SPEC.md section 3).
package drumline.worker;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Takes the values that MsgpackSubsetReader gives. Halves of surrogate pairs, which UTF-8 does not
 * have, become question marks.
 */
final class MsgpackSubsetWriter {
  private byte[] bytes;
  private int size;

  /** {@code head} bytes are left free in front. */
  MsgpackSubsetWriter(int head) {
    bytes = new byte[head + 256];
    size = head;
  }

  static byte[] encode(Object value) {
    MsgpackSubsetWriter writer = new MsgpackSubsetWriter(0);
    writer.write(value, 0);
    return Arrays.copyOf(writer.bytes, writer.size);
  }

  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  /** Throws IllegalArgumentException for what the subset does not have. */
  void write(Object value, int depth) {
    if (value == null) put(0xC0, 0, 0);
    else if (value instanceof Boolean flag) put(flag ? 0xC3 : 0xC2, 0, 0);
    else if (value instanceof Double number) put(0xCB, Double.doubleToRawLongBits(number), 8);
    else if (value instanceof String text) writeStr(text);
    else if (value instanceof byte[] bin) {
      writeHead(bin.length, 0, 0, 0xC4, 0xC5, 0xC6);
      append(bin);
    } else if (value instanceof List<?> items) {
      checkDepth(depth);
      writeHead(items.size(), 0x90, 16, 0, 0xDC, 0xDD);
      for (Object item : items) write(item, depth + 1);
    } else if (value instanceof Map<?, ?> items) {
      checkDepth(depth);
      writeHead(items.size(), 0x80, 16, 0, 0xDE, 0xDF);
      items.forEach(
          (key, item) -> {
            writeStr((String) key);
            write(item, depth + 1);
          });
    } else if (value instanceof Long || value instanceof Integer)
      writeInt(((Number) value).longValue());
    else throw new IllegalArgumentException("a " + value.getClass().getName() + " cannot be sent");
  }

  private void writeInt(long number) {
    if (Math.abs(number) > MsgpackSubsetReader.MOST_INT)
      throw new IllegalArgumentException("the int " + number + " is beyond 2^53");
    if (number >= -0x20 && number < 0x80) put((int) number, 0, 0);
    else if (number >= 0) {
      if (number < 1L << 8) put(0xCC, number, 1);
      else if (number < 1L << 16) put(0xCD, number, 2);
      else if (number < 1L << 32) put(0xCE, number, 4);
      else put(0xCF, number, 8);
    } else if (number >= -(1L << 7)) put(0xD0, number, 1);
    else if (number >= -(1L << 15)) put(0xD1, number, 2);
    else if (number >= -(1L << 31)) put(0xD2, number, 4);
    else put(0xD3, number, 8);
  }

  private void writeStr(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    writeHead(utf8.length, 0xA0, 32, 0xD9, 0xDA, 0xDB);
    append(utf8);
  }

  /**
   * {@code fixed} is the tag of the one-byte form for counts below {@code bound}; a tag of 0 is a
   * width that this type lacks.
   */
  private void writeHead(int count, int fixed, int bound, int tag8, int tag16, int tag32) {
    if (count < bound) put(fixed | count, 0, 0);
    else if (count < 1 << 8 && tag8 != 0) put(tag8, count, 1);
    else if (count < 1 << 16) put(tag16, count, 2);
    else put(tag32, count, 4);
  }

  private void put(int tag, long number, int width) {
    reserve(9);
    bytes[size++] = (byte) tag;
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
      bytes[size++] = (byte) (number >>> shift);
  }

  private void append(byte[] more) {
    reserve(more.length);
    System.arraycopy(more, 0, bytes, size, more.length);
    size += more.length;
  }

  private void reserve(int more) {
    long need = (long) size + more;
    if (need <= bytes.length) return;
    if (need > Integer.MAX_VALUE - 8)
      throw new IllegalArgumentException(
          "a frame of " + need + " bytes is more than a Java array holds");
    bytes =
        Arrays.copyOf(
            bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(need, 2L * bytes.length)));
  }

  private static void checkDepth(int depth) {
    if (depth >= MsgpackSubsetReader.MOST_DEPTH)
      throw new IllegalArgumentException("arrays and maps nest more than 64 deep");
  }
}
