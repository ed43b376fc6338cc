// PMML by pmml4s.
package drumline.worker.artifacts;

import drumline.Column;
import drumline.Table;
import drumline.worker.CodeLoader;
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

final class Pmml implements ArtifactType {
  @Override
  public Object load(Path path, CodeLoader loader) {
    return Model.fromFile(path.toFile());
  }

  @Override
  public Predictor predictorOf(Object model) {
    return model instanceof Model one ? new Pmml4s(one) : null;
  }

  /**
   * Classification: the output fields with feature "probability", labelled by their value; of two fields with the same label the
   * first counts. Everything else: the only output field that is not a probability of a class.
   */
  private static final class Pmml4s implements Predictor {
    private final Model model;
    private final List<String> inputs;
    private final Map<String, Integer> probabilities = new LinkedHashMap<>(); // label to its place among the outputs
    private final List<Integer> numbers = new ArrayList<>(); // places of the other outputs

    Pmml4s(Model model) {
      this.model = model;
      inputs = List.of(model.inputNames());
      OutputField[] outputs = model.outputFields();
      for (int at = 0; at < outputs.length; at++) {
        boolean isProbability = outputs[at].feature().toString().equals("probability");
        if (!isProbability) numbers.add(at);
        else if (outputs[at].value().isDefined()) probabilities.putIfAbsent(outputs[at].value().get().toString(), at);
      }
    }

    @Override
    public String name() {
      return "pmml4s";
    }

    @Override
    public String findFault(String targetType) {
      String outputs = String.join(", ", model.outputNames());
      if (CLASSES.contains(targetType)) {
        return probabilities.isEmpty() ? "gives no probabilities, which the target type " + targetType + " needs, only " + outputs : null;
      }
      if (!NUMBERS.contains(targetType)) return "is no predictor for the target type " + targetType;
      if (numbers.size() == 1) return null;
      return "has " + numbers.size() + " outputs that are no probabilities (" + outputs + "), expected one for the target type " + targetType;
    }

    @Override
    public List<String> inputs() {
      return inputs;
    }

    @Override
    public Set<String> textInputs() {
      return Arrays.stream(model.inputFields()).filter(Pmml4s::isText).map(Field::name).collect(Collectors.toSet());
    }

    private static boolean isText(Field field) {
      return field.dataType().toString().equalsIgnoreCase("string");
    }

    @Override
    public Table predict(Table table, String targetType) {
      checkInputs(table);
      Object[][] cells = new Object[inputs.size()][];
      for (int at = 0; at < cells.length; at++) {
        String name = inputs.get(at);
        if (table.has(name)) cells[at] = cellsOf(table.column(name), model.inputFields()[at]);
      }
      boolean classes = CLASSES.contains(targetType);
      List<String> names = classes ? List.copyOf(probabilities.keySet()) : List.of("Predictions");
      int[] places = (classes ? probabilities.values() : numbers).stream().mapToInt(Integer::intValue).toArray();
      double[][] values = new double[places.length][table.rows()];
      Object[] row = new Object[cells.length];
      for (int at = 0; at < table.rows(); at++) {
        for (int input = 0; input < cells.length; input++) row[input] = cells[input] == null ? null : cells[input][at];
        Object[] outputs = model.predict(row);
        for (int place = 0; place < places.length; place++) values[place][at] = numberOf(outputs[places[place]]);
      }
      return Predictor.tableOf(names, values);
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
