// What scores one loaded artifact. One implementation a kind of model, all listed in ArtifactTypes.
package drumline.worker.artifacts;

import drumline.Column;
import drumline.Table;
import java.util.List;
import java.util.Set;

public interface Predictor {
  Set<String> CLASSES = Set.of("binary", "multiclass", "multilabel");
  Set<String> NUMBERS = Set.of("regression", "anomaly");

  /** For /info/. */
  String name();

  /** Why this model cannot serve the target type, in words that follow "the model"; null when it can. */
  String findFault(String targetType);

  /** Names of the columns that it reads. */
  List<String> inputs();

  /** Those of them that are text to the model, even where they look like numbers. */
  Set<String> textInputs();

  /** One row a row. The names of the columns are class labels when {@code targetType} is one of CLASSES. */
  Table predict(Table table, String targetType) throws Exception;

  /** {@code values} holds an array a name. */
  static Table tableOf(List<String> names, double[][] values) {
    Column[] columns = new Column[values.length];
    for (int at = 0; at < columns.length; at++) columns[at] = Column.of(names.get(at), values[at]);
    return Table.of(columns);
  }

  /** Throws when none of the inputs came: single ones may be missing. */
  default void checkInputs(Table table) {
    if (inputs().stream().anyMatch(table::has)) return;
    String message = "none of the model's columns came: expected %s, got %s";
    throw new IllegalArgumentException(message.formatted(String.join(", ", inputs()), String.join(", ", table.names())));
  }
}
