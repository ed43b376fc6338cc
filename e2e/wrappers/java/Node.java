// Has every method; `scale` is a parameter.

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public class Node {
  private final long scale;
  private final Object label;
  private boolean isLoaded;

  public Node(Map<String, Object> parameters) {
    scale = ((Number) parameters.getOrDefault("scale", 1)).longValue();
    label = parameters.getOrDefault("label", "none");
  }

  public void load() {
    isLoaded = true;
  }

  public long[][] predict(long[][] X) {
    return Arrays.stream(X).map(this::predict).toArray(long[][]::new);
  }

  public long[] predict(long[] X) {
    return Arrays.stream(X).map(cell -> cell * scale).toArray();
  }

  public double[][] predict(double[][] X) {
    for (double[] row : X) Arrays.setAll(row, column -> row[column] * scale);
    return X;
  }

  public Map<String, Object> predict(
      Map<String, Object> X, List<String> names, Map<String, Object> meta) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("got", X);
    answer.put("names", names);
    answer.put("meta", meta);
    answer.put("loaded", isLoaded);
    answer.put("label", label);
    return answer;
  }

  public String predict(String X) {
    return X;
  }

  public String[] classNames() {
    return new String[] {"low", "high"};
  }

  public long[][] transformInput(long[][] X, List<String> names, Map<String, Object> meta) {
    for (long[] row : X) Arrays.setAll(row, column -> row[column] + 1);
    return X;
  }

  public List<List<Object>> transformOutput(Object X, List<String> names) {
    return List.of(List.of("a", 1));
  }

  public int route(double[][] X, List<String> names, Map<String, Object> meta) {
    return (int) X[0][0];
  }

  public int route(String X) {
    return -1;
  }

  public double[][] aggregate(
      List<double[][]> Xs, List<List<String>> names, List<Map<String, Object>> metas) {
    double[][] mean = Xs.get(0);
    if (mean[0].length != Xs.get(1)[0].length)
      throw new IllegalArgumentException("the messages differ in shape");
    for (int row = 0; row < mean.length; row++)
      for (int column = 0; column < mean[row].length; column++)
        mean[row][column] = (mean[row][column] + Xs.get(1)[row][column]) / 2;
    return mean;
  }

  public List<Number> sendFeedback(
      Object X, List<String> names, double reward, Object truth, Integer routing) {
    return List.of(reward, routing == null ? -5 : routing);
  }

  public Map<String, Object> healthStatus() {
    return Map.of("state", "well");
  }

  public Map<String, Object> initMetadata() {
    return Map.of("name", "node", "versions", List.of("1"), "custom", Map.of("author", "a"));
  }

  public Map<String, Object> tags() {
    return Map.of("from", "node", "count", 1);
  }

  public List<Map<String, Object>> metrics() {
    return List.of(
        Map.of("type", "COUNTER", "key", "asked", "value", 1),
        Map.of("type", "GAUGE", "key", "level", "value", 2.5, "tags", Map.of("part", "a")),
        Map.of("type", "TIMER", "key", "took", "value", 20));
  }
}
