#!/usr/bin/env bash
# pmml4s gives a value outside all bins the replacement of a missing one
#
# Guess:   <Discretize defaultValue="99" mapMissingTo="77"> gives 99 for a value that lies in no bin, and 77 for a missing one.
# Happens: with dataType="double" both become 77. Without a dataType, on a derived field of doubles, both are missing: neither
#          attribute is applied.
# Matters: credit and insurance models bin their inputs this way; a large but valid value is then scored as a missing one.
#          jpmml-evaluator applies both attributes.
# Version: pmml4s_3 1.5.6, pmml-evaluator-metro 1.6.5
# Seen:    typed 25 -> 77.0, missing -> 77.0; untyped 25 -> NaN, missing -> NaN; jpmml 25 -> 99.0, missing -> 77.0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>findings</groupId>
  <artifactId>findings</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.pmml4s</groupId><artifactId>pmml4s_3</artifactId><version>1.5.6</version></dependency>
    <dependency><groupId>org.jpmml</groupId><artifactId>pmml-evaluator-metro</artifactId><version>1.6.5</version></dependency>

  </dependencies>
</project>
END
mvn --batch-mode --quiet dependency:copy-dependencies -DoutputDirectory="$folder/lib"
cat >Finding.java <<'END'
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jpmml.evaluator.LoadingModelEvaluatorBuilder;
import org.pmml4s.model.Model;

public class Finding {
  static String pmml(String type) {
    return """
        <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>
        <DataField name="x" optype="continuous" dataType="double"/><DataField name="y" optype="continuous" dataType="double"/>
        </DataDictionary><RegressionModel functionName="regression"><MiningSchema><MiningField name="x"/>
        <MiningField name="y" usageType="target"/></MiningSchema><LocalTransformations>
        <DerivedField name="d" optype="continuous" dataType="double">
        <Discretize field="x" defaultValue="99" mapMissingTo="77"%s>
        <DiscretizeBin binValue="1"><Interval closure="openClosed" leftMargin="0" rightMargin="5"/></DiscretizeBin>
        <DiscretizeBin binValue="2"><Interval closure="openClosed" leftMargin="5" rightMargin="9"/></DiscretizeBin>
        </Discretize></DerivedField></LocalTransformations>
        <RegressionTable intercept="0"><NumericPredictor name="d" coefficient="1"/></RegressionTable></RegressionModel></PMML>
        """.formatted(type);
  }

  static double pmml4s(String type, Double x) {
    return ((Number) Model.fromString(pmml(type)).predict(new Object[] {x})[0]).doubleValue();
  }

  static double jpmml(Double x) throws Exception {
    String text = pmml(" dataType=\"double\"");
    var evaluator = new LoadingModelEvaluatorBuilder().load(new ByteArrayInputStream(text.getBytes())).build();
    Map<String, org.jpmml.evaluator.FieldValue> row = new HashMap<>();
    row.put("x", evaluator.getInputFields().get(0).prepare(x));
    return ((Number) evaluator.evaluate(row).get("y")).doubleValue();
  }

  public static void main(String[] arguments) throws Exception {
    String typed = " dataType=\"double\"";
    double[] seen = {pmml4s(typed, 3.0), pmml4s(typed, 25.0), pmml4s(typed, null), pmml4s("", 25.0), pmml4s("", null), jpmml(25.0), jpmml(null)};
    System.out.println("pmml4s_3 1.5.6, pmml-evaluator-metro 1.6.5");
    System.out.println("guess:     25, in no bin, becomes 99; missing becomes 77");
    System.out.println("behaviour: both become 77, or stay missing where the dataType is left out");
    System.out.printf("seen:      typed 3 -> %s, 25 -> %s, missing -> %s; untyped 25 -> %s, missing -> %s; jpmml 25 -> %s, missing -> %s%n",
        seen[0], seen[1], seen[2], seen[3], seen[4], seen[5], seen[6]);
    System.exit(Arrays.equals(seen, new double[] {1, 77, 77, Double.NaN, Double.NaN, 99, 77}) ? 0 : 1);
  }
}
END
java -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp "$folder/lib/*" Finding.java
