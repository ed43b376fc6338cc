// Owns the descriptors, says hello, and answers requests until the end of input (protocol/SPEC.md sections 1, 4 and 5).
package drumline.worker;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public final class Main {
  private static final List<String> METHODS = List.of("ping", "load", "predict", "transform", "post_process", "score_unstructured");
  private static final int USAGE = 64;
  private static final int OUT_OF_MEMORY = 3;

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    // The JDK closes all descriptors but the first three in the processes that it starts, so these two stay with this one.
    FileDescriptor incoming = descriptor((int) variable("DRUM_PROTOCOL_IN"));
    FileDescriptor outgoing = descriptor((int) variable("DRUM_PROTOCOL_OUT"));
    Stream stream = new Stream(new FileInputStream(incoming), new FileOutputStream(outgoing), variable("DRUM_MAX_FRAME"));
    stream.notify("hello", Protocol.hello(METHODS));
    System.exit(serve(stream));
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
  static int serve(Stream stream) {
    Model model = new Model(stream::progress);
    Map<String, Stream.Method> methods = new LinkedHashMap<>();
    methods.put("ping", model::ping);
    methods.put("load", model::load);
    methods.put("predict", model::predict);
    methods.put("transform", model::transform);
    methods.put("post_process", model::postProcess);
    methods.put("score_unstructured", model::scoreUnstructured);
    methods.replaceAll((name, method) -> thenFlush(method));
    try {
      return stream.serve(methods);
    } catch (IOException error) {
      return 0; // Nobody is left to listen, which is an end of input too.
    } catch (OutOfMemoryError error) {
      System.err.println(Tracebacks.outOfMemory("INTERNAL", "the worker").getMessage());
      return OUT_OF_MEMORY;
    }
  }

  /** The method, after which lines that it printed without ending them go to the log too. */
  private static Stream.Method thenFlush(Stream.Method method) {
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
