// Messages, their fields, and hello, in the order of protocol/SPEC.md sections 4 and 5.
package drumline.worker;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class Protocol {
  static final int VERSION = 1;
  static final String WORKER_VERSION = "0.1.0";

  private static final long MOST_ID = (1L << 32) - 1;
  private static final Map<Class<?>, String> KINDS =
      Map.of(String.class, "str", byte[].class, "bin", Map.class, "map", List.class, "array", Boolean.class, "bool");

  private Protocol() {}

  /** {@code id} is 0 for a notification. */
  record Request(long id, String method, Map<String, Object> params) {}

  /** Throws MESSAGE_INVALID. */
  static Request readRequest(Object message) throws WorkerError {
    if (!(message instanceof List<?> items) || items.isEmpty()) {
      throw invalid("a message must be an array of 3 or 4 items, got " + described(message), 0);
    }
    Object kind = items.get(0);
    if (isInt(kind) && number(kind) == 2 && items.size() == 3) {
      Map<String, Object> params = checkCall(items.get(1), items.get(2), 0);
      return new Request(0, (String) items.get(1), params);
    }
    if (!isInt(kind) || number(kind) != 0 || items.size() != 4) {
      String form = "a request [0, id, method, params] or a notification [2, method, params]";
      throw invalid("expected " + form + ", got " + items.size() + " items, the first " + described(kind), 0);
    }
    Object id = items.get(1);
    if (!isInt(id) || number(id) < 1 || number(id) > MOST_ID) {
      throw invalid("the id must be an int from 1 to 2^32 - 1, got " + described(id), 0);
    }
    Map<String, Object> params = checkCall(items.get(2), items.get(3), number(id));
    return new Request(number(id), (String) items.get(2), params);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> checkCall(Object method, Object params, long id) throws WorkerError {
    if (method instanceof String && params instanceof Map<?, ?>) return (Map<String, Object>) params;
    throw invalid("the method must be a str and params a map, got " + described(method) + " and " + described(params), id);
  }

  private static WorkerError invalid(String message, long id) {
    return new WorkerError("MESSAGE_INVALID", message, null, null, id);
  }

  /** A float with an integral value is one: JavaScript cannot tell them apart (section 3). */
  static boolean isInt(Object value) {
    return value instanceof Long || (value instanceof Double number && Math.rint(number) == number && !Double.isInfinite(number));
  }

  static long number(Object value) {
    return ((Number) value).longValue();
  }

  static String described(Object value) {
    if (value == null) return "nil";
    if (value instanceof String text) return "'" + (text.length() > 80 ? text.substring(0, 80) : text) + "'";
    if (value instanceof Number || value instanceof Boolean) return value.toString();
    if (value instanceof byte[] bin) return "a bin of " + bin.length + " bytes";
    return value instanceof Map ? "a map" : "an array";
  }

  /** The field {@code name}, which must be a {@code kind}. Throws PARAMS_INVALID. */
  static <T> T take(Map<String, Object> params, String name, Class<T> kind) throws WorkerError {
    T value = takeOptional(params, name, kind);
    if (value == null) throw wrongField(name, KINDS.get(kind), null);
    return value;
  }

  /** Like take(); null when the field is absent or nil. */
  static <T> T takeOptional(Map<String, Object> params, String name, Class<T> kind) throws WorkerError {
    Object value = params.get(name);
    if (value == null || kind.isInstance(value)) return kind.cast(value);
    throw wrongField(name, KINDS.get(kind) + " or nil", value);
  }

  /** Like takeOptional(), for an array of str. */
  static List<String> takeTexts(Map<String, Object> params, String name) throws WorkerError {
    List<?> items = takeOptional(params, name, List.class);
    if (items == null) return null;
    for (Object item : items) {
      if (item instanceof String) continue;
      throw new WorkerError("PARAMS_INVALID", "the field " + name + " must hold nothing but str, got " + described(item));
    }
    return items.stream().map(item -> (String) item).toList();
  }

  /** Like take(), for a map. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> takeMap(Map<String, Object> params, String name) throws WorkerError {
    return take(params, name, Map.class);
  }

  /** Like takeOptional(), for a map. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> takeOptionalMap(Map<String, Object> params, String name) throws WorkerError {
    return takeOptional(params, name, Map.class);
  }

  private static WorkerError wrongField(String name, String expected, Object value) {
    return new WorkerError("PARAMS_INVALID", "the field " + name + " must be a " + expected + ", got " + described(value));
  }

  /** {@code threads}: how many requests may wait side by side. */
  static Map<String, Object> hello(Collection<String> methods, long threads) {
    Map<String, Object> capabilities = new LinkedHashMap<>();
    capabilities.put("methods", List.copyOf(methods));
    capabilities.put("payloads", List.of("bytes", "file", "table"));
    capabilities.put("concurrency", threads);
    Map<String, Object> hello = new LinkedHashMap<>();
    hello.put("protocol", (long) VERSION);
    hello.put("language", "java");
    hello.put("language_version", System.getProperty("java.version"));
    hello.put("worker_version", WORKER_VERSION);
    hello.put("executable", System.getProperty("java.home") + "/bin/java");
    hello.put("capabilities", capabilities);
    return hello;
  }
}
