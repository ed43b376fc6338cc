// A small model whose hooks touch what most hooks touch. Compiled while the archive of classes is made.
import drumline.Hooks;
import drumline.ScoreParameters;
import drumline.Table;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

public class Custom implements Hooks<Map<String, Double>> {
  @Override
  public Map<String, Double> loadModel(String codeDir) {
    return List.of("age", "bmi").stream().collect(Collectors.toMap(name -> name, name -> name.length() * 0.5));
  }

  @Override
  public Table transform(Table data, Map<String, Double> model) {
    return data.with("bmi", Arrays.stream(data.doubles("bmi")).map(value -> value / 10).toArray());
  }

  @Override
  public Table score(Table data, Map<String, Double> model, ScoreParameters parameters) {
    double[] sums = new double[data.rows()];
    model.forEach((name, weight) -> {
      double[] values = data.doubles(name);
      for (int row = 0; row < sums.length; row++) sums[row] += weight * values[row];
    });
    return Table.of("Predictions", sums);
  }
}
