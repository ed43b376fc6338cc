// The same arithmetic in every language; e2e/four.test.ts compares the answers.

import drumline.Column;
import drumline.Table;

public class Custom {
  public record Fills(double bmi, double visits) {}

  public Fills loadModel(String codeDir) {
    return new Fills(25, 0);
  }

  public Table transform(Table data, Fills model) {
    double[] age = data.doubles("age"), smoker = data.doubles("smoker");
    double[] bmi = data.doubles("bmi"), visits = data.doubles("visits");
    String[] region = data.strings("region");
    double[] risk = new double[data.rows()];
    for (int row = 0; row < risk.length; row++) {
      double mass = data.isMissing("bmi", row) ? model.bmi() : bmi[row];
      double count = data.isMissing("visits", row) ? model.visits() : visits[row];
      risk[row] =
          age[row] / 100 + mass / 50 + smoker[row] + region[row].length() / 10.0 + count / 20;
    }
    return Table.of(Column.of("risk", risk), data.column("region"), data.column("age"));
  }

  public Table score(Table data, Fills model) {
    double[] values = data.doubles("risk");
    for (int row = 0; row < values.length; row++) values[row] = -values[row];
    return Table.of("Predictions", values);
  }
}
