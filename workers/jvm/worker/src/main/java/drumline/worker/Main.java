// Owns the descriptors, says hello, and answers requests until the end of input (protocol/SPEC.md sections 1, 4 and 5).
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
  private static final List<String> METHODS = List.of("ping", "load", "predict", "transform", "post_process", "score_unstructured", "chat", "models");
  private static final Set<String> WAITING = Set.of("score_unstructured", "chat"); // Their hooks mostly wait for other services.
  private static final int USAGE = 64;

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    // The JDK closes all descriptors but the first three in the processes that it starts, so these two stay with this one.
    FileDescriptor incoming = descriptor((int) variable("DRUM_PROTOCOL_IN"));
    FileDescriptor outgoing = descriptor((int) variable("DRUM_PROTOCOL_OUT"));
    Stream stream = new Stream(new FileInputStream(incoming), new FileOutputStream(outgoing), variable("DRUM_MAX_FRAME"));
    int threads = System.getenv("DRUM_WORKER_THREADS") == null ? 1 : (int) variable("DRUM_WORKER_THREADS");
    stream.notify("hello", Protocol.hello(METHODS, threads));
    System.exit(serve(stream, threads));
  }

  private static long variable(String name) {
    try {
      return Long.parseLong(String.valueOf(System.getenv(name)));
    } catch (NumberFormatException error) {
      System.err.println("this is the Java worker of drum, which drum starts itself: run `drum score` or `drum server`\n"
          + "expected the variables DRUM_PROTOCOL_IN and DRUM_PROTOCOL_OUT (inherited descriptors) and DRUM_MAX_FRAME (bytes): "
          + name + " is " + System.getenv(name));
      System.exit(USAGE);
      throw error;
    }
  }

  /** Until the end of input. Returns the exit status. */
  static int serve(Stream stream, int threads) {
    Map<String, Requests.Method> methods = new LinkedHashMap<>();
    Requests requests = new Requests(stream, methods);
    Model model = new Model(requests::progress, requests::chunk, new Reports(requests::report));
    methods.put("ping", model::ping);
    methods.put("load", model::load);
    methods.put("predict", model::predict);
    methods.put("transform", model::transform);
    methods.put("post_process", model::postProcess);
    methods.put("score_unstructured", model::scoreUnstructured);
    methods.put("chat", model::chat);
    methods.put("models", model::models);
    methods.replaceAll((name, method) -> thenFlush(method));
    return requests.serve(WAITING, threads);
  }

  /** The method, after which lines that it printed without ending them go to the log too. */
  private static Requests.Method thenFlush(Requests.Method method) {
    return params -> {
      try {
        return method.run(params);
      } finally {
        for (PrintStream printed : new PrintStream[] {System.out, System.err}) if (printed != null) printed.flush();
      }
    };
  }

  /** Descriptors are sockets, which cannot be opened by a path; the constructor is not public (start.sh opens java.io for it). */
  private static FileDescriptor descriptor(int number) throws ReflectiveOperationException {
    Constructor<FileDescriptor> constructor = FileDescriptor.class.getDeclaredConstructor(int.class);
    constructor.setAccessible(true);
    return constructor.newInstance(number);
  }
}
