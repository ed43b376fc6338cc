import { describe, expect, it } from "vitest";
import {
  boolColumn,
  dateColumn,
  floatColumn,
  intColumn,
  textColumn,
  timestampColumn,
} from "../../protocol/columns.js";
import type { Column, Table } from "../../protocol/messages.js";
import type { CheckedPredictions } from "./check.js";
import { predictionsAsJson } from "./json.js";
import type { TableTargetType } from "./targets.js";

const tableOf = (rows: number, columns: Column[]): Table => ({ rows, columns });

function checked(targetType: TableTargetType, rows: number, ...columns: Column[]): CheckedPredictions {
  return { targetType, predictions: tableOf(rows, columns), extra: null, index: null };
}

describe("predictions as JSON", () => {
  it.each<[string, CheckedPredictions, string]>([
    [
      "a regression is a flat list with every digit",
      checked("regression", 4, floatColumn("Predictions", [1 / 3, 1.2e-12, 7, 1e20])),
      '{"predictions":[0.3333333333333333,1.2e-12,7.0,1e+20]}',
    ],
    [
      "NaN, infinities and missing values are null",
      checked("anomaly", 5, floatColumn("Predictions", [Number.NaN, Infinity, -Infinity, null, -0.5])),
      '{"predictions":[null,null,null,null,-0.5]}',
    ],
    [
      "ints are cast to floats",
      checked("regression", 3, intColumn("Predictions", [7, null, -1])),
      '{"predictions":[7.0,null,-1.0]}',
    ],
    [
      "texts with numbers are cast to floats",
      checked("regression", 5, textColumn("Predictions", ["1.5", " 2 ", "nan", null, "-Inf"])),
      '{"predictions":[1.5,2.0,null,null,null]}',
    ],
    [
      "mixed values are cast to floats",
      checked("regression", 5, textColumn("Predictions", ["1", '"2.5"', "null", "true", null], "json")),
      '{"predictions":[1.0,2.5,null,1.0,null]}',
    ],
    [
      "booleans are 1.0 and 0.0",
      { ...checked("regression", 2, { ...boolColumn("Predictions", [true, false]) }) },
      '{"predictions":[1.0,0.0]}',
    ],
    [
      "float32 is widened, not shortened",
      checked("regression", 1, floatColumn("Predictions", Float32Array.of(0.1))),
      '{"predictions":[0.10000000149011612]}',
    ],
    [
      "a classification is objects of label to probability, in the model's order",
      checked("binary", 2, floatColumn("yes", [0.25, 1]), floatColumn("no", [0.75, 0])),
      '{"predictions":[{"yes":0.25,"no":0.75},{"yes":1.0,"no":0.0}]}',
    ],
    [
      "labels are escaped",
      checked("multiclass", 1, floatColumn('a"b\n', [1]), floatColumn("é\\", [0])),
      '{"predictions":[{"a\\"b\\n":1.0,"é\\\\":0.0}]}',
    ],
    [
      "texts stay strings, escaped",
      checked("textgeneration", 3, textColumn("answer", ['say "hi"\n', "7", null])),
      '{"predictions":["say \\"hi\\"\\n","7",null]}',
    ],
    [
      "lists and objects of a text target stay JSON",
      checked("geopoint", 2, textColumn("Predictions", ["[1.5, 2]", '{"a":null}'], "json")),
      '{"predictions":[[1.5, 2],{"a":null}]}',
    ],
    [
      "no rows are an empty list",
      checked("regression", 0, floatColumn("Predictions", [])),
      '{"predictions":[]}',
    ],
    [
      "no rows of classes are an empty list",
      checked("binary", 0, floatColumn("a", []), floatColumn("b", [])),
      '{"predictions":[]}',
    ],
  ])("%s", (_title, predictions, json) => {
    expect(predictionsAsJson(predictions)).toBe(json);
  });

  it("has extra output after the predictions, row by row and with its index", () => {
    const extra = tableOf(2, [
      floatColumn("f", [0.5, Number.NaN]),
      intColumn("i", [9007199254740993n, null]),
      boolColumn("b", [true, null]),
      textColumn("t", ["x\ty", null]),
      textColumn("j", ["[1]", "null"], "json"),
      dateColumn("d", [0, -1]),
      timestampColumn("s", [1_500_000, null]),
      timestampColumn("z", [1_719_835_200_000_000, 1_704_110_400_000_000], "Europe/Amsterdam"),
    ]);
    const index = textColumn("", ["first", "second"]);
    const predictions = { ...checked("regression", 2, floatColumn("Predictions", [1, 2])), extra, index };
    expect(predictionsAsJson(predictions)).toBe(
      '{"predictions":[1.0,2.0],"extraModelOutput":{"columns":["f","i","b","t","j","d","s","z"],"index":["first","second"],' +
        '"data":[[0.5,9007199254740993,true,"x\\ty",[1],"1970-01-01","1970-01-01T00:00:01.500","2024-07-01T14:00:00+02:00"],' +
        '[null,null,null,null,null,"1969-12-31",null,"2024-01-01T13:00:00+01:00"]]}}',
    );
  });

  it("numbers the rows of extra output if the model gave no index", () => {
    const extra = tableOf(2, [intColumn("x", [5, 6])]);
    const json = predictionsAsJson({
      ...checked("regression", 2, floatColumn("Predictions", [1, 2])),
      extra,
    });
    expect(json).toContain('"index":[0,1],"data":[[5],[6]]');
  });

  it.each<[string, Column, RegExp]>([
    [
      "a word",
      textColumn("Predictions", ["1", "high"]),
      /the regression prediction holds "high" in row 1 .*expected numbers; return/,
    ],
    ["a list", textColumn("Predictions", ["1", "[1]"], "json"), /holds "\[1\]" in row 1/],
    ["an empty text", textColumn("Predictions", ["1", ""]), /holds "" in row 1/],
    ["a hexadecimal", textColumn("Predictions", ["1", "0x10"]), /holds "0x10" in row 1/],
    ["a date", dateColumn("Predictions", [1, 2]), /has the type date; expected numbers/],
  ])("rejects %s as the prediction of a numeric target", (_title, column, words) => {
    const write = () => predictionsAsJson(checked("regression", 2, column));
    expect(write).toThrow(
      expect.objectContaining({ code: "PREDICTIONS_INVALID", message: expect.stringMatching(words) }),
    );
  });

  it.each([4096, 4097, 10_000])("is the same text in one piece or in several: %i rows", (rows) => {
    const values = Array.from({ length: rows }, (_, row) => row / 8);
    const texts = values.map((value) => `é${value}`);
    const json = predictionsAsJson({
      ...checked("regression", rows, floatColumn("Predictions", values)),
      extra: tableOf(rows, [textColumn("t", texts)]),
    });
    expect(Buffer.isBuffer(json)).toBe(rows > 4096);
    expect(JSON.parse(json.toString())).toEqual({
      predictions: values,
      extraModelOutput: { columns: ["t"], index: [...values.keys()], data: texts.map((text) => [text]) },
    });
  });
});
