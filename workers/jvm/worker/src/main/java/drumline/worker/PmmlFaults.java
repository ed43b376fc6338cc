// Elements of a PMML document that pmml4s passes over or gets wrong, found in one reading.
package drumline.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

public final class PmmlFaults {
  /** An element that is read or has been; leaves of trees and other bulk are not kept. */
  private record Element(
      String name, Map<String, String> attributes, Element parent, List<Element> children) {
    String get(String attribute, String other) {
      return attributes.getOrDefault(attribute, other);
    }

    boolean has(String attribute) {
      return attributes.containsKey(attribute);
    }

    boolean is(String... names) {
      return List.of(names).contains(name);
    }

    List<Element> all(String child) {
      return children.stream().filter(one -> one.is(child)).toList();
    }

    Element above(String... names) {
      Element one = parent;
      while (one != null && !one.is(names)) one = one.parent;
      return one;
    }

    boolean classifies() {
      return "classification".equals(attributes.get("functionName"));
    }

    @Override
    public String toString() {
      String name = this.name;
      for (String key : List.of("name", "field", "function"))
        if (has(key)) return "the element " + name + " (" + key + " " + attributes.get(key) + ")";
      return "the element " + name;
    }
  }

  private static final String TEXT = "#text"; // no name of an attribute

  private static final Set<String> BULK =
      Set.of("Node", "ScoreDistribution", "SimplePredicate", "SimpleSetPredicate", "InlineTable");
  private static final Set<String> LINKS =
      Set.of("logit", "probit", "cloglog", "loglog", "cauchit");
  private static final Set<String> REGRESSING =
      Set.of("none", "softmax", "logit", "exp", "probit", "cloglog", "cauchit");

  private final XMLStreamReader reader;
  private final Map<String, String> types = new HashMap<>(); // of fields, by their names
  private final Set<String> ordinal = new HashSet<>(); // fields
  private String namespace;
  private String fault;

  private PmmlFaults(XMLStreamReader reader) {
    this.reader = reader;
  }

  /**
   * The first fault, in words that follow "the model"; null when there is none, or when the file is
   * no XML, which pmml4s tells.
   */
  public static String in(Path path) throws IOException {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try (InputStream input = Files.newInputStream(path)) {
      return new PmmlFaults(factory.createXMLStreamReader(input)).read();
    } catch (XMLStreamException error) {
      return null;
    }
  }

  private String read() throws XMLStreamException {
    Element open = null;
    while (fault == null && reader.hasNext()) {
      int event = reader.next();
      if (event == XMLStreamConstants.START_ELEMENT) open = start(open);
      else if (event == XMLStreamConstants.CHARACTERS && open.is("Constant"))
        open.attributes().merge(TEXT, reader.getText(), String::concat);
      else if (event == XMLStreamConstants.END_ELEMENT) {
        String why = faultOf(open);
        if (why != null) fault = "holds " + open + ", which pmml4s gets wrong: " + why;
        open = open.parent();
      }
    }
    return fault;
  }

  private Element start(Element parent) {
    Map<String, String> attributes = new HashMap<>();
    for (int at = 0; at < reader.getAttributeCount(); at++)
      attributes.put(reader.getAttributeLocalName(at), reader.getAttributeValue(at));
    Element element = new Element(reader.getLocalName(), attributes, parent, new ArrayList<>());
    if (parent == null) namespace = reader.getNamespaceURI();
    else if (!BULK.contains(element.name())) parent.children().add(element);
    if (element.is("DataField", "DerivedField"))
      types.put(element.get("name", ""), element.get("dataType", ""));
    if (element.get("optype", "").equals("ordinal"))
      ordinal.add(element.get("name", element.get("field", "")));
    Element extension = element.above("Extension");
    boolean isOwn = namespace == null || namespace.equals(reader.getNamespaceURI());
    if (extension != null && isOwn && !element.is("Extension") && !element.name().startsWith("X-"))
      fault =
          "holds "
              + element
              + " inside an Extension of "
              + extension.above(extension.parent().name())
              + ", which pmml4s passes over";
    return element;
  }

  private String faultOf(Element element) {
    return switch (element.name()) {
      case "MiningField" -> faultOfInput(element);
      case "OutputField" -> faultOfOutput(element);
      case "Discretize" -> faultOfBins(element);
      case "Apply" -> faultOfEquality(element);
      case "TreeModel" -> faultOfTree(element);
      case "RegressionModel" -> faultOfRegression(element);
      case "GeneralRegressionModel" -> faultOfGeneralRegression(element);
      case "MiningModel" ->
          element.all("Segmentation").isEmpty() ? "it embeds models without a Segmentation" : null;
      case "Segmentation" -> faultOfSegmentation(element);
      case "NearestNeighborModel" ->
          element.has("instanceIdVariable") ? "rows have an instanceIdVariable" : null;
      case "AnomalyDetectionModel" ->
          element.all("MiningSchema").stream().allMatch(PmmlFaults::hasNoTarget)
              ? "its MiningSchema has no target"
              : null;
      default -> null;
    };
  }

  private static boolean hasNoTarget(Element schema) {
    return schema.all("MiningField").stream().noneMatch(PmmlFaults::isTarget);
  }

  private static boolean isTarget(Element field) {
    return Set.of("target", "predicted").contains(field.get("usageType", ""));
  }

