// Elements of PMML for which pmml4s has no right answer, each with the reason.
package drumline.worker;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

final class PmmlRules {
  private static final Set<String> LINKS =
      Set.of("logit", "probit", "cloglog", "loglog", "cauchit");
  private static final Set<String> REGRESSING =
      Set.of("none", "softmax", "logit", "exp", "probit", "cloglog", "cauchit");

  private final Map<String, String> types = new HashMap<>(); // of fields, by their names
  private final Set<String> ordinal = new HashSet<>(); // fields

  /** Of an element that begins. */
  void note(PmmlElement element) {
    if (element.is("DataField", "DerivedField"))
      types.put(element.get("name"), element.get("dataType"));
    if (element.get("optype").equals("ordinal"))
      ordinal.add(element.get("name", element.get("field")));
  }

  /** Of an element that has been read; null where there is nothing wrong with it. */
  String faultOf(PmmlElement element) {
    return switch (element.name()) {
      case "MiningField" -> faultOfInput(element);
      case "OutputField" -> faultOfOutput(element);
      case "Discretize" -> faultOfBins(element);
      case "Apply" -> faultOfEquality(element);
      case "CompoundPredicate" ->
          element.get("booleanOperator").equals("xor") ? "xor is never true" : null;
      case "Characteristic" -> faultOfReasons(element);
      case "RuleSetModel" -> faultOfClasses(element);
      case "RegressionModel" -> faultOfRegression(element);
      case "GeneralRegressionModel" -> faultOfGeneralRegression(element);
      case "MiningModel" ->
          element.all("Segmentation").isEmpty() ? "it embeds models without a Segmentation" : null;
      case "Segmentation" -> faultOfSegmentation(element);
      case "NearestNeighborModel" -> faultOfNeighbours(element);
      case "AnomalyDetectionModel" ->
          element.all("MiningSchema").stream().allMatch(PmmlRules::hasNoTarget)
              ? "its MiningSchema has no target"
              : null;
      default -> null;
    };
  }

  private static boolean hasNoTarget(PmmlElement schema) {
    return schema.all("MiningField").stream().noneMatch(PmmlElement::isTarget);
  }

  private String faultOfInput(PmmlElement field) {
    if (!field.isOfTopModel() || !field.get("usageType", "active").equals("active")) return null;
    String type = types.get(field.get("name"));
    if (type == null) return "it is active, but no DataField";
    return type.startsWith("date") || type.startsWith("time")
        ? "a " + type + " is always missing to it"
        : null;
  }

  private String faultOfOutput(PmmlElement output) {
    boolean isNumber =
        output.get("feature", "predictedValue").equals("predictedValue")
            && "regression".equals(output.parent().parent().get("functionName"));
    return isNumber && output.get("dataType").equals("integer")
        ? "of the dataType integer, it loses decimals, and a missing prediction is 0"
        : null;
  }

  private static String faultOfNeighbours(PmmlElement model) {
    if (model.has("instanceIdVariable")) return "rows have an instanceIdVariable";
    return model.get("continuousScoringMethod").equals("weightedAverage")
        ? "the weights of a weightedAverage do not add up to 1"
        : faultOfClasses(model);
  }

  private static String faultOfClasses(PmmlElement model) {
    return model.isOfTopModel() && model.classifies() ? "it gives no probabilities" : null;
  }

  /** Without them pmml4s raises for every row. */
  private static String faultOfReasons(PmmlElement characteristic) {
    PmmlElement card = characteristic.above("Scorecard");
    if (!Set.of("true", "1").contains(card.get("useReasonCodes", "true"))) return null;
    if (!characteristic.has("baselineScore") && !card.has("baselineScore"))
      return "reason codes need a baselineScore; add it, or set useReasonCodes=\"false\"";
    return characteristic.has("reasonCode")
            || characteristic.all("Attribute").stream().allMatch(one -> one.has("reasonCode"))
        ? null
        : "it has no reasonCode; add it, or set useReasonCodes=\"false\"";
  }

  private static String faultOfBins(PmmlElement discretize) {
    String missing = discretize.get("mapMissingTo");
    if (missing.equals(discretize.get("defaultValue"))) return null;
    return coversAll(discretize.children())
        ? null
        : "what lies in no bin gets mapMissingTo, not defaultValue";
  }

