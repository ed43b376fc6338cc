// The methods load, predict, transform and post_process, for the one model of a worker.
package drumline.worker;

import drumline.ScoreParameters;
import drumline.Table;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Its methods are requests of protocol/SPEC.md section 6: params in, result out. */
final class Model {
  private final Consumer<String> progress;
  private LoadedModel loaded; // null as long as nothing is
  private Component component; // a wrapper class in its place

  /** {@code progress} gets what a load is at, in words. */
  Model(Consumer<String> progress) {
    this.progress = progress;
  }

  /** The method {@code load}. After an error the model before, if any, goes on serving. */
  Object load(Map<String, Object> params) throws WorkerError {
    LoadParameters load = LoadParameters.read(params);
    Parameters.give(params);
    Map<String, Object> wrapper = ProtocolFields.takeOptionalMap(params, "component");
    if (wrapper != null) return loadComponent(load, wrapper);
    loaded = LoadedModel.load(load, progress);
    if (!load.unstructured()) WarmUp.run(loaded); // with tables
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("hooks", loaded.hooks().names());
    result.put("predictor", loaded.predictor() == null ? null : loaded.predictor().name());
    result.put("payload_formats", Payloads.formats());
    result.put("packages", Packages.versions());
    result.put("signature", loaded.signature() == null ? null : loaded.signature().toWire());
    return result;
  }

  private Object loadComponent(LoadParameters load, Map<String, Object> wrapper)
      throws WorkerError {
    component = new Component(load.directory(), wrapper, progress);
    component.load(progress);
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("hooks", component.names());
    result.put("predictor", null);
    result.put("payload_formats", Map.of());
    result.put("packages", Packages.versions());
    result.put("metadata", component.metadata());
    return result;
  }

  /** The method {@code serve}: runs the service of a wrapper class, which may never end. */
  Object serve(Map<String, Object> params) throws WorkerError {
    LoadParameters load = LoadParameters.read(params);
    Parameters.give(params);
    Map<String, Object> wrapper = ProtocolFields.takeMap(params, "component");
    new Component(load.directory(), wrapper, progress).serve();
    return Map.of();
  }

  /** The method {@code call}: the answer of the wrapper class to a message. Throws NOT_LOADED. */
  Object call(Map<String, Object> params) throws WorkerError {
    if (component != null) return component.call(params);
    throw new WorkerError(
        "NOT_LOADED", "the request came before a wrapper class was loaded; load first");
  }

  /** What was loaded. Throws NOT_LOADED. */
  LoadedModel loaded() throws WorkerError {
    if (loaded == null)
      throw new WorkerError(
          "NOT_LOADED", "the request came before a load had succeeded; load first");
    return loaded;
  }

  /**
   * The hook that a method is about. Throws NOT_LOADED, or METHOD_UNKNOWN where the code directory
   * does not define it.
   */
  Hook definedHook(String name) throws WorkerError {
    Hook hook = loaded().hooks().hookFor(name);
    if (hook != null) return hook;
    throw new WorkerError(
        "METHOD_UNKNOWN",
        "the hook file defines no "
            + loaded().hooks().nameOf(name)
            + "; ask only models that list it among their hooks");
  }

  /** The method {@code predict}: the rows of the payload, through every stage. */
  Object predict(Map<String, Object> params) throws WorkerError {
    Hook score = loaded().hooks().hookFor("score");
    Map<String, Object> payload = payloadOf(params);
    boolean asks = score != null && score.parameters() > 2; // the body, too
    if (asks && "file".equals(payload.get("kind"))) {
      payload = new LinkedHashMap<>(payload);
      payload.put("data", Payloads.bytesOf(payload));
      payload.put("kind", "bytes");
    }
    Object data = read(payload);
    Long rows = rowsOf(data);
    data = transformed(data, null);
    Table result =
        score == null
            ? predicted(data)
            : score.callForTable(data, loaded.model(), asks ? argumentsOf(payload) : null);
    boolean labelled =
        score != null
            || Predictions.CLASSES.contains(loaded.targetType())
            || result.columns().size() > 1; // some beside the prediction
    return answer(rows, result, labelled);
  }

  /**
   * The method {@code transform}: the table that the predictor would get, or the answer of a
   * transform model.
   */
  Object transform(Map<String, Object> params) throws WorkerError {
    loaded();
    Object data = read(payloadOf(params));
    Long rows = rowsOf(data);
    Table target = readTarget(params, rows);
    Table result =
        Hook.checkTable(
            loaded.hooks().nameOf("read_input_data"),
            transformed(data, target)); // what a transform hook returns was checked
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("rows", rows == null ? rowsOf(result) : rows);
    answer.put("table", ToWire.toWire(result));
    answer.put("index", null);
    answer.put("target", target == null ? null : ToWire.toWire(target));
    return answer;
  }

