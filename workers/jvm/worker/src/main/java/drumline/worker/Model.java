// One loaded model: load, predict, transform, post_process, score_unstructured, chat, models, straight down.
package drumline.worker;

import drumline.MLOps;
import drumline.RuntimeParameters;
import drumline.ScoreParameters;
import drumline.Table;
import drumline.UserSecrets;
import drumline.worker.artifacts.ArtifactTypes;
import drumline.worker.artifacts.Predictor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Its methods are the requests of protocol/SPEC.md section 6: params in, result out. */
final class Model {
  private final Consumer<String> progress; // says what a load is at
  private final ChatWire.Sender chunks; // sends a piece of a result
  private final MLOps mlops; // what unstructured hooks report with
  private UserHooks hooks; // null as long as nothing is loaded
  private Object model;
  private Predictor predictor;
  private String targetType;
  private ScoreParameters parameters; // those that are the same for every request
  private boolean reports; // whether unstructured hooks get mlops

  Model(Consumer<String> progress, ChatWire.Sender chunks, MLOps mlops) {
    this.progress = progress;
    this.chunks = chunks;
    this.mlops = mlops;
  }

  Object ping(Map<String, Object> params) {
    return Map.of();
  }

  Object load(Map<String, Object> params) throws WorkerError {
    LoadParameters load = LoadParameters.read(params);
    RuntimeParameters.give(load.runtimeParameters());
    UserSecrets.give(load.userSecrets());
    try {
      CodeLoader loader = CodeLoader.open(load.directory());
      if (load.hookFile() != null) progress.accept("loading " + load.hookFile().getFileName());
      UserHooks found = UserHooks.load(load.hookFile(), loader, load.hooks());
      Hook init = found.get("init");
      if (init != null) init.call(load.directory().toString());
      Object loaded = loadModel(found, load, loader);
      Predictor chosen = load.unstructured() || found.get(load.scoringHook()) != null ? null : findPredictor(loaded, found, load);
      hooks = found;
      model = loaded;
      predictor = chosen;
      targetType = load.targetType();
      parameters = load.scoreParameters();
      reports = load.reports();
    } catch (IOException error) {
      throw new WorkerError("INTERNAL", "the code directory cannot be read: " + Tracebacks.wordsOf(error) + "; check " + load.directory());
    }
    if (!load.unstructured()) WarmUp.run(predictor, targetType); // with tables
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("hooks", hooks.names());
    result.put("predictor", predictor == null ? null : predictor.name());
    result.put("payload_formats", Codecs.payloadFormats());
    result.put("packages", Packages.versions());
    return result;
  }

  private Object loadModel(UserHooks hooks, LoadParameters load, CodeLoader loader) throws WorkerError {
    Hook hook = hooks.get("load_model");
    if (hook != null) {
      progress.accept("running load_model");
      Object model = hook.call(load.directory().toString());
      if (model == null) throw new WorkerError("HOOK_RESULT_INVALID", "load_model returned null, expected the model; return it");
      return model;
    }
    // A class of hooks that came in a jar, not as a hook file, is a model of its own.
    boolean isModel = load.hookFile() == null && hooks.get(load.scoringHook()) != null;
    if (load.artifacts().isEmpty() && (isModel || mayHaveNoPredictor(hooks, load))) return null;
    try {
      Path artifact = ArtifactTypes.choose(load.artifacts(), load.directory());
      progress.accept("reading " + artifact.getFileName());
      return ArtifactTypes.load(artifact, loader);
    } catch (WorkerError error) {
      // Jars beside a hook file may just be its libraries; that an unstructured model lacks its hook is told by the supervisor.
      boolean optional = hooks.get(load.scoringHook()) != null || load.unstructured() || mayHaveNoPredictor(hooks, load);
      if (optional && error.code.equals("ARTIFACT_UNSUPPORTED")) return null;
      throw error;
    }
  }

  /** A worker of another language may be the one that scores, or the model just chats. */
  private static boolean mayHaveNoPredictor(UserHooks hooks, LoadParameters load) {
    return load.partial() || hooks.get("chat") != null;
  }

  /** Null for a model that is for the hooks alone. */
  private static Predictor findPredictor(Object model, UserHooks hooks, LoadParameters load) throws WorkerError {
    try {
      return model == null ? null : ArtifactTypes.predictorOf(model, load.targetType());
    } catch (WorkerError error) {
      if (mayHaveNoPredictor(hooks, load) && error.code.equals("ARTIFACT_UNSUPPORTED")) return null;
      throw error;
    }
  }

  Object predict(Map<String, Object> params) throws WorkerError {
    checkLoaded();
    Map<String, Object> payload = payloadOf(params);
    Hook score = hooks.get("score");
    boolean asks = score != null && score.parameters() > 2; // the body, too
    if (asks && "file".equals(payload.get("kind"))) {
      payload = new LinkedHashMap<>(payload);
      payload.put("data", Codecs.bytesOf(payload));
      payload.put("kind", "bytes");
    }
    Object data = read(payload);
    Long rows = rowsOf(data);
    data = transformed(data, null);
    Table result = score != null ? score.callForTable(data, model, asks ? argumentsOf(payload) : null) : predicted(data);
    return answer(rows, result, score != null || Predictor.CLASSES.contains(targetType));
  }

