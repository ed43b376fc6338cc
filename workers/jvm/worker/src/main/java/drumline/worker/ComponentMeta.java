// The meta of a wrapper class's answer: what the request brought, and what this node adds.
package drumline.worker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class ComponentMeta {
  private final Map<String, Object> asked; // the meta of the request
  private final Map<String, Object> tags;
  private final List<Object> metrics;
  private Map<String, Object> requestPath = Map.of(); // empty where the node has no name

  ComponentMeta(Map<String, Object> asked) {
    this.asked = asked;
    tags = new LinkedHashMap<>(mapIn(asked, "tags"));
    metrics = new ArrayList<>(metricsIn(asked));
  }

  private static Map<String, Object> mapIn(Map<String, Object> meta, String name) {
    return meta.get(name) == null ? Map.of() : ComponentMessages.mapOf(meta.get(name), name);
  }

  private static List<Object> metricsIn(Map<String, Object> meta) {
    return ComponentMessages.listOf(meta.getOrDefault("metrics", List.of()), "metrics");
  }

  /** Later ones win; null adds none. */
  void addTags(Object more) {
    if (more != null) tags.putAll(ComponentMessages.mapOf(more, "tags"));
  }

  void addMetrics(List<?> more) {
    metrics.addAll(more);
  }

  /** What the request says of its way wins. */
  void addNode(String unit, String image) {
    requestPath = new LinkedHashMap<>();
    requestPath.put(unit, image);
    requestPath.putAll(mapIn(asked, "requestPath"));
  }

  Map<String, Object> toMap() {
    Map<String, Object> meta = onlyPuid(asked);
    if (!tags.isEmpty()) meta.put("tags", tags);
    if (!metrics.isEmpty()) meta.put("metrics", metrics);
    if (!requestPath.isEmpty()) meta.put("requestPath", requestPath);
    return meta;
  }

  static Map<String, Object> onlyPuid(Map<String, Object> meta) {
    Map<String, Object> kept = new LinkedHashMap<>();
    if (meta.containsKey("puid")) kept.put("puid", meta.get("puid"));
    return kept;
  }

  /** Of several messages: later tags and paths win, metrics add up, the first one's puid counts. */
  static Map<String, Object> merged(List<Map<String, Object>> metas) {
    Map<String, Object> tags = new LinkedHashMap<>();
    Map<String, Object> requestPath = new LinkedHashMap<>();
    List<Object> metrics = new ArrayList<>();
    for (Map<String, Object> one : metas) {
      tags.putAll(mapIn(one, "tags"));
      requestPath.putAll(mapIn(one, "requestPath"));
      metrics.addAll(metricsIn(one));
    }
    Map<String, Object> meta = metas.isEmpty() ? new LinkedHashMap<>() : onlyPuid(metas.get(0));
    meta.putAll(Map.of("tags", tags, "requestPath", requestPath, "metrics", metrics));
    return meta;
  }
}
