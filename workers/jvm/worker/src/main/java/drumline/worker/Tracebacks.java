// What is told of an exception in user code: its words, and the user's own part of the stack trace.
package drumline.worker;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

public final class Tracebacks {
  private static final int MOST_FRAMES = 16;
  private static final List<String> OURS =
      List.of("drumline.", "java.lang.reflect.", "jdk.internal.reflect.");

  private Tracebacks() {}

  /** Name and text, also when the exception's own methods fail. */
  public static String wordsOf(Throwable error) {
    String text = textOf(error);
    return error.getClass().getSimpleName() + (text.isEmpty() ? "" : ": " + text);
  }

  static String textOf(Throwable error) {
    try {
      String text = error.getLocalizedMessage();
      return text == null ? "" : text;
    } catch (RuntimeException | StackOverflowError broken) {
      return "(no text, its getMessage fails)";
    }
  }

  /**
   * The trace as Java prints it, causes too, without our own frames and without the middle of a
   * long one.
   */
  public static String traceOf(Throwable error) {
    StringBuilder trace = new StringBuilder();
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable one = error; one != null && seen.add(one); one = one.getCause()) {
      trace
          .append(one == error ? "" : "Caused by: ")
          .append(one.getClass().getName())
          .append(": ")
          .append(textOf(one))
          .append('\n');
      for (String frame : framesOf(one)) trace.append("    ").append(frame).append('\n');
    }
    return trace.toString();
  }

  private static List<String> framesOf(Throwable error) {
    List<String> frames = new ArrayList<>();
    for (StackTraceElement frame : error.getStackTrace()) {
      if (OURS.stream().noneMatch(frame.getClassName()::startsWith)) frames.add("at " + frame);
    }
    int more = frames.size() - MOST_FRAMES;
    if (more <= 0) return frames;
    List<String> shortened = new ArrayList<>(frames.subList(0, MOST_FRAMES / 2));
    shortened.add("... " + more + " more frames");
    shortened.addAll(frames.subList(frames.size() - MOST_FRAMES / 2, frames.size()));
    return shortened;
  }

  /** With our own frames: for faults of ours. */
  static String fullTrace(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  public static WorkerError outOfMemory(String code, String what) {
    long most = Runtime.getRuntime().maxMemory() >> 20;
    String message =
        "%s ran out of memory: the heap of the JVM holds %d MB; set DRUM_JAVA_XMX to more (it"
            + " becomes -Xmx, e.g. 4g), or send fewer rows";
    return new WorkerError(code, message.formatted(what, most));
  }
}
