// The values that a model was given from outside, for its code to ask for.
package drumline;

import java.util.Map;

/** Values that {@code model-metadata.yaml} defines. */
public final class RuntimeParameters {
  private static volatile Map<String, Map<String, Object>> given = Map.of();

  private RuntimeParameters() {}

  /** Whether the parameter is set; its value may be null. */
  public static boolean has(String key) {
    return given.containsKey(key);
  }

  /**
   * The value of a parameter.
   *
   * @return a String, Boolean, Long or Double, a Map of String to Object (credentials), or null
   * @throws IllegalArgumentException when it is not set, or is not what its type says
   */
  public static Object get(String key) {
    Map<String, Object> parameter = given.get(key);
    if (parameter == null) {
      throw new IllegalArgumentException(
          "the runtime parameter \""
              + key
              + "\" is not set; define it in model-metadata.yaml, or ask has() first");
    }
    if (parameter.containsKey("error"))
      throw new IllegalArgumentException((String) parameter.get("error"));
    return parameter.get("value");
  }

  /**
   * For the worker, and for tests of hooks: name to a map with either {@code value} or {@code
   * error}, the text that get throws.
   */
  public static void give(Map<String, Map<String, Object>> parameters) {
    given = parameters;
  }
}
