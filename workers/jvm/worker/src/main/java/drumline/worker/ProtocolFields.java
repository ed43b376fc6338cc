// Reads fields of params, and names values for errors (protocol/SPEC.md sections 3 and 5).
package drumline.worker;

import java.util.List;
import java.util.Map;

final class ProtocolFields {
  private static final Map<Class<?>, String> KINDS =
      Map.of(
          String.class,
          "str",
          byte[].class,
          "bin",
          Map.class,
          "map",
          List.class,
          "array",
          Boolean.class,
          "bool");

  private ProtocolFields() {}

  /** A float with an integral value is one: JavaScript cannot tell them apart (section 3). */
  static boolean isInt(Object value) {
    return value instanceof Long
        || (value instanceof Double number
            && Math.rint(number) == number
            && !Double.isInfinite(number));
  }

  static long number(Object value) {
    return ((Number) value).longValue();
  }

  static String described(Object value) {
    if (value == null) return "nil";
    if (value instanceof String text)
      return "'" + (text.length() > 80 ? text.substring(0, 80) : text) + "'";
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
  static <T> T takeOptional(Map<String, Object> params, String name, Class<T> kind)
      throws WorkerError {
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
      throw new WorkerError(
          "PARAMS_INVALID",
          "the field " + name + " must hold nothing but str, got " + described(item));
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
  static Map<String, Object> takeOptionalMap(Map<String, Object> params, String name)
      throws WorkerError {
    return takeOptional(params, name, Map.class);
  }

  private static WorkerError wrongField(String name, String expected, Object value) {
    return new WorkerError(
        "PARAMS_INVALID",
        "the field " + name + " must be a " + expected + ", got " + described(value));
  }
}
