// A wrapper class as Seldon's users write it: makes one, and answers messages with its methods
// (protocol/SPEC.md, call).
package drumline.worker;

import drumline.SeldonMicroserviceException;
import drumline.SeldonResponse;
import drumline.worker.ComponentMessages.Payload;
import drumline.worker.ComponentMethods.Returned;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

final class Component {
  private static final int OK = 200; // HTTP statuses
  private static final int FAILED = 500;
  private static final int MOST_STATUS = 600; // which is none itself

  /** The methods that answer messages, with the label that their metrics get. */
  private static final Map<String, String> LABELS = new LinkedHashMap<>();

  static {
    LABELS.put("predict", "predict");
    LABELS.put("transform_input", "inputtransform");
    LABELS.put("transform_output", "outputtransform");
    LABELS.put("route", "router");
    LABELS.put("aggregate", "aggregate");
    LABELS.put("send_feedback", "feedback");
    LABELS.put("health_status", "health");
  }

  private record Answer(int status, Object message) {}

  private final String name;
  private final String unit; // the node's, or null
  private final String image;
  private final boolean tellsMetrics;
  private final ComponentMethods methods;

  /** Makes the instance. Throws HOOK_FILE_BROKEN, PACKAGE_MISSING or HOOK_FAILED. */
  Component(Path directory, Map<String, Object> params, Consumer<String> progress)
      throws WorkerError {
    name = ProtocolFields.take(params, "name", String.class);
    unit = ProtocolFields.takeOptional(params, "unit", String.class);
    image = ProtocolFields.takeOptional(params, "image", String.class);
    tellsMetrics =
        !Boolean.FALSE.equals(ProtocolFields.takeOptional(params, "tells_metrics", Boolean.class));
    progress.accept("making " + name);
    methods =
        new ComponentMethods(
            ComponentClass.instance(directory, name, ProtocolFields.takeMap(params, "parameters")));
  }

  /** Runs the method {@code load} of the class. Throws HOOK_FAILED. */
  void load(Consumer<String> progress) throws WorkerError {
    if (!methods.has("metrics"))
      System.err.println(Logs.DEBUG + name + " has no method metrics, so it measures nothing");
    if (methods.has("load")) progress.accept("running load");
    atLoad("load");
  }

  /** Runs the service of the class. Throws HOOK_FAILED. */
  void serve() throws WorkerError {
    atLoad("custom_service");
  }

  /** What the method returned, null without one. Throws HOOK_FAILED. */
  private Object atLoad(String method) throws WorkerError {
    try {
      return methods.call(method).value();
    } catch (Throwable error) {
      throw ComponentClass.failed(name + "." + method, error);
    }
  }

  /** The methods that the class has of those that answer messages, and its service. */
  List<String> names() {
    return Stream.concat(LABELS.keySet().stream(), Stream.of("custom_service"))
        .filter(method -> methods.has(method) || methods.has(method + "_raw"))
        .toList();
  }

  /** What the class tells of itself, or null. Throws HOOK_FAILED. */
  Object metadata() throws WorkerError {
    String method = methods.has("init_metadata") ? "init_metadata" : "metadata";
    if (!(atLoad(method) instanceof Map<?, ?> told)) return null;
    try {
      return JsonReader.read(JsonWriter.write(told)); // so nothing is in it but what the wire has
    } catch (SeldonMicroserviceException | JsonReader.Malformed error) {
      throw ComponentClass.failed(name + "." + method, error);
    }
  }

  // -- calls

  /** Answers a message with a method. What the method throws is an answer too. */
  Object call(Map<String, Object> params) throws WorkerError {
    String method = ProtocolFields.take(params, "method", String.class);
    String text = ProtocolFields.takeOptional(params, "message", String.class);
    if (!LABELS.containsKey(method))
      throw new WorkerError(
          "PARAMS_INVALID",
          "the field method must be one of "
              + String.join(", ", LABELS.keySet())
              + ", got "
              + ProtocolFields.described(method));
    List<Object> metrics = new ArrayList<>(); // of this node
    try {
      Object message = method.equals("health_status") ? null : ComponentMessages.read(text);
      Answer answer = answer(method, message, metrics);
      return result(answer, metrics, null);
    } catch (Throwable error) {
      return refuse(error, metrics);
    }
  }

