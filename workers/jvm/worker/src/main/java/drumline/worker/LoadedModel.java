// A model as load leaves it: runs init and load_model, or reads the artifact, and finds what
// predicts.
package drumline.worker;

import drumline.ScoreParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code model} and {@code predictor} are null where hooks do without them, {@code signature} where
 * nothing predicts that knows its columns; {@code labels} are empty where there are none.
 */
record LoadedModel(
    Hooks hooks,
    Object model,
    ArtifactType predictor,
    Signature signature,
    String targetType,
    ScoreParameters parameters,
    List<String> labels,
    boolean reports) {
  /**
   * {@code progress} gets what the load is at, in words. Throws the errors of protocol/SPEC.md
   * section 6.
   */
  static LoadedModel load(LoadParameters load, Consumer<String> progress) throws WorkerError {
    CodeLoader loader;
    Hooks hooks;
    try {
      loader = CodeLoader.open(load.directory());
      if (load.hookFile() != null) progress.accept("loading " + load.hookFile().getFileName());
      hooks = Hooks.load(load.hookFile(), loader, load.hooks());
    } catch (IOException error) {
      throw new WorkerError(
          "INTERNAL",
          "the code directory cannot be read: "
              + Tracebacks.wordsOf(error)
              + "; check "
              + load.directory());
    }
    Hook init = hooks.hookFor("init");
    if (init != null) init.call(load.directory().toString());
    Object model = loadModel(hooks, load, progress);
    boolean scoredByHook = load.unstructured() || hooks.hookFor(load.scoringHook()) != null;
    ArtifactType predictor = scoredByHook ? null : findPredictor(model, hooks, load);
    return new LoadedModel(
        hooks,
        model,
        predictor,
        predictor instanceof Described described ? described.signature(model) : null,
        load.targetType(),
        load.scoreParameters(),
        load.labels(),
        load.reports());
  }

  private static Object loadModel(Hooks hooks, LoadParameters load, Consumer<String> progress)
      throws WorkerError {
    Hook hook = hooks.hookFor("load_model");
    if (hook != null) {
      progress.accept("running " + hook.name());
      Object model = hook.call(load.directory().toString());
      if (model == null)
        throw new WorkerError(
            "HOOK_RESULT_INVALID", hook.name() + " returned null, expected the model; return it");
      return model;
    }
    boolean hasScoringHook = hooks.hookFor(load.scoringHook()) != null;
    // A class of hooks that came in a jar, not as a hook file, is a model of its own.
    boolean isModel = load.hookFile() == null && hasScoringHook;
    boolean mayBeNull = mayHaveNoPredictor(hooks, load);
    if (load.artifacts().isEmpty() && (isModel || mayBeNull)) return null;
    try {
      Path artifact = Artifacts.choose(load.artifacts(), load.directory());
      progress.accept("reading " + artifact.getFileName());
      return Artifacts.load(artifact);
    } catch (WorkerError error) {
      // Jars beside a hook file may just be its libraries. The supervisor refuses an unstructured
      // model that lacks its hook.
      boolean optional = hasScoringHook || load.unstructured() || mayBeNull;
      if (optional && error.code.equals("ARTIFACT_UNSUPPORTED")) return null;
      throw error;
    }
  }

  /** A worker of another language may be the one that scores, or the model just chats. */
  private static boolean mayHaveNoPredictor(Hooks hooks, LoadParameters load) {
    return load.partial() || hooks.hookFor("chat") != null;
  }

  /** Null for a model that is for the hooks alone. */
  private static ArtifactType findPredictor(Object model, Hooks hooks, LoadParameters load)
      throws WorkerError {
    try {
      return model == null ? null : Artifacts.predictorOf(model, load.targetType(), load.labels());
    } catch (WorkerError error) {
      if (mayHaveNoPredictor(hooks, load) && error.code.equals("ARTIFACT_UNSUPPORTED")) return null;
      throw error;
    }
  }
}
