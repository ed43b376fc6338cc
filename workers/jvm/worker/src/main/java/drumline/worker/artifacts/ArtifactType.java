// One type of artifact: how its file is loaded, and what scores it.
package drumline.worker.artifacts;

import drumline.worker.CodeLoader;
import java.nio.file.Path;

interface ArtifactType {
  /** The model in the file, which hooks get as it is. */
  Object load(Path path, CodeLoader loader) throws Exception;

  /** What scores the model, also one that a load_model hook returned; null when it is not of this type. */
  Predictor predictorOf(Object model);
}