  private static Map<String, Object> refuse(Throwable error, List<Object> metrics) {
    if (error instanceof SeldonMicroserviceException chosen
        && chosen.getStatusCode() >= OK
        && chosen.getStatusCode() < MOST_STATUS) {
      Object told = ComponentMessages.errorOf(textOf(error), chosen.getReason());
      return result(new Answer(chosen.getStatusCode(), told), metrics, null);
    }
    Object told = ComponentMessages.errorOf(textOf(error), ComponentMessages.INTERNAL);
    return result(new Answer(FAILED, told), metrics, Tracebacks.traceOf(error));
  }

  private static String textOf(Throwable error) {
    if (error instanceof OutOfMemoryError)
      return Tracebacks.outOfMemory("HOOK_FAILED", "the method").getMessage();
    String text = Tracebacks.textOf(error);
    return text.isEmpty() ? Tracebacks.wordsOf(error) : text;
  }

  private static Map<String, Object> result(Answer answer, List<Object> metrics, String traceback) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("status", (long) answer.status);
    result.put("type", "application/json");
    result.put("message", JsonWriter.write(answer.message) + "\n");
    result.put("metrics", metrics);
    result.put("traceback", traceback);
    return result;
  }

  /** Adds the metrics of this node to {@code metrics}. */
  private Answer answer(String method, Object message, List<Object> metrics) throws Throwable {
    Returned raw =
        message == null ? methods.call(method + "_raw") : methods.call(method + "_raw", message);
    if (!raw.isAbsent()) return rawAnswer(method, raw.value(), metrics);
    return new Answer(
        OK,
        switch (method) {
          case "aggregate" -> aggregate(message, metrics);
          case "send_feedback" -> sendFeedback(new Feedback(message), metrics);
          case "health_status" -> healthStatus(metrics);
          case "route" -> route(ComponentMessages.payloadOf(message), metrics);
          default -> plain(method, ComponentMessages.payloadOf(message), metrics);
        });
  }

  private static Answer rawAnswer(String method, Object answer, List<Object> metrics) {
    if (!(answer instanceof Map<?, ?> members)) return new Answer(OK, answer);
    if (members.get("meta") instanceof Map<?, ?> meta && meta.get("metrics") != null)
      for (Object metric : ComponentMessages.listOf(meta.get("metrics"), "metrics"))
        metrics.add(ComponentMetrics.toWire(metric));
    boolean tells = method.equals("predict") && members.get("status") instanceof Map;
    Object code = tells ? ((Map<?, ?>) members.get("status")).get("code") : null;
    return new Answer(code instanceof Number status ? status.intValue() : OK, answer);
  }

  private Object plain(String method, Payload payload, List<Object> metrics) throws Throwable {
    Returned returned = methods.call(method, payload.value(), payload.names(), payload.meta());
    Object value = returned.value();
    if (returned.isAbsent()) value = method.equals("predict") ? List.of() : payload.value();
    return told(method, responseOf(value), payload.form(), payload.metaMap(), metrics);
  }

  private Object route(Payload payload, List<Object> metrics) throws Throwable {
    Returned returned = methods.call("route", payload.value(), payload.names(), payload.meta());
    if (returned.isAbsent()) throw refusal(returned, "Route not defined");
    SeldonResponse response = responseOf(returned.value());
    if (!JsonWriter.isWhole(response.data()))
      throw ComponentMessages.refusal("Routing response must be int but got " + response.data());
    List<?> data = List.of(List.of(response.data()));
    SeldonResponse routed = new SeldonResponse(data, response.tags(), response.metrics());
    Map<String, Object> meta = ComponentMeta.onlyPuid(payload.metaMap());
    return told("route", routed, payload.form(), meta, metrics);
  }

  private static SeldonMicroserviceException refusal(Returned absent, String words) {
    return ComponentMessages.refusal(absent.words() == null ? words : absent.words());
  }

  private Object aggregate(Object message, List<Object> metrics) throws Throwable {
    Object items = message instanceof Map<?, ?> map ? map.get("seldonMessages") : message;
    if (!(items instanceof List<?> messages))
      throw ComponentMessages.refusal("Invalid request data type: " + JsonWriter.write(message));
    List<Payload> payloads = messages.stream().map(ComponentMessages::payloadOf).toList();
    List<Payload> withMeta = payloads.stream().filter(Payload::hasMeta).toList();
    Returned returned =
        methods.call(
            "aggregate",
            new ArrayList<>(payloads.stream().map(Payload::value).toList()),
            new ArrayList<>(payloads.stream().map(Payload::names).toList()),
            new ArrayList<>(withMeta.stream().map(Payload::meta).toList()));
    if (returned.isAbsent()) throw refusal(returned, "Aggregate not defined");
    if (payloads.isEmpty()) throw ComponentMessages.internal("there is no message to aggregate");
    Map<String, Object> meta =
        ComponentMeta.merged(withMeta.stream().map(Payload::metaMap).toList());
    return told("aggregate", responseOf(returned.value()), payloads.get(0).form(), meta, metrics);
  }

  private Object sendFeedback(Feedback feedback, List<Object> metrics) throws Throwable {
    Returned returned =
        methods.call(
            "send_feedback",
            feedback.features(),
            feedback.names(),
            feedback.reward(),
            feedback.truth(),
            feedback.routingOf(unit));
    SeldonResponse response = responseOf(returned.value());
    if (response.data() == null)
      response = new SeldonResponse(List.of(), response.tags(), response.metrics());
    return Feedback.asProto(
        told("send_feedback", response, feedback.form(), feedback.meta(), metrics));
  }

  private Object healthStatus(List<Object> metrics) throws Throwable {
    Returned returned = methods.call("health_status");
    Object value = returned.value();
    if (returned.isAbsent())
      value = returned.words() == null ? "healthy" : "not implemented - assuming healthy";
    return told("health_status", responseOf(value), null, Map.of(), metrics);
  }

  private static SeldonResponse responseOf(Object returned) {
    return returned instanceof SeldonResponse response ? response : new SeldonResponse(returned);
  }

  // -- answers

  /**
   * The whole answer: the result packed, with tags and metrics of the request, the class and the
   * result.
   */
  private Map<String, Object> told(
      String method,
      SeldonResponse response,
      String form,
      Map<String, Object> asked,
      List<Object> metrics)
      throws Throwable {
    Returned tags = methods.call("tags");
    Returned measured = methods.call("metrics");
    List<Object> own = new ArrayList<>();
    if (!measured.isAbsent())
      own.addAll(ComponentMetrics.labelled(measured.value(), LABELS.get(method)));
    own.addAll(ComponentMetrics.labelled(response.metrics(), LABELS.get(method)));
    own.forEach(metric -> metrics.add(ComponentMetrics.toWire(metric)));
    ComponentMeta meta = new ComponentMeta(asked);
    meta.addTags(tags.value());
    meta.addTags(response.tags());
    if (tellsMetrics) meta.addMetrics(own);
    if (unit != null) meta.addNode(unit, image);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("meta", meta.toMap());
    answer.putAll(ComponentMessages.packed(response.data(), form, this::classNames));
    return answer;
  }

  /** The names that the class has for columns, or null. */
  private List<?> classNames() throws Throwable {
    Object names = methods.call("class_names").value();
    return names == null ? null : ComponentMessages.listOf(names, "the class names");
  }
}
