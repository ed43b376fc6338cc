#!/usr/bin/env bash
# In pmml4s the constant 1 never equals the number 1.0
#
# Guess:   <Constant>1</Constant> without a dataType is a number, and `equal` compares it with a field of doubles by value.
# Happens: such a constant is an integer, and `equal`, `notEqual`, `isIn` and `isNotIn` find no integer equal to a double:
#          `x equal 1` is false for x = 1.0, and `x isNotIn (1)` true. `lessOrEqual` compares by value, and with
#          dataType="double" on the constant `equal` does too.
# Matters: a rule such as "if x equals 1" in a derived field, valid PMML, takes the other branch for every row; another
#          engine, jpmml-evaluator, takes the right one.
# Version: pmml4s_3 1.5.6, pmml-evaluator-metro 1.6.5
# Seen:    equal: untyped 8.0, typed 7.0, jpmml 7.0; isNotIn: untyped 7.0, jpmml 8.0; lessOrEqual: untyped 7.0
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
import java.util.Map;
import org.jpmml.evaluator.LoadingModelEvaluatorBuilder;
import org.pmml4s.model.Model;

public class Finding {
  /** 7 where the condition on x and the constant holds, else 8. */
  static String pmml(String function, String type) {
    return """
        <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>
        <DataField name="x" optype="continuous" dataType="double"/><DataField name="y" optype="continuous" dataType="double"/>
        </DataDictionary><RegressionModel functionName="regression"><MiningSchema><MiningField name="x"/>
        <MiningField name="y" usageType="target"/></MiningSchema><LocalTransformations>
        <DerivedField name="d" optype="continuous" dataType="double"><Apply function="if">
        <Apply function="%s"><FieldRef field="x"/><Constant%s>1</Constant></Apply>
        <Constant>7</Constant><Constant>8</Constant></Apply></DerivedField></LocalTransformations>
        <RegressionTable intercept="0"><NumericPredictor name="d" coefficient="1"/></RegressionTable></RegressionModel></PMML>
        """.formatted(function, type);
  }

  static double pmml4s(String function, String type) {
    return ((Number) Model.fromString(pmml(function, type)).predict(new Object[] {1.0})[0]).doubleValue();
  }

  static double jpmml(String function) throws Exception {
    var evaluator = new LoadingModelEvaluatorBuilder().load(new ByteArrayInputStream(pmml(function, "").getBytes())).build();
    var x = evaluator.getInputFields().get(0);
    return ((Number) evaluator.evaluate(Map.of("x", x.prepare(1.0))).get("y")).doubleValue();
  }

  public static void main(String[] arguments) throws Exception {
    double[] seen = {pmml4s("equal", ""), pmml4s("equal", " dataType=\"double\""), jpmml("equal"),
        pmml4s("isNotIn", ""), jpmml("isNotIn"), pmml4s("lessOrEqual", "")};
    System.out.println("pmml4s_3 1.5.6, pmml-evaluator-metro 1.6.5");
    System.out.println("guess:     x = 1.0 equals the constant 1");
    System.out.println("behaviour: it does not in pmml4s, unless the constant says that it is a double");
    System.out.printf("seen:      equal: untyped %s, typed %s, jpmml %s; isNotIn: untyped %s, jpmml %s; lessOrEqual: untyped %s%n",
        seen[0], seen[1], seen[2], seen[3], seen[4], seen[5]);
    System.exit(java.util.Arrays.equals(seen, new double[] {8, 7, 7, 7, 8, 7}) ? 0 : 1);
  }
}
END
java -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp "$folder/lib/*" Finding.java
