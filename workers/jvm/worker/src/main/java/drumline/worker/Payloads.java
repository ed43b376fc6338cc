// Payload to table: CSV, Matrix Market, table; and bytes for hooks that read themselves.
package drumline.worker;

import drumline.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

final class Payloads {
  private static final Set<String> CSV_TYPES = Set.of("", "text/csv", "text/plain");
  private static final String MATRIX_TYPE = "text/mtx";

  private Payloads() {}

  /** Format to the version of the package that reads it: our own code does. */
  static Map<String, Object> formats() {
    Map<String, Object> formats = new LinkedHashMap<>();
    formats.put("csv", null);
    formats.put("mtx", null);
    return formats;
  }

  /** A payload of kind bytes or file as the bytes that came. */
  static byte[] bytesOf(Map<String, Object> payload) throws WorkerError {
    String kind = ProtocolFields.take(payload, "kind", String.class);
    if (kind.equals("bytes")) return ProtocolFields.take(payload, "data", byte[].class);
    if (!kind.equals("file")) {
      throw new WorkerError(
          "INPUT_UNSUPPORTED",
          "a payload is of kind bytes, file or table, got " + ProtocolFields.described(kind));
    }
    String path = ProtocolFields.take(payload, "path", String.class);
    try {
      return Files.readAllBytes(Path.of(path));
    } catch (IOException | InvalidPathException error) {
      String message =
          "the input file "
              + path
              + " cannot be read: "
              + Tracebacks.wordsOf(error)
              + "; check the path";
      throw new WorkerError("INPUT_UNREADABLE", message);
    } catch (OutOfMemoryError error) {
      throw Tracebacks.outOfMemory("INPUT_UNREADABLE", "reading " + path);
    }
  }

  /** A payload as a table; {@code textColumns} are as {@link Csv#read} has them. */
  static Table read(Map<String, Object> payload, Function<String, Set<String>> textColumns)
      throws WorkerError {
    if (ProtocolFields.take(payload, "kind", String.class).equals("table"))
      return FromWire.toTable(payload.get("table"));
    byte[] data = bytesOf(payload);
    String mimetype = ProtocolFields.takeOptional(payload, "mimetype", String.class);
    try {
      if (mimetype == null || CSV_TYPES.contains(mimetype)) return Csv.read(data, textColumns);
      if (mimetype.equals(MATRIX_TYPE))
        return MatrixMarket.read(data, ProtocolFields.takeTexts(payload, "column_names"));
    } catch (OutOfMemoryError error) {
      throw Tracebacks.outOfMemory("INPUT_UNREADABLE", "reading the data");
    }
    String message =
        "the media type %s is not read, expected text/csv or text/mtx; send one of these, or define"
            + " readInputData";
    throw new WorkerError(
        "INPUT_UNSUPPORTED", message.formatted(ProtocolFields.described(mimetype)));
  }
}
