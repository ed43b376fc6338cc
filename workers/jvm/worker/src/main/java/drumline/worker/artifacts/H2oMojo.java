// H2O MOJO: a zip with model.ini.
package drumline.worker.artifacts;

import drumline.worker.H2oType;
import hex.genmodel.MojoModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

public final class H2oMojo extends H2oType {
  /** Before {@link H2oPojo}: every MOJO is a GenModel too. */
  @Override
  public int rank() {
    return 20;
  }

  @Override
  public String name() {
    return "h2o mojo";
  }

  @Override
  public List<String> extensions() {
    return List.of(".zip");
  }

  @Override
  public Object load(Path path) throws IOException {
    return MojoModel.load(path.toString());
  }

  @Override
  public boolean fits(Object model) {
    return model instanceof MojoModel;
  }
}
