// An error in the codes and words of protocol/SPEC.md section 9.
package drumline.worker;

import java.util.LinkedHashMap;
import java.util.Map;

public final class WorkerError extends Exception {
  private static final long serialVersionUID = 1;

  final String code;
  final String traceback; // the user's own, as text, or null
  final Integer httpStatus; // where user code chose one
  final long requestId; // where it could be read though the message is wrong, else 0

  public WorkerError(String code, String message) {
    this(code, message, null, null, 0);
  }

  public WorkerError(String code, String message, String traceback) {
    this(code, message, traceback, null, 0);
  }

  WorkerError(String code, String message, String traceback, Integer httpStatus, long requestId) {
    super(message, null, false, false);
    this.code = code;
    this.traceback = traceback;
    this.httpStatus = httpStatus;
    this.requestId = requestId;
  }

  Map<String, Object> toWire() {
    Map<String, Object> wire = new LinkedHashMap<>();
    wire.put("code", code);
    wire.put("message", getMessage());
    wire.put("traceback", traceback);
    wire.put("http_status", httpStatus == null ? null : httpStatus.longValue());
    return wire;
  }
}
