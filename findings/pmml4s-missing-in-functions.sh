#!/usr/bin/env bash
# In pmml4s functions of a missing field give numbers
#
# Guess:   a PMML function whose argument is missing gives a missing result, as ln and floor do.
# Happens: `round` of a missing field is 0 and `threshold` 0; `greaterThan` is false, so that `if` takes its second
#          branch, and `notEqual` is true. The prediction is a number, with no sign that an input was missing.
# Matters: whoever relies on NaN to find rows with missing inputs misses those that pass through these functions.
#          jpmml-evaluator raises an error for the same rows.
# Version: pmml4s_3 1.5.6
# Seen:    ln NaN, floor NaN, round 0.0, threshold 0.0, greaterThan 8.0, notEqual 7.0
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
  </dependencies>
</project>
END
mvn --batch-mode --quiet dependency:copy-dependencies -DoutputDirectory="$folder/lib"
cat >Finding.java <<'END'
import java.util.Arrays;
import org.pmml4s.model.Model;

public class Finding {
  /** The derived field alone is the prediction. */
  static double predicted(String derived) {
    String pmml = """
        <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>
        <DataField name="x" optype="continuous" dataType="double"/><DataField name="y" optype="continuous" dataType="double"/>
        </DataDictionary><RegressionModel functionName="regression"><MiningSchema><MiningField name="x"/>
        <MiningField name="y" usageType="target"/></MiningSchema><LocalTransformations>
        <DerivedField name="d" optype="continuous" dataType="double">%s</DerivedField></LocalTransformations>
        <RegressionTable intercept="0"><NumericPredictor name="d" coefficient="1"/></RegressionTable></RegressionModel></PMML>
        """.formatted(derived);
    return ((Number) Model.fromString(pmml).predict(new Object[] {null})[0]).doubleValue();
  }

  static String of(String function) {
    String second = function.matches("ln|floor|round") ? "" : "<Constant dataType=\"double\">1</Constant>";
    return "<Apply function=\"%s\"><FieldRef field=\"x\"/>%s</Apply>".formatted(function, second);
  }

  static String condition(String function) {
    return "<Apply function=\"if\">%s<Constant>7</Constant><Constant>8</Constant></Apply>".formatted(of(function));
  }

  public static void main(String[] arguments) {
    double[] seen = {predicted(of("ln")), predicted(of("floor")), predicted(of("round")), predicted(of("threshold")),
        predicted(condition("greaterThan")), predicted(condition("notEqual"))};
    System.out.println("pmml4s_3 1.5.6");
    System.out.println("guess:     every function of a missing field is missing");
    System.out.println("behaviour: round, threshold and comparisons are not");
    System.out.printf("seen:      ln %s, floor %s, round %s, threshold %s, greaterThan %s, notEqual %s%n",
        seen[0], seen[1], seen[2], seen[3], seen[4], seen[5]);
    System.exit(Arrays.equals(seen, new double[] {Double.NaN, Double.NaN, 0, 0, 8, 7}) ? 0 : 1);
  }
}
END
java -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp "$folder/lib/*" Finding.java
