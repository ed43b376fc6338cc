// Tells what it was given from outside; e2e/parameters.test.ts compares the answers of the
// languages.

import drumline.Hooks;
import drumline.RuntimeParameters;
import drumline.UnstructuredParameters;
import drumline.UserSecrets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

public class Custom implements Hooks<String> {
  private static final Object AT_FIRST = RuntimeParameters.get("USUAL");

  public String loadModel(String codeDirectory) {
    return (String) RuntimeParameters.get("USUAL");
  }

  private static String described(Object value) {
    if (value == null) return "nothing";
    if (value instanceof Map<?, ?> map) {
      return new TreeMap<>(map)
          .entrySet().stream()
              .map(one -> one.getKey() + ": " + described(one.getValue()))
              .collect(Collectors.joining(", ", "map ", ""));
    }
    String kind =
        value instanceof String
            ? "text"
            : value instanceof Boolean ? "boolean" : value instanceof Long ? "integer" : "number";
    return kind + " " + value;
  }

  public Object scoreUnstructured(String model, Object data, UnstructuredParameters parameters) {
    boolean secrets = "secrets".equals(parameters.query("of"));
    String key = (String) data;
    String what = parameters.query("do");
    if (what.equals("first")) return AT_FIRST + ", " + model;
    if (what.equals("has"))
      return described(secrets ? UserSecrets.has(key) : RuntimeParameters.has(key));
    String told = described(secrets ? UserSecrets.get(key) : RuntimeParameters.get(key));
    if (what.equals("print")) {
      System.out.println("printed: " + told);
      return "done";
    }
    if (what.equals("raise")) throw new IllegalStateException("cannot log in with " + told);
    return told;
  }
}
