// Requests in, responses out: frames (protocol/SPEC.md section 2) and the loop that answers them.
package drumline.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class Stream {
  static final int UNREADABLE_STREAM = 65; // exit status (section 9)
  private static final int PIECE = 1 << 16; // bytes that one read or write moves: the JDK copies each piece once more

  /** Params in, result out. */
  interface Method {
    Object run(Map<String, Object> params) throws WorkerError;
  }

  private final InputStream incoming;
  private final OutputStream outgoing;
  private final long most;
  private byte[] buffer = new byte[PIECE]; // grows only; frames are read in place
  private int start;
  private int end;
  private long current; // id of the request that is being answered

  Stream(InputStream incoming, OutputStream outgoing, long most) {
    this.incoming = incoming;
    this.outgoing = outgoing;
    this.most = most;
  }

  /** Answers every request once, in order, until the end of input. Returns the exit status. */
  int serve(Map<String, Method> methods) throws IOException {
    while (true) {
      int size;
      try {
        size = nextFrame();
      } catch (WorkerError error) {
        respond(0, error, null);
        return UNREADABLE_STREAM;
      }
      if (size < 0) return 0;
      answer(size, methods);
    }
  }

  private void answer(int size, Map<String, Method> methods) throws IOException {
    current = 0;
    try {
      Protocol.Request request = Protocol.readRequest(value(size));
      if (request.id() == 0) return; // No notification concerns a worker that runs one request at a time.
      current = request.id();
      Method method = methods.get(request.method());
      if (method == null) {
        String known = String.join(", ", methods.keySet().stream().sorted().toList());
        String name = Protocol.described(request.method());
        throw new WorkerError("METHOD_UNKNOWN", name + " is no method of this worker; it has " + known);
      }
      respond(current, null, method.run(request.params()));
    } catch (WorkerError error) {
      respond(current != 0 ? current : error.requestId, error, null);
    } catch (RuntimeException | Error error) {
      String message = "a fault of the worker itself: " + error + "; please report it";
      WorkerError told = new WorkerError("INTERNAL", message, Tracebacks.fullTrace(error));
      respond(current, error instanceof OutOfMemoryError ? Tracebacks.outOfMemory("INTERNAL", "the worker") : told, null);
    }
  }

  private void respond(long id, WorkerError error, Object result) throws IOException {
    MsgpackWriter body = encoded(Arrays.asList(1L, id, error == null ? null : error.toWire(), result));
    long size = body.size() - 4;
    if (size > most) {
      // A result that is too large, or else words that are: shorter ones fit.
      String words = error == null ? "the result has " + size + " bytes, a frame may have " + most + "; return less" : error.getMessage();
      String shortened = words.length() > 200 ? words.substring(0, 200) : words;
      body = encoded(Arrays.asList(1L, id, new WorkerError(error == null ? "FRAME_TOO_LARGE" : error.code, shortened).toWire(), null));
    }
    send(body);
  }

  void notify(String method, Map<String, Object> params) throws IOException {
    write(Arrays.asList(2L, method, params));
  }

  /** Shown while a load takes its time. */
  void progress(String text) {
    try {
      Map<String, Object> params = new LinkedHashMap<>();
      params.put("id", current);
      params.put("done", 0L);
      params.put("total", null);
      params.put("text", text);
      notify("progress", params);
    } catch (IOException error) {
      // The supervisor is gone; the loop finds that out by itself.
    }
  }

  void write(Object message) throws IOException {
    send(encoded(message));
  }

  private static MsgpackWriter encoded(Object message) {
    MsgpackWriter body = new MsgpackWriter(4);
    body.write(message, 0);
    return body;
  }

  /** One frame, at once: how long the next request takes is not known, and no finished response may wait for it. */
  private void send(MsgpackWriter body) throws IOException {
    byte[] bytes = body.bytes();
    int size = body.size() - 4;
    for (int at = 0; at < 4; at++) bytes[at] = (byte) (size >>> 8 * at);
    for (int at = 0; at < body.size(); at += PIECE) outgoing.write(bytes, at, Math.min(PIECE, body.size() - at));
  }

  /** Size of the next frame's body, which then begins at {@code start}; -1 at the end of input. */
  int nextFrame() throws WorkerError, IOException {
    if (!fill(4)) return -1;
    long size = 0;
    for (int at = 0; at < 4; at++) size |= (buffer[start + at] & 0xFFL) << 8 * at;
    if (size > most || size > Integer.MAX_VALUE - 16) {
      throw new WorkerError("FRAME_TOO_LARGE", "a frame announces " + size + " bytes, the limit is " + most);
    }
    fill(4 + (int) size);
    start += 4;
    return (int) size;
  }

  /** What the frame of this size holds, which is done with then. */
  Object value(int size) throws WorkerError {
    start += size;
    return MsgpackReader.decode(buffer, start - size, size);
  }

  /** Reads until {@code need} bytes lie in the buffer. False when the input ended before the first of them. */
  private boolean fill(int need) throws WorkerError, IOException {
    while (end - start < need) {
      makeRoom(need);
      int count = incoming.read(buffer, end, Math.min(PIECE, buffer.length - end));
      if (count < 0) {
        if (end == start) return false;
        throw new WorkerError("FRAME_TRUNCATED", "the input ended inside a frame, " + (end - start) + " bytes of " + need + " had come");
      }
      end += count;
    }
    return true;
  }

  private void makeRoom(int need) {
    if (start + need <= buffer.length && end < buffer.length) return;
    byte[] room = need <= buffer.length ? buffer : new byte[(int) Math.min(Integer.MAX_VALUE - 8, Math.max(need, 2L * buffer.length))];
    System.arraycopy(buffer, start, room, 0, end - start);
    end -= start;
    start = 0;
    buffer = room;
  }
}
