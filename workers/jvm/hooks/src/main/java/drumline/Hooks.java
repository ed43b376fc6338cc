// What a hook file may implement. Owns nothing but names and signatures.
package drumline;

import java.util.List;
import java.util.Map;

/**
 * The hooks of a model. Override those that the model needs: the others count as absent. A
 * structured model reads and predicts tables; of an unstructured one (target type {@code
 * unstructured}) only {@link #init}, {@link #loadModel} and {@link #scoreUnstructured} count. With
 * {@link #chat} a model needs no other hook and no artifact.
 *
 * <p>A hook file may do without this interface and just have public methods of these names, or of
 * the names written with underscores ({@code load_model}); they may take fewer of the trailing
 * arguments, and any type in place of {@code Table} that {@code readInputData} makes.
 *
 * @param <M> what {@link #loadModel} returns
 */
public interface Hooks<M> {
  /** Called once, before anything else. {@code codeDir} is an absolute path. */
  default void init(String codeDir) throws Exception {}

  /** The model, which the other hooks get. Takes the place of loading an artifact. */
  default M loadModel(String codeDir) throws Exception {
    throw new UnsupportedOperationException();
  }

  /** The data in a request's body, in place of reading it as CSV. */
  default Table readInputData(byte[] data) throws Exception {
    throw new UnsupportedOperationException();
  }

  /** The data that {@link #score} or the artifact's predictor gets. */
  default Table transform(Table data, M model) throws Exception {
    throw new UnsupportedOperationException();
  }

  /**
   * The answer of a model of the target type {@code transform}. Such a model may override the
   * method above instead.
   *
   * @param target the target values of the rows, or null where none came
   */
  default Table transform(Table data, M model, Table target) throws Exception {
    throw new UnsupportedOperationException();
  }

  /**
   * The predictions, one row for each row of the data: one column of numbers for regression, a
   * column for each class label for classification.
   */
  default Table score(Table data, M model, ScoreParameters parameters) throws Exception {
    throw new UnsupportedOperationException();
  }

  /**
   * The predictions to answer with, in place of {@code predictions}, which are checked and
   * labelled.
   */
  default Table postProcess(Table predictions, M model) throws Exception {
    throw new UnsupportedOperationException();
  }

  /**
   * The answer to data that is no table. Serves models of the target type {@code unstructured}, and
   * others beside their tables.
   *
   * <p>What the hook throws is answered as an error of the model: with status and words of its own
   * when it is a {@link CustomHTTPError}. A return value of another type than those below is an
   * error too.
   *
   * @param model what {@link #loadModel} returned, else the artifact as its library loads it, else
   *     null
   * @param data a String where the media type is text, else a byte[]; a method that takes only one
   *     of the two fails on the other
   * @param parameters media type, charset, query and headers of the request
   * @return a String, a byte[], null for an empty answer, or an {@link Unstructured}: one of these
   *     with media type and charset
   */
  default Object scoreUnstructured(M model, Object data, UnstructuredParameters parameters)
      throws Exception {
    throw new UnsupportedOperationException();
  }

  /**
   * The answer to a chat in OpenAI's form, for every target type but {@code unstructured}. With
   * {@code --worker-threads} it is called from several threads at once, as {@link
   * #scoreUnstructured} is.
   *
   * <p>Values are those of JSON: null, Boolean, Long, Double, String, List and Map in the request;
   * any Number, collection or array in what is returned. Each chunk is sent before the next is
   * asked for. A sequence, or its iterator, that is {@link AutoCloseable} is closed when it has
   * ended or when nobody waits for it any more.
   *
   * @param request the body of the HTTP request
   * @param model what {@link #loadModel} returned, else the artifact as its library loads it, else
   *     null
   * @param headers of the HTTP request, asked by name in any case of letters
   * @return a Map whose {@code object} is {@code chat.completion}, or an Iterable, Iterator or
   *     {@link java.util.stream.Stream} of Maps whose {@code object} is {@code
   *     chat.completion.chunk}
   */
  default Object chat(Map<String, Object> request, M model, Map<String, String> headers)
      throws Exception {
    throw new UnsupportedOperationException();
  }

  /**
   * Language models for {@code /models}: those of the maps whose {@code object} is {@code model}.
   */
  default List<Map<String, Object>> getSupportedLlmModels(M model) throws Exception {
    throw new UnsupportedOperationException();
  }
}
