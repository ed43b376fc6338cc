// H2O MOJO: a zip with model.ini.
package drumline.worker.artifacts;

import drumline.worker.CodeLoader;
import hex.genmodel.GenModel;
import hex.genmodel.MojoModel;
import java.io.IOException;
import java.nio.file.Path;

final class H2oMojo implements ArtifactType {
  @Override
  public Object load(Path path, CodeLoader loader) throws IOException {
    return MojoModel.load(path.toString());
  }

  @Override
  public Predictor predictorOf(Object model) {
    return model instanceof MojoModel ? new H2o("h2o mojo", (GenModel) model) : null;
  }
}
