// The secrets that a model was given from outside, for its code to ask for.
package drumline;

import java.util.Map;

/** Secrets from {@code --user-secrets-mount-path} and {@code --user-secrets-prefix}. */
public final class UserSecrets {
  private static volatile Map<String, Map<String, Object>> given = Map.of();

  private UserSecrets() {}

  /** Whether there is a secret of this name. */
  public static boolean has(String key) {
    return given.containsKey(key);
  }

  /**
   * A secret: its fields, {@code credential_type} among them.
   *
   * @throws IllegalArgumentException when it is not set
   */
  public static Map<String, Object> get(String key) {
    Map<String, Object> secret = given.get(key);
    if (secret != null) return secret;
    throw new IllegalArgumentException(
        "the user secret \"" + key + "\" is not set; mount it, or ask has() first");
  }

  /** For the worker, and for tests of hooks: name to secret. */
  public static void give(Map<String, Map<String, Object>> secrets) {
    given = secrets;
  }
}
