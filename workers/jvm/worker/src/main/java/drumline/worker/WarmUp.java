// Runs the way of a small request a few times while the model is loaded, so that the first real one
// does not wait for classes.
package drumline.worker;

import drumline.Column;
import drumline.Table;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

final class WarmUp {
  private static final int ROUNDS = 50;
  private static final long MOST_NANOS = 40_000_000;

  private WarmUp() {}

  /**
   * Without a predictor that names its inputs it touches nothing but the reading and writing around
   * hooks.
   */
  static void run(LoadedModel loaded) {
    Signature signature = loaded.signature();
    List<String> header = List.of("a", "b", "c");
    List<String> cells = List.of("1", "0.5", "x");
    if (signature != null) {
      header = signature.names();
      cells = signature.fields().stream().map(WarmUp::cellOf).toList();
    }
    byte[] csv = (lineOf(header) + lineOf(cells)).getBytes(StandardCharsets.UTF_8);
    long end = System.nanoTime() + MOST_NANOS;
    try {
      for (int round = 0; round < ROUNDS && System.nanoTime() < end; round++) {
        Table table = Csv.read(csv, signature == null ? name -> null : signature::wordsOf);
        if (signature != null)
          table =
              loaded
                  .predictor()
                  .predict(
                      loaded.model(), signature.typed(table), loaded.targetType(), loaded.labels());
        MsgpackSubsetWriter.encode(ToWire.toWire(table));
      }
    } catch (Exception | LinkageError | OutOfMemoryError | StackOverflowError error) {
      // A model may refuse made-up rows; real ones will tell.
    }
  }

  /** A value that the column holds. */
  private static String cellOf(Signature.Field field) {
    if (field.levels() != null && !field.levels().isEmpty()) return field.levels().get(0);
    boolean isFraction = field.type() == Column.Type.DOUBLE && field.name().hashCode() % 2 != 0;
    return isFraction ? "0.5" : "1";
  }

  private static String lineOf(List<String> cells) {
    return cells.stream()
        .map(cell -> '"' + cell.replace("\"", "\"\"") + '"')
        .collect(Collectors.joining(",", "", "\n"));
  }
}
