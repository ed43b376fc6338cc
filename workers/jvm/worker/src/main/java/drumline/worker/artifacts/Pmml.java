// PMML by pmml4s.
package drumline.worker.artifacts;

import drumline.worker.PmmlFaults;
import drumline.worker.PmmlScorer;
import drumline.worker.ScoredType;
import drumline.worker.WorkerError;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.pmml4s.model.Model;

public final class Pmml extends ScoredType {
  /** What pmml4s gets wrong of a model; hooks may use the model all the same. */
  private static final Map<Object, PmmlFaults> FAULTS =
      Collections.synchronizedMap(new WeakHashMap<>());

  public Pmml() {
    super(model -> new PmmlScorer(model, FAULTS.get(model)));
  }

  @Override
  public int rank() {
    return 50;
  }

  @Override
  public String name() {
    return "pmml4s";
  }

  @Override
  public List<String> extensions() {
    return List.of(".pmml");
  }

  @Override
  public String holds() {
    return "a model that pmml4s of this environment reads";
  }

  @Override
  public Object load(Path path) throws Exception {
    PmmlFaults faults = PmmlFaults.in(path);
    try {
      Model model = Model.fromFile(path.toFile());
      FAULTS.put(model, faults);
      return model;
    } catch (RuntimeException error) {
      if (faults.fault() == null) throw error;
      String message = "the model in %s %s; define a loadModel and a score hook for it";
      throw new WorkerError(
          "ARTIFACT_UNSUPPORTED", message.formatted(path.getFileName(), faults.fault()));
    }
  }

  @Override
  public boolean fits(Object model) {
    return model instanceof Model;
  }

  @Override
  public List<String> packages(Object model) {
    return List.of("pmml4s");
  }
}
