// Runs the way of a small request a few times while the model is loaded, so that the first real one does not wait for classes.
package drumline.worker;

import drumline.Table;
import drumline.worker.artifacts.Predictor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

final class WarmUp {
  private static final int ROUNDS = 50;
  private static final long MOST_NANOS = 40_000_000;

  private WarmUp() {}

  /** {@code predictor} may be null: then what hooks do is not touched, only the reading and writing around them. */
  static void run(Predictor predictor, String targetType) {
    List<String> names = predictor == null ? List.of("a", "b", "c") : predictor.inputs();
    String header = String.join(",", names.stream().map(name -> '"' + name.replace("\"", "\"\"") + '"').toList());
    String cells = String.join(",", names.stream().map(name -> name.hashCode() % 2 == 0 ? "1" : "0.5").toList());
    byte[] csv = (header + "\n" + cells + "\n").getBytes(StandardCharsets.UTF_8);
    Set<String> texts = predictor == null ? Set.of() : predictor.textInputs();
    long end = System.nanoTime() + MOST_NANOS;
    try {
      for (int round = 0; round < ROUNDS && System.nanoTime() < end; round++) {
        Table table = Csv.read(csv, texts);
        MsgpackWriter.encode(WireWriter.toWire(predictor == null ? table : predictor.predict(table, targetType)));
      }
    } catch (Exception | LinkageError | OutOfMemoryError | StackOverflowError error) {
      // A model may refuse made-up rows; real ones will tell.
    }
  }
}
