// The methods chat and models: what their hooks may return, and how it is sent, as one completion
// or in chunks (protocol/SPEC.md section 6).
package drumline.worker;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.BaseStream;

final class Chat {
  private static final int MOST_DEPTH = 60; // a message around it nests too, and 64 is the most
  private static final String COMPLETION = "chat.completion";
  private static final String CHUNK = "chat.completion.chunk";
  private static final String REMEDY =
      "; return a completion (its field object is '"
          + COMPLETION
          + "') or an Iterable, Iterator or Stream of chunks ('"
          + CHUNK
          + "'), as Maps";

  /** Sends a chunk. Throws CANCELLED when nobody waits for it any more. */
  interface Sender {
    void send(Object chunk) throws WorkerError;
  }

  private final Model model;
  private final Sender sender;

  Chat(Model model, Sender sender) {
    this.model = model;
    this.sender = sender;
  }

  /** The method {@code chat}. */
  Object complete(Map<String, Object> params) throws WorkerError {
    Hook hook = model.definedHook("chat");
    Map<String, Object> request = ProtocolFields.takeMap(params, "request");
    Map<String, String> headers =
        UnstructuredScoring.headersOf(ProtocolFields.takeMap(params, "headers"));
    return answer(hook, hook.call(request, model.loaded().model(), headers));
  }

  /**
   * The result of {@code chat}, after {@code sender} has had every chunk. Throws
   * HOOK_RESULT_INVALID, HOOK_FAILED, CANCELLED.
   */
  private Map<String, Object> answer(Hook hook, Object returned) throws WorkerError {
    if (COMPLETION.equals(objectOf(returned))) return Map.of("completion", toWire(hook, returned));
    try {
      Iterator<?> chunks = hook.guard(() -> iteratorOf(returned));
      if (chunks == null) throw invalid("chat returned " + described(returned));
      try {
        stream(hook, chunks);
      } finally {
        if (chunks != returned) close(chunks);
      }
    } finally {
      close(returned);
    }
    return Collections.singletonMap("completion", null);
  }

  private static Iterator<?> iteratorOf(Object returned) {
    if (returned instanceof Iterable<?> items) return items.iterator();
    if (returned instanceof BaseStream<?, ?> items) return items.iterator();
    return returned instanceof Iterator<?> items ? items : null;
  }

  private void stream(Hook hook, Iterator<?> chunks) throws WorkerError {
    for (int count = 1; hook.guard(chunks::hasNext); count++) {
      Object chunk = hook.guard(chunks::next);
      if (!CHUNK.equals(objectOf(chunk)))
        throw invalid("item " + count + " of what chat returned is " + described(chunk));
      sender.send(toWire(hook, chunk));
    }
  }

  /** Tells a sequence that nothing more is wanted of it. What it does then is its own affair. */
  private static void close(Object chunks) {
    if (!(chunks instanceof AutoCloseable closeable)) return;
    try {
      closeable.close();
    } catch (Exception | LinkageError | StackOverflowError error) {
      // As above.
    }
  }

  /** The method {@code models}: those of the items that say they are models. */
  Object models(Map<String, Object> params) throws WorkerError {
    Hook hook = model.definedHook("get_supported_llm_models");
    Object returned = hook.call(model.loaded().model());
    Iterator<?> items = returned instanceof Map ? null : hook.guard(() -> iteratorOf(returned));
    if (items == null) {
      throw new WorkerError(
          "HOOK_RESULT_INVALID",
          hook.name()
              + " returned "
              + described(returned)
              + "; return a List of models, each a Map");
    }
    List<Object> models = new ArrayList<>();
    while (hook.guard(items::hasNext)) {
      Object item = hook.guard(items::next);
      if ("model".equals(objectOf(item))) models.add(toWire(hook, item));
    }
    return Map.of("models", models);
  }

  private static Object objectOf(Object value) {
    return value instanceof Map<?, ?> map ? map.get("object") : null;
  }

  /** Its collections are user code too. */
  private static Object toWire(Hook hook, Object value) throws WorkerError {
    return hook.guard(() -> plain(hook, value, 0));
  }

  /** The value with nothing in it but what JSON has. */
  private static Object plain(Hook hook, Object value, int depth) throws WorkerError {
    if (value == null || value instanceof Boolean) return value;
    if (value instanceof CharSequence text) return text.toString();
    if (value instanceof Double || value instanceof Float || value instanceof BigDecimal)
      return ((Number) value).doubleValue();
    if (value instanceof Number number && isInt(number)) return number.longValue();
    if (value instanceof Map<?, ?> map
        && depth < MOST_DEPTH
        && map.keySet().stream().allMatch(String.class::isInstance)) {
      Map<String, Object> items = new LinkedHashMap<>();
      for (var item : map.entrySet())
        items.put((String) item.getKey(), plain(hook, item.getValue(), depth + 1));
      return items;
    }
    List<?> items = depth < MOST_DEPTH ? itemsOf(value) : null;
    if (items == null) {
      String message =
          "%s returned something that JSON does not have, or nested more than %d deep: %s; "
              + "return texts, numbers, booleans, null, Lists and Maps with texts as keys";
      throw new WorkerError(
          "HOOK_RESULT_INVALID", message.formatted(hook.name(), MOST_DEPTH, Hook.kindOf(value)));
    }
    List<Object> array = new ArrayList<>(items.size());
    for (Object item : items) array.add(plain(hook, item, depth + 1));
    return array;
  }

  /** Of those that the wire has. */
  static boolean isInt(Number number) {
    if (number instanceof BigInteger large)
      return large.bitLength() < 64 && isInt(large.longValue());
    boolean whole =
        number instanceof Long
            || number instanceof Integer
            || number instanceof Short
            || number instanceof Byte;
    return whole
        && number.longValue() >= -MsgpackSubsetReader.MOST_INT
        && number.longValue() <= MsgpackSubsetReader.MOST_INT;
  }

  /** Of a collection or an array, but for one of bytes; null for all else. */
  static List<?> itemsOf(Object value) {
    if (value instanceof Collection<?> items) return new ArrayList<>(items);
    if (!value.getClass().isArray() || value instanceof byte[] || value instanceof char[])
      return null;
    List<Object> items = new ArrayList<>();
    for (int at = 0; at < Array.getLength(value); at++) items.add(Array.get(value, at));
    return items;
  }

  private static String described(Object value) {
    return Hook.kindOf(value)
        + (objectOf(value) instanceof String kind
            ? " with object " + ProtocolFields.described(kind)
            : "");
  }

  private static WorkerError invalid(String what) {
    return new WorkerError("HOOK_RESULT_INVALID", what + REMEDY);
  }
}
