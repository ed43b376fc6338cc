// The method score_unstructured: the protocol's values to those of the hook, and its answer back
// (protocol/SPEC.md section 6).
package drumline.worker;

import drumline.MLOps;
import drumline.Unstructured;
import drumline.UnstructuredParameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

final class UnstructuredScoring {
  private final Model model;
  private final MLOps mlops;

  /** {@code mlops} goes to hooks of models whose load asks for reports. */
  UnstructuredScoring(Model model, MLOps mlops) {
    this.model = model;
    this.mlops = mlops;
  }

  /** The method {@code score_unstructured}. */
  Object score(Map<String, Object> params) throws WorkerError {
    Hook hook = model.definedHook("score_unstructured");
    LoadedModel loaded = model.loaded();
    return toWire(
        hook,
        hook.call(
            loaded.model(), dataOf(params), parametersOf(params, loaded.reports() ? mlops : null)));
  }

  /** A String or a byte[]. Throws PARAMS_INVALID. */
  private static Object dataOf(Map<String, Object> params) throws WorkerError {
    Object data = params.get("data");
    if (data instanceof String || data instanceof byte[]) return data;
    throw new WorkerError(
        "PARAMS_INVALID",
        "the field data must be a str or a bin, got " + ProtocolFields.described(data));
  }

  /** {@code mlops} may be null. Throws PARAMS_INVALID. */
  private static UnstructuredParameters parametersOf(Map<String, Object> params, MLOps mlops)
      throws WorkerError {
    return new UnstructuredParameters(
        ProtocolFields.take(params, "mimetype", String.class),
        ProtocolFields.take(params, "charset", String.class),
        queryOf(ProtocolFields.takeMap(params, "query")),
        headersOf(ProtocolFields.takeMap(params, "headers")),
        mlops);
  }

  private static Map<String, List<String>> queryOf(Map<String, Object> fields) throws WorkerError {
    Map<String, List<String>> query = new LinkedHashMap<>();
    for (String name : fields.keySet()) {
      ProtocolFields.take(fields, name, List.class); // which nil is not
      query.put(name, ProtocolFields.takeTexts(fields, name));
    }
    return query;
  }

  /** Names in any case of letters. Throws PARAMS_INVALID. */
  static Map<String, String> headersOf(Map<String, Object> fields) throws WorkerError {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String name : fields.keySet())
      headers.put(name, ProtocolFields.take(fields, name, String.class));
    return headers;
  }

  /** Of what the hook returned. Throws HOOK_RESULT_INVALID. */
  private static Map<String, Object> toWire(Hook hook, Object returned) throws WorkerError {
    Unstructured result =
        returned instanceof Unstructured pair ? pair : new Unstructured(returned, null, null);
    Object data = result.data();
    if (data != null && !(data instanceof String) && !(data instanceof byte[])) {
      String what =
          (returned == data ? "" : "a drumline.Unstructured whose data is ") + Hook.kindOf(data);
      String message =
          "%s returned %s, expected a String, a byte[], null or a"
              + " drumline.Unstructured of one of them; return text or bytes, or a pair of it and"
              + " mimetype and charset";
      throw new WorkerError("HOOK_RESULT_INVALID", message.formatted(hook.name(), what));
    }
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("data", data);
    wire.put("mimetype", result.mimetype());
    wire.put("charset", result.charset());
    return wire;
  }
}
