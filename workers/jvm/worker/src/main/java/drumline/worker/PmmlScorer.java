// Predicts with one PMML model through pmml4s: which output is the prediction, and what a missing
// cell is to it.
package drumline.worker;

import drumline.Column;
import drumline.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.pmml4s.common.Value;
import org.pmml4s.data.BoolVal;
import org.pmml4s.data.DataVal;
import org.pmml4s.data.DoubleVal;
import org.pmml4s.data.GenericSeries;
import org.pmml4s.data.LongVal;
import org.pmml4s.data.NullVal$;
import org.pmml4s.data.Series;
import org.pmml4s.data.StringVal;
import org.pmml4s.metadata.DataField;
import org.pmml4s.metadata.Field;
import org.pmml4s.metadata.OutputField;
import org.pmml4s.model.GeneralRegressionModel;
import org.pmml4s.model.MiningModel;
import org.pmml4s.model.Model;
import org.pmml4s.model.Segment;
import org.pmml4s.model.Segmentation;

/**
 * Classification: the outputs with feature "probability", labelled by their value; of two with the
 * same label the first counts. Everything else: the output with feature "predictedValue", or the
 * only "transformedValue". What the document names beside these comes as further columns.
 */
public final class PmmlScorer implements ScoredType.Scorer {
  private static final DataVal MISSING = NullVal$.MODULE$;

  private final Model model;
  private final PmmlFaults faults;
  private final Signature signature;
  private final int width; // of a row for pmml4s
  private final OutputField[] outputs;
  private final Map<String, Integer> probabilities = new LinkedHashMap<>(); // label to place
  private final List<Integer> predicted = new ArrayList<>(); // places
  private final List<Integer> transformed = new ArrayList<>(); // places
  private final Set<String> needed; // columns of which a missing cell leaves no result
  private final boolean votes; // whether probabilities are shares of votes

  /** {@code model} is a Model; {@code faults} are null where its document is not known. */
  public PmmlScorer(Object model, PmmlFaults faults) {
    this.model = (Model) model;
    this.faults = faults == null ? new PmmlFaults(null, Map.of()) : faults;
    signature = new Signature(Arrays.stream(this.model.inputFields()).map(this::fieldOf).toList());
    width = this.model.usedSchema().size();
    outputs = this.model.outputFields();
    for (int at = 0; at < outputs.length; at++) {
      switch (outputs[at].feature().toString()) {
        case "predictedValue" -> predicted.add(at);
        case "transformedValue" -> transformed.add(at);
        case "probability" -> {
          if (outputs[at].value().isDefined())
            probabilities.putIfAbsent(outputs[at].value().get().toString(), at);
        }
        default -> {}
      }
    }
    needed = factorsOf(this.model);
    needed.retainAll(signature.names());
    votes = isVote(this.model);
  }

  private Signature.Field fieldOf(Field field) {
    Column.Type type =
        switch (field.dataType().toString()) {
          case "double", "float" -> Column.Type.DOUBLE;
          case "integer" -> Column.Type.LONG;
          case "boolean" -> Column.Type.BOOLEAN;
          case "string" -> Column.Type.STRING;
          default -> null;
        };
    // Of a field without declared values, pmml4s collects those that the model happens to name.
    Value[] values = field instanceof DataField data ? data.values() : new Value[0];
    if (type != Column.Type.STRING || values.length == 0)
      return Signature.Field.of(field.name(), type, true);
    List<String> levels = Arrays.stream(values).filter(this::isValid).map(Value::value).toList();
    String treatment = model.miningSchema().apply(field.name()).invalidValueTreatment().toString();
    Signature.Misfit misfit =
        switch (levels.size() == values.length ? treatment : "others declared too") {
          case "returnInvalid" -> Signature.Misfit.REFUSED;
          case "asMissing" -> Signature.Misfit.MISSING;
          default -> Signature.Misfit.KEPT;
        };
    return new Signature.Field(field.name(), type, true, levels, misfit);
  }

