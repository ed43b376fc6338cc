// Predicts with one H2O model, MOJO and POJO alike, through H2O's own row interface.
package drumline.worker;

import drumline.Column;
import drumline.Table;
import hex.ModelCategory;
import hex.genmodel.GenModel;
import hex.genmodel.easy.EasyPredictModelWrapper;
import hex.genmodel.easy.RowData;
import hex.genmodel.easy.exception.PredictException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A level that the model was not trained with counts as missing, and so does a column that is not
 * there, as H2O has it.
 */
final class H2oScorer implements ScoredType.Scorer {
  private static final Set<ModelCategory> NUMERIC =
      EnumSet.of(ModelCategory.Regression, ModelCategory.AnomalyDetection);
  private static final Set<ModelCategory> CLASSIFYING =
      EnumSet.of(ModelCategory.Binomial, ModelCategory.Multinomial, ModelCategory.Ordinal);

  private final GenModel model;
  private final EasyPredictModelWrapper wrapper;
  private final List<String> inputs;
  private final Set<String> textInputs;
  private boolean warned;

  /** {@code model} is a GenModel. */
  H2oScorer(Object model) {
    this.model = (GenModel) model;
    var config =
        new EasyPredictModelWrapper.Config()
            .setModel(this.model)
            .setConvertUnknownCategoricalLevelsToNa(true);
    wrapper = new EasyPredictModelWrapper(config);
    inputs = Arrays.stream(names()).filter(one -> !one.equals(this.model._responseColumn)).toList();
    textInputs = inputs.stream().filter(one -> domainOf(one) != null).collect(Collectors.toSet());
  }

  private String[] names() {
    return model.getOrigNames() != null ? model.getOrigNames() : model.getNames();
  }

  @Override
  public String findFault(String targetType) {
    ModelCategory category = model.getModelCategory();
    Set<ModelCategory> wanted =
        Predictions.CLASSES.contains(targetType)
            ? CLASSIFYING
            : Predictions.NUMBERS.contains(targetType) ? NUMERIC : Set.of();
    if (wanted.contains(category)) return null;
    return "is of the H2O category "
        + category
        + ", which the target type "
        + targetType
        + " cannot use";
  }

  @Override
  public List<String> inputs() {
    return inputs;
  }

  @Override
  public Set<String> textInputs() {
    return textInputs;
  }

  private String[] domainOf(String input) {
    String[][] domains =
        model.getOrigDomainValues() != null ? model.getOrigDomainValues() : model.getDomainValues();
    int at = Arrays.asList(names()).indexOf(input);
    return at < 0 || at >= domains.length ? null : domains[at];
  }

  @Override
  public Table predict(Table table, String targetType) throws PredictException {
    NamedInputs.check(inputs, table);
    warnOfMissing(table);
    List<Column> columns = inputs.stream().filter(table::has).map(table::column).toList();
    Object[][] cells = columns.stream().map(this::cellsOf).toArray(Object[][]::new);
    String offset = model.getOffsetName();
    double[] offsets =
        offset != null && table.has(offset) ? table.doubles(offset) : new double[table.rows()];
    String[] labels =
        Predictions.CLASSES.contains(targetType)
            ? wrapper.getResponseDomainValues()
            : new String[] {Predictions.NUMBER};
    double[][] values = new double[labels.length][table.rows()];
    RowData row = new RowData();
    for (int at = 0; at < table.rows(); at++) {
      row.clear();
      for (int column = 0; column < cells.length; column++) {
        if (cells[column][at] != null) row.put(columns.get(column).name(), cells[column][at]);
      }
      double[] predicted = predict(row, offsets[at]);
      for (int label = 0; label < labels.length; label++) values[label][at] = predicted[label];
    }
    return Predictions.tableOf(List.of(labels), values);
  }

  private double[] predict(RowData row, double offset) throws PredictException {
    return switch (model.getModelCategory()) {
      case Regression -> new double[] {wrapper.predictRegression(row, offset).value};
      case AnomalyDetection -> new double[] {wrapper.predictAnomalyDetection(row).normalizedScore};
      case Binomial -> wrapper.predictBinomial(row, offset).classProbabilities;
      case Ordinal -> wrapper.predictOrdinal(row, offset).classProbabilities;
      default -> wrapper.predictMultinomial(row, offset).classProbabilities;
    };
  }

  private void warnOfMissing(Table table) {
    List<String> missing = inputs.stream().filter(one -> !table.has(one)).toList();
    if (missing.isEmpty() || warned) return;
    warned = true;
    System.err.println("columns that did not come count as missing: " + String.join(", ", missing));
  }

  /** What H2O takes: a Double or a String a row, null where missing. */
  private Object[] cellsOf(Column column) {
    String[] domain = domainOf(column.name());
    Object[] cells = new Object[column.rows()];
    if (domain == null && column.type() != Column.Type.STRING) {
      double[] numbers = column.doubles();
      for (int row = 0; row < cells.length; row++)
        if (!Double.isNaN(numbers[row])) cells[row] = numbers[row];
      return cells;
    }
    String[] texts = column.strings();
    boolean isBoolean = column.type() == Column.Type.BOOLEAN && domain != null;
    for (int row = 0; row < cells.length; row++)
      cells[row] = isBoolean && texts[row] != null ? levelOf(domain, texts[row]) : texts[row];
    return cells;
  }

  /** A boolean has no spelling of its own: the model's counts. */
  private static String levelOf(String[] domain, String text) {
    for (String level : domain) if (level.equalsIgnoreCase(text)) return level;
    return text;
  }
}
