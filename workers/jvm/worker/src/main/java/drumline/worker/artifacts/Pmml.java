// PMML by pmml4s.
package drumline.worker.artifacts;

import drumline.Column;
import drumline.Table;
import drumline.worker.NamedInputs;
import drumline.worker.Predictions;
import drumline.worker.ScoredType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.pmml4s.metadata.Field;
import org.pmml4s.metadata.OutputField;
import org.pmml4s.model.Model;

public final class Pmml extends ScoredType {
  public Pmml() {
    super(model -> new ModelScorer(model));
  }

  @Override
  public int rank() {
    return 50;
  }

  @Override
  public String name() {
    return "pmml4s";
  }

  @Override
  public List<String> extensions() {
    return List.of(".pmml");
  }

  @Override
  public String holds() {
    return "a model that pmml4s of this environment reads";
  }

  @Override
  public Object load(Path path) {
    return Model.fromFile(path.toFile());
  }

  @Override
  public boolean fits(Object model) {
    return model instanceof Model;
  }

  @Override
  public List<String> packages(Object model) {
    return List.of("pmml4s");
  }

  /**
   * Classification: the output fields with feature "probability", labelled by their value; of two
   * fields with the same label the first counts. Everything else: the only output field that is not
   * a probability of a class.
   */
  private static final class ModelScorer implements Scorer {
    private final Model model;
    private final List<String> inputs;
    private final Set<String> textInputs;
    private final Map<String, Integer> probabilities =
        new LinkedHashMap<>(); // label to its place among the outputs
    private final List<Integer> numbers = new ArrayList<>(); // places of the other outputs

    ModelScorer(Object model) {
      this.model = (Model) model;
      inputs = List.of(this.model.inputNames());
      textInputs =
          Arrays.stream(this.model.inputFields())
              .filter(ModelScorer::isText)
              .map(Field::name)
              .collect(Collectors.toSet());
      OutputField[] outputs = this.model.outputFields();
      for (int at = 0; at < outputs.length; at++) {
        boolean isProbability = outputs[at].feature().toString().equals("probability");
        if (!isProbability) numbers.add(at);
        else if (outputs[at].value().isDefined())
          probabilities.putIfAbsent(outputs[at].value().get().toString(), at);
      }
    }

    @Override
    public List<String> inputs() {
      return inputs;
    }

    @Override
    public Set<String> textInputs() {
      return textInputs;
    }

    @Override
    public String findFault(String targetType) {
      String outputs = String.join(", ", model.outputNames());
      if (Predictions.CLASSES.contains(targetType)) {
        return probabilities.isEmpty()
            ? "gives no probabilities, which the target type "
                + targetType
                + " needs, only "
                + outputs
            : null;
      }
      if (!Predictions.NUMBERS.contains(targetType))
        return "is no predictor for the target type " + targetType;
      if (numbers.size() == 1) return null;
      return "has "
          + numbers.size()
          + " outputs that are no probabilities ("
          + outputs
          + "), expected one for the target type "
          + targetType;
    }

    private static boolean isText(Field field) {
      return field.dataType().toString().equalsIgnoreCase("string");
    }

    @Override
    public Table predict(Table table, String targetType) {
      NamedInputs.check(inputs, table);
      Object[][] cells = new Object[inputs.size()][];
      for (int at = 0; at < cells.length; at++) {
        String name = inputs.get(at);
        if (table.has(name)) cells[at] = cellsOf(table.column(name), model.inputFields()[at]);
      }
      boolean classes = Predictions.CLASSES.contains(targetType);
      List<String> names =
          classes ? List.copyOf(probabilities.keySet()) : List.of(Predictions.NUMBER);
      int[] places =
          (classes ? probabilities.values() : numbers)
              .stream().mapToInt(Integer::intValue).toArray();
      double[][] values = new double[places.length][table.rows()];
      Object[] row = new Object[cells.length];
      for (int at = 0; at < table.rows(); at++) {
        for (int input = 0; input < cells.length; input++)
          row[input] = cells[input] == null ? null : cells[input][at];
        Object[] outputs = model.predict(row);
        for (int place = 0; place < places.length; place++)
          values[place][at] = numberOf(outputs[places[place]]);
      }
      return Predictions.tableOf(names, values);
    }

    private static double numberOf(Object output) {
      return output instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** Text where the field is text, else as it is; null where missing. */
    private static Object[] cellsOf(Column column, Field field) {
      Object[] cells = new Object[column.rows()];
      boolean asText = isText(field);
      for (int row = 0; row < cells.length; row++) {
        Object value = column.value(row);
        cells[row] = value == null || !asText ? value : value.toString();
      }
      return cells;
    }
  }
}
