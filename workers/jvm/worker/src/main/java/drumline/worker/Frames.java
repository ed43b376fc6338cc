// Frames in and out (protocol/SPEC.md section 2).
package drumline.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;

final class Frames {
  private static final int PIECE =
      1 << 16; // bytes that one read or write moves: the JDK copies each piece once more

  private final InputStream incoming;
  private final OutputStream outgoing;
  private final long most;
  private byte[] buffer = new byte[PIECE]; // grows only; frames are read in place
  private int start;
  private int end;

  Frames(InputStream incoming, OutputStream outgoing, long most) {
    this.incoming = incoming;
    this.outgoing = outgoing;
    this.most = most;
  }

  void notify(String method, Map<String, Object> params) throws IOException {
    write(Arrays.asList(2L, method, params));
  }

  void write(Object message) throws IOException {
    send(encoded(message));
  }

  /** A frame, but for its length. */
  static MsgpackSubsetWriter encoded(Object message) {
    MsgpackSubsetWriter body = new MsgpackSubsetWriter(4);
    body.write(message, 0);
    return body;
  }

  /** Whether a frame may be as large. */
  boolean holds(MsgpackSubsetWriter body) {
    return body.size() - 4 <= most;
  }

  /** For words about a frame that may not. */
  String sizes(MsgpackSubsetWriter body) {
    return (body.size() - 4) + " bytes, a frame may have " + most;
  }

  /**
   * One frame, at once: how long the next request takes is not known, and no finished response may
   * wait for it.
   */
  synchronized void send(MsgpackSubsetWriter body) throws IOException {
    byte[] bytes = body.bytes();
    int size = body.size() - 4;
    for (int at = 0; at < 4; at++) bytes[at] = (byte) (size >>> 8 * at);
    for (int at = 0; at < body.size(); at += PIECE)
      outgoing.write(bytes, at, Math.min(PIECE, body.size() - at));
  }

  /** Size of the next frame's body, which then begins at {@code start}; -1 at the end of input. */
  int nextFrame() throws WorkerError, IOException {
    if (!fill(4)) return -1;
    long size = 0;
    for (int at = 0; at < 4; at++) size |= (buffer[start + at] & 0xFFL) << 8 * at;
    if (size > most || size > Integer.MAX_VALUE - 16) {
      throw new WorkerError(
          "FRAME_TOO_LARGE", "a frame announces " + size + " bytes, the limit is " + most);
    }
    fill(4 + (int) size);
    start += 4;
    return (int) size;
  }

  /** What the frame of this size holds, which is done with then. */
  Object value(int size) throws WorkerError {
    start += size;
    return MsgpackSubsetReader.decode(buffer, start - size, size);
  }

  /**
   * Reads until {@code need} bytes lie in the buffer. False when the input ended before the first
   * of them.
   */
  private boolean fill(int need) throws WorkerError, IOException {
    while (end - start < need) {
      makeRoom(need);
      int count = incoming.read(buffer, end, Math.min(PIECE, buffer.length - end));
      if (count < 0) {
        if (end == start) return false;
        throw new WorkerError(
            "FRAME_TRUNCATED",
            "the input ended inside a frame, " + (end - start) + " bytes of " + need + " had come");
      }
      end += count;
    }
    return true;
  }

  private void makeRoom(int need) {
    if (start + need <= buffer.length && end < buffer.length) return;
    byte[] room =
        need <= buffer.length
            ? buffer
            : new byte[(int) Math.min(Integer.MAX_VALUE - 8, Math.max(need, 2L * buffer.length))];
    System.arraycopy(buffer, start, room, 0, end - start);
    end -= start;
    start = 0;
    buffer = room;
  }
}
