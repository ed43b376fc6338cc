// What the worker may know about the input columns of a model.
package drumline.worker;

import drumline.Table;
import java.util.List;
import java.util.Set;

/**
 * For an {@link ArtifactType} whose models name their input columns. A CSV has no types, so the
 * worker asks which columns to keep as they are written ("007"); and it makes up a row when it
 * warms a model up.
 */
public interface NamedInputs {
  /** Names of the columns that the model reads. */
  List<String> inputs(Object model);

  /** Those of them that are text to the model, even where they look like numbers. */
  Set<String> textInputs(Object model);

  /** Throws IllegalArgumentException when none of the inputs came: single ones may be missing. */
  static void check(List<String> inputs, Table table) {
    if (inputs.stream().anyMatch(table::has)) return;
    String message = "none of the model's columns came: expected %s, got %s";
    throw new IllegalArgumentException(
        message.formatted(String.join(", ", inputs), String.join(", ", table.names())));
  }
}
