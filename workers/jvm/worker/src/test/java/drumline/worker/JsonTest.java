// JSON of wrapper classes: read so that nothing is lost, and written as Python writes it.
package drumline.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {
  private static String rewritten(String json) throws JsonReader.Malformed {
    return JsonWriter.write(JsonReader.read(json));
  }

  @Test
  void whatIsWrittenReadsTheSame() throws Exception {
    for (String json :
        List.of(
            "0",
            "-1",
            "9223372036854775807",
            "123456789012345678901234567890",
            "1.0",
            "-0.0",
            "0.0001",
            "1e-05",
            "1e+16",
            "1234567890123456.0",
            "1801514316094494.2",
            "6.386688990511104e+293",
            "1.7976931348623157e+308",
            "2.2250738585072014e-308",
            "5e-324",
            "2e+23",
            "NaN",
            "-Infinity",
            "[null,true,{},[]]",
            "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001/\\u007f\\u00e9\\ud83d\\ude00\"",
            "{\"Z\":1,\"a\":2,\"\\uffff\":3,\"\\ud83d\\ude00\":4}"))
      assertEquals(json, rewritten(json));
    assertEquals(
        "{\"a\":[1,2.0],\"b\":\"\\u00e9/\"}", rewritten(" { \"b\" : \"é\\/\" , \"a\":[1, 2E0]}\n"));
  }

  @Test
  void theRestIsRefused() {
    for (String json :
        List.of(
            "",
            "01",
            "1.",
            ".5",
            "-",
            "1e",
            "+1",
            "[1,]",
            "[",
            "{a:1}",
            "{\"a\"}",
            "nul",
            "1 2",
            "'a'",
            "\"a",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\t\"",
            "[1]\0",
            "1".repeat(5000),
            "[".repeat(2000) + "]".repeat(2000)))
      assertThrows(JsonReader.Malformed.class, () -> JsonReader.read(json), json);
  }

  @Test
  void arraysAreOfTheKindOfTheirItems() throws Exception {
    Object[][] expected = {
      {"[[1,true],[2,3]]", new long[][] {{1, 1}, {2, 3}}},
      {"[1,2.5]", new double[] {1, 2.5}},
      {"[[true,false]]", new boolean[][] {{true, false}}},
      {"[\"a\",1.0,true,1e20]", new String[] {"a", "1.0", "True", "1e+20"}},
      {"[null,1]", new Object[] {null, 1L}},
      {"[]", new double[] {}},
      {"[[],[]]", new double[][] {{}, {}}}
    };
    for (Object[] one : expected) {
      Object array = NestedArray.of(JsonReader.read((String) one[0])).toJava();
      assertEquals(one[1].getClass(), array.getClass());
      assertEquals(
          Arrays.deepToString(new Object[] {one[1]}), Arrays.deepToString(new Object[] {array}));
    }
  }
}
