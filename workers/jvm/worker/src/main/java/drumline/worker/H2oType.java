// What the two artifact types of H2O share: both predict through H2O's row interface.
package drumline.worker;

import drumline.Table;
import java.util.List;
import java.util.Set;

/** Leaves to its subclasses what a file is and how it is loaded. */
public abstract class H2oType implements ArtifactType, NamedInputs {
  private final PerModel<H2oScorer> scorers = new PerModel<>(model -> new H2oScorer(model));

  @Override
  public String holds() {
    return "a model that h2o-genmodel of this environment reads";
  }

  @Override
  public List<String> packages(Object model) {
    return List.of("h2o-genmodel");
  }

  @Override
  public String findFault(Object model, String targetType) {
    return scorers.of(model).findFault(targetType);
  }

  @Override
  public List<String> inputs(Object model) {
    return scorers.of(model).inputs();
  }

  @Override
  public Set<String> textInputs(Object model) {
    return scorers.of(model).textInputs();
  }

  @Override
  public Table predict(Object model, Table table, String targetType, List<String> labels)
      throws Exception {
    return scorers.of(model).predict(table, targetType);
  }
}