  /**
   * Whether each number lies in a bin: from one without a left margin to one without a right one.
   */
  private static boolean coversAll(List<PmmlElement> bins) {
    Map<String, PmmlElement> byLeft = new HashMap<>();
    for (PmmlElement bin : bins)
      for (PmmlElement interval : bin.all("Interval"))
        byLeft.put(interval.get("leftMargin"), interval);
    PmmlElement interval = byLeft.remove("");
    while (interval != null && interval.has("rightMargin")) {
      PmmlElement next = byLeft.remove(interval.get("rightMargin"));
      boolean meets =
          next != null
              && interval.get("closure").endsWith("Closed")
                  != next.get("closure").startsWith("closed");
      interval = meets ? next : null;
    }
    return interval != null;
  }

  /** Constants of whole numbers are integers to pmml4s, and none equals a double. */
  private String faultOfEquality(PmmlElement apply) {
    Set<String> equality = Set.of("equal", "notEqual", "isIn", "isNotIn");
    if (!equality.contains(apply.get("function"))) return null;
    boolean doubles = false;
    boolean integers = false;
    for (PmmlElement one : apply.children()) {
      boolean isWhole = one.get(PmmlElement.TEXT).strip().matches("[+-]?\\d+");
      String type =
          one.is("FieldRef")
              ? types.getOrDefault(one.get("field"), "")
              : one.get("dataType", isWhole ? "integer" : "");
      doubles |= type.equals("double") || type.equals("float");
      integers |= type.equals("integer");
    }
    return doubles && integers
        ? "no double equals an integer; give its Constant dataType=\"double\""
        : null;
  }

  private String faultOfRegression(PmmlElement model) {
    String method = model.get("normalizationMethod", "none");
    List<PmmlElement> tables = model.all("RegressionTable");
    if (!model.classifies())
      return REGRESSING.contains(method)
          ? null
          : "the normalizationMethod " + method + " is missing";
    boolean isOrdinal =
        model.all("MiningSchema").stream()
            .flatMap(schema -> schema.all("MiningField").stream())
            .anyMatch(field -> field.isTarget() && ordinal.contains(field.get("name")));
    if (tables.size() > 2 && (LINKS.contains(method) || isOrdinal && method.equals("none")))
      return "the probabilities by the normalizationMethod "
          + method
          + " do not add up to 1 for more than two classes";
    if (!LINKS.contains(method)) return null;
    boolean both =
        tables.stream()
            .allMatch(
                table ->
                    !table.children().isEmpty()
                        || Double.parseDouble(table.get("intercept", "0")) != 0);
    return both ? "of two RegressionTables, one has to be empty" : null;
  }

  private static String faultOfGeneralRegression(PmmlElement model) {
    String type = model.get("modelType");
    boolean isGeneralized = type.equals("generalizedLinear");
    boolean hasOffset = model.has("offsetVariable") || model.has("offsetValue");
    if (type.equals("CoxRegression")) return "the baseline hazard is always the first one";
    if (hasOffset && !isGeneralized) return "the offset is left out where modelType is " + type;
    if (type.equals("ordinalMultinomial") && model.get("cumulativeLink").equals("loglog"))
      return "the cumulativeLink loglog gives negative probabilities";
    if (model.above("Segment") != null
        && !model.all("FactorList").stream().allMatch(list -> list.children().isEmpty()))
      return "inside a Segment a missing factor is taken for its reference level";
    if (!model.classifies() || type.endsWith("ultinomial") || type.equals("multinomialLogistic"))
      return null;
    if (!isGeneralized || !model.get("distribution").equals("binomial"))
      return "a classification needs the distribution binomial";
    boolean named =
        model.all("ParamMatrix").stream()
            .flatMap(matrix -> matrix.all("PCell").stream())
            .allMatch(cell -> cell.has("targetCategory"));
    return named ? null : "the PCells of a classification need a targetCategory";
  }

  private static String faultOfSegmentation(PmmlElement segmentation) {
    String method = segmentation.get("multipleModelMethod");
    PmmlElement model = segmentation.parent();
    boolean isNested = model.above("Segment") != null;
    boolean isSkipped = segmentation.get("missingPredictionTreatment").equals("skipSegment");
    if (!model.classifies()) return null;
    if (method.equals("max")) return "the probabilities are not those of the most certain segment";
    if (isNested && method.equals("weightedMajorityVote"))
      return "inside a Segment its probabilities do not add up to 1";
    return isSkipped && method.equals("average")
        ? "segments that are skipped count as probabilities of 0"
        : null;
  }
}
