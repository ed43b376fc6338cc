// The object mlops of an unstructured hook: what it reports goes to the supervisor, which delivers
// it.
package drumline.worker;

import drumline.MLOps;
import drumline.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

final class Mlops implements MLOps {
  /** Sends a report of the kinds in protocol/SPEC.md section 5. */
  interface Sender {
    void send(String kind, Map<String, Object> data) throws WorkerError;
  }

  private final Sender sender;

  Mlops(Sender sender) {
    this.sender = sender;
  }

  @Override
  public void reportDeploymentStats(long numPredictions, Double executionTime) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("num_predictions", numPredictions);
    data.put("execution_time", executionTime);
    send("deployment_stats", data);
  }

  @Override
  public void reportPredictionsData(
      Table features, List<?> predictions, List<String> associationIds, List<String> classNames) {
    if (features == null && predictions == null)
      throw new IllegalArgumentException("reportPredictionsData needs features or predictions");
    TreeSet<Integer> rows = new TreeSet<>();
    if (features != null) rows.add(features.rows());
    if (predictions != null) rows.add(predictions.size());
    if (associationIds != null) rows.add(associationIds.size());
    if (rows.size() > 1) {
      throw new IllegalArgumentException(
          "features, predictions and associationIds have " + rows + " rows; give as many of each");
    }
    List<String> ids = textsOf(associationIds);
    checkUnique(ids);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("features", features == null ? null : tableOf(features));
    data.put("predictions", predictions == null ? null : allPlain(predictions));
    data.put("association_ids", ids);
    data.put("class_names", textsOf(classNames));
    send("predictions_data", data);
  }

  /** {@code ids} may be null. */
  private static void checkUnique(List<String> ids) {
    if (ids == null) return;
    Set<String> seen = new HashSet<>();
    for (String id : ids) {
      if (seen.add(id)) continue;
      throw new IllegalArgumentException(
          "associationIds must be unique, got \""
              + id
              + "\" twice; give each row an id of its own");
    }
  }

  /** What the worker finds wrong is an error of the hook's own, too. */
  private void send(String kind, Map<String, Object> data) {
    try {
      sender.send(kind, data);
    } catch (WorkerError error) {
      throw new IllegalArgumentException(error.getMessage());
    }
  }

  private static Map<String, Object> tableOf(Table features) {
    try {
      return ToWire.toWire(features);
    } catch (WorkerError error) {
      throw new IllegalArgumentException(error.getMessage());
    }
  }

  /** Numbers, texts, and lists of them. */
  private static List<Object> allPlain(List<?> values) {
    List<Object> all = new ArrayList<>(values.size());
    for (Object value : values) all.add(plain(value));
    return all;
  }

  private static Object plain(Object value) {
    if (value == null || value instanceof Boolean) return value;
    if (value instanceof CharSequence text) return text.toString();
    if (value instanceof Number number)
      return Chat.isInt(number) ? (Object) number.longValue() : (Object) number.doubleValue();
    List<?> items = Chat.itemsOf(value);
    if (items != null) return allPlain(items);
    throw new IllegalArgumentException(
        "a prediction must be a number, a text or a list of numbers, got " + Hook.kindOf(value));
  }

  private static List<String> textsOf(List<?> values) {
    return values == null ? null : values.stream().map(String::valueOf).toList();
  }
}
