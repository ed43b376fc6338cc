// The params of load, checked.
package drumline.worker;

import drumline.ScoreParameters;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code hookFile} and {@code hooks} may be null. */
record LoadParameters(
    Path directory,
    Path hookFile,
    List<Path> artifacts,
    String targetType,
    List<String> hooks,
    boolean partial,
    boolean reports,
    ScoreParameters scoreParameters,
    Map<String, Map<String, Object>> runtimeParameters,
    Map<String, Map<String, Object>> userSecrets) {
  static final String TRANSFORM = "transform";
  private static final String UNSTRUCTURED = "unstructured";
  /** The others read or make tables. */
  private static final List<String> UNSTRUCTURED_HOOKS = List.of("init", "load_model", "score_unstructured");

  /** Whether the model gets no tables. */
  boolean unstructured() {
    return targetType.equals(UNSTRUCTURED);
  }

  /** The hook that takes the place of a predictor. */
  String scoringHook() {
    return unstructured() ? "score_unstructured" : targetType.equals(TRANSFORM) ? "transform" : "score";
  }

  /** Throws PARAMS_INVALID. */
  static LoadParameters read(Map<String, Object> params) throws WorkerError {
    String hookFile = Protocol.takeOptional(params, "hook_file", String.class);
    Protocol.take(params, "artifacts", List.class);
    String targetType = Protocol.take(params, "target_type", String.class);
    boolean binary = targetType.equals("binary");
    List<String> classLabels = Protocol.takeTexts(params, "class_labels");
    ScoreParameters score = new ScoreParameters(
        targetType,
        textOf(params, "positive_class_label", binary),
        textOf(params, "negative_class_label", binary),
        binary ? null : classLabels,
        null, null, null, null);
    return new LoadParameters(
        Path.of(Protocol.take(params, "code_directory", String.class)),
        hookFile == null ? null : Path.of(hookFile),
        Protocol.takeTexts(params, "artifacts").stream().map(Path::of).toList(),
        targetType,
        hooksOf(Protocol.takeTexts(params, "hooks"), targetType),
        Boolean.TRUE.equals(Protocol.takeOptional(params, "partial", Boolean.class)),
        Boolean.TRUE.equals(Protocol.takeOptional(params, "reports", Boolean.class)),
        score,
        mapsOf(params, "runtime_parameters"),
        mapsOf(params, "user_secrets"));
  }

  private static Map<String, Map<String, Object>> mapsOf(Map<String, Object> params, String name) throws WorkerError {
    Map<String, Object> all = Protocol.takeOptionalMap(params, name);
    if (all == null) return Map.of();
    Map<String, Map<String, Object>> maps = new LinkedHashMap<>();
    for (String key : all.keySet()) maps.put(key, Protocol.takeMap(all, key));
    return maps;
  }

  /** Those asked for (null: all) that count with this target type. */
  private static List<String> hooksOf(List<String> asked, String targetType) {
    if (!targetType.equals(UNSTRUCTURED)) return asked;
    return UNSTRUCTURED_HOOKS.stream().filter(hook -> asked == null || asked.contains(hook)).toList();
  }

  private static String textOf(Map<String, Object> params, String name, boolean used) throws WorkerError {
    String text = Protocol.takeOptional(params, name, String.class);
    return used ? text : null;
  }
}
