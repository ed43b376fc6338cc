// What pmml4s passes over or gets wrong in a PMML document, found in one reading: elements for
// which the model is refused, and
// columns of which a missing cell is.
package drumline.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * {@code fault} is the first one, in words that follow "the model", or null; {@code gaps} tells by
 * column why a missing cell has no right answer.
 */
public record PmmlFaults(String fault, Map<String, String> gaps) {
  /** None in a file that is no XML, which pmml4s tells. */
  public static PmmlFaults in(Path path) throws IOException {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try (InputStream input = Files.newInputStream(path)) {
      return new Reading(factory.createXMLStreamReader(input)).read();
    } catch (XMLStreamException error) {
      return new PmmlFaults(null, Map.of());
    }
  }

  /** Keeps notes in attributes whose names no document can have. */
  private static final class Reading {
    private static final String FIELDS = "#fields"; // of the predicates of a Node or TreeModel
    private static final String CHILD = "#child"; // FIELDS of the first child of a Node
    private static final String MIXED = "#mixed"; // of a TreeModel: children with other FIELDS

    /** Functions that give a value where an argument is missing. */
    private static final Set<String> BLIND =
        Set.of(
            "round",
            "threshold",
            "equal",
            "notEqual",
            "lessThan",
            "lessOrEqual",
            "greaterThan",
            "greaterOrEqual");

    private final XMLStreamReader reader;
    private final PmmlRules rules = new PmmlRules();
    private final Map<String, Set<String>> sources = new HashMap<>(); // of derived fields
    private final Set<String> inputs = new HashSet<>(); // that may be missing to the model
    private final Map<String, String> gaps = new LinkedHashMap<>(); // also of derived fields
    private String gapOfAll;
    private String namespace;
    private String fault;

    Reading(XMLStreamReader reader) {
      this.reader = reader;
    }

    PmmlFaults read() throws XMLStreamException {
      PmmlElement open = null;
      while (fault == null && reader.hasNext()) {
        int event = reader.next();
        if (event == XMLStreamConstants.START_ELEMENT) open = start(open);
        else if (event == XMLStreamConstants.CHARACTERS && open.is("Constant"))
          open.attributes().merge(PmmlElement.TEXT, reader.getText(), String::concat);
        else if (event == XMLStreamConstants.END_ELEMENT) {
          end(open);
          open = open.parent();
        }
      }
      return new PmmlFaults(fault, gapsOfInputs());
    }

    private PmmlElement start(PmmlElement parent) {
      PmmlElement element = PmmlElement.read(reader, parent);
      if (parent == null) namespace = reader.getNamespaceURI();
      rules.note(element);
      if (element.has("field")) noteField(element);
      else if (element.is("True")) notePredicate(element, "true");
      boolean isOwn = namespace == null || namespace.equals(reader.getNamespaceURI());
      boolean isContent = isOwn && !element.is("Extension") && !element.name().startsWith("X-");
      PmmlElement extension = isContent ? element.above("Extension") : null;
      if (extension != null)
        fault =
            "holds "
                + element
                + " inside an Extension of "
                + extension.above(extension.parent().name())
                + ", which pmml4s passes over";
      return element;
    }

    private void noteField(PmmlElement element) {
      PmmlElement derived = element.above("DerivedField");
      if (derived != null)
        sources
            .computeIfAbsent(derived.get("name"), name -> new HashSet<>())
            .add(element.get("field"));
      if (element.name().endsWith("Predicate")) notePredicate(element, element.get("field"));
    }

    private static void notePredicate(PmmlElement predicate, String field) {
      PmmlElement node = predicate.above("Node");
      PmmlElement tree = predicate.above("TreeModel");
      if (node != null) node.attributes().merge(FIELDS, field + "\n", String::concat);
      if (tree != null && !tree.get(FIELDS).contains(field + "\n"))
        tree.attributes().merge(FIELDS, field + "\n", String::concat);
    }

    private void end(PmmlElement element) {
      String why = rules.faultOf(element);
      if (why != null) fault = "holds " + element + ", which pmml4s gets wrong: " + why;
      switch (element.name()) {
        case "MiningField" -> {
          boolean isInput =
              element.isOfTopModel() && element.get("usageType", "active").equals("active");
          if (isInput && !element.has("missingValueReplacement")) inputs.add(element.get("name"));
        }
        case "Node" -> endNode(element);
        case "TreeModel" -> {
          if (isBlind(element))
            for (String field : element.get(FIELDS).split("\n"))
              gaps.putIfAbsent(field, wordsOf(element));
        }
        case "Segmentation" -> {
          boolean isMedian = element.get("multipleModelMethod").endsWith("edian");
          if (isMedian && element.get("missingPredictionTreatment", "continue").equals("continue"))
            gapOfAll = wordsOf(element);
        }
        case "Apply" -> endApply(element);
        case "GeneralRegressionModel" ->
            gaps.putIfAbsent(element.get("trialsVariable"), wordsOf(element));
        default -> {}
      }
    }

    private static String wordsOf(PmmlElement element) {
      return element + " of the document gives a wrong result then";
    }

    private static void endNode(PmmlElement node) {
      String fields = String.join("\n", new TreeSet<>(List.of(node.get(FIELDS).split("\n"))));
      if (!node.parent().is("Node")) return;
      String first = node.parent().attributes().putIfAbsent(CHILD, fields);
      if (first != null && !first.equals(fields))
        node.above("TreeModel").attributes().put(MIXED, "");
    }

    /** The first unknown predicate decides by PMML; pmml4s goes on to a later one that is true. */
    private static boolean isBlind(PmmlElement tree) {
      boolean givesLast = tree.get("noTrueChildStrategy").equals("returnLastPrediction");
      return switch (tree.get("missingValueStrategy", "none")) {
        case "none" -> false;
        case "weightedConfidence", "aggregateNodes" -> true;
        case "nullPrediction" -> givesLast || tree.has(MIXED);
        default -> tree.has(MIXED);
      };
    }

    private void endApply(PmmlElement apply) {
      PmmlElement whole = apply;
      while (whole.parent().is("Apply")) whole = whole.parent();
      boolean isFirst = whole == apply;
      if (!isFirst) return;
      boolean minds =
          whole
              .below()
              .anyMatch(one -> one.has("mapMissingTo") || one.get("function").endsWith("issing"));
      if (minds) return;
      whole
          .below()
          .filter(one -> BLIND.contains(one.get("function")))
          .forEach(
              blind ->
                  blind
                      .below()
                      .filter(one -> one.is("FieldRef"))
                      .forEach(ref -> gaps.putIfAbsent(ref.get("field"), wordsOf(blind))));
    }

    private Map<String, String> gapsOfInputs() {
      Map<String, String> found = new LinkedHashMap<>();
      for (String input : inputs) {
        if (gapOfAll != null) found.put(input, gapOfAll);
        for (var gap : gaps.entrySet())
          if (comesFrom(gap.getKey(), input, new HashSet<>()))
            found.putIfAbsent(input, gap.getValue());
      }
      return found;
    }

    private boolean comesFrom(String field, String input, Set<String> seen) {
      if (field.equals(input)) return true;
      if (!seen.add(field)) return false;
      return sources.getOrDefault(field, Set.of()).stream()
          .anyMatch(source -> comesFrom(source, input, seen));
    }
  }
}
