// What an artifact type computes once for each model.
package drumline.worker;

import java.util.function.Function;

/** Holds the value of the last model only: a worker has one. */
public final class PerModel<V> {
  private record Kept<V>(Object model, V value) {}

  private final Function<Object, V> make;
  private volatile Kept<V> kept;

  /** {@code make} runs when a model is asked about for the first time. */
  public PerModel(Function<Object, V> make) {
    this.make = make;
  }

  /** The value of this very object. */
  public V of(Object model) {
    Kept<V> last = kept;
    if (last == null || last.model != model) {
      last = new Kept<>(model, make.apply(model));
      kept = last;
    }
    return last.value;
  }
}
