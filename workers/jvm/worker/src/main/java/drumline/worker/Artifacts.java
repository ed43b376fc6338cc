// Chooses the artifact of a code directory and the type that loads it, and the type that predicts
// with a model.
package drumline.worker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

final class Artifacts {
  /** The smallest rank first. */
  static final List<ArtifactType> TYPES = ArtifactsFolder.types();

  private Artifacts() {}

  /**
   * The only path that is a model: jars and zips are looked into. Throws ARTIFACT_MISSING,
   * ARTIFACT_AMBIGUOUS or ARTIFACT_UNSUPPORTED.
   */
  static Path choose(List<Path> artifacts, Path directory) throws WorkerError {
    List<Path> models = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    for (Path path : artifacts) {
      String fault = Contents.faultOf(path);
      if (fault == null) models.add(path);
      else faults.add(path.getFileName() + " " + fault);
    }
    if (models.size() == 1) return models.get(0);
    if (models.size() > 1) {
      String names =
          String.join(", ", models.stream().map(path -> path.getFileName().toString()).toList());
      String message =
          "%s holds %d artifacts, expected one: %s; remove the others, or define loadModel";
      throw new WorkerError(
          "ARTIFACT_AMBIGUOUS", message.formatted(directory, models.size(), names));
    }
    if (!faults.isEmpty()) {
      String message =
          String.join("; ", faults)
              + "; put a model there, or define loadModel or score in custom.java";
      throw new WorkerError("ARTIFACT_UNSUPPORTED", message);
    }
    String endings =
        String.join(
            ", ",
            TYPES.stream()
                .flatMap(type -> type.extensions().stream())
                .distinct()
                .map(extension -> "*" + extension)
                .sorted()
                .toList());
    String message =
        directory
            + " holds no artifact; expected one of "
            + endings
            + " at its top level, or a loadModel hook; add one";
    throw new WorkerError("ARTIFACT_MISSING", message);
  }

  /** The model in the file. Throws ARTIFACT_UNREADABLE, ARTIFACT_UNSUPPORTED or PACKAGE_MISSING. */
  static Object load(Path path) throws WorkerError {
    String file = path.getFileName().toString();
    if (Contents.isPointer(path))
      throw new WorkerError(
          "ARTIFACT_UNREADABLE",
          file + " is a pointer of Git LFS, expected the file itself; fetch it: git lfs pull");
    ArtifactType type = readerOf(path);
    try {
      return type.load(path);
    } catch (WorkerError error) {
      throw error;
    } catch (ClassNotFoundException | NoClassDefFoundError error) {
      throw Packages.missing(file, type.packages(null), error);
    } catch (SourceCompiler.Broken error) {
      String message =
          file + " does not compile: " + error.getMessage() + "; expected a POJO that H2O wrote";
      throw new WorkerError("ARTIFACT_UNREADABLE", message, error.all);
    } catch (OutOfMemoryError error) {
      throw Tracebacks.outOfMemory("ARTIFACT_UNREADABLE", "loading " + file);
    } catch (Exception | LinkageError | StackOverflowError error) {
      String message = "%s cannot be read: %s; expected %s";
      throw new WorkerError(
          "ARTIFACT_UNREADABLE",
          message.formatted(file, Tracebacks.wordsOf(error), type.holds()),
          Tracebacks.traceOf(error));
    }
  }

  private static ArtifactType readerOf(Path path) throws WorkerError {
    String file = path.getFileName().toString();
    String content = Contents.endingOf(path);
    String extension =
        content == null ? file.substring(file.lastIndexOf('.')).toLowerCase(Locale.ROOT) : content;
    for (ArtifactType type : TYPES) if (type.extensions().contains(extension)) return type;
    throw new WorkerError(
        "ARTIFACT_UNSUPPORTED",
        "no predictor reads " + extension + "; define loadModel for " + file);
  }

  /**
   * The type that predicts with this model. {@code labels} are the requested ones, empty where
   * there are none. Throws ARTIFACT_UNSUPPORTED.
   */
  static ArtifactType predictorOf(Object model, String targetType, List<String> labels)
      throws WorkerError {
    String name = model.getClass().getName();
    String hook = targetType.equals("transform") ? "transform" : "score";
    ArtifactType predictor =
        TYPES.stream().filter(type -> fits(type, model)).findFirst().orElse(null);
    if (predictor == null) {
      String known =
          String.join(
              ", ",
              TYPES.stream().flatMap(type -> type.packages(null).stream()).distinct().toList());
      String message =
          "the model is a "
              + name
              + ", expected one of "
              + known
              + "; define a "
              + hook
              + " hook for it";
      throw new WorkerError("ARTIFACT_UNSUPPORTED", message);
    }
    String fault = predictor.findFault(model, targetType);
    if (fault == null && Predictions.CLASSES.contains(targetType))
      fault = faultOfLabels(predictor, model, labels);
    if (fault == null) return predictor;
    throw new WorkerError(
        "ARTIFACT_UNSUPPORTED",
        "the model, a " + name + ", " + fault + "; define a " + hook + " hook for it");
  }

  private static String faultOfLabels(ArtifactType type, Object model, List<String> labels) {
    if (labels.isEmpty() || !(type instanceof Described described)) return null;
    List<String> own = described.classes(model);
    if (own.isEmpty() || Labels.match(own, labels) != null) return null;
    return "has the class labels "
        + String.join(", ", own)
        + ", expected "
        + String.join(", ", labels)
        + ": request the labels that the model has";
  }

  private static boolean fits(ArtifactType type, Object model) {
    try {
      return type.fits(model);
    } catch (LinkageError error) {
      return false; // without its library there is no model of this type either
    }
  }
}
