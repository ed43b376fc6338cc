// What a method of a wrapper class may return in place of the bare data.
package drumline;

import java.util.List;
import java.util.Map;

/**
 * Data with tags and metrics of this call, which come after those of the class.
 *
 * @param data what the method would return without them
 * @param tags name to a value that JSON has
 * @param metrics each a map of {@code type} (COUNTER, GAUGE or TIMER), {@code key} and {@code
 *     value}, and perhaps {@code tags}
 */
public record SeldonResponse(
    Object data, Map<String, ?> tags, List<? extends Map<String, ?>> metrics) {
  /** Null for tags or metrics means none. */
  public SeldonResponse {
    tags = tags == null ? Map.of() : tags;
    metrics = metrics == null ? List.of() : metrics;
  }

  /** Without metrics. */
  public SeldonResponse(Object data, Map<String, ?> tags) {
    this(data, tags, null);
  }

  /** Without either. */
  public SeldonResponse(Object data) {
    this(data, null, null);
  }
}
