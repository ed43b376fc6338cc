// RuntimeParameters and UserSecrets, as hooks find them in a worker.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParametersTest {
  @TempDir Path folder;

  private static final Map<String, Object> PARAMETERS =
      Map.of(
          "TEXT",
          value("text"),
          "NOTHING",
          value(null),
          "COUNT",
          value(5L),
          "SHARE",
          value(0.25),
          "FLAG",
          value(true),
          "KEY",
          value(Map.of("credentialType", "basic")),
          "BROKEN",
          Map.of("error", "what is wrong"));
  private static final Map<String, Object> SECRETS =
      Map.of("db", Map.of("credential_type", "basic"));
  private static final Map<String, Object> ASKED =
      Map.of(
          "data",
          "",
          "mimetype",
          "text/plain",
          "charset",
          "utf8",
          "query",
          Map.of(),
          "headers",
          Map.of());

  private static Map<String, Object> value(Object value) {
    return Collections.singletonMap("value", value);
  }

  /** What this expression is in a hook; {@code given} are params of load: name, value, … */
  private WorkerProcess.Answer shown(String expression, Object... given) throws Exception {
    CodeDirectory.withHooks(
        folder,
        "static Object score_unstructured(Object model, Object data) { return"
            + " String.valueOf((Object) "
            + expression
            + "); }");
    try (WorkerProcess worker = new WorkerProcess()) {
      WorkerProcess.Answer loaded = worker.load(folder, "unstructured", given);
      return loaded.error() != null ? loaded : worker.call("score_unstructured", ASKED);
    }
  }

  private Object told(String expression) throws Exception {
    return shown(expression, "runtime_parameters", PARAMETERS, "user_secrets", SECRETS)
        .success()
        .get("data");
  }

  private String failure(String expression) throws Exception {
    return (String)
        shown(expression, "runtime_parameters", PARAMETERS, "user_secrets", SECRETS)
            .error()
            .get("message");
  }

  @Test
  void valuesComeAsTheyWereGiven() throws Exception {
    assertEquals(
        "[text, null, 5, 0.25, true]",
        told(
            "Arrays.asList(RuntimeParameters.get(\"TEXT\"), RuntimeParameters.get(\"NOTHING\"),"
                + " (Long) RuntimeParameters.get(\"COUNT\"), (Double)"
                + " RuntimeParameters.get(\"SHARE\"), (Boolean) RuntimeParameters.get(\"FLAG\"))"));
    assertEquals(
        "basic", told("((Map<?, ?>) RuntimeParameters.get(\"KEY\")).get(\"credentialType\")"));
    assertEquals("{credential_type=basic}", told("UserSecrets.get(\"db\")"));
    assertEquals(
        "[true, true, false, true, false]",
        told(
            "List.of(RuntimeParameters.has(\"NOTHING\"), RuntimeParameters.has(\"BROKEN\"),"
                + " RuntimeParameters.has(\"NONE\"), UserSecrets.has(\"db\"),"
                + " UserSecrets.has(\"none\"))"));
  }

  @Test
  void whatIsWrongIsToldWhenItIsAskedFor() throws Exception {
    assertTrue(failure("RuntimeParameters.get(\"BROKEN\")").contains("what is wrong"));
    assertTrue(
        failure("RuntimeParameters.get(\"NONE\")")
            .contains("the runtime parameter \"NONE\" is not set; define it"));
    assertTrue(
        failure("UserSecrets.get(\"none\")")
            .contains("the user secret \"none\" is not set; mount it"));
  }

  @Test
  void aWorkerThatIsGivenNoneHasNoneAndRefusesWhatIsNoMap() throws Exception {
    assertEquals("false", shown("RuntimeParameters.has(\"TEXT\")").success().get("data"));
    assertEquals("PARAMS_INVALID", shown("1", "user_secrets", "x").error().get("code"));
    assertEquals(
        "PARAMS_INVALID",
        shown("1", "runtime_parameters", Map.of("TEXT", "text")).error().get("code"));
  }
}
