// H2O POJO: a Java source file, compiled when it is loaded.
package drumline.worker.artifacts;

import drumline.worker.CodeLoader;
import drumline.worker.H2oType;
import drumline.worker.SourceCompiler;
import drumline.worker.WorkerError;
import hex.genmodel.GenModel;
import java.nio.file.Path;
import java.util.List;

public final class H2oPojo extends H2oType {
  @Override
  public int rank() {
    return 30;
  }

  @Override
  public String name() {
    return "h2o pojo";
  }

  @Override
  public List<String> extensions() {
    return List.of(".java");
  }

  @Override
  public Object load(Path path) throws Exception {
    Class.forName("hex.genmodel.GenModel"); // else the compiler would have a hundred reasons
    List<Class<?>> models =
        SourceCompiler.load(path, CodeLoader.current()).stream()
            .filter(GenModel.class::isAssignableFrom)
            .toList();
    if (models.size() == 1) return models.get(0).getDeclaredConstructor().newInstance();
    String message =
        "%s holds %d classes that extend hex.genmodel.GenModel, expected one; put a POJO that H2O"
            + " wrote there";
    throw new WorkerError(
        "ARTIFACT_UNSUPPORTED", message.formatted(path.getFileName(), models.size()));
  }

  @Override
  public boolean fits(Object model) {
    return model instanceof GenModel;
  }
}
