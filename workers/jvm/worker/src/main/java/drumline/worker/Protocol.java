// The loop that answers requests (protocol/SPEC.md sections 4 and 5): in their order, and where
// there are threads, those that wait side by side.
package drumline.worker;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

final class Protocol {
  static final int UNREADABLE_STREAM = 65; // exit status (section 9)
  private static final int OUT_OF_MEMORY = 3; // exit status

  /** Params in, result out. */
  interface Method {
    Object run(Map<String, Object> params) throws WorkerError;
  }

  /**
   * What a frame held: a request, or else the error that says what is wrong with it. The last one
   * may have neither.
   */
  private record Message(Request request, WorkerError fault, boolean last) {}

  private final Frames frames;
  private final Map<String, Method> methods;
  private final Set<Long> unanswered =
      ConcurrentHashMap.newKeySet(); // ids of requests that were read
  private final Set<Long> cancelled =
      ConcurrentHashMap.newKeySet(); // those of them that nobody waits for any more
  private final ThreadLocal<Long> running =
      ThreadLocal.withInitial(() -> 0L); // id of the request that a thread runs
  private volatile boolean ended; // the input, as read so far
  private BlockingQueue<Message>
      ahead; // what a thread of its own has read; null as long as there is none

  Protocol(Frames frames, Map<String, Method> methods) {
    this.frames = frames;
    this.methods = methods;
  }

  /**
   * Answers every request once until the end of input, in order but for the methods that are {@code
   * waiting}, of which as many as there are threads run at once. Returns the exit status.
   */
  int serve(Set<String> waiting, int threads) {
    try {
      ExecutorService pool = threads > 1 ? Executors.newFixedThreadPool(threads) : null;
      if (pool != null) readAhead();
      while (true) {
        Message message = ahead == null ? receive() : ahead.take();
        if (message.fault != null) respond(message.fault.requestId, message.fault, null);
        else if (message.request != null) {
          if (pool == null || !waiting.contains(message.request.method())) answer(message.request);
          else answerIn(pool, message.request);
        }
        if (!message.last) continue;
        if (pool != null) finish(pool);
        return message.fault == null ? 0 : UNREADABLE_STREAM;
      }
    } catch (IOException | InterruptedException | OutOfMemoryError error) {
      return statusAfter(error);
    }
  }

  private static int statusAfter(Throwable error) {
    if (!(error instanceof OutOfMemoryError))
      return 0; // Nobody is left to listen, which is an end of input too.
    System.err.println(Tracebacks.outOfMemory("INTERNAL", "the worker").getMessage());
    return OUT_OF_MEMORY;
  }

  /** Hooks that run are waited for, and a chat stops at its next piece. */
  private static void finish(ExecutorService pool) throws InterruptedException {
    pool.shutdown();
    pool.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
  }

  // -- reading

  private Message receive() throws IOException {
    while (true) {
      try {
        int size = frames.nextFrame();
        if (size < 0) return new Message(null, null, true);
        Request request = requestIn(size);
        if (request.id() != 0) {
          unanswered.add(request.id());
          return new Message(request, null, false);
        }
        boolean known =
            request.method().equals("cancel")
                && request.params().get("id") instanceof Number id
                && unanswered.contains(id.longValue());
        if (known) cancelled.add(ProtocolFields.number(request.params().get("id")));
      } catch (WorkerError error) {
        return new Message(null, error, error.code.startsWith("FRAME_"));
      }
    }
  }

  private Request requestIn(int size) throws WorkerError {
    try {
      return Request.read(frames.value(size));
    } catch (RuntimeException | Error error) {
      throw internal(error);
    }
  }

  /**
   * From now on a thread of its own reads, so that a {@code cancel} and the end of input are seen
   * while a request runs: Java cannot look whether a socket has come to its end without waiting for
   * it. The way from one thread to the other costs each request some microseconds, so this is left
   * until there is something to be cancelled.
   */
  private void readAhead() {
    BlockingQueue<Message> queue = new LinkedBlockingQueue<>();
    Thread reader =
        new Thread(
            () -> {
              Message message;
              do {
                message = receiveOrExit();
                ended = message.last;
                queue.add(message);
              } while (!message.last);
            },
            "requests");
    reader.setDaemon(true);
    reader.start();
    ahead = queue;
  }

