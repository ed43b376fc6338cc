// What the two artifact types of H2O share: both predict through H2O's row interface.
package drumline.worker;

import java.util.List;

/** Leaves to its subclasses what a file is and how it is loaded. */
public abstract class H2oType extends ScoredType {
  protected H2oType() {
    super(model -> new H2oScorer(model));
  }

  @Override
  public String holds() {
    return "a model that h2o-genmodel of this environment reads";
  }

  @Override
  public List<String> packages(Object model) {
    return List.of("h2o-genmodel");
  }
}
