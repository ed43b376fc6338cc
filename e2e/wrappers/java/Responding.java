// Answers with tags and metrics of the call, which come after those of the class.

import drumline.SeldonNotImplementedError;
import drumline.SeldonResponse;
import java.util.List;
import java.util.Map;

public class Responding {
  public SeldonResponse predict(Object X, List<String> names, Map<String, Object> meta) {
    return new SeldonResponse(X, Map.of("from", "call", "call", 1), List.of(counter("asked", 2)));
  }

  public SeldonResponse route(Object X, List<String> names, Map<String, Object> meta) {
    return new SeldonResponse(1, Map.of("routed", true));
  }

  public SeldonResponse aggregate(List<Object> Xs, List<List<String>> names) {
    return new SeldonResponse(Xs.get(0), Map.of("joined", Xs.size()));
  }

  public SeldonResponse sendFeedback(Object X, List<String> names, double reward, Object truth) {
    long[][] answer = {{1}};
    return new SeldonResponse(answer, Map.of("fed", true), List.of(counter("fed", 1)));
  }

  public String healthStatus() {
    throw new SeldonNotImplementedError("health_status is not implemented");
  }

  public Map<String, Object> tags() {
    return Map.of("from", "class", "class", 1);
  }

  public List<Map<String, Object>> metrics() {
    return List.of(counter("asked", 1));
  }

  private static Map<String, Object> counter(String key, int value) {
    return Map.of("type", "COUNTER", "key", key, "value", value);
  }
}
