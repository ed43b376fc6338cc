// RuntimeParameters and UserSecrets for user code: takes them from the params of load.
package drumline.worker;

import drumline.RuntimeParameters;
import drumline.UserSecrets;
import java.util.LinkedHashMap;
import java.util.Map;

final class Parameters {
  private Parameters() {}

  /**
   * From now on user code gets the values in these params of load. Throws PARAMS_INVALID, and then
   * nothing has changed.
   */
  static void give(Map<String, Object> params) throws WorkerError {
    Map<String, Map<String, Object>> runtimeParameters = mapsOf(params, "runtime_parameters");
    Map<String, Map<String, Object>> userSecrets = mapsOf(params, "user_secrets");
    RuntimeParameters.give(runtimeParameters);
    UserSecrets.give(userSecrets);
  }

  private static Map<String, Map<String, Object>> mapsOf(Map<String, Object> params, String name)
      throws WorkerError {
    Map<String, Object> all = ProtocolFields.takeOptionalMap(params, name);
    if (all == null) return Map.of();
    Map<String, Map<String, Object>> maps = new LinkedHashMap<>();
    for (String key : all.keySet()) maps.put(key, ProtocolFields.takeMap(all, key));
    return maps;
  }
}
