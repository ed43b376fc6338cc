// Whether a tumour is malignant: a logistic regression in one Java source file, compiled when it is
// loaded.

import drumline.Column;
import drumline.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

public class Custom {
  /** Column name to weight, "intercept" among them. */
  public Map<String, Double> loadModel(String codeDir) throws IOException {
    Map<String, Double> weights = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Path.of(codeDir, "weights.csv"))) {
      String[] cells = line.split(",");
      if (!cells[0].equals("column")) weights.put(cells[0], Double.valueOf(cells[1]));
    }
    return weights;
  }

  public Table score(Table data, Map<String, Double> weights) {
    double[] malignant = new double[data.rows()], benign = new double[data.rows()];
    for (Map.Entry<String, Double> weight : weights.entrySet()) {
      double[] values = weight.getKey().equals("intercept") ? null : data.doubles(weight.getKey());
      for (int row = 0; row < malignant.length; row++)
        malignant[row] += weight.getValue() * (values == null ? 1 : values[row]);
    }
    for (int row = 0; row < malignant.length; row++) {
      malignant[row] = 1 / (1 + Math.exp(-malignant[row]));
      benign[row] = 1 - malignant[row];
    }
    return Table.of(Column.of("malignant", malignant), Column.of("benign", benign));
  }
}