  Object transform(Map<String, Object> params) throws WorkerError {
    checkLoaded();
    Object data = read(payloadOf(params));
    Long rows = rowsOf(data);
    Table target = readTarget(params, rows);
    Table result = Hook.checkTable("read_input_data", transformed(data, target)); // what a transform hook returns was checked
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("rows", rows == null ? rowsOf(result) : rows);
    answer.put("table", WireWriter.toWire(result));
    answer.put("index", null);
    answer.put("target", target == null ? null : WireWriter.toWire(target));
    return answer;
  }

  Object postProcess(Map<String, Object> params) throws WorkerError {
    checkLoaded();
    Hook hook = definedHook("post_process");
    return answer(null, hook.callForTable(WireReader.toTable(params.get("predictions")), model), true);
  }

  Object scoreUnstructured(Map<String, Object> params) throws WorkerError {
    checkLoaded();
    Hook hook = definedHook("score_unstructured");
    Object data = UnstructuredWire.dataOf(params);
    return UnstructuredWire.toWire(hook.call(model, data, UnstructuredWire.parametersOf(params, reports ? mlops : null)));
  }

  Object chat(Map<String, Object> params) throws WorkerError {
    checkLoaded();
    Hook hook = definedHook("chat");
    Map<String, Object> request = Protocol.takeMap(params, "request");
    Map<String, String> headers = UnstructuredWire.headersOf(Protocol.takeMap(params, "headers"));
    return ChatWire.answer(hook, hook.call(request, model, headers), chunks);
  }

  Object models(Map<String, Object> params) throws WorkerError {
    checkLoaded();
    Hook hook = definedHook("get_supported_llm_models");
    return ChatWire.models(hook, hook.call(model));
  }

  private Hook definedHook(String name) throws WorkerError {
    Hook hook = hooks.get(name);
    if (hook != null) return hook;
    throw new WorkerError("METHOD_UNKNOWN", "the hook file defines no " + name + "; ask only models that list it among their hooks");
  }

  private static Map<String, Object> answer(Long rows, Table result, boolean labelled) throws WorkerError {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("rows", rows);
    answer.put("labelled", labelled);
    answer.put("predictions", WireWriter.toWire(result));
    answer.put("index", null);
    return answer;
  }

  private void checkLoaded() throws WorkerError {
    if (hooks == null) throw new WorkerError("NOT_LOADED", "the request came before a load had succeeded; load first");
  }

  private static Map<String, Object> payloadOf(Map<String, Object> params) throws WorkerError {
    return Protocol.takeMap(params, "payload");
  }

  /** The data that the next stage gets; a table was read already. */
  private Object read(Map<String, Object> payload) throws WorkerError {
    Hook reader = "table".equals(payload.get("kind")) ? null : hooks.get("read_input_data");
    if (reader != null) {
      Object data = reader.call((Object) Codecs.bytesOf(payload));
      if (data != null) return data;
      throw new WorkerError("HOOK_RESULT_INVALID", "read_input_data returned null, expected the data; return it, e.g. as a drumline.Table");
    }
    boolean direct = predictor != null && hooks.get("transform") == null;
    return Codecs.read(payload, direct ? predictor.textInputs() : Set.of());
  }

  /** Null for what else read_input_data may return: of that it is not known what a row is. */
  private static Long rowsOf(Object data) {
    return data instanceof Table table ? (long) table.rows() : null;
  }

  /** The hook gets as many of these as it takes. */
  private Object transformed(Object data, Table target) throws WorkerError {
    Hook hook = hooks.get("transform");
    return hook == null ? data : hook.callForTable(data, model, target);
  }

  /** What belongs to the rows; null where nothing came. */
  private static Table readTarget(Map<String, Object> params, Long rows) throws WorkerError {
    Map<String, Object> payload = Protocol.takeOptionalMap(params, "target");
    if (payload == null) return null;
    Table target = Codecs.read(payload, Set.of());
    if (rows == null || target.rows() == rows) return target;
    String message = "the target has %d rows for %d of input; send one row of it a row";
    throw new WorkerError("INPUT_UNREADABLE", message.formatted(target.rows(), rows));
  }

  private ScoreParameters argumentsOf(Map<String, Object> payload) throws WorkerError {
    ScoreParameters same = parameters;
    return new ScoreParameters(same.targetType(), same.positiveClassLabel(), same.negativeClassLabel(), same.classLabels(),
        Protocol.takeOptional(payload, "data", byte[].class), Protocol.takeOptional(payload, "mimetype", String.class),
        Protocol.takeOptional(payload, "charset", String.class), Protocol.takeTexts(payload, "column_names"));
  }

  private Table predicted(Object data) throws WorkerError {
    if (predictor == null) throw new WorkerError("ARTIFACT_MISSING", "there is nothing to score with here; ask the worker that scores");
    Table table = Hook.checkTable("read_input_data", data);
    if (table.rows() == 0) {
      throw new WorkerError("INPUT_EMPTY", "the data has columns but no rows, and a built-in predictor needs one at least; send rows");
    }
    try {
      return predictor.predict(table, targetType);
    } catch (OutOfMemoryError error) {
      throw Tracebacks.outOfMemory("PREDICTOR_FAILED", "the model");
    } catch (Exception | LinkageError | StackOverflowError error) {
      throw new WorkerError("PREDICTOR_FAILED", "the model could not predict: " + Tracebacks.wordsOf(error), Tracebacks.traceOf(error));
    }
  }
}
