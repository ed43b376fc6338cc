// Does not put up with missing values of some columns, and dies of those of others;
// e2e/validation.test.ts compares the reports of the languages.

import drumline.Table;

public class Custom {
  public Object loadModel(String codeDir) {
    return "model";
  }

  public Table score(Table data, Object model) {
    if (isMissing(data, "visits")) Runtime.getRuntime().halt(7);
    if (isMissing(data, "region")) throw new IllegalArgumentException("the region must be known");
    // The bmi counts beside that of the other rows, which no model should do.
    double largest = 0;
    double[] age = isMissing(data, "age") ? new double[data.rows()] : data.doubles("age");
    double[] bmi =
        !data.has("bmi") || isMissing(data, "bmi") ? new double[data.rows()] : data.doubles("bmi");
    for (int row = 0; row < bmi.length; row++) if (bmi[row] > largest) largest = bmi[row];
    for (int row = 0; row < age.length; row++)
      age[row] = (Double.isNaN(age[row]) ? 0 : age[row]) - largest;
    return Table.of("Predictions", age);
  }

  private static boolean isMissing(Table data, String column) {
    if (!data.has(column)) return false;
    for (int row = 0; row < data.rows(); row++) if (!data.isMissing(column, row)) return false;
    return true;
  }
}
