// An error of a hook that chooses the HTTP status of the answer.
package drumline;

/** Thrown by a hook, it is answered with this status and these words. */
public class CustomHTTPError extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int statusCode;

  /** {@code statusCode} from 400 to 599. */
  public CustomHTTPError(String message, int statusCode) {
    super(message);
    this.statusCode = statusCode;
  }

  /** The status of the HTTP answer. */
  public int getStatusCode() {
    return statusCode;
  }
}
