// Start: opens the descriptors, sends hello, and runs the loop until the end of input
// (protocol/SPEC.md sections 1, 4 and 5).
package drumline.worker;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

public final class Main {
  private static final List<String> METHODS =
      List.of(
          "ping",
          "load",
          "predict",
          "transform",
          "post_process",
          "score_unstructured",
          "chat",
          "models",
          "call",
          "serve");
  private static final Set<String> WAITING =
      Set.of("score_unstructured", "chat", "call"); // Their hooks mostly wait for other services.
  private static final int USAGE = 64; // exit status
  private static final long PROTOCOL_VERSION = 1;
  static final String WORKER_VERSION = "0.1.0";

  private Main() {}

  /**
   * Serves the descriptors that the environment names; takes no arguments. Exits with 0, 64
   * (started by hand) or 65 (broken input).
   */
  public static void main(String[] arguments) throws Exception {
    // The JDK closes all descriptors but the first three in the processes that it starts, so these
    // two stay with this one.
    FileDescriptor incoming = descriptor((int) variable("DRUM_PROTOCOL_IN"));
    FileDescriptor outgoing = descriptor((int) variable("DRUM_PROTOCOL_OUT"));
    Frames frames =
        new Frames(
            new FileInputStream(incoming),
            new FileOutputStream(outgoing),
            variable("DRUM_MAX_FRAME"));
    int threads =
        System.getenv("DRUM_WORKER_THREADS") == null ? 1 : (int) variable("DRUM_WORKER_THREADS");
    frames.notify("hello", hello(threads));
    System.exit(serve(frames, threads));
  }

  /** {@code threads}: how many requests may wait at the same time. */
  private static Map<String, Object> hello(long threads) {
    Map<String, Object> capabilities = new LinkedHashMap<>();
    capabilities.put("methods", METHODS);
    capabilities.put("payloads", List.of("bytes", "file", "table"));
    capabilities.put("concurrency", threads);
    Map<String, Object> hello = new LinkedHashMap<>();
    hello.put("protocol", PROTOCOL_VERSION);
    hello.put("language", "java");
    hello.put("language_version", System.getProperty("java.version"));
    hello.put("worker_version", WORKER_VERSION);
    hello.put("executable", System.getProperty("java.home") + "/bin/java");
    hello.put("capabilities", capabilities);
    return hello;
  }

  private static long variable(String name) {
    try {
      return Long.parseLong(String.valueOf(System.getenv(name)));
    } catch (NumberFormatException error) {
      System.err.println(
          "this is the Java worker of drum, which drum starts itself: run `drum score` or `drum"
              + " server`\n"
              + "expected the variables DRUM_PROTOCOL_IN and DRUM_PROTOCOL_OUT (inherited"
              + " descriptors) and DRUM_MAX_FRAME (bytes): "
              + name
              + " is "
              + System.getenv(name));
      System.exit(USAGE);
      throw error;
    }
  }

  /** Until the end of input. Returns the exit status. */
  static int serve(Frames frames, int threads) {
    Map<String, Protocol.Method> methods = new LinkedHashMap<>();
    Protocol protocol = new Protocol(frames, methods);
    Model model = new Model(protocol::progress);
    UnstructuredScoring unstructured = new UnstructuredScoring(model, new Mlops(protocol::report));
    Chat chat = new Chat(model, protocol::chunk);
    methods.put("ping", params -> Map.of());
    methods.put("load", model::load);
    methods.put("predict", model::predict);
    methods.put("transform", model::transform);
    methods.put("post_process", model::postProcess);
    methods.put("score_unstructured", unstructured::score);
    methods.put("chat", chat::complete);
    methods.put("models", chat::models);
    methods.put("call", model::call);
    methods.put("serve", model::serve);
    methods.replaceAll((name, method) -> thenFlush(method));
    return protocol.serve(WAITING, threads);
  }

  /** The method, after which lines that it printed without ending them go to the log too. */
  private static Protocol.Method thenFlush(Protocol.Method method) {
    return params -> {
      try {
        return method.run(params);
      } finally {
        for (PrintStream printed : new PrintStream[] {System.out, System.err})
          if (printed != null) printed.flush();
      }
    };
  }

  /**
   * Descriptors are sockets, which cannot be opened by a path; the constructor is not public
   * (start.sh opens java.io for it).
   */
  private static FileDescriptor descriptor(int number) throws ReflectiveOperationException {
    Constructor<FileDescriptor> constructor =
        FileDescriptor.class.getDeclaredConstructor(int.class);
    constructor.setAccessible(true);
    return constructor.newInstance(number);
  }
}