  private Message receiveOrExit() {
    try {
      return receive();
    } catch (IOException error) {
      return new Message(null, null, true);
    } catch (OutOfMemoryError error) {
      System.exit(statusAfter(error));
      throw error;
    }
  }

  // -- answering

  private void answerIn(ExecutorService pool, Request request) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    pool.execute(
        () -> {
          Thread.currentThread().setContextClassLoader(loader);
          try {
            answer(request);
          } catch (IOException | OutOfMemoryError error) {
            System.exit(statusAfter(error));
          }
        });
  }

  private void answer(Request request) throws IOException {
    long id = request.id();
    running.set(id);
    try {
      Method method = methods.get(request.method());
      if (method == null) {
        String known = String.join(", ", methods.keySet().stream().sorted().toList());
        String name = ProtocolFields.described(request.method());
        throw new WorkerError(
            "METHOD_UNKNOWN", name + " is no method of this worker; it has " + known);
      }
      if (cancelled.contains(id)) throw unwanted();
      respond(id, null, method.run(request.params()));
    } catch (WorkerError error) {
      respond(id, error, null);
    } catch (RuntimeException | Error error) {
      respond(id, internal(error), null);
    }
  }

  private static WorkerError internal(Throwable error) {
    if (error instanceof OutOfMemoryError) return Tracebacks.outOfMemory("INTERNAL", "the worker");
    return new WorkerError(
        "INTERNAL",
        "a fault of the worker itself: " + error + "; please report it",
        Tracebacks.fullTrace(error));
  }

  private static WorkerError unwanted() {
    return new WorkerError("CANCELLED", "nobody waits for the result any more");
  }

  private void respond(long id, WorkerError error, Object result) throws IOException {
    MsgpackSubsetWriter body =
        Frames.encoded(Arrays.asList(1L, id, error == null ? null : error.toWire(), result));
    if (!frames.holds(body)) {
      // A result that is too large, or else words that are: shorter ones fit.
      String words =
          error == null
              ? "the result has " + frames.sizes(body) + "; return less"
              : error.getMessage();
      String shortened = words.length() > 200 ? words.substring(0, 200) : words;
      body =
          Frames.encoded(
              Arrays.asList(
                  1L,
                  id,
                  new WorkerError(error == null ? "FRAME_TOO_LARGE" : error.code, shortened)
                      .toWire(),
                  null));
    }
    unanswered.remove(id);
    cancelled.remove(id);
    frames.send(body);
  }

  /** What the request that runs is at: shown while a load takes its time. */
  void progress(String text) {
    try {
      Map<String, Object> params = new LinkedHashMap<>();
      params.put("id", running.get());
      params.put("done", 0L);
      params.put("total", null);
      params.put("text", text);
      frames.notify("progress", params);
    } catch (IOException error) {
      // The supervisor is gone; the loop finds that out by itself.
    }
  }

  /**
   * A piece of the result of the request that this thread runs. Throws CANCELLED when nobody waits
   * for it any more.
   */
  void chunk(Object data) throws WorkerError {
    if (ahead == null) readAhead();
    long id = running.get();
    if (ended || cancelled.contains(id)) throw unwanted();
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("id", id);
    params.put("data", data);
    try {
      notify("chunk", params);
    } catch (IOException error) {
      throw unwanted();
    }
  }

  /** Statistics of the user's, from any thread. */
  void report(String kind, Map<String, Object> data) throws WorkerError {
    try {
      notify("report", Map.of("kind", kind, "data", data));
    } catch (IOException error) {
      // As with progress.
    }
  }

  private void notify(String method, Map<String, Object> params) throws WorkerError, IOException {
    MsgpackSubsetWriter body = Frames.encoded(Arrays.asList(2L, method, params));
    if (!frames.holds(body))
      throw new WorkerError(
          "FRAME_TOO_LARGE", "a " + method + " has " + frames.sizes(body) + "; give smaller ones");
    frames.send(body);
  }
}
