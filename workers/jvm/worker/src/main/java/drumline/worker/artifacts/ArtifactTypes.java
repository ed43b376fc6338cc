// The types of artifact, and how one is chosen and loaded.
package drumline.worker.artifacts;

import drumline.worker.CodeLoader;
import drumline.worker.SourceCompiler;
import drumline.worker.Tracebacks;
import drumline.worker.WorkerError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

public final class ArtifactTypes {
  /** Links the class only when it is asked for: its library may be missing. */
  record Entry(String extension, String library, Supplier<ArtifactType> maker) {}

  static final List<Entry> TYPES = List.of(
      new Entry(".jar", "datarobot-prediction", () -> new ScoringJar()),
      new Entry(".zip", "h2o-genmodel", () -> new H2oMojo()),
      new Entry(".java", "h2o-genmodel", () -> new H2oPojo()),
      new Entry(".mojo", "mojo2-runtime", () -> new DriverlessPipeline()),
      new Entry(".pmml", "pmml4s", () -> new Pmml()));

  private ArtifactTypes() {}

  /** The only path that is a model: jars and zips are looked into. Throws ARTIFACT_MISSING, ARTIFACT_AMBIGUOUS or ARTIFACT_UNSUPPORTED. */
  public static Path choose(List<Path> artifacts, Path directory) throws WorkerError {
    List<Path> models = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    for (Path path : artifacts) {
      String fault = Archives.faultOf(path);
      if (fault == null) models.add(path);
      else faults.add(path.getFileName() + " " + fault);
    }
    if (models.size() == 1) return models.get(0);
    if (models.size() > 1) {
      String names = String.join(", ", models.stream().map(path -> path.getFileName().toString()).toList());
      String message = "%s holds %d artifacts, expected one: %s; remove the others, or define load_model";
      throw new WorkerError("ARTIFACT_AMBIGUOUS", message.formatted(directory, models.size(), names));
    }
    if (!faults.isEmpty()) {
      String message = String.join("; ", faults) + "; put a model there, or define load_model or score in custom.java";
      throw new WorkerError("ARTIFACT_UNSUPPORTED", message);
    }
    String endings = String.join(", ", TYPES.stream().map(type -> "*" + type.extension()).sorted().toList());
    String message = directory + " holds no artifact; expected one of " + endings + " at its top level, or a load_model hook; add one";
    throw new WorkerError("ARTIFACT_MISSING", message);
  }

  /** The model in the file. Throws ARTIFACT_UNREADABLE, ARTIFACT_UNSUPPORTED or PACKAGE_MISSING. */
  public static Object load(Path path, CodeLoader loader) throws WorkerError {
    String file = path.getFileName().toString();
    String extension = file.substring(file.lastIndexOf('.')).toLowerCase(Locale.ROOT);
    Entry entry = TYPES.stream().filter(type -> type.extension().equals(extension)).findFirst().orElse(null);
    if (entry == null) throw new WorkerError("ARTIFACT_UNSUPPORTED", "no predictor reads " + extension + "; define load_model for " + file);
    try {
      return entry.maker().get().load(path, loader);
    } catch (WorkerError error) {
      throw error;
    } catch (ClassNotFoundException | NoClassDefFoundError error) {
      String message = "%s needs the library %s, which is not on the class path (%s); install it: drum environment install java";
      throw new WorkerError("PACKAGE_MISSING", message.formatted(file, entry.library(), Tracebacks.wordsOf(error)));
    } catch (SourceCompiler.Broken error) {
      String message = file + " does not compile: " + error.getMessage() + "; expected a POJO that H2O wrote";
      throw new WorkerError("ARTIFACT_UNREADABLE", message, error.all);
    } catch (OutOfMemoryError error) {
      throw Tracebacks.outOfMemory("ARTIFACT_UNREADABLE", "loading " + file);
    } catch (Exception | LinkageError | StackOverflowError error) {
      String message = "%s cannot be read: %s; expected a model that %s of this environment reads";
      throw new WorkerError("ARTIFACT_UNREADABLE", message.formatted(file, Tracebacks.wordsOf(error), entry.library()), Tracebacks.traceOf(error));
    }
  }

  /** The predictor that scores this model. Throws ARTIFACT_UNSUPPORTED. */
  public static Predictor predictorOf(Object model, String targetType) throws WorkerError {
    String name = model.getClass().getName();
    String hook = targetType.equals("transform") ? "transform" : "score";
    Predictor predictor = null;
    for (Entry entry : TYPES) {
      try {
        if (predictor == null) predictor = entry.maker().get().predictorOf(model);
      } catch (LinkageError error) {
        // Without its library there is no model of this type either.
      }
    }
    if (predictor == null) {
      String known = String.join(", ", TYPES.stream().map(Entry::library).distinct().toList());
      String message = "the model is a " + name + ", expected one of " + known + "; define a " + hook + " hook for it";
      throw new WorkerError("ARTIFACT_UNSUPPORTED", message);
    }
    String fault = predictor.findFault(targetType);
    if (fault == null) return predictor;
    throw new WorkerError("ARTIFACT_UNSUPPORTED", "the model, a " + name + ", " + fault + "; define a " + hook + " hook for it");
  }
}