  private boolean isValid(Value value) {
    return value.property().toString().equals("valid");
  }

  /** pmml4s takes a missing factor of a GeneralRegressionModel for its reference level. */
  private static Set<String> factorsOf(Model model) {
    Set<String> factors = new HashSet<>();
    if (!(model instanceof GeneralRegressionModel general) || general.factorList().isEmpty())
      return factors;
    for (var predictor : general.factorList().get().predictors()) {
      var mining = model.miningSchema().get(predictor.name());
      if (mining.isDefined() && mining.get().missingValueReplacement().isEmpty())
        factors.add(predictor.name());
    }
    return factors;
  }

  /** Of votes pmml4s gives the number, weighted, divided by that of the models. */
  private static boolean isVote(Model model) {
    if (!(model instanceof MiningModel mining) || mining.segmentation().isEmpty()) return false;
    Segmentation segmentation = mining.segmentation().get();
    String method = segmentation.multipleModelMethod().toString();
    Segment[] segments = segmentation.segments();
    return method.endsWith("ajorityVote")
        || method.equals("modelChain") && isVote(segments[segments.length - 1].model());
  }

  @Override
  public Signature signature() {
    return signature;
  }

  @Override
  public List<String> classes() {
    return List.copyOf(probabilities.keySet());
  }

  @Override
  public String findFault(String targetType) {
    if (faults.fault() != null) return faults.fault();
    boolean classes = Predictions.CLASSES.contains(targetType);
    if (!classes && !Predictions.NUMBERS.contains(targetType))
      return "is no predictor for the target type " + targetType;
    String function = model.functionName().toString();
    String wanted = classes ? "classification" : "regression";
    boolean anomalies = targetType.equals("anomaly") && function.equals("anomalyDetection");
    if (!function.equals(wanted) && !anomalies)
      return "is of the function "
          + function
          + ", expected "
          + wanted
          + " for the target type "
          + targetType;
    String names = String.join(", ", model.outputNames());
    if (classes)
      return probabilities.isEmpty()
          ? "gives no probabilities, which the target type " + targetType + " needs, only " + names
          : null;
    if (model.multiTargets()) return "predicts several targets (" + names + "), expected one";
    if (place() >= 0) {
      OutputField output = outputs[place()];
      boolean isText = output.dataType().toString().matches("string|boolean");
      return isText
          ? "has an output of the type "
              + output.dataType()
              + " ("
              + output.name()
              + "), expected numbers for the target type "
              + targetType
          : null;
    }
    return "has no output with the feature predictedValue, and "
        + transformed.size()
        + " with transformedValue ("
        + names
        + "), expected one for the target type "
        + targetType;
  }

  /** Of the output that is the number, -1 where there is none. */
  private int place() {
    if (!predicted.isEmpty()) return predicted.get(0);
    return transformed.size() == 1 ? transformed.get(0) : -1;
  }

  @Override
  public Table predict(Table table, String targetType, List<String> requested) throws WorkerError {
    boolean classes = Predictions.CLASSES.contains(targetType);
    List<Integer> places = classes ? List.copyOf(probabilities.values()) : List.of(place());
    List<Integer> others = othersThan(places);
    double[][] values = new double[places.size()][table.rows()];
    Object[][] extra = new Object[others.size()][table.rows()];
    int[] slots = table.columns().stream().mapToInt(one -> signature.place(one.name())).toArray();
    for (int row = 0; row < table.rows(); row++) {
      Series series = predicted(table, row, slots);
      for (int at = 0; at < values.length; at++)
        values[at][row] = series == null ? Double.NaN : numberOf(series.get(places.get(at)));
      for (int at = 0; at < extra.length && series != null; at++) {
        DataVal value = series.get(others.get(at));
        extra[at][row] = value == null ? null : value.toVal();
      }
      if (classes) finish(values, row);
    }
    List<String> names = classes ? namesOf(requested) : List.of(Predictions.NUMBER);
    List<Column> columns = new ArrayList<>(Predictions.tableOf(names, values).columns());
    for (int at = 0; at < extra.length; at++) {
      String name = outputs[others.get(at)].name();
      columns.add(columnOf(names.contains(name) ? name + " (output)" : name, extra[at]));
    }
    return new Table(table.rows(), columns);
  }

