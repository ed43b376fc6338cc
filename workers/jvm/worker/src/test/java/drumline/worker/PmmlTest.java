// PMML documents whose right answers can be worked out by hand; what pmml4s gets wrong is refused
// by its name.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import drumline.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class PmmlTest {
  private static final double NAN = Double.NaN;
  private static WorkerProcess worker;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws IOException {
    worker = WorkerProcess.start();
  }

  @AfterAll
  static void end() throws IOException {
    worker.close();
  }

  // -- documents

  private static final String NUMBER = "<DataField name='%s' optype='continuous' dataType='%s'/>";
  private static final String X = NUMBER.formatted("x", "double");
  private static final String Y = NUMBER.formatted("y", "double");
  private static final String COLOUR =
      "<DataField name='c' optype='categorical' dataType='string'><Value value='red'/><Value"
          + " value='blue'/></DataField>";
  private static final String CLASS =
      "<DataField name='y' optype='categorical' dataType='string'><Value value='no'/><Value"
          + " value='yes'/></DataField>";
  private static final String THREE =
      "<DataField name='y' optype='ordinal' dataType='string'><Value value='a'/><Value"
          + " value='b'/><Value value='c'/></DataField>";
  private static final String PROBABILITIES =
      "<Output><OutputField name='p_no' optype='continuous' dataType='double' feature='probability'"
          + " value='no'/><OutputField name='p_yes' optype='continuous' dataType='double'"
          + " feature='probability' value='yes'/></Output>";

  private static String schema(String... fields) {
    StringBuilder all = new StringBuilder("<MiningSchema>");
    for (String field : fields)
      all.append(field.startsWith("<") ? field : "<MiningField name='" + field + "'/>");
    return all + "<MiningField name='y' usageType='target'/></MiningSchema>";
  }

  private static String output(String name, String type, String feature) {
    return "<OutputField name='%s' optype='continuous' dataType='%s' feature='%s'/>"
        .formatted(name, type, feature);
  }

  /** Loads {@code fields} and a model as a document. */
  private WorkerProcess.Answer load(String targetType, String fields, String model, Object... more)
      throws Exception {
    String text =
        "<PMML xmlns='http://www.dmg.org/PMML-4_4' version='4.4'><Header/><DataDictionary>"
            + fields
            + "</DataDictionary>"
            + model
            + "</PMML>";
    Files.writeString(folder.resolve("model.pmml"), text.replace('\'', '"'));
    return worker.load(folder, targetType, more);
  }

  private static Table asked(String csv) throws Exception {
    return FromWire.toTable(worker.predict(csv).success().get("predictions"));
  }

  private static double[] numbers(String csv) throws Exception {
    return asked(csv).doubles("Predictions");
  }

  private static String tree(String attributes, String output, String... leaves) {
    String low = leaves[0];
    return ("<TreeModel functionName='regression' missingValueStrategy='defaultChild' %s>%s%s<Node"
            + " id='0' score='50' defaultChild='2'><True/><Node id='1' score='%s'><SimplePredicate"
            + " field='x' operator='lessThan' value='30'/></Node><Node id='2'"
            + " score='%s'><SimplePredicate field='x' operator='greaterOrEqual'"
            + " value='30'/></Node></Node></TreeModel>")
        .formatted(attributes, schema("x"), output, low, leaves[1]);
  }

  private static String linear(String field, String attributes) {
    return "<RegressionModel functionName='regression' %s>%s<RegressionTable intercept='1'><NumericPredictor name='x' coefficient='2'/></RegressionTable></RegressionModel>"
        .formatted(attributes, schema(field));
  }

  // -- what is missing

  @Test
  void aMissingIntegerOrBooleanIsMissing() throws Exception {
    load("regression", NUMBER.formatted("x", "integer") + Y, tree("", "", "10", "90")).success();
    assertArrayEquals(new double[] {10, 90, 90}, numbers("x,z\n20,a\n40,b\n,c\n"));
    assertArrayEquals(new double[] {10, 90, 90}, numbers("x\n20\n40.0\n?\n"));
    assertArrayEquals(new double[] {90}, numbers("x\n?\n"));
    assertTrue(worker.predict("x\n20.5\n").message("INPUT_INVALID").contains("\"20.5\" in row 0"));
    load("regression", NUMBER.formatted("x", "integer") + Y, linear("x", "")).success();
    assertArrayEquals(new double[] {41, NAN, -3}, numbers("x,z\n20,a\n,b\n-2,c\n"));
    String replaced = "<MiningField name='x' missingValueReplacement='7'/>";
    for (String type : List.of("integer", "double")) {
      load("regression", NUMBER.formatted("x", type) + Y, linear(replaced, "")).success();
      assertArrayEquals(new double[] {41, 15, 15}, numbers("x,z\n20,a\n,b\n?,c\n"), type);
    }
    String flag = "<DataField name='x' optype='categorical' dataType='boolean'/>";
    String leaf =
        "<Node score='%s'><SimplePredicate field='x' operator='equal' value='%s'/></Node>";
    load(
            "regression",
            flag + Y,
            "<TreeModel functionName='regression' missingValueStrategy='lastPrediction'>"
                + schema("x")
                + "<Node score='5'><True/>"
                + leaf.formatted("1", "true")
                + leaf.formatted("2", "false")
                + "</Node></TreeModel>")
        .success();
    assertArrayEquals(new double[] {1, 2, 5}, numbers("x,z\ntrue,a\nfalse,b\n,c\n"));
    assertArrayEquals(new double[] {1, 2, 5}, numbers("x,z\n1,a\n0,b\n?,c\n"));
  }

  @Test
  void anUnknownLevelIsTreatedAsTheDocumentSays() throws Exception {
    String table =
        "<RegressionTable intercept='1'><CategoricalPredictor name='c' value='blue'"
            + " coefficient='2'/></RegressionTable>";
    for (String treatment : List.of("returnInvalid", "asMissing", "asIs")) {
      String field = "<MiningField name='c' invalidValueTreatment='" + treatment + "'/>";
      String model = "<RegressionModel functionName='regression'>" + schema(field) + table;
      load("regression", COLOUR + Y, model + "</RegressionModel>").success();
      assertArrayEquals(new double[] {1, 3}, numbers("c\nred\nblue\n"));
      if (treatment.equals("returnInvalid"))
        assertTrue(
            worker
                .predict("c\nred\ngreen\n")
                .message("INPUT_INVALID")
                .contains(
                    "the column c holds \"green\" in row 1 (counted from 0), expected one of red,"
                        + " blue"));
      else assertArrayEquals(new double[] {1, 1}, numbers("c\nred\ngreen\n"));
    }
  }

  @Test
  void aMissingFactorIsNotItsReferenceLevel() throws Exception {
    String model =
        "<GeneralRegressionModel functionName='%s' modelType='generalizedLinear'"
            + " linkFunction='identity' %s>%s<ParameterList><Parameter name='p0'/><Parameter"
            + " name='p1'/></ParameterList><FactorList><Predictor"
            + " name='c'/></FactorList><CovariateList/><PPMatrix><PPCell value='blue'"
            + " predictorName='c' parameterName='p1'/></PPMatrix><ParamMatrix><PCell"
            + " parameterName='p0' beta='0.25' df='1' %s/><PCell parameterName='p1' beta='0.5'"
            + " df='1' %s/></ParamMatrix></GeneralRegressionModel>";
    load("regression", COLOUR + Y, model.formatted("regression", "", schema("c"), "", ""))
        .success();
    assertArrayEquals(new double[] {0.25, 0.75, NAN}, numbers("c,z\nred,1\nblue,1\n,1\n"));
    String replaced = schema("<MiningField name='c' missingValueReplacement='blue'/>");
    load("regression", COLOUR + Y, model.formatted("regression", "", replaced, "", "")).success();
    assertArrayEquals(new double[] {0.25, 0.75, 0.75}, numbers("c,z\nred,1\nblue,1\n,1\n"));
    String trials = model.formatted("regression", "trialsVariable='x'", schema("c", "x"), "", "");
    load("regression", X + COLOUR + Y, trials).success();
    assertArrayEquals(new double[] {0.5}, numbers("c,x\nred,2\n"));
    refusedWhereMissing("c,x\nred,2\nred,\n", "the element GeneralRegressionModel");
    String cell = "targetCategory='yes'";
    String binomial = "distribution='binomial'";
    String head = schema("c") + PROBABILITIES;
    load("binary", COLOUR + CLASS, model.formatted("classification", binomial, head, cell, cell))
        .success();
    assertArrayEquals(new double[] {0.25, 0.75}, asked("c\nred\nblue\n").doubles("yes"));
    assertTrue(worker.predict("c,z\nred,1\n,1\n").message("INPUT_INVALID").contains("row 1"));
    refused(
        "the element GeneralRegressionModel",
        "binary",
        COLOUR + CLASS,
        model.formatted("classification", "", head, cell, cell));
    refused(
        "targetCategory",
        "binary",
        COLOUR + CLASS,
        model.formatted("classification", binomial, head, "", ""));
  }

  // -- which output is the prediction

  @Test
  void theOutputWithThePredictedValueIsThePrediction() throws Exception {
    load("regression", X + Y, tree("", "", "10", "90")).success();
    assertEquals(List.of("Predictions"), asked("x\n1\n40\n").names());
    assertArrayEquals(new double[] {10, 90}, numbers("x\n1\n40\n"));
    String node = output("node", "string", "entityId");
    String both = "<Output>" + node + output("yhat", "double", "predictedValue") + "</Output>";
    load("regression", X + Y, tree("", both, "10", "90")).success();
    assertEquals(true, worker.predict("x\n1\n40\n").success().get("labelled"));
    Table answer = asked("x\n1\n40\n");
    assertArrayEquals(new double[] {10, 90}, answer.doubles("Predictions"));
    assertArrayEquals(new String[] {"1", "2"}, answer.strings("node"));
    String doubled =
        "<Output><OutputField name='raw' optype='continuous' dataType='double'"
            + " feature='predictedValue' isFinalResult='false'/><OutputField name='double'"
            + " optype='continuous' dataType='double' feature='transformedValue'><Apply"
            + " function='*'><FieldRef field='raw'/><Constant"
            + " dataType='double'>2</Constant></Apply></OutputField></Output>";
    load("regression", X + Y, tree("", doubled, "10", "90")).success();
    assertArrayEquals(new double[] {20, 180}, numbers("x\n1\n40\n"));
    refused(
        "has no output with the feature predictedValue",
        "regression",
        X + Y,
        tree("", "<Output>" + output("node", "integer", "entityId") + "</Output>", "10", "90"));
    refused(
        "the element OutputField (name yhat)",
        "regression",
        X + Y,
        tree("", "<Output>" + output("yhat", "integer", "predictedValue") + "</Output>", "1", "9"));
  }

  @Test
  void anOutputOfTextIsNoPrediction() throws Exception {
    for (String type : List.of("string", "boolean"))
      refused(
          "has an output of the type " + type + " (yhat)",
          "regression",
          X + Y,
          tree("", "<Output>" + output("yhat", type, "predictedValue") + "</Output>", "10", "90"));
  }

  @Test
  void aScorecardKeepsItsReasons() throws Exception {
    String card =
        "<Scorecard functionName='regression' initialScore='10' useReasonCodes='true'"
            + " reasonCodeAlgorithm='pointsBelow' baselineMethod='other'>"
            + schema("x")
            + "<Output>"
            + output("score", "double", "predictedValue")
            + output("reason", "string", "reasonCode")
            + "</Output><Characteristics><Characteristic name='a' reasonCode='AGE'"
            + " baselineScore='20'><Attribute partialScore='5'><SimplePredicate field='x'"
            + " operator='lessThan' value='3'/></Attribute><Attribute"
            + " partialScore='15'><True/></Attribute></Characteristic></Characteristics></Scorecard>";
    String open = "<DataField name='c' optype='categorical' dataType='string'/>";
    String second =
        "<Characteristic name='b' reasonCode='COLOUR' baselineScore='9'><Attribute"
            + " partialScore='2'><SimplePredicate field='c' operator='equal'"
            + " value='red'/></Attribute><Attribute"
            + " partialScore='8'><True/></Attribute></Characteristic>";
    card = card.replace("</Characteristics>", second + "</Characteristics>");
    load("regression", X + open + Y, card.replace(schema("x"), schema("x", "c"))).success();
    assertArrayEquals(new double[] {17, 23, 27}, numbers("x,c\n1,red\n1,blue\n7,red\n"));
    assertArrayEquals(
        new String[] {"AGE", "AGE", "COLOUR"},
        asked("x,c\n1,red\n1,blue\n7,red\n").strings("reason"));
  }

  private static final String AGES =
      "<Scorecard functionName='regression' initialScore='10' baselineScore='20' %s>%s"
          + "<Characteristics><Characteristic name='age' reasonCode='AGE'><Attribute"
          + " partialScore='5'><SimplePredicate field='x' operator='lessThan' value='3'/>"
          + "</Attribute><Attribute partialScore='15'><CompoundPredicate booleanOperator='and'>"
          + "<SimplePredicate field='x' operator='greaterOrEqual' value='3'/><SimplePredicate"
          + " field='x' operator='lessThan' value='99'/></CompoundPredicate></Attribute>"
          + "</Characteristic><Characteristic name='hue' reasonCode='HUE'><Attribute"
          + " partialScore='2'><SimpleSetPredicate field='c' booleanOperator='isIn'><Array n='1'"
          + " type='string'>red</Array></SimpleSetPredicate></Attribute></Characteristic>"
          + "</Characteristics></Scorecard>";

  @Test
  void aScorecardNamesTheColumnThatItHasNoAttributeFor() throws Exception {
    load("regression", X + COLOUR + Y, AGES.formatted("", schema("x", "c"))).success();
    assertArrayEquals(new double[] {17, 27}, numbers("x,c\n1,red\n7,red\n"));
    for (var refused :
        Map.of(
                "x,c\n1,red\n,red\n", "the column x is missing in row 1 (counted from 0)",
                "x,c\n1,\n", "the column c is missing in row 0 (counted from 0)",
                "x,c\n1,red\n?,red\n", "the column x is missing in row 1 (counted from 0)",
                "x,c\n500,red\n", "the column x has \"500\" in row 0 (counted from 0)",
                "x,c\n1,blue\n", "the column c has \"blue\" in row 0 (counted from 0)")
            .entrySet()) {
      String message = worker.predict(refused.getKey()).message("INPUT_INVALID");
      assertTrue(message.contains(refused.getValue()), message);
      assertTrue(message.contains(" has no Attribute for that; "), message);
    }
    load("regression", X + COLOUR + Y, AGES.formatted("useReasonCodes='false'", schema("x", "c")))
        .success();
    assertArrayEquals(new double[] {17, NAN}, numbers("x,c\n1,red\n,red\n"));
    String segments =
        "<MiningModel functionName='regression'>%s<Segmentation multipleModelMethod='sum'>"
            + "<Segment><True/>%s</Segment></Segmentation></MiningModel>";
    String inner = AGES.formatted("", schema("x", "c"));
    load("regression", X + COLOUR + Y, segments.formatted(schema("x", "c"), inner)).success();
    assertArrayEquals(new double[] {17}, numbers("x,c\n1,red\n"));
    String message = worker.predict("x,c\n1,red\n,red\n").message("INPUT_INVALID");
    assertTrue(message.contains("the column x is missing in row 1"), message);
  }

  @Test
  void aScorecardThatLacksWhatReasonCodesNeedIsRefusedAtLoad() throws Exception {
    String card = AGES.formatted("", schema("x", "c"));
    String base = "reason codes need a baselineScore";
    refused(base, "regression", X + COLOUR + Y, card.replace(" baselineScore='20'", ""));
    String bare = card.replace(" reasonCode='HUE'", "");
    refused("it has no reasonCode", "regression", X + COLOUR + Y, bare);
    String quiet = bare.replace("initialScore", "useReasonCodes='false' initialScore");
    load("regression", X + COLOUR + Y, quiet).success();
    assertArrayEquals(new double[] {17}, numbers("x,c\n1,red\n"));
  }

  @Test
  void aModelOfAnotherFunctionIsRefused() throws Exception {
    String leaf =
        "<ScoreDistribution value='no' recordCount='6'/><ScoreDistribution value='yes'"
            + " recordCount='4'/>";
    String label = output("label", "string", "predictedValue");
    String classifier =
        "<TreeModel functionName='classification'>%s%s<Node"
            + " score='no'><True/>%s</Node></TreeModel>";
    String only = "<Output>" + label + output("p", "double", "probability") + "</Output>";
    refused(
        "is of the function classification",
        "regression",
        X + CLASS,
        classifier.formatted(schema("x"), only, leaf));
    refused(
        "is of the function classification",
        "anomaly",
        X + CLASS,
        classifier.formatted(schema("x"), "", leaf));
    refused("is of the function regression", "binary", X + Y, tree("", "", "1", "2"));
    refused(
        "gives no probabilities",
        "binary",
        X + CLASS,
        classifier.formatted(schema("x"), only, leaf));
    String all = PROBABILITIES.replace("</Output>", label + "</Output>");
    load(
            "binary",
            X + CLASS,
            classifier.formatted(schema("x"), all, leaf),
            "positive_class_label",
            "YES",
            "negative_class_label",
            "False")
        .success();
    Table answer = asked("x\n1\n");
    assertEquals(List.of("False", "YES", "label"), answer.names());
    assertArrayEquals(new double[] {0.4}, answer.doubles("YES"));
    assertArrayEquals(new String[] {"no"}, answer.strings("label"));
  }

  // -- votes

  private static String vote(String weight, String predicate, String score) {
    String tree =
        "<TreeModel functionName='classification'><MiningSchema><MiningField"
            + " name='x'/></MiningSchema><Node><True/><Node"
            + " score='%s'>%s</Node></Node></TreeModel>";
    return "<Segment weight='"
        + weight
        + "'><True/>"
        + tree.formatted(score, predicate)
        + "</Segment>";
  }

  private static String votes(String method, String... segments) {
    return "<MiningModel functionName='classification'>"
        + schema("x")
        + PROBABILITIES
        + "<Segmentation multipleModelMethod='"
        + method
        + "'>"
        + String.join("", segments)
        + "</Segmentation></MiningModel>";
  }

  @Test
  void sharesOfVotesAddUpToOne() throws Exception {
    load(
            "binary",
            X + CLASS,
            votes(
                "weightedMajorityVote",
                vote("1", "<True/>", "no"),
                vote("2", "<True/>", "yes"),
                vote("5", "<True/>", "yes")))
        .success();
    assertArrayEquals(new double[] {0.875}, asked("x\n1\n").doubles("yes"), 1e-12);
    String low = "<SimplePredicate field='x' operator='lessThan' value='3'/>";
    load(
            "binary",
            X + CLASS,
            votes("majorityVote", vote("1", low, "no"), vote("1", "<True/>", "yes")))
        .success();
    assertArrayEquals(new double[] {0.5, 1}, asked("x\n1\n5\n").doubles("yes"), 1e-12);
    load("binary", X + CLASS, votes("majorityVote", vote("1", low, "no"))).success();
    assertTrue(worker.predict("x\n1\n5\n").message("INPUT_INVALID").contains("row 1"));
    String inner =
        votes("weightedMajorityVote", vote("2", "<True/>", "no")).replace(PROBABILITIES, "");
    refused(
        "the element Segmentation",
        "binary",
        X + CLASS,
        votes("majorityVote", "<Segment><True/>" + inner + "</Segment>"));
  }

  // -- what is refused

  private void refused(String words, String targetType, String fields, String model)
      throws Exception {
    String message = load(targetType, fields, model).message("ARTIFACT_UNSUPPORTED");
    assertTrue(message.contains(words), message);
    assertTrue(message.contains("define a"), message);
  }

  @Test
  void contentInsideAnExtensionIsRefused() throws Exception {
    String model = linear("x", "");
    String table =
        model.substring(model.indexOf("<RegressionTable"), model.indexOf("</RegressionModel>"));
    String empty = "<RegressionTable intercept='0'/>";
    refused(
        "holds the element RegressionTable inside an Extension of the element RegressionModel",
        "regression",
        X + Y,
        model.replace(table, "<Extension>" + table + "</Extension>" + empty));
    String predictor =
        table.substring(table.indexOf("<NumericPredictor"), table.indexOf("</RegressionTable>"));
    refused(
        "holds the element NumericPredictor (name x) inside an Extension",
        "regression",
        X + Y,
        model.replace(
            predictor, "<Extension name='a'><Extension>" + predictor + "</Extension></Extension>"));
    refused(
        "holds the element DataField (name z) inside an Extension",
        "regression",
        X + Y + "<Extension>" + NUMBER.formatted("z", "double") + "</Extension>",
        model);
    String harmless =
        "<Extension name='by' value='me'>text<X-own a='1'/><v:more xmlns:v='urn:v'/></Extension>";
    load("regression", X + Y, model.replace("<RegressionTable", harmless + "<RegressionTable"))
        .success();
    assertArrayEquals(new double[] {3}, numbers("x\n1\n"));
  }

  private record Refusal(String words, String targetType, String fields, String model) {}

  private static String derived(String expression) {
    return "<RegressionModel functionName='regression'>"
        + schema("x")
        + "<LocalTransformations><DerivedField name='d' optype='continuous' dataType='double'>"
        + expression
        + "</DerivedField></LocalTransformations><RegressionTable intercept='0'><NumericPredictor"
        + " name='d' coefficient='1'/></RegressionTable></RegressionModel>";
  }

  private static String bins(String attributes, String margin) {
    return derived(
        "<Discretize field='x' dataType='double' "
            + attributes
            + "><DiscretizeBin binValue='1'><Interval closure='openClosed'"
            + " rightMargin='5'/></DiscretizeBin><DiscretizeBin binValue='2'><Interval"
            + " closure='openOpen' leftMargin='5' "
            + margin
            + "/></DiscretizeBin></Discretize>");
  }

  private static String equality(String function, String constant) {
    return derived(
        "<Apply function='if'><Apply function='"
            + function
            + "'><FieldRef field='x'/>"
            + constant
            + "</Apply><Constant dataType='double'>7</Constant><Constant"
            + " dataType='double'>8</Constant></Apply>");
  }

  private static String tables(String method, String... tables) {
    StringBuilder all = new StringBuilder();
    for (String table : tables)
      all.append("<RegressionTable intercept=" + table + "</RegressionTable>");
    return "<RegressionModel functionName='classification' normalizationMethod='"
        + method
        + "'>"
        + schema("x")
        + all
        + "</RegressionModel>";
  }

  private static String general(String attributes) {
    return "<GeneralRegressionModel functionName='classification' "
        + attributes
        + ">"
        + schema("x")
        + "<ParameterList><Parameter"
        + " name='p0'/></ParameterList><CovariateList/><PPMatrix/><ParamMatrix><PCell"
        + " parameterName='p0' beta='1' df='1'"
        + " targetCategory='a'/></ParamMatrix></GeneralRegressionModel>";
  }

  private static String near(String function, String method) {
    return ("<NearestNeighborModel functionName='%s' numberOfNeighbors='1'"
                + " continuousScoringMethod='%s'>%s<TrainingInstances isTransformed='false'"
                + " recordCount='1'><InstanceFields><InstanceField field='x'"
                + " column='x'/><InstanceField field='y'"
                + " column='y'/></InstanceFields><InlineTable><row><x>1</x><y>2</y></row></InlineTable></TrainingInstances><ComparisonMeasure"
                + " kind='distance'><squaredEuclidean/></ComparisonMeasure><KNNInputs><KNNInput"
                + " field='x' compareFunction='absDiff'/></KNNInputs></NearestNeighborModel>")
        .formatted(
            function, method, schema("x") + (function.equals("regression") ? "" : PROBABILITIES));
  }

  // -- what is refused of a row, where a cell is missing

  @Test
  void aColumnThatDidNotComeIsNamed() throws Exception {
    String replaced = "<MiningField name='x' missingValueReplacement='7'/>";
    for (String field : List.of("x", replaced)) {
      load("regression", X + Y, linear(field, "")).success();
      for (String csv : List.of("height,z\n20,1\n", "X,z\n20,1\n30,2\n")) {
        String message = worker.predict(csv).message("INPUT_INVALID");
        String came = csv.substring(0, csv.indexOf('\n')).replace(",", ", ");
        assertTrue(message.contains("did not come: expected x, got " + came), message);
      }
      assertArrayEquals(new double[] {41}, numbers("z,x\n1,20\n"));
    }
    assertArrayEquals(new double[] {15}, numbers("z,x\n1,\n"));
    String two = "<MiningField name='x'/>" + "<MiningField name='c' invalidValueTreatment='asIs'/>";
    load("regression", X + COLOUR + Y, linear(two, "")).success();
    String message = worker.predict("x\n1\n").message("INPUT_INVALID");
    assertTrue(message.contains("columns that the model needs did not come: expected c"), message);
    String more = "<MiningField name='x'/><MiningField name='c' usageType='supplementary'/>";
    load("regression", X + COLOUR + Y, linear(more, "")).success();
    assertArrayEquals(new double[] {41}, numbers("x\n20\n"));
  }

  private static void refusedWhereMissing(String csv, String words) throws Exception {
    String message = worker.predict(csv).message("INPUT_INVALID");
    assertTrue(message.contains("the column x is missing in row 1 (counted from 0)"), message);
    assertTrue(message.contains(words), message);
  }

  @Test
  void aTreeThatScoresMissingCellsWronglyIsAskedForNone() throws Exception {
    String compact =
        tree("noTrueChildStrategy='returnLastPrediction'", "", "1", "2")
            .replace("='defaultChild'", "='nullPrediction'");
    load("regression", X + Y, compact).success();
    assertArrayEquals(new double[] {1, 2}, numbers("x,z\n1,1\n40,1\n"));
    refusedWhereMissing("x,z\n1,1\n,1\n", "the element TreeModel");
    String otherwise =
        tree("", "", "1", "2")
            .replace(
                "<SimplePredicate field='x' operator='greaterOrEqual' value='30'/>", "<True/>");
    for (String strategy : List.of("lastPrediction", "nullPrediction", "defaultChild")) {
      load("regression", X + Y, otherwise.replace("='defaultChild'", "='" + strategy + "'"))
          .success();
      assertArrayEquals(new double[] {1, 2}, numbers("x,z\n1,1\n40,1\n"));
      refusedWhereMissing("x,z\n1,1\n,1\n", "the element TreeModel");
    }
    load("regression", X + Y, otherwise.replace("='defaultChild'", "='none'")).success();
    assertArrayEquals(new double[] {1, 2}, numbers("x,z\n1,1\n,1\n"));
    String replaced = compact.replace("name='x'", "name='x' missingValueReplacement='7'");
    load("regression", X + Y, replaced).success();
    assertArrayEquals(new double[] {1, 1}, numbers("x,z\n1,1\n,1\n"));
  }

  @Test
  void aFunctionThatIsBlindToMissingCellsIsAskedForNone() throws Exception {
    load("regression", X + Y, derived("<Apply function='round'><FieldRef field='x'/></Apply>"))
        .success();
    assertArrayEquals(new double[] {2}, numbers("x\n1.6\n"));
    refusedWhereMissing("x,z\n1,1\n,1\n", "the element Apply (function round)");
    String constant = "<Constant dataType='double'>1</Constant>";
    for (String function : List.of("greaterThan", "notEqual")) {
      load("regression", X + Y, equality(function, constant)).success();
      assertArrayEquals(new double[] {7}, numbers("x\n3\n"));
      refusedWhereMissing("x,z\n1,1\n,1\n", "the element Apply (function " + function + ")");
    }
    String second =
        "<DerivedField name='e' optype='continuous' dataType='double'><FieldRef"
            + " field='x'/></DerivedField><DerivedField name='d'";
    String indirect =
        equality("lessThan", constant)
            .replace("<DerivedField name='d'", second)
            .replace(
                "<Apply function='lessThan'><FieldRef field='x'/>",
                "<Apply function='lessThan'><FieldRef field='e'/>");
    load("regression", X + Y, indirect).success();
    refusedWhereMissing("x,z\n1,1\n,1\n", "the element Apply (function lessThan)");
    String guarded =
        "<Apply function='if'><Apply function='isMissing'><FieldRef field='x'/></Apply><Constant"
            + " dataType='double'>5</Constant><Apply function='round'><FieldRef"
            + " field='x'/></Apply></Apply>";
    load("regression", X + Y, derived(guarded)).success();
    assertArrayEquals(new double[] {2, 5}, numbers("x,z\n1.6,1\n,1\n"));
    load("regression", X + Y, derived("<Apply function='ln'><FieldRef field='x'/></Apply>"))
        .success();
    assertArrayEquals(new double[] {0, NAN}, numbers("x,z\n1,1\n,1\n"));
  }

  @TestFactory
  Stream<DynamicTest> whatPmml4sGetsWrongIsRefusedByName() {
    String equation = "'0' targetCategory='%s'><NumericPredictor name='x' coefficient='1'/>";
    String neighbours =
        near("regression", "average")
            .replace("numberOfNeighbors", "instanceIdVariable='id' numberOfNeighbors")
            .replace("<InstanceFields>", "<InstanceFields><InstanceField field='id' column='id'/>")
            .replace("<row>", "<row><id>1</id>");
    String inner = tree("", "", "1", "2").replace("<MiningField name='y' usageType='target'/>", "");
    String xor =
        tree("", "", "1", "2")
            .replace(
                "<SimplePredicate field='x' operator='lessThan' value='30'/>",
                "<CompoundPredicate booleanOperator='xor'><SimplePredicate field='x'"
                    + " operator='lessThan' value='30'/><False/></CompoundPredicate>");
    String anomaly =
        "<AnomalyDetectionModel functionName='regression' algorithmType='iforest'"
            + " sampleDataSize='2'><MiningSchema><MiningField name='x'/></MiningSchema>"
            + inner
            + "</AnomalyDetectionModel>";
    List<Refusal> refusals =
        List.of(
            new Refusal(
                "Discretize (field x)",
                "regression",
                X + Y,
                bins("defaultValue='99' mapMissingTo='77'", "rightMargin='9'")),
            new Refusal(
                "Discretize (field x)",
                "regression",
                X + Y,
                bins("mapMissingTo='77'", "rightMargin='9'")),
            new Refusal(
                "Discretize (field x)",
                "regression",
                X + Y,
                bins("mapMissingTo='77'", "").replace("openClosed", "openOpen")),
            new Refusal(
                "Apply (function equal)",
                "regression",
                X + Y,
                equality("equal", "<Constant>1</Constant>")),
            new Refusal(
                "Apply (function isNotIn)",
                "regression",
                X + Y,
                equality("isNotIn", "<Constant dataType='integer'>1</Constant>")),
            new Refusal(
                "normalizationMethod loglog",
                "regression",
                X + Y,
                linear("x", "normalizationMethod='loglog'")),
            new Refusal(
                "normalizationMethod logit",
                "multiclass",
                X + THREE,
                tables(
                    "logit",
                    equation.formatted("a"),
                    equation.formatted("b"),
                    equation.formatted("c"))),
            new Refusal(
                "normalizationMethod none",
                "multiclass",
                X + THREE,
                tables(
                    "none",
                    equation.formatted("a"),
                    equation.formatted("b"),
                    equation.formatted("c"))),
            new Refusal(
                "two RegressionTables",
                "binary",
                X + CLASS,
                tables("logit", equation.formatted("no"), equation.formatted("yes"))),
            new Refusal(
                "cumulativeLink loglog",
                "multiclass",
                X + THREE,
                general("modelType='ordinalMultinomial' cumulativeLink='loglog'")),
            new Refusal(
                "offset is left out",
                "multiclass",
                X + THREE,
                general("modelType='multinomialLogistic' offsetValue='1'")),
            new Refusal(
                "MiningField (name x)",
                "regression",
                NUMBER.formatted("x", "date") + Y,
                linear("x", "")),
            new Refusal(
                "MiningField (name x)",
                "regression",
                NUMBER.formatted("x", "dateDaysSince[1970]") + Y,
                linear("x", "")),
            new Refusal(
                "MiningField (name x)",
                "regression",
                NUMBER.formatted("x", "dateTime") + Y,
                linear("x", "")),
            new Refusal(
                "instanceIdVariable",
                "regression",
                NUMBER.formatted("id", "integer") + X + Y,
                neighbours),
            new Refusal("AnomalyDetectionModel", "anomaly", X, anomaly),
            new Refusal("xor is never true", "regression", X + Y, xor),
            new Refusal(
                "weightedAverage", "regression", X + Y, near("regression", "weightedAverage")),
            new Refusal(
                "gives no probabilities", "binary", X + CLASS, near("classification", "average")),
            new Refusal(
                "Segmentation",
                "binary",
                X + CLASS,
                votes("max", vote("1", "<True/>", "no"), vote("1", "<True/>", "yes"))));
    return refusals.stream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.words() + " " + refusals.indexOf(one),
                    () -> refused(one.words(), one.targetType(), one.fields(), one.model())));
  }

  @Test
  void itsHarmlessFormsAreScored() throws Exception {
    load("regression", X + Y, bins("mapMissingTo='77'", "")).success();
    assertArrayEquals(new double[] {1, 2, 2, 77}, numbers("x,z\n5,1\n6,1\n100,1\n,1\n"));
    load("regression", X + Y, bins("", "rightMargin='9'")).success();
    assertArrayEquals(new double[] {1, NAN, NAN}, numbers("x,z\n5,1\n100,1\n,1\n"));
    load("regression", X + Y, equality("equal", "<Constant dataType='double'>1</Constant>"))
        .success();
    assertArrayEquals(new double[] {7, 8}, numbers("x\n1\n2\n"));
    load("regression", X + Y, equality("lessThan", "<Constant>2</Constant>")).success();
    assertArrayEquals(new double[] {7, 8}, numbers("x\n1\n2\n"));
    String equation = "'0' targetCategory='yes'><NumericPredictor name='x' coefficient='1'/>";
    load("binary", X + CLASS, tables("logit", equation, "'0' targetCategory='no'>")).success();
    assertArrayEquals(
        new double[] {0.5, 1 / (1 + Math.exp(-1))}, asked("x\n0\n1\n").doubles("yes"), 1e-12);
  }

  @Test
  void hooksGetAModelThatIsRefusedOtherwise() throws Exception {
    String model = linear("x", "normalizationMethod='loglog'");
    CodeDirectory.withHooks(
        folder,
        "Table score(Table data, Object model) { return Table.of(\"Predictions\", model == null ?"
            + " 0.0 : 1.0); }");
    Files.writeString(
        folder.resolve("custom.java"),
        Files.readString(folder.resolve("custom.java"))
            .replaceAll("public static Object loadModel.*", ""));
    Map<String, Object> loaded = load("regression", X + Y, model).success();
    assertEquals(null, loaded.get("predictor"));
    assertArrayEquals(new double[] {1}, numbers("x\n1\n"));
  }
}
