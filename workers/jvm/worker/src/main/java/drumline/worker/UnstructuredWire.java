// What score_unstructured gets and gives, from the protocol's values to those of the hook and back (protocol/SPEC.md section 6).
package drumline.worker;

import drumline.MLOps;
import drumline.Unstructured;
import drumline.UnstructuredParameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

final class UnstructuredWire {
  private UnstructuredWire() {}

  /** A String or a byte[]. Throws PARAMS_INVALID. */
  static Object dataOf(Map<String, Object> params) throws WorkerError {
    Object data = params.get("data");
    if (data instanceof String || data instanceof byte[]) return data;
    throw new WorkerError("PARAMS_INVALID", "the field data must be a str or a bin, got " + Protocol.described(data));
  }

  /** {@code mlops} may be null. Throws PARAMS_INVALID. */
  static UnstructuredParameters parametersOf(Map<String, Object> params, MLOps mlops) throws WorkerError {
    return new UnstructuredParameters(
        Protocol.take(params, "mimetype", String.class),
        Protocol.takeOptional(params, "charset", String.class),
        queryOf(Protocol.takeMap(params, "query")),
        headersOf(Protocol.takeOptionalMap(params, "headers")),
        mlops);
  }

  private static Map<String, List<String>> queryOf(Map<String, Object> fields) throws WorkerError {
    Map<String, List<String>> query = new LinkedHashMap<>();
    for (String name : fields.keySet()) {
      Protocol.take(fields, name, List.class); // which nil is not
      query.put(name, Protocol.takeTexts(fields, name));
    }
    return query;
  }

  /** Names in any case of letters. Throws PARAMS_INVALID. */
  static Map<String, String> headersOf(Map<String, Object> fields) throws WorkerError {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    if (fields == null) return headers;
    for (String name : fields.keySet()) headers.put(name, Protocol.take(fields, name, String.class));
    return headers;
  }

  /** Of what the hook returned. Throws HOOK_RESULT_INVALID. */
  static Map<String, Object> toWire(Object returned) throws WorkerError {
    Unstructured result = returned instanceof Unstructured pair ? pair : new Unstructured(returned, null, null);
    Object data = result.data();
    if (data != null && !(data instanceof String) && !(data instanceof byte[])) {
      String what = (returned == data ? "" : "a drumline.Unstructured whose data is ") + Hook.kindOf(data);
      String message = "score_unstructured returned %s, expected a String, a byte[], null or a drumline.Unstructured of one of them; "
          + "return text or bytes, or a pair of it and mimetype and charset";
      throw new WorkerError("HOOK_RESULT_INVALID", message.formatted(what));
    }
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("data", data);
    wire.put("mimetype", result.mimetype());
    wire.put("charset", result.charset());
    return wire;
  }
}
