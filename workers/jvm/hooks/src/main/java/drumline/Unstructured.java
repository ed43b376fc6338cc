// What the scoreUnstructured hook may return when data alone does not say enough.
package drumline;

/**
 * Data with its media type and charset. The fields that are null are filled in where the answer is
 * written.
 *
 * @param data a String or a byte[], or null for an empty answer; anything else is refused once the
 *     hook has returned it
 * @param mimetype the media type of the answer, e.g. {@code application/json}, or null
 * @param charset what text is encoded in and what the answer says of its bytes, e.g. {@code UTF-8},
 *     or null
 */
public record Unstructured(Object data, String mimetype, String charset) {
  /** Text of this media type, e.g. {@code application/json}. */
  public static Unstructured text(String text, String mimetype) {
    return new Unstructured(text, mimetype, null);
  }

  /** Text that is to be encoded in {@code charset}. */
  public static Unstructured text(String text, String mimetype, String charset) {
    return new Unstructured(text, mimetype, charset);
  }

  /** Bytes of this media type, e.g. {@code image/png}. */
  public static Unstructured bytes(byte[] bytes, String mimetype) {
    return new Unstructured(bytes, mimetype, null);
  }
}
