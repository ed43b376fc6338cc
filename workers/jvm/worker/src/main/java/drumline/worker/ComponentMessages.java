// Messages of wrapper classes: JSON to what a method gets, and what it returned to JSON, as
// Seldon's
// wrapper has it.
package drumline.worker;

import drumline.SeldonMicroserviceException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

final class ComponentMessages {
  static final String INTERNAL = "MICROSERVICE_INTERNAL_ERROR";
  static final String TENSOR = "tensor";
  static final String NDARRAY = "ndarray";

  private ComponentMessages() {}

  /**
   * What a message carries: {@code value} and {@code names} for a method; {@code form} is that of
   * an array, else null.
   */
  record Payload(Object value, Object names, String form, Map<String, Object> message) {
    boolean hasMeta() {
      return message.containsKey("meta");
    }

    /** As the method gets it, null without one. */
    Object meta() {
      return message.get("meta");
    }

    /** As the answer needs it, empty without one. */
    Map<String, Object> metaMap() {
      return hasMeta() ? mapOf(meta(), "meta") : Map.of();
    }
  }

  /** Names that a class has for columns, or null. */
  interface ClassNames {
    List<?> get() throws Throwable;
  }

  static SeldonMicroserviceException refusal(String words) {
    return new SeldonMicroserviceException(words);
  }

  static SeldonMicroserviceException internal(String words) {
    return new SeldonMicroserviceException(words, 500, INTERNAL);
  }

  /** The message in a text, which may be null. */
  static Object read(String text) {
    Object message = null;
    try {
      if (text != null) message = JsonReader.read(text);
    } catch (JsonReader.Malformed error) {
      // As Seldon's wrapper, it tells no more.
    }
    if (message == null) throw refusal("Can't find JSON in data");
    return message;
  }

  static Payload payloadOf(Object message) {
    if (!(message instanceof Map)) throw invalid(message);
    Map<String, Object> members = mapOf(message, "the message");
    if (members.containsKey("data")) {
      Map<String, Object> data = mapOf(members.get("data"), "data");
      Object names = data.getOrDefault("names", new ArrayList<>());
      return new Payload(arrayOf(data).toJava(), names, formOf(data), members);
    }
    return new Payload(valueOf(members), new ArrayList<>(), null, members);
  }

  private static Object valueOf(Map<String, Object> message) {
    if (message.containsKey("jsonData")) return message.get("jsonData");
    if (message.containsKey("strData")) return message.get("strData");
    if (!message.containsKey("binData")) throw invalid(message);
    if (message.get("binData") instanceof String text) return bytesOf(text);
    throw internal("binData must be a text in base64");
  }

  /** Drops what is not of the alphabet of base64, as Python does, but not a missing end. */
  private static byte[] bytesOf(String text) {
    String sixes = text.replaceAll("[^A-Za-z0-9+/]", "");
    int missing = -sixes.length() & 3;
    long given = text.chars().filter(one -> one == '=').count();
    if (missing == 3 || given < missing) throw internal("Incorrect padding of base64 in binData");
    return Base64.getDecoder().decode(sixes);
  }

  private static SeldonMicroserviceException invalid(Object message) {
    return refusal("Invalid request data type: " + JsonWriter.write(message));
  }

  private static String formOf(Map<String, Object> data) {
    return data.containsKey(TENSOR) ? TENSOR : NDARRAY;
  }

  private static NestedArray arrayOf(Map<String, Object> data) {
    if (data.containsKey(TENSOR)) return tensorOf(mapOf(data.get(TENSOR), TENSOR));
    if (!data.containsKey(NDARRAY) && data.containsKey("tftensor"))
      throw internal("tftensor is not read in Java; send a tensor or an ndarray");
    return NestedArray.of(data.getOrDefault(NDARRAY, List.of()));
  }

  /** The array of a member {@code tensor}. */
  static NestedArray tensorOf(Map<String, Object> tensor) {
    List<Integer> shape = new ArrayList<>();
    for (Object length : listOf(tensor.getOrDefault("shape", List.of()), "the shape")) {
      boolean isInt = length instanceof Number number && number.intValue() == number.doubleValue();
      if (!isInt) throw internal("the shape must hold whole numbers, got " + length);
      shape.add(((Number) length).intValue());
    }
    return NestedArray.of(shape, listOf(tensor.getOrDefault("values", List.of()), "the values"));
  }

  /**
   * The member of a message for what a method returned. {@code form} is that of the array in the
   * request, null if it had none.
   */
  static Map<String, Object> packed(Object value, String form, ClassNames classNames)
      throws Throwable {
    if (value instanceof Map) return Map.of("jsonData", value);
    if (value instanceof byte[] bytes)
      return Map.of("binData", Base64.getEncoder().encodeToString(bytes));
    if (value instanceof CharSequence text) return Map.of("strData", text);
    if (!NestedArray.isSequence(value))
      throw refusal(
          "Unknown data type returned as payload (must be a List or an array): "
              + Hook.kindOf(value));
    NestedArray array = NestedArray.of(value);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("names", namesOf(array, classNames));
    if (array.kind().isNumeric() && !NDARRAY.equals(form))
      data.put(TENSOR, Map.of("shape", array.shape(), "values", array.unified()));
    else data.put(NDARRAY, value);
    return Map.of("data", data);
  }

  private static List<?> namesOf(NestedArray array, ClassNames classNames) throws Throwable {
    if (array.shape().size() < 2) return List.of();
    List<?> names = classNames.get();
    if (names != null) return names;
    return IntStream.range(0, array.shape().get(1)).mapToObj(column -> "t:" + column).toList();
  }

  /** The map that a part of a message or of an answer must be; {@code what} names it. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> mapOf(Object value, String what) {
    if (value instanceof Map) return (Map<String, Object>) value;
    throw internal(what + " must be an object, got " + Hook.kindOf(value));
  }

  /** Like mapOf(), for a List or an array. */
  @SuppressWarnings("unchecked")
  static List<Object> listOf(Object value, String what) {
    if (NestedArray.isSequence(value)) return (List<Object>) NestedArray.itemsOf(value);
    throw internal(what + " must be a list, got " + Hook.kindOf(value));
  }

  /** The body of an error. */
  static Map<String, Object> errorOf(String words, String reason) {
    Map<String, Object> status = new LinkedHashMap<>(Map.of("status", 1, "code", -1));
    status.put("info", words);
    status.put("reason", reason);
    return Map.of("status", status);
  }
}
