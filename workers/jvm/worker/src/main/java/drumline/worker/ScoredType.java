// What artifact types have in common whose models are read once, by a scorer of their own.
package drumline.worker;

import drumline.Table;
import java.util.List;
import java.util.function.Function;

/** Leaves to its subclasses what a file is, how it is loaded and which models it fits. */
public abstract class ScoredType implements ArtifactType, Described {
  /** One model, with what is computed of it once. */
  public interface Scorer {
    /** As {@link ArtifactType#findFault}. */
    String findFault(String targetType);

    /** As {@link Described#signature}. */
    Signature signature();

    /** As {@link Described#classes}. */
    List<String> classes();

    /** As {@link ArtifactType#predict}. */
    Table predict(Table table, String targetType, List<String> labels) throws Exception;
  }

  private final PerModel<Scorer> scorers;

  /** {@code make} runs when a model is asked about for the first time. */
  protected ScoredType(Function<Object, Scorer> make) {
    scorers = new PerModel<>(make);
  }

  @Override
  public final String findFault(Object model, String targetType) {
    return scorers.of(model).findFault(targetType);
  }

  @Override
  public final Signature signature(Object model) {
    return scorers.of(model).signature();
  }

  @Override
  public final List<String> classes(Object model) {
    return scorers.of(model).classes();
  }

  @Override
  public final Table predict(Object model, Table table, String targetType, List<String> labels)
      throws Exception {
    return scorers.of(model).predict(table, targetType, labels);
  }
}
