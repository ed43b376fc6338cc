// One message from the supervisor, checked against protocol/SPEC.md section 4.
package drumline.worker;

import java.util.List;
import java.util.Map;

/** A request, or a notification: then {@code id} is 0. */
record Request(long id, String method, Map<String, Object> params) {
  private static final long MOST_ID = (1L << 32) - 1;

  /** Throws MESSAGE_INVALID, with the id where it could be read. */
  static Request read(Object message) throws WorkerError {
    if (!(message instanceof List<?> items) || items.isEmpty()) {
      throw invalid(
          "a message must be an array of 3 or 4 items, got " + ProtocolFields.described(message),
          0);
    }
    Object kind = items.get(0);
    if (ProtocolFields.isInt(kind) && ProtocolFields.number(kind) == 2 && items.size() == 3) {
      Map<String, Object> params = checkCall(items.get(1), items.get(2), 0);
      return new Request(0, (String) items.get(1), params);
    }
    if (!ProtocolFields.isInt(kind) || ProtocolFields.number(kind) != 0 || items.size() != 4) {
      String form = "a request [0, id, method, params] or a notification [2, method, params]";
      throw invalid(
          "expected "
              + form
              + ", got "
              + items.size()
              + " items, the first "
              + ProtocolFields.described(kind),
          0);
    }
    Object id = items.get(1);
    if (!ProtocolFields.isInt(id)
        || ProtocolFields.number(id) < 1
        || ProtocolFields.number(id) > MOST_ID) {
      throw invalid(
          "the id must be an int from 1 to 2^32 - 1, got " + ProtocolFields.described(id), 0);
    }
    Map<String, Object> params = checkCall(items.get(2), items.get(3), ProtocolFields.number(id));
    return new Request(ProtocolFields.number(id), (String) items.get(2), params);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> checkCall(Object method, Object params, long id)
      throws WorkerError {
    if (method instanceof String && params instanceof Map<?, ?>)
      return (Map<String, Object>) params;
    throw invalid(
        "the method must be a str and params a map, got "
            + ProtocolFields.described(method)
            + " and "
            + ProtocolFields.described(params),
        id);
  }

  private static WorkerError invalid(String message, long id) {
    return new WorkerError("MESSAGE_INVALID", message, null, null, id);
  }
}
