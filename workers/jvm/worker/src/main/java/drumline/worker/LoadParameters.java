// The params of load, checked.
package drumline.worker;

import drumline.ScoreParameters;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * {@code hookFile} and {@code hooks} may be null; {@code labels} are the class labels, empty where
 * there are none.
 */
record LoadParameters(
    Path directory,
    Path hookFile,
    List<Path> artifacts,
    String targetType,
    List<String> hooks,
    boolean partial,
    boolean reports,
    ScoreParameters scoreParameters,
    List<String> labels) {
  static final String TRANSFORM = "transform";
  private static final String UNSTRUCTURED = "unstructured";

  /** The others read or make tables. */
  private static final List<String> UNSTRUCTURED_HOOKS =
      List.of("init", "load_model", "score_unstructured");

  /** Whether the model gets no tables. */
  boolean unstructured() {
    return targetType.equals(UNSTRUCTURED);
  }

  /** The hook that takes the place of a predictor. */
  String scoringHook() {
    return unstructured()
        ? "score_unstructured"
        : targetType.equals(TRANSFORM) ? "transform" : "score";
  }

  /** Throws PARAMS_INVALID. */
  static LoadParameters read(Map<String, Object> params) throws WorkerError {
    String hookFile = ProtocolFields.takeOptional(params, "hook_file", String.class);
    ProtocolFields.take(params, "artifacts", List.class);
    String targetType = ProtocolFields.take(params, "target_type", String.class);
    boolean binary = targetType.equals("binary");
    List<String> classLabels = ProtocolFields.takeTexts(params, "class_labels");
    ScoreParameters score =
        new ScoreParameters(
            targetType,
            textOf(params, "positive_class_label", binary),
            textOf(params, "negative_class_label", binary),
            binary ? null : classLabels,
            null,
            null,
            null,
            null);
    return new LoadParameters(
        Path.of(ProtocolFields.take(params, "code_directory", String.class)),
        hookFile == null ? null : Path.of(hookFile),
        ProtocolFields.takeTexts(params, "artifacts").stream().map(Path::of).toList(),
        targetType,
        hooksOf(ProtocolFields.takeTexts(params, "hooks"), targetType),
        Boolean.TRUE.equals(ProtocolFields.takeOptional(params, "partial", Boolean.class)),
        Boolean.TRUE.equals(ProtocolFields.takeOptional(params, "reports", Boolean.class)),
        score,
        labelsOf(params));
  }

  /**
   * Class labels in the order of the request, the negative one first; empty where there are none.
   */
  private static List<String> labelsOf(Map<String, Object> params) throws WorkerError {
    List<String> labels = ProtocolFields.takeTexts(params, "class_labels");
    if (labels != null && !labels.isEmpty()) return labels;
    return Stream.of(
            textOf(params, "negative_class_label", true),
            textOf(params, "positive_class_label", true))
        .filter(Objects::nonNull)
        .toList();
  }

  /** Those asked for (null: all) that count with this target type. */
  private static List<String> hooksOf(List<String> asked, String targetType) {
    if (!targetType.equals(UNSTRUCTURED)) return asked;
    return UNSTRUCTURED_HOOKS.stream()
        .filter(hook -> asked == null || asked.contains(hook))
        .toList();
  }

  private static String textOf(Map<String, Object> params, String name, boolean used)
      throws WorkerError {
    String text = ProtocolFields.takeOptional(params, name, String.class);
    return used ? text : null;
  }
}
