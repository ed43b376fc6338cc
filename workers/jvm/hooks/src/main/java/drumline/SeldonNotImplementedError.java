// How a method of a wrapper class says that the class lacks it after all.
package drumline;

/** Thrown by a method, which then counts as absent. */
public class SeldonNotImplementedError extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** {@code message} is answered where the wrapper cannot do without the method. */
  public SeldonNotImplementedError(String message) {
    super(message);
  }
}
