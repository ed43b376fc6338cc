// What wrapper classes measure: checks it, and puts it into answers and onto the wire.
package drumline.worker;

import drumline.SeldonMicroserviceException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

final class ComponentMetrics {
  private static final Set<String> TYPES = Set.of("COUNTER", "GAUGE", "TIMER");

  private ComponentMetrics() {}

  /**
   * Copies of the metrics, with {@code label} as the tag {@code method} of those that have tags.
   * Throws SeldonMicroserviceException for what is no list of metrics.
   */
  static List<Map<String, Object>> labelled(Object metrics, String label) {
    boolean valid =
        NestedArray.isSequence(metrics)
            && NestedArray.itemsOf(metrics).stream().allMatch(ComponentMetrics::isMetric);
    if (!valid) {
      String words = "Bad metric created during request: " + JsonWriter.write(metrics);
      throw new SeldonMicroserviceException(words, 500, "MICROSERVICE_BAD_METRIC");
    }
    return NestedArray.itemsOf(metrics).stream().map(one -> labelledOne(one, label)).toList();
  }

  private static boolean isMetric(Object value) {
    return value instanceof Map<?, ?> metric
        && metric.containsKey("key")
        && metric.get("type") instanceof String type
        && TYPES.contains(type)
        && metric.get("value") instanceof Number
        && (metric.get("tags") == null || metric.get("tags") instanceof Map);
  }

  private static Map<String, Object> labelledOne(Object value, String label) {
    Map<String, Object> metric = new LinkedHashMap<>(ComponentMessages.mapOf(value, "a metric"));
    if (metric.get("tags") == null) return metric;
    Map<String, Object> tags =
        new LinkedHashMap<>(ComponentMessages.mapOf(metric.get("tags"), "tags"));
    tags.put("method", label);
    metric.put("tags", tags);
    return metric;
  }

  /** Of a whole answer nothing was checked. */
  static Map<String, Object> toWire(Object value) {
    Map<String, Object> metric = ComponentMessages.mapOf(value, "a metric");
    Map<String, Object> tags = new LinkedHashMap<>();
    if (metric.get("tags") instanceof Map<?, ?> named)
      named.forEach((name, one) -> tags.put(String.valueOf(name), String.valueOf(one)));
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("type", String.valueOf(metric.getOrDefault("type", "COUNTER")));
    wire.put("key", String.valueOf(metric.get("key")));
    wire.put("value", metric.get("value") instanceof Number number ? number.doubleValue() : 0.0);
    wire.put("tags", tags);
    return wire;
  }
}