  /**
   * The method {@code post_process}: what the hook makes of predictions that the supervisor has
   * checked.
   */
  Object postProcess(Map<String, Object> params) throws WorkerError {
    Hook hook = definedHook("post_process");
    return answer(
        null, hook.callForTable(FromWire.toTable(params.get("predictions")), loaded.model()), true);
  }

  private static Map<String, Object> answer(Long rows, Table result, boolean labelled)
      throws WorkerError {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("rows", rows);
    answer.put("labelled", labelled);
    answer.put("predictions", ToWire.toWire(result));
    answer.put("index", null);
    return answer;
  }

  private static Map<String, Object> payloadOf(Map<String, Object> params) throws WorkerError {
    return ProtocolFields.takeMap(params, "payload");
  }

  /** The data that the next stage gets; a table was read already. */
  private Object read(Map<String, Object> payload) throws WorkerError {
    Hook reader =
        "table".equals(payload.get("kind")) ? null : loaded.hooks().hookFor("read_input_data");
    if (reader != null) {
      Object data = reader.call((Object) Payloads.bytesOf(payload));
      if (data != null) return data;
      throw new WorkerError(
          "HOOK_RESULT_INVALID",
          reader.name() + " returned null, expected the data; return it, e.g. as a drumline.Table");
    }
    boolean direct = loaded.signature() != null && loaded.hooks().hookFor("transform") == null;
    return Payloads.read(payload, direct ? loaded.signature()::wordsOf : name -> null);
  }

  /** Null for what else read_input_data may return: of that it is not known what a row is. */
  private static Long rowsOf(Object data) {
    return data instanceof Table table ? (long) table.rows() : null;
  }

  /** The hook gets as many of these as it takes. */
  private Object transformed(Object data, Table target) throws WorkerError {
    Hook hook = loaded.hooks().hookFor("transform");
    return hook == null ? data : hook.callForTable(data, loaded.model(), target);
  }

  /** What belongs to the rows; null where nothing came. */
  private static Table readTarget(Map<String, Object> params, Long rows) throws WorkerError {
    Map<String, Object> payload = ProtocolFields.takeOptionalMap(params, "target");
    if (payload == null) return null;
    Table target = Payloads.read(payload, name -> null);
    if (rows == null || target.rows() == rows) return target;
    String message = "the target has %d rows for %d of input; send one row of it a row";
    throw new WorkerError("INPUT_UNREADABLE", message.formatted(target.rows(), rows));
  }

  private ScoreParameters argumentsOf(Map<String, Object> payload) throws WorkerError {
    ScoreParameters same = loaded.parameters();
    return new ScoreParameters(
        same.targetType(),
        same.positiveClassLabel(),
        same.negativeClassLabel(),
        same.classLabels(),
        ProtocolFields.takeOptional(payload, "data", byte[].class),
        ProtocolFields.takeOptional(payload, "mimetype", String.class),
        ProtocolFields.takeOptional(payload, "charset", String.class),
        ProtocolFields.takeTexts(payload, "column_names"));
  }

  private Table predicted(Object data) throws WorkerError {
    ArtifactType predictor = loaded.predictor();
    if (predictor == null)
      throw new WorkerError(
          "ARTIFACT_MISSING", "there is nothing to score with here; ask the worker that scores");
    Table table = Hook.checkTable(loaded.hooks().nameOf("read_input_data"), data);
    if (table.rows() == 0) {
      throw new WorkerError(
          "INPUT_EMPTY",
          "the data has columns but no rows, and a built-in predictor needs one at least; send"
              + " rows");
    }
    if (loaded.signature() != null) table = loaded.signature().typed(table);
    try {
      return predictor.predict(loaded.model(), table, loaded.targetType(), loaded.labels());
    } catch (WorkerError error) {
      throw error;
    } catch (OutOfMemoryError error) {
      throw Tracebacks.outOfMemory("PREDICTOR_FAILED", "the model");
    } catch (Exception | LinkageError | StackOverflowError error) {
      throw new WorkerError(
          "PREDICTOR_FAILED",
          "the model could not predict: " + Tracebacks.wordsOf(error),
          Tracebacks.traceOf(error));
    }
  }
}
