// Loads and asks models the way requests do, without descriptors: what an environment's archive of
// classes is made from.
package drumline.worker;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

public final class Rehearsal {
  private Rehearsal() {}

  /**
   * Arguments: pairs of a code directory and a target type. Exits with 1 when a model does not
   * answer.
   */
  public static void main(String[] arguments) throws IOException, WorkerError {
    ClassCache.folder =
        Files.createTempDirectory("drum-rehearsal"); // empty, so that the compiler is rehearsed too
    ByteArrayOutputStream requests = new ByteArrayOutputStream();
    addAll(requests, arguments);
    addAll(requests, arguments); // now with what is kept there
    ByteArrayOutputStream responses = new ByteArrayOutputStream();
    Main.serve(
        new Frames(new ByteArrayInputStream(requests.toByteArray()), responses, Integer.MAX_VALUE),
        1);
    for (File kept : ClassCache.folder.toFile().listFiles()) kept.delete();
    Files.delete(ClassCache.folder);
    System.exit(errorsIn(responses.toByteArray()) ? 1 : 0);
  }

  private static void addAll(ByteArrayOutputStream requests, String[] arguments)
      throws IOException {
    for (int at = 0; at + 1 < arguments.length; at += 2) {
      Path directory = Path.of(arguments[at]).toAbsolutePath();
      add(requests, "load", paramsOf(directory, arguments[at + 1]));
      Map<String, Object> payload = new LinkedHashMap<>();
      payload.put("kind", "bytes");
      payload.put("data", Files.readAllBytes(directory.resolve("input.csv")));
      add(requests, "predict", Map.of("payload", payload));
    }
  }

  private static Map<String, Object> paramsOf(Path directory, String targetType)
      throws IOException {
    Path hookFile = directory.resolve("custom.java");
    List<Object> artifacts = new ArrayList<>();
    try (var files = Files.list(directory)) {
      files
          .filter(file -> !file.equals(hookFile) && !file.toString().endsWith(".csv"))
          .forEach(file -> artifacts.add(file.toString()));
    }
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("code_directory", directory.toString());
    params.put("hook_file", Files.exists(hookFile) ? hookFile.toString() : null);
    params.put("artifacts", artifacts);
    params.put("target_type", targetType);
    return params;
  }

  private static void add(
      ByteArrayOutputStream requests, String method, Map<String, Object> params) {
    byte[] body = MsgpackSubsetWriter.encode(Arrays.asList(0L, 1L, method, params));
    for (int at = 0; at < 4; at++) requests.write(body.length >>> 8 * at);
    requests.writeBytes(body);
  }

  private static boolean errorsIn(byte[] responses) throws WorkerError {
    boolean failed = false;
    for (int at = 0; at < responses.length; ) {
      int size = ByteBuffer.wrap(responses, at, 4).order(ByteOrder.LITTLE_ENDIAN).getInt();
      List<?> message = (List<?>) MsgpackSubsetReader.decode(responses, at + 4, size);
      Object error = message.get(0).equals(1L) ? message.get(2) : null; // progress comes in between
      if (error != null) System.err.println(error);
      failed |= error != null;
      at += 4 + size;
    }
    return failed;
  }
}
