// A real worker process, started the way the supervisor starts it, with a deadline.
package drumline.worker;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

final class WorkerProcess implements AutoCloseable {
  static final Path FOLDER =
      Path.of("").toAbsolutePath().getParent(); // Maven runs tests in the module's folder

  /** The libraries of environments/java, from Maven's own class path. */
  static final String LIBRARIES =
      Arrays.stream(
              System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                  .split(File.pathSeparator))
          .filter(
              entry ->
                  entry.endsWith(".jar")
                      && !entry.matches(".*(junit|opentest4j|apiguardian|drumline).*"))
          .collect(Collectors.joining(File.pathSeparator));

  private static final String LAUNCHER = "exec \"$@\" 3<&0 4>&1 </dev/null 1>&2";
  private static final long DEADLINE = 60; // seconds

  /** {@code error} or {@code result} is null. */
  record Answer(Map<String, Object> error, Map<String, Object> result) {
    Map<String, Object> success() {
      if (error != null) throw new AssertionError("expected a result, got " + error);
      return result;
    }

    /** The message, when the code is this one. */
    String message(String code) {
      if (error == null || !code.equals(error.get("code")))
        throw new AssertionError("expected " + code + ", got " + (error == null ? result : error));
      return (String) error.get("message");
    }

    String traceback() {
      return (String) error.get("traceback");
    }
  }

  private final Process process;
  private final Path printed;
  private long nextId = 1;

  /** With the libraries; {@code variables} are name, value, name, value. */
  static WorkerProcess start(String... variables) throws IOException {
    String[] all = Arrays.copyOf(variables, variables.length + 2);
    all[variables.length] = "DRUM_JAVA_CUSTOM_CLASS_PATH";
    all[variables.length + 1] = LIBRARIES;
    return new WorkerProcess(all);
  }

  WorkerProcess(String... variables) throws IOException {
    printed = Files.createTempFile("drum-worker", ".log");
    String java = System.getProperty("java.home") + "/bin/java";
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh", "-c", LAUNCHER, "sh", "sh", FOLDER.resolve("start.sh").toString(), java);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("DRUM_") || name.equals("CLASSPATH"));
    environment.putAll(
        Map.of(
            "DRUM_PROTOCOL_IN",
            "3",
            "DRUM_PROTOCOL_OUT",
            "4",
            "DRUM_MAX_FRAME",
            String.valueOf(1 << 24)));
    environment.put(
        "XDG_CACHE_HOME", "/proc/none"); // every source is compiled, unless a test brings a cache
    for (int at = 0; at < variables.length; at += 2)
      environment.put(variables[at], variables[at + 1]);
    process = builder.redirectError(printed.toFile()).start();
    Thread watch =
        new Thread(
            () -> {
              try {
                if (!process.waitFor(DEADLINE, TimeUnit.SECONDS)) process.destroyForcibly();
              } catch (InterruptedException error) {
                process.destroyForcibly();
              }
            });
    watch.setDaemon(true);
    watch.start();
  }

  void sendBytes(byte... bytes) throws IOException {
    process.getOutputStream().write(bytes);
    process.getOutputStream().flush();
  }

  void send(Object message) throws IOException {
    byte[] body = MsgpackSubsetWriter.encode(message);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    for (int at = 0; at < 4; at++) frame.write(body.length >>> 8 * at);
    frame.writeBytes(body);
    sendBytes(frame.toByteArray());
  }

  /** The next message; null at the end. */
  List<?> receive() throws IOException, WorkerError {
    InputStream input = process.getInputStream();
    byte[] head = input.readNBytes(4);
    if (head.length == 0) return null;
    int size =
        head[0] & 0xFF | (head[1] & 0xFF) << 8 | (head[2] & 0xFF) << 16 | (head[3] & 0xFF) << 24;
    byte[] body = input.readNBytes(size);
    return (List<?>) MsgpackSubsetReader.decode(body, 0, body.length);
  }

  @SuppressWarnings("unchecked")
  Answer call(String method, Map<String, Object> params) throws IOException, WorkerError {
    long id = nextId++;
    send(Arrays.asList(0L, id, method, params));
    List<?> message = receive();
    while (message != null && message.get(0).equals(2L)) message = receive();
    if (message == null)
      throw new AssertionError("the worker ended without an answer; it printed:\n" + log());
    if (!message.get(1).equals(id))
      throw new AssertionError("expected the response to " + id + ", got " + message);
    return new Answer((Map<String, Object>) message.get(2), (Map<String, Object>) message.get(3));
  }

  /**
   * Loads a code directory, whose files are told as the supervisor does; {@code more} are further
   * params: name, value, …
   */
  Answer load(Path directory, String targetType, Object... more) throws IOException, WorkerError {
    Path hookFile = directory.resolve("custom.java");
    List<String> artifacts = new ArrayList<>();
    try (var files = Files.list(directory)) {
      files
          .map(Path::toString)
          .filter(
              file ->
                  file.matches("(?i).*\\.(jar|java|zip|mojo|pmml)")
                      && !file.equals(hookFile.toString()))
          .sorted()
          .forEach(artifacts::add);
    }
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("code_directory", directory.toString());
    params.put("hook_file", Files.exists(hookFile) ? hookFile.toString() : null);
    params.put("artifacts", artifacts);
    params.put("target_type", targetType);
    for (int at = 0; at < more.length; at += 2) params.put((String) more[at], more[at + 1]);
    return call("load", params);
  }

  Answer predict(String csv) throws IOException, WorkerError {
    return predict(csv.getBytes(java.nio.charset.StandardCharsets.UTF_8), null);
  }

  Answer predict(byte[] data, String mimetype) throws IOException, WorkerError {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("kind", "bytes");
    payload.put("data", data);
    payload.put("mimetype", mimetype);
    return call("predict", Map.of("payload", payload));
  }

  /** Ends the input; the exit status. */
  int finish() throws IOException {
    endInput();
    return status();
  }

  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  int status() {
    try {
      return process.waitFor();
    } catch (InterruptedException error) {
      throw new AssertionError(error);
    }
  }

  String log() throws IOException {
    return Files.readString(printed);
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(printed);
  }
}
