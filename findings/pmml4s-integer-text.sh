#!/usr/bin/env bash
# pmml4s reads a text that is no whole number as -2^63 in an integer field
#
# Guess:   in a field of the type integer the text "4.0" is the number 4 or missing, and the word "none" is missing.
# Happens: both are -2^63. The text "4" is 4, and the numbers 4.0 and 4.7 are 4. In a field of doubles a word is missing.
# Matters: one odd cell makes a reader take a whole column for text. It and the good cells beside it, "4.0" or "1.5", give
#          finite predictions of the size of 10^19, which no check for NaN finds.
# Version: pmml4s_3 1.5.6
# Seen:    text "4" 9.0, text "4.0" -1.8446744073709552E19, text "none" -1.8446744073709552E19, number 4.0 9.0, number 4.7 9.0
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
  static final double NONE = 2.0 * Long.MIN_VALUE + 1;
  static final String PMML = """
      <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>
      <DataField name="x" optype="continuous" dataType="integer"/><DataField name="y" optype="continuous" dataType="double"/>
      </DataDictionary><RegressionModel functionName="regression"><MiningSchema><MiningField name="x"/>
      <MiningField name="y" usageType="target"/></MiningSchema>
      <RegressionTable intercept="1"><NumericPredictor name="x" coefficient="2"/></RegressionTable></RegressionModel></PMML>
      """;

  static double predicted(Object x) {
    return ((Number) Model.fromString(PMML).predict(new Object[] {x})[0]).doubleValue();
  }

  public static void main(String[] arguments) {
    double[] seen = {predicted("4"), predicted("4.0"), predicted("none"), predicted(4.0), predicted(4.7)};
    System.out.println("pmml4s_3 1.5.6");
    System.out.println("guess:     2x + 1 is 9 or missing for the text 4.0, missing for a word");
    System.out.println("behaviour: x is -2^63 for both");
    System.out.printf("seen:      text \"4\" %s, text \"4.0\" %s, text \"none\" %s, number 4.0 %s, number 4.7 %s%n",
        seen[0], seen[1], seen[2], seen[3], seen[4]);
    System.exit(Arrays.equals(seen, new double[] {9, NONE, NONE, 9, 9}) ? 0 : 1);
  }
}
END
java -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp "$folder/lib/*" Finding.java
