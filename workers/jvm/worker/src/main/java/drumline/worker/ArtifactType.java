// The interface of an artifact type. Every class in the folder artifacts/ is one, found by that
// alone.
package drumline.worker;

import drumline.Table;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads one kind of artifact and predicts with its models. The members are those of
 * workers/README.md, in their order.
 *
 * <p>A type is a public class with a public constructor without parameters, and there is one object
 * of it. It has to work where its library is missing: it names the library's classes inside methods
 * and nested classes alone, which Java links when they run. What is costly and the same for all
 * requests it keeps itself ({@link PerModel}).
 */
public interface ArtifactType {
  /** Types with a smaller rank are asked first. */
  int rank();

  /** The predictor's name in {@code /info/}. */
  String name();

  /** File endings, with the dot, in lower case. */
  List<String> extensions();

  /** What such a file should hold, in words that follow "expected". */
  String holds();

  /**
   * The object in the file, which hooks get as it is. Its classes are found by {@link
   * CodeLoader#current()}.
   *
   * @throws WorkerError for an error with a code of its own
   * @throws Exception when the file cannot be read: the worker answers ARTIFACT_UNREADABLE
   * @throws LinkageError when the library is missing: the worker answers PACKAGE_MISSING
   */
  Object load(Path path) throws Exception;

  /**
   * Whether this type predicts with the model, which a {@code load_model} hook may have returned.
   */
  boolean fits(Object model);

  /**
   * Libraries that it needs, by the names of their jars: the same for every model, so {@code model}
   * may be null.
   */
  List<String> packages(Object model);

  /**
   * Why the model cannot serve this target type, in words that follow "the model"; null when it
   * can.
   */
  String findFault(Object model, String targetType);

  /**
   * The predictions, one row for each row of the table. For a classification the column names are
   * the model's own class labels.
   *
   * @param table at least one row
   * @param labels the class labels of the request, empty where there are none
   * @throws Exception when it cannot predict: the worker answers PREDICTOR_FAILED
   */
  Table predict(Object model, Table table, String targetType, List<String> labels) throws Exception;
}
