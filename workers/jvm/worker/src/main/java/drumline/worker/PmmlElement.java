// One element of a PMML document while it is read, and what is kept of it afterwards.
package drumline.worker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.stream.XMLStreamReader;

/** Nodes of trees, predicates and other bulk are not among the {@code children}. */
record PmmlElement(
    String name, Map<String, String> attributes, PmmlElement parent, List<PmmlElement> children) {
  /** The attribute for the text of a Constant; no document can have it. */
  static final String TEXT = "#text";

  private static final Set<String> BULK =
      Set.of("Node", "ScoreDistribution", "SimplePredicate", "SimpleSetPredicate", "InlineTable");

  /** The element at which the reader stands. */
  static PmmlElement read(XMLStreamReader reader, PmmlElement parent) {
    Map<String, String> attributes = new HashMap<>();
    for (int at = 0; at < reader.getAttributeCount(); at++)
      attributes.put(reader.getAttributeLocalName(at), reader.getAttributeValue(at));
    PmmlElement element =
        new PmmlElement(reader.getLocalName(), attributes, parent, new ArrayList<>());
    if (parent != null && !BULK.contains(element.name)) parent.children.add(element);
    return element;
  }

  /** An attribute, empty where there is none. */
  String get(String attribute) {
    return get(attribute, "");
  }

  String get(String attribute, String other) {
    return attributes.getOrDefault(attribute, other);
  }

  boolean has(String attribute) {
    return attributes.containsKey(attribute);
  }

  boolean is(String... names) {
    return List.of(names).contains(name);
  }

  List<PmmlElement> all(String child) {
    return children.stream().filter(one -> one.is(child)).toList();
  }

  /** The nearest element above of one of these names, or null. */
  PmmlElement above(String... names) {
    PmmlElement one = parent;
    while (one != null && !one.is(names)) one = one.parent;
    return one;
  }

  /** This element and all that is kept below it. */
  Stream<PmmlElement> below() {
    return Stream.concat(Stream.of(this), children.stream().flatMap(PmmlElement::below));
  }

  /** Whether it is the document's model, or field of its schema, not one within another. */
  boolean isOfTopModel() {
    PmmlElement model = is("MiningField") ? parent.parent : this;
    return model.parent != null && model.parent.is("PMML");
  }

  boolean classifies() {
    return get("functionName").equals("classification");
  }

  boolean isTarget() {
    return Set.of("target", "predicted").contains(get("usageType"));
  }

  @Override
  public String toString() {
    for (String key : List.of("name", "field", "function"))
      if (has(key)) return "the element " + name + " (" + key + " " + get(key) + ")";
    return "the element " + name;
  }
}
