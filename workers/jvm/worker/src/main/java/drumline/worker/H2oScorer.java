// Predicts with one H2O model, MOJO and POJO alike, through H2O's own row interface.
package drumline.worker;

import drumline.Column;
import drumline.Table;
import hex.ModelCategory;
import hex.genmodel.GenModel;
import hex.genmodel.easy.EasyPredictModelWrapper;
import hex.genmodel.easy.RowData;
import hex.genmodel.easy.exception.PredictException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A level that the model was not trained with counts as missing, and so do a column that is not
 * there and text among numbers, as H2O has it.
 */
final class H2oScorer implements ScoredType.Scorer {
  private static final Set<ModelCategory> NUMERIC =
      EnumSet.of(ModelCategory.Regression, ModelCategory.AnomalyDetection);
  private static final Set<ModelCategory> CLASSIFYING =
      EnumSet.of(ModelCategory.Binomial, ModelCategory.Multinomial, ModelCategory.Ordinal);

  /** What a GLM without imputation raises where a category is missing. */
  private static final String MISSING_CATEGORY = "categorical value out of range";

  private final GenModel model;
  private final EasyPredictModelWrapper wrapper;
  private final Signature signature;
  private final List<String> labels;

  /** {@code model} is a GenModel. */
  H2oScorer(Object model) {
    this.model = (GenModel) model;
    wrapper =
        new EasyPredictModelWrapper(
            new EasyPredictModelWrapper.Config()
                .setModel(this.model)
                .setConvertUnknownCategoricalLevelsToNa(true)
                .setConvertInvalidNumbersToNa(true));
    signature = new Signature(fields());
    labels =
        CLASSIFYING.contains(this.model.getModelCategory())
            ? labelsOf(wrapper.getResponseDomainValues())
            : List.of();
  }

  /** A quasibinomial response has no domain. */
  private static List<String> labelsOf(String[] domain) {
    return domain == null ? List.of("0", "1") : List.of(domain);
  }

  /**
   * The features as they were before H2O encoded any, and the offset, without which H2O has none.
   */
  private List<Signature.Field> fields() {
    boolean encoded = model.getOrigNames() != null && model.getOrigNames().length > 0;
    String[] names = encoded ? model.getOrigNames() : model.getNames();
    String[][] domains = encoded ? model.getOrigDomainValues() : model.getDomainValues();
    int features = encoded ? model.getOrigNumCols() : model.nfeatures();
    List<Signature.Field> fields = new ArrayList<>();
    for (int at = 0; at < features; at++) {
      String[] domain = at < domains.length ? domains[at] : null;
      Column.Type type = domain == null ? Column.Type.DOUBLE : Column.Type.STRING;
      List<String> levels = domain == null ? null : Arrays.asList(domain);
      fields.add(new Signature.Field(names[at], type, false, levels, Signature.Misfit.MISSING));
    }
    String offset = model.getOffsetName();
    if (offset != null) fields.add(Signature.Field.of(offset, Column.Type.DOUBLE, true));
    return fields;
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
  public Signature signature() {
    return signature;
  }

  @Override
  public List<String> classes() {
    return labels;
  }

  @Override
  public Table predict(Table table, String targetType, List<String> requested)
      throws PredictException {
    String offset = model.getOffsetName();
    double[] offsets = offset == null ? new double[table.rows()] : table.doubles(offset);
    List<String> names = labels.isEmpty() ? List.of(Predictions.NUMBER) : labels;
    double[][] values = new double[names.size()][table.rows()];
    RowData row = new RowData();
    for (int at = 0; at < table.rows(); at++) {
      row.clear();
      for (Column column : table.columns())
        if (!column.isMissing(at)) row.put(column.name(), column.value(at));
      double[] predicted = predict(row, offsets[at]);
      for (int name = 0; name < values.length; name++) values[name][at] = predicted[name];
    }
    return Predictions.tableOf(names, values);
  }

  private double[] predict(RowData row, double offset) throws PredictException {
    try {
      return switch (model.getModelCategory()) {
        case Regression -> new double[] {wrapper.predictRegression(row, offset).value};
        case AnomalyDetection ->
            new double[] {wrapper.predictAnomalyDetection(row).normalizedScore};
        case Binomial -> wrapper.predictBinomial(row, offset).classProbabilities;
        case Ordinal -> wrapper.predictOrdinal(row, offset).classProbabilities;
        default -> wrapper.predictMultinomial(row, offset).classProbabilities;
      };
    } catch (IllegalArgumentException error) {
      boolean skips = MISSING_CATEGORY.equals(error.getMessage());
      if (!skips || row.keySet().containsAll(signature.names())) throw error;
      double[] none = new double[Math.max(1, labels.size())];
      Arrays.fill(none, Double.NaN);
      return none;
    }
  }
}
