// What all artifact types share: the kinds of target types, and the table of predictions.
package drumline.worker;

import drumline.Column;
import drumline.Table;
import java.util.List;
import java.util.Set;

public final class Predictions {
  /** Target types whose predictions have a column for each class. */
  public static final Set<String> CLASSES = Set.of("binary", "multiclass", "multilabel");

  /** Target types whose predictions are one column of numbers. */
  public static final Set<String> NUMBERS = Set.of("regression", "anomaly");

  /** Name of the column for {@link #NUMBERS}. */
  public static final String NUMBER = "Predictions";

  private Predictions() {}

  /** {@code values} holds an array for each name. */
  public static Table tableOf(List<String> names, double[][] values) {
    Column[] columns = new Column[values.length];
    for (int at = 0; at < columns.length; at++) columns[at] = Column.of(names.get(at), values[at]);
    return Table.of(columns);
  }
}
