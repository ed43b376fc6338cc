// What an unstructured hook reports with.
package drumline;

import java.util.List;

/**
 * Comes with {@link UnstructuredParameters#mlops()}. Reports are taken at once and delivered in the
 * background, by any thread; a method throws IllegalArgumentException for what cannot be reported.
 */
public interface MLOps {
  /** How many predictions were made, and in how many milliseconds (null: not known). */
  void reportDeploymentStats(long numPredictions, Double executionTime);

  /**
   * Each may be null, but not both features and predictions; each has as many rows as the others.
   *
   * @param features to track
   * @param predictions for each row a number, a text, or for classes a collection or array of
   *     probabilities in the order of {@code classNames}
   * @param associationIds for each row what tells it from all others
   */
  void reportPredictionsData(
      Table features, List<?> predictions, List<String> associationIds, List<String> classNames);
}
