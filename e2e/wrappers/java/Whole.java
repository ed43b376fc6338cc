// Takes and returns whole messages.

import java.util.List;
import java.util.Map;

public class Whole {
  public Map<String, Object> predictRaw(Map<String, Object> message) {
    if (message.containsKey("strData"))
      return Map.of("status", Map.of("code", 202), "strData", message.get("strData"));
    Map<String, Object> metric = Map.of("type", "COUNTER", "key", "raw", "value", 2);
    return Map.of(
        "data",
        Map.of("ndarray", List.of(List.of(1, "a"))),
        "meta",
        Map.of("metrics", List.of(metric)));
  }

  public Map<String, Object> transformInputRaw(Map<String, Object> message) {
    return Map.of("jsonData", message);
  }

  public Map<String, Object> routeRaw(Map<String, Object> message) {
    return Map.of("data", Map.of("ndarray", List.of(List.of(2))));
  }

  public Map<String, Object> aggregateRaw(List<Object> messages) {
    return Map.of("jsonData", Map.of("count", messages.size()));
  }

  public Map<String, Object> healthStatusRaw() {
    return Map.of("strData", "fine");
  }
}