  private String faultOfInput(Element field) {
    boolean isTop = field.parent().parent().parent().is("PMML");
    if (!isTop || !field.get("usageType", "active").equals("active")) return null;
    String type = types.get(field.get("name", ""));
    if (type == null) return "it is active, but no DataField";
    return type.startsWith("date") || type.startsWith("time")
        ? "a " + type + " is always missing to it"
        : null;
  }

  private String faultOfOutput(Element output) {
    boolean isNumber =
        output.get("feature", "predictedValue").equals("predictedValue")
            && "regression".equals(output.parent().parent().get("functionName", ""));
    return isNumber && output.get("dataType", "").equals("integer")
        ? "of the dataType integer, it loses decimals, and a missing prediction is 0"
        : null;
  }

  private static String faultOfBins(Element discretize) {
    String missing = discretize.get("mapMissingTo", "");
    if (missing.equals(discretize.get("defaultValue", ""))) return null;
    return coversAll(discretize.children())
        ? null
        : "what lies in no bin gets mapMissingTo, not defaultValue";
  }

  /**
   * Whether each number lies in a bin: from one without a left margin to one without a right one.
   */
  private static boolean coversAll(List<Element> bins) {
    Map<String, Element> byLeft = new HashMap<>();
    for (Element bin : bins)
      for (Element interval : bin.all("Interval"))
        byLeft.put(interval.get("leftMargin", ""), interval);
    Element interval = byLeft.remove("");
    while (interval != null && interval.has("rightMargin")) {
      Element next = byLeft.remove(interval.get("rightMargin", ""));
      boolean meets =
          next != null
              && interval.get("closure", "").endsWith("Closed")
                  != next.get("closure", "").startsWith("closed");
      interval = meets ? next : null;
    }
    return interval != null;
  }

  /** Constants of whole numbers are integers to pmml4s, and none equals a double. */
  private String faultOfEquality(Element apply) {
    Set<String> equality = Set.of("equal", "notEqual", "isIn", "isNotIn");
    if (!equality.contains(apply.get("function", ""))) return null;
    boolean doubles = false;
    boolean integers = false;
    for (Element one : apply.children()) {
      boolean isWhole = one.get(TEXT, "").strip().matches("[+-]?\\d+");
      String type =
          one.is("FieldRef")
              ? types.getOrDefault(one.get("field", ""), "")
              : one.get("dataType", isWhole ? "integer" : "");
      doubles |= type.equals("double") || type.equals("float");
      integers |= type.equals("integer");
    }
    return doubles && integers
        ? "no double equals an integer; give its Constant dataType=\"double\""
        : null;
  }

  private static String faultOfTree(Element tree) {
    return tree.get("missingValueStrategy", "").equals("nullPrediction")
            && tree.get("noTrueChildStrategy", "").equals("returnLastPrediction")
        ? "with noTrueChildStrategy returnLastPrediction a missing value has a prediction, in spite"
            + " of missingValueStrategy nullPrediction"
        : null;
  }

  private String faultOfRegression(Element model) {
    String method = model.get("normalizationMethod", "none");
    List<Element> tables = model.all("RegressionTable");
    if (!model.classifies())
      return REGRESSING.contains(method)
          ? null
          : "the normalizationMethod " + method + " is missing";
    boolean isOrdinal =
        model.all("MiningSchema").stream()
            .flatMap(schema -> schema.all("MiningField").stream())
            .anyMatch(field -> isTarget(field) && ordinal.contains(field.get("name", "")));
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

  private static String faultOfGeneralRegression(Element model) {
    String type = model.get("modelType", "");
    boolean isGeneralized = type.equals("generalizedLinear");
    boolean hasOffset = model.has("offsetVariable") || model.has("offsetValue");
    if (type.equals("CoxRegression")) return "the baseline hazard is always the first one";
    if (hasOffset && !isGeneralized) return "the offset is left out where modelType is " + type;
    if (type.equals("ordinalMultinomial") && model.get("cumulativeLink", "").equals("loglog"))
      return "the cumulativeLink loglog gives negative probabilities";
    if (model.above("Segment") != null
        && !model.all("FactorList").stream().allMatch(list -> list.children().isEmpty()))
      return "inside a Segment a missing factor is taken for its reference level";
    if (!model.classifies() || type.endsWith("ultinomial") || type.equals("multinomialLogistic"))
      return null;
    if (!isGeneralized || !model.get("distribution", "").equals("binomial"))
      return "a classification needs the distribution binomial";
    boolean named =
        model.all("ParamMatrix").stream()
            .flatMap(matrix -> matrix.all("PCell").stream())
            .allMatch(cell -> cell.has("targetCategory"));
    return named ? null : "the PCells of a classification need a targetCategory";
  }

  private static String faultOfSegmentation(Element segmentation) {
    String method = segmentation.get("multipleModelMethod", "");
    Element model = segmentation.parent();
    boolean isNested = model.above("Segment") != null;
    boolean isSkipped = segmentation.get("missingPredictionTreatment", "").equals("skipSegment");
    if (!model.classifies()) return null;
    if (isNested && method.equals("weightedMajorityVote"))
      return "inside a Segment its probabilities do not add up to 1";
    return isSkipped && method.equals("average")
        ? "segments that are skipped count as probabilities of 0"
        : null;
  }
}
