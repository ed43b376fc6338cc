// An error of a wrapper class that chooses the HTTP status of the answer.
package drumline;

/** Thrown by a method, it is answered with this status, these words and this reason. */
public class SeldonMicroserviceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int statusCode;
  private final String reason;

  /** {@code statusCode} is an HTTP status, {@code reason} one word for programs. */
  public SeldonMicroserviceException(String message, int statusCode, String reason) {
    super(message);
    this.statusCode = statusCode;
    this.reason = reason;
  }

  /** For bad data: status 400. */
  public SeldonMicroserviceException(String message) {
    this(message, 400, "MICROSERVICE_BAD_DATA");
  }

  /** The status of the HTTP answer. */
  public int getStatusCode() {
    return statusCode;
  }

  /** The reason in the answer. */
  public String getReason() {
    return reason;
  }
}
