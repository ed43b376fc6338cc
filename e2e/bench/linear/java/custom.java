// The arithmetic of the language benchmark: ten columns, weights 1 to 10. ../../native does the
// same without drum.

import drumline.Table;

public class Custom {
  public double[] loadModel(String codeDir) {
    return new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  }

  public Table score(Table data, double[] model) {
    double[] sums = new double[data.rows()];
    for (int at = 0; at < model.length; at++) {
      double[] values = data.columns().get(at).doubles();
      for (int row = 0; row < sums.length; row++) sums[row] += model[at] * values[row];
    }
    return Table.of("Predictions", sums);
  }
}
