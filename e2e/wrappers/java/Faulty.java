// Fails in the way that the text of the message names.

import drumline.SeldonMicroserviceException;
import java.util.List;
import java.util.Map;

public class Faulty {
  private boolean hasBad;
  private Object told;

  public Object predict(Object X, List<String> names, Map<String, Object> meta) {
    told = X;
    if (X.equals("own")) throw new SeldonMicroserviceException("mine", 418, "TEAPOT");
    if (X.equals("plain")) throw new SeldonMicroserviceException("plain");
    if (X.equals("other")) throw new IllegalArgumentException("no luck");
    if (X.equals("nothing")) return null;
    if (X.equals("number")) return 3;
    if (X.equals("unwritable")) return Map.of("x", new Object());
    if (X.equals("ragged")) return new long[][] {{1}, {1, 2}};
    return X;
  }

  public Object route(Object X, List<String> names) {
    if (X.equals("decimal")) return 1.5;
    return X.equals("text") ? "1" : 0;
  }

  public Object metrics() {
    if ("number of metrics".equals(told)) return 3;
    if ("metric without a list".equals(told))
      return Map.of("type", "COUNTER", "key", "k", "value", 1);
    return hasBad ? List.of(Map.of("type", "NOPE", "key", "k", "value", 1)) : List.of();
  }

  public Object aggregate(List<Object> Xs, List<List<String>> names) {
    hasBad = true;
    return Xs.get(0);
  }
}