  /** Of the outputs that the document lists; without any, pmml4s makes up some. */
  private List<Integer> othersThan(List<Integer> places) {
    List<Integer> others = new ArrayList<>();
    for (int at = 0; at < outputs.length && model.output().isDefined(); at++)
      if (!places.contains(at)) others.add(at);
    return others;
  }

  /** As requested, since further columns may come beside. */
  private List<String> namesOf(List<String> requested) {
    List<String> matched = Labels.match(classes(), requested);
    return matched == null ? classes() : matched;
  }

  /** The outputs for a row, null where there is no result. */
  private Series predicted(Table table, int row, int[] slots) throws WorkerError {
    DataVal[] cells = new DataVal[width];
    Arrays.fill(cells, MISSING);
    for (int at = 0; at < slots.length; at++)
      cells[slots[at]] = cellOf(table.columns().get(at).value(row));
    for (var gap : faults.gaps().entrySet())
      if (cells[signature.place(gap.getKey())] == MISSING)
        throw missing(gap.getKey(), row, gap.getValue());
    for (String name : needed) if (cells[signature.place(name)] == MISSING) return null;
    Series series = new GenericSeries(cells);
    try {
      return model.predict(series);
    } catch (NoSuchElementException error) {
      WorkerError refusal = PmmlScorecards.refusalOf(model, series, signature, row);
      if (refusal == null) throw error;
      throw refusal;
    }
  }

  static WorkerError missing(String column, int row, String why) {
    String message =
        "the column %s is missing in row %d (counted from 0), and pmml4s cannot score it: %s; fill"
            + " it in, or give its MiningField a missingValueReplacement";
    return new WorkerError("INPUT_INVALID", message.formatted(column, row, why));
  }

  private static DataVal cellOf(Object value) {
    if (value == null) return MISSING;
    if (value instanceof Double number) return new DoubleVal(number);
    if (value instanceof Long number) return new LongVal(number);
    if (value instanceof Boolean flag) return new BoolVal(flag);
    return new StringVal(value.toString());
  }

  private static double numberOf(DataVal output) {
    Object value = output == null ? null : output.toVal();
    if (value == null) return Double.NaN;
    if (value instanceof Number number) return number.doubleValue();
    throw new IllegalStateException("the prediction is \"" + value + "\", expected a number");
  }

  private void finish(double[][] values, int row) throws WorkerError {
    double sum = 0;
    for (double[] one : values) sum += one[row];
    if (Double.isNaN(sum) || votes && sum == 0) {
      String message =
          "the model gives no probabilities for row %d (counted from 0): a value in it is missing"
              + " or invalid to the model; correct it";
      throw new WorkerError("INPUT_INVALID", message.formatted(row));
    }
    if (votes && values.length == model.numClasses()) for (double[] one : values) one[row] /= sum;
  }

  private static Column columnOf(String name, Object[] values) {
    boolean numbers = true;
    for (Object value : values) numbers &= value == null || value instanceof Number;
    if (numbers) {
      double[] doubles = new double[values.length];
      for (int row = 0; row < doubles.length; row++)
        doubles[row] = values[row] == null ? Double.NaN : ((Number) values[row]).doubleValue();
      return Column.of(name, doubles);
    }
    String[] texts = new String[values.length];
    for (int row = 0; row < texts.length; row++)
      texts[row] = values[row] == null ? null : values[row].toString();
    return Column.of(name, texts);
  }
}
