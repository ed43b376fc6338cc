// Driverless AI pipelines (.mojo). Their runtime needs a licence and is not part of the
// environment, so it is reached by name:
// whoever has mojo2-runtime.jar puts it on DRUM_JAVA_CUSTOM_CLASS_PATH.
package drumline.worker.artifacts;

import drumline.Column;
import drumline.Table;
import drumline.worker.ArtifactType;
import drumline.worker.CodeLoader;
import drumline.worker.Described;
import drumline.worker.PerModel;
import drumline.worker.Predictions;
import drumline.worker.Signature;
import drumline.worker.Tracebacks;
import drumline.worker.WorkerError;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

public final class DriverlessPipeline implements ArtifactType, Described {
  private static final String PIPELINE = "ai.h2o.mojos.runtime.MojoPipeline";
  private static final String SERVICE = "ai.h2o.mojos.runtime.api.MojoPipelineService";

  private final PerModel<Signature> signatures = new PerModel<>(DriverlessPipeline::signatureOf);

  @Override
  public int rank() {
    return 40;
  }

  @Override
  public String name() {
    return "driverless ai";
  }

  @Override
  public List<String> extensions() {
    return List.of(".mojo");
  }

  @Override
  public String holds() {
    return "a model that mojo2-runtime of this environment reads";
  }

  @Override
  public Object load(Path path) throws Exception {
    Class<?> service;
    try {
      service = Class.forName(SERVICE, true, CodeLoader.current());
    } catch (ClassNotFoundException error) {
      String message =
          path.getFileName()
              + " is a Driverless AI pipeline, whose runtime is not on the class path; set"
              + " DRUM_JAVA_CUSTOM_CLASS_PATH to mojo2-runtime.jar, and DRIVERLESS_AI_LICENSE_FILE"
              + " to its licence";
      throw new WorkerError("PACKAGE_MISSING", message);
    }
    try {
      return service.getMethod("loadPipeline", File.class).invoke(null, path.toFile());
    } catch (InvocationTargetException error) {
      Throwable cause = error.getCause();
      String message =
          "%s cannot be read: %s; check the pipeline and its licence (DRIVERLESS_AI_LICENSE_FILE)";
      throw new WorkerError(
          "ARTIFACT_UNREADABLE",
          message.formatted(path.getFileName(), Tracebacks.wordsOf(cause)),
          Tracebacks.traceOf(cause));
    }
  }

  @Override
  public boolean fits(Object model) {
    for (Class<?> kind = model.getClass(); kind != null; kind = kind.getSuperclass()) {
      if (kind.getName().equals(PIPELINE)) return true;
    }
    return false;
  }

  @Override
  public List<String> packages(Object model) {
    return List.of("mojo2-runtime");
  }

  @Override
  public String findFault(Object model, String targetType) {
    return Predictions.CLASSES.contains(targetType) || Predictions.NUMBERS.contains(targetType)
        ? null
        : "is no predictor for the target type " + targetType;
  }

  /** It reads every cell from text, and takes a cell that is not set for a missing one. */
  @Override
  public Signature signature(Object model) {
    return signatures.of(model);
  }

  private static Signature signatureOf(Object model) {
    String[] names = (String[]) call(call(model, "getInputMeta"), "getColumnNames");
    return new Signature(
        Arrays.stream(names).map(name -> Signature.Field.of(name, null, false)).toList());
  }

  @Override
  public List<String> classes(Object model) {
    String[] names = (String[]) call(call(model, "getOutputMeta"), "getColumnNames");
    return names.length == 1 ? List.of() : Arrays.stream(names).map(this::labelOf).toList();
  }

  /** Outputs of classification are called target.label. */
  private String labelOf(String output) {
    return output.substring(output.indexOf('.') + 1);
  }

  @Override
  public Table predict(Object model, Table table, String targetType, List<String> labels) {
    Object builder = call(model, "getInputFrameBuilder");
    Object row = call(builder, "getMojoRowBuilder");
    for (int at = 0; at < table.rows(); at++) {
      for (Column column : table.columns()) {
        if (!column.isMissing(at)) call(row, "setValue", column.name(), column.value(at));
      }
      row = call(builder, "addRow", row);
    }
    Object frame = call(model, "transform", call(builder, "toMojoFrame"));
    String[] names = (String[]) call(frame, "getColumnNames");
    Column[] result = new Column[names.length];
    for (int at = 0; at < names.length; at++) {
      String name = Predictions.CLASSES.contains(targetType) ? labelOf(names[at]) : names[at];
      result[at] = Column.of(name, numbersOf(call(frame, "getColumnData", at)));
    }
    return Table.of(result);
  }

  private static double[] numbersOf(Object data) {
    double[] numbers = new double[java.lang.reflect.Array.getLength(data)];
    for (int row = 0; row < numbers.length; row++)
      numbers[row] = java.lang.reflect.Array.getDouble(data, row);
    return numbers;
  }

  private static Object call(Object target, String name, Object... arguments) {
    try {
      for (Method method : target.getClass().getMethods()) {
        if (method.getName().equals(name) && takes(method.getParameterTypes(), arguments))
          return method.invoke(target, arguments);
      }
      throw new IllegalStateException(
          target.getClass().getName()
              + " has no method "
              + name
              + "; this runtime is of another version");
    } catch (InvocationTargetException error) {
      throw new IllegalStateException(Tracebacks.wordsOf(error.getCause()), error.getCause());
    } catch (IllegalAccessException error) {
      throw new IllegalStateException(error);
    }
  }

  private static boolean takes(Class<?>[] types, Object[] arguments) {
    if (types.length != arguments.length) return false;
    for (int at = 0; at < types.length; at++) {
      if (!types[at].isInstance(arguments[at])
          && !(types[at] == int.class && arguments[at] instanceof Integer)) return false;
    }
    return true;
  }
}
