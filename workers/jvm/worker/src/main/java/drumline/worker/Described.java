// The optional members of workers/README.md, which an artifact type may have beside its interface.
package drumline.worker;

import java.util.List;

/** For an {@link ArtifactType} whose models know their columns and class labels. */
public interface Described {
  /**
   * The input columns, always the same object for the same model. Its typed table is the one that
   * {@code predict} gets.
   */
  Signature signature(Object model);

  /** The model's class labels, in the order of the predictions; empty where there are none. */
  List<String> classes(Object model);
}
