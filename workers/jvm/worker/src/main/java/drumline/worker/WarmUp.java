// Runs the way of a small request a few times while the model is loaded, so that the first real one
// does not wait for classes.
package drumline.worker;

import drumline.Table;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

final class WarmUp {
  private static final int ROUNDS = 50;
  private static final long MOST_NANOS = 40_000_000;

  private WarmUp() {}

  /**
   * Without a predictor that names its inputs it touches nothing but the reading and writing around
   * hooks.
   */
  static void run(LoadedModel loaded) {
    NamedInputs named = loaded.namedInputs();
    List<String> names = named == null ? List.of("a", "b", "c") : named.inputs(loaded.model());
    String header =
        String.join(
            ",", names.stream().map(name -> '"' + name.replace("\"", "\"\"") + '"').toList());
    String cells =
        String.join(
            ",", names.stream().map(name -> name.hashCode() % 2 == 0 ? "1" : "0.5").toList());
    byte[] csv = (header + "\n" + cells + "\n").getBytes(StandardCharsets.UTF_8);
    Set<String> texts = named == null ? Set.of() : named.textInputs(loaded.model());
    long end = System.nanoTime() + MOST_NANOS;
    try {
      for (int round = 0; round < ROUNDS && System.nanoTime() < end; round++) {
        Table table = Csv.read(csv, texts);
        MsgpackSubsetWriter.encode(
            ToWire.toWire(
                named == null
                    ? table
                    : loaded
                        .predictor()
                        .predict(loaded.model(), table, loaded.targetType(), loaded.labels())));
      }
    } catch (Exception | LinkageError | OutOfMemoryError | StackOverflowError error) {
      // A model may refuse made-up rows; real ones will tell.
    }
  }
}
