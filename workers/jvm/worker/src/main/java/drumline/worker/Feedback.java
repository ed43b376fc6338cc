// The message of a feedback, as strict as protobuf's reader of JSON: unknown members are refused,
// numbers are floats.
package drumline.worker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class Feedback {
  private static final String ANY = "";
  private static final String MESSAGE = "message";

  /** Kind of object to its members, and of what kind they are. */
  private static final Map<String, Map<String, String>> MEMBERS =
      Map.of(
          "feedback",
          Map.of("request", MESSAGE, "response", MESSAGE, "truth", MESSAGE, "reward", ANY),
          MESSAGE,
          Map.of(
              "status",
              "status",
              "meta",
              "meta",
              "data",
              "data",
              "binData",
              ANY,
              "strData",
              ANY,
              "jsonData",
              ANY,
              "customData",
              ANY),
          "status",
          Map.of("code", ANY, "info", ANY, "reason", ANY, "status", ANY),
          "meta",
          Map.of("puid", ANY, "tags", ANY, "routing", ANY, "requestPath", ANY, "metrics", ANY),
          "data",
          Map.of("names", ANY, "tensor", "tensor", "ndarray", ANY, "tftensor", ANY),
          "tensor",
          Map.of("shape", ANY, "values", ANY));

  private final Map<String, Object> request;
  private final Map<String, Object> routing;
  private final Object features;
  private final Object truth;
  private final double reward;

  /** Throws SeldonMicroserviceException. */
  Feedback(Object sent) {
    Object message = sent instanceof List<?> list && list.isEmpty() ? Map.of() : sent;
    check(message, "feedback", "Feedback");
    Map<String, Object> members = ComponentMessages.mapOf(message, "the feedback");
    request = in(members, "request");
    routing = in(in(in(members, "response"), "meta"), "routing");
    features = arrayOf(request);
    truth = arrayOf(in(members, "truth"));
    reward = rewardOf(members.get("reward"));
  }

  private static void check(Object value, String kind, String where) {
    if (!(value instanceof Map<?, ?> members))
      throw ComponentMessages.refusal("Invalid JSON: " + where + " must be an object");
    for (var item : members.entrySet()) {
      String name = (String) item.getKey();
      String other = MEMBERS.get(kind).get(name);
      if (other == null) {
        String words = "Invalid JSON: the message %s has no field named \"%s\"";
        throw ComponentMessages.refusal(words.formatted(where, name));
      }
      if (!other.equals(ANY) && item.getValue() != null)
        check(item.getValue(), other, where + "." + name);
    }
  }

  /** Empty where there is none. */
  private static Map<String, Object> in(Map<String, Object> members, String name) {
    Object member = members.get(name);
    return member == null ? Map.of() : ComponentMessages.mapOf(member, name);
  }

  private static Object arrayOf(Map<String, Object> message) {
    Map<String, Object> data = in(message, "data");
    NestedArray array =
        data.containsKey(ComponentMessages.TENSOR)
            ? ComponentMessages.tensorOf(in(data, ComponentMessages.TENSOR))
            : NestedArray.of(data.getOrDefault(ComponentMessages.NDARRAY, List.of()));
    return NestedArray.of(array.shape(), floatsOf(array.items())).toJava();
  }

  /** The reward as a float32. */
  private static double rewardOf(Object value) {
    if (value == null) return 0;
    try {
      Object number = value instanceof String text ? JsonReader.read(text) : value;
      if (number instanceof Number reward) return reward.floatValue();
    } catch (JsonReader.Malformed error) {
      // As any other text.
    }
    String words = "Invalid JSON: the reward must be a number, got ";
    throw ComponentMessages.refusal(words + JsonWriter.write(value));
  }

  // -- what the method gets

  Object features() {
    return features;
  }

  Object names() {
    return in(request, "data").getOrDefault("names", new ArrayList<>());
  }

  Object truth() {
    return truth;
  }

  double reward() {
    return reward;
  }

  /** The child that the router of this name has chosen, or null. */
  Object routingOf(String unit) {
    return unit == null ? null : routing.get(unit);
  }

  // -- what the answer takes

  /** Of the array in the request, null without data. */
  String form() {
    if (!request.containsKey("data")) return null;
    boolean isTensor = in(request, "data").containsKey(ComponentMessages.TENSOR);
    return isTensor ? ComponentMessages.TENSOR : ComponentMessages.NDARRAY;
  }

  Map<String, Object> meta() {
    Object puid = in(request, "meta").get("puid");
    return puid == null || puid.equals("") ? Map.of() : Map.of("puid", puid);
  }

  /** The answer as protobuf writes it: numbers are floats, and what is empty is left out. */
  static Map<String, Object> asProto(Map<String, Object> answer) {
    Map<String, Object> told = new LinkedHashMap<>();
    answer.forEach((name, value) -> told.put(name, floats(value)));
    // The first word of an enumeration is left out.
    if (in(told, "meta").get("metrics") instanceof List<?> metrics)
      for (Object metric : metrics)
        ComponentMessages.mapOf(metric, "a metric").remove("type", "COUNTER");
    Map<String, Object> data = in(told, "data");
    if (data.isEmpty()) return told;
    leaveOutEmpty(data, "names");
    if (data.containsKey(ComponentMessages.TENSOR)) {
      Map<String, Object> tensor = in(data, ComponentMessages.TENSOR);
      tensor.put("shape", in(in(answer, "data"), ComponentMessages.TENSOR).get("shape"));
      leaveOutEmpty(tensor, "shape");
      leaveOutEmpty(tensor, "values");
    }
    return told;
  }

  private static void leaveOutEmpty(Map<String, Object> members, String name) {
    if (members.get(name) instanceof List<?> list && list.isEmpty()) members.remove(name);
  }

  /** A copy with floats in place of whole numbers. */
  private static Object floats(Object value) {
    if (NestedArray.isSequence(value)) return floatsOf(NestedArray.itemsOf(value));
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> members = new LinkedHashMap<>();
      map.forEach((name, item) -> members.put(String.valueOf(name), floats(item)));
      return members;
    }
    return JsonWriter.isWhole(value) ? (Object) ((Number) value).doubleValue() : value;
  }

  private static List<Object> floatsOf(List<?> items) {
    List<Object> floats = new ArrayList<>(items.size());
    for (Object item : items) floats.add(floats(item));
    return floats;
  }
}
