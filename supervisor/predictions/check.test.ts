import { describe, expect, it } from "vitest";
import { boolColumn, dateColumn, floatColumn, intColumn, textColumn } from "../../protocol/columns.js";
import type { Column, Table } from "../../protocol/messages.js";
import { floatsOf, textsOf } from "../../protocol/table.js";
import { DrumError } from "../errors.js";
import { checkPredictions, type ExpectedPredictions } from "./check.js";
import type { TableTargetType } from "./targets.js";

const tableOf = (rows: number, columns: Column[]): Table => ({ rows, columns });

const one = (name: string, value: number) => floatColumn(name, [value]);
const expecting = (targetType: TableTargetType, ...labels: string[]): ExpectedPredictions => ({
  targetType,
  labels,
  targetName: undefined,
});
const binary = expecting("binary", "no", "yes");
const abc = expecting("multiclass", "a", "b", "c");

type Call = [
  columns: Column[],
  expected: ExpectedPredictions,
  how?: { labelled?: boolean; rows?: number | null },
];

function check(...[columns, expected, { labelled = true, rows }]: Required<Call>) {
  const table = tableOf(columns[0] ? rowsOf(columns[0]) : 0, columns);
  return checkPredictions(
    { predictions: table, labelled, rows: rows === undefined ? table.rows : rows, index: null },
    expected,
  );
}

function rowsOf(column: Column): number {
  if (column.offsets) return column.offsets.length / 4 - 1;
  return (
    column.data.length /
    (column.type === "bool" ? 1 : column.type === "date" || column.type === "float32" ? 4 : 8)
  );
}

const valuesOf = (columns: readonly Column[]) =>
  Object.fromEntries(columns.map((column) => [column.name, [...floatsOf(column)]]));

const errorOf = (call: Call): DrumError => {
  try {
    check(call[0], call[1], call[2] ?? {});
  } catch (error) {
    expect(error).toBeInstanceOf(DrumError);
    return error as DrumError;
  }
  throw new Error("the check passed");
};

describe("a target of one column", () => {
  it.each(["regression", "anomaly", "geopoint"] as const)(
    "names the one column of %s Predictions",
    (type) => {
      const { predictions, extra } = check([one("y_hat", 2.5)], expecting(type), {});
      expect(valuesOf(predictions.columns)).toEqual({ Predictions: [2.5] });
      expect(extra).toBeNull();
    },
  );

  it("accepts NaN and missing numbers as predictions", () => {
    expect(check([floatColumn("y", [Number.NaN, null])], expecting("regression"), {}).predictions.rows).toBe(
      2,
    );
  });

  it("keeps the type the model gave", () => {
    expect(check([textColumn("y", ["7"])], expecting("regression"), {}).predictions.columns[0]!.type).toBe(
      "utf8",
    );
  });

  it.each(["regression", "anomaly"] as const)("refuses text that is not a number for %s", (type) => {
    const given = [textColumn("Predictions", ["1.5", "good"])];
    expect(() => check(given, expecting(type), {})).toThrow(
      `the ${type} prediction holds "good" in row 1 (counted from 0), which is not a number`,
    );
    expect(() => check([textColumn("Predictions", ["1.5", null])], expecting(type), {})).not.toThrow();
  });

  it("treats other columns of a labelled table as extra output, in their order", () => {
    const { predictions, extra } = check(
      [one("b", 1), one("Predictions", 2), one("a", 3)],
      expecting("regression"),
      {},
    );
    expect(valuesOf(predictions.columns)).toEqual({ Predictions: [2] });
    expect(extra?.columns.map(({ name }) => name)).toEqual(["b", "a"]);
  });

  it.each([
    ["answer", "answer"],
    ['"answer"', "answer"],
    ['"answer"', '"answer"'],
  ])("finds the column of a text target named %s under %s", (targetName, name) => {
    const expected = { ...expecting("textgeneration"), targetName };
    const { predictions, extra } = check([one("tokens", 5), textColumn(name, ["hi"])], expected, {});
    expect(predictions.columns.map((column) => [column.name, textsOf(column)])).toEqual([
      ["Predictions", ["hi"]],
    ]);
    expect(extra?.columns.map((column) => column.name)).toEqual(["tokens"]);
  });

  it("names the only column of a text target Predictions", () => {
    const { predictions } = check(
      [textColumn("x", ["hi"])],
      { ...expecting("textgeneration"), targetName: "answer" },
      {},
    );
    expect(predictions.columns[0]!.name).toBe("Predictions");
  });

  it.each<[string, Call]>([
    ["no column at all", [[], expecting("regression"), { rows: null }]],
    [
      "several columns without names",
      [[one("0", 1), one("1", 2)], expecting("anomaly"), { labelled: false }],
    ],
    ["several columns, none of them Predictions", [[one("a", 1), one("b", 2)], expecting("regression")]],
    [
      "two columns named Predictions",
      [[one("Predictions", 1), one("Predictions", 2)], expecting("regression")],
    ],
    [
      "no column named by the target",
      [[one("Predictions", 1), one("b", 2)], { ...expecting("textgeneration"), targetName: "t" }],
    ],
  ])("is rejected with %s", (_title, call) => {
    expect(errorOf(call)).toMatchObject({
      code: "PREDICTIONS_INVALID",
      message: expect.stringMatching(/expected .*got .*return one column/),
    });
  });
});

describe("rows out", () => {
  it("must equal the rows in, and the error has both numbers", () => {
    expect(errorOf([[floatColumn("y", [1, 2, 3])], expecting("regression"), { rows: 5 }]).message).toBe(
      "the predictions have 3 rows for 5 rows of input; return one row per input row",
    );
    expect(errorOf([[one("0", 0.5)], binary, { rows: 0 }]).message).toContain("1 row for 0 rows of input");
  });

  it("are not compared if the rows of the input are unknown", () => {
    expect(
      check([floatColumn("y", [1, 2, 3])], expecting("regression"), { rows: null }).predictions.rows,
    ).toBe(3);
  });

  it("may be zero", () => {
    expect(check([floatColumn("no", []), floatColumn("yes", [])], binary, {}).predictions.rows).toBe(0);
  });
});

describe("the labels of a classification", () => {
  it.each<[string, Call, { [label: string]: number }]>([
    [
      "unlabelled columns of binary are negative, positive",
      [[one("0", 0.25), one("1", 0.75)], binary, { labelled: false }],
      { no: 0.25, yes: 0.75 },
    ],
    [
      "an unlabelled single column is the positive class",
      [[one("0", 0.75)], binary, { labelled: false }],
      { no: 0.25, yes: 0.75 },
    ],
    [
      "a labelled single column of another name is the positive class",
      [[one("Predictions", 0.75)], binary],
      { no: 0.25, yes: 0.75 },
    ],
    [
      "a single column named like the negative class is the negative class",
      [[one("No", 0.75)], binary],
      { no: 0.75, yes: 0.25 },
    ],
    [
      "unlabelled columns of multiclass are in the requested order",
      [[one("0", 0.5), one("1", 0.25), one("2", 0.25)], abc, { labelled: false }],
      { a: 0.5, b: 0.25, c: 0.25 },
    ],
    [
      "columns keep the model's order",
      [[one("c", 0.5), one("a", 0.25), one("b", 0.25)], abc],
      { c: 0.5, a: 0.25, b: 0.25 },
    ],
    [
      "letter case does not matter",
      [[one("B", 0.5), one("A", 0.5), one("C", 0)], abc],
      { b: 0.5, a: 0.5, c: 0 },
    ],
    [
      "1 and 1.0 are the same label",
      [[one("1.0", 0.5), one("0.0", 0.5)], expecting("binary", "0", "1")],
      { "1": 0.5, "0": 0.5 },
    ],
    [
      "1e1 and 10 are the same label",
      [[one("10", 0.5), one("20", 0.5)], expecting("binary", "2e1", "1e1")],
      { "1e1": 0.5, "2e1": 0.5 },
    ],
    ["True is yes and 0 is no", [[one("True", 0.5), one("0", 0.5)], binary], { yes: 0.5, no: 0.5 }],
    [
      "f and t are False and True",
      [[one("f", 0.25), one("t", 0.75)], expecting("binary", "False", "TRUE")],
      { False: 0.25, TRUE: 0.75 },
    ],
    [
      "labels that differ only in case are distinct",
      [[one("a", 0.25), one("A", 0.75)], expecting("binary", "A", "a")],
      { a: 0.25, A: 0.75 },
    ],
    ["ints are probabilities too", [[intColumn("no", [0]), one("yes", 1)], binary], { yes: 1 }],
  ])("%s", (_title, [columns, expected, how = {}], values) => {
    const { predictions } = check(columns, expected, how);
    expect(predictions.columns.map(({ name }) => name).sort()).toEqual([...expected.labels].sort());
    const floats = predictions.columns.filter(({ type }) => type === "float64");
    expect(Object.entries(valuesOf(floats))).toEqual(
      Object.entries(values).map(([label, value]) => [label, [value]]),
    );
  });

  it("match exact names among more columns; the others are extra output", () => {
    const { predictions, extra } = check(
      [one("note", 9), one("yes", 0.25), one("YES", 4), one("no", 0.75)],
      binary,
      {},
    );
    expect(valuesOf(predictions.columns)).toEqual({ yes: [0.25], no: [0.75] });
    expect(valuesOf(extra!.columns)).toEqual({ note: [9], YES: [4] });
  });

  it("derive the other class of a float32 column as float32", () => {
    const { predictions } = check([floatColumn("0", Float32Array.of(0.1))], binary, { labelled: false });
    expect(predictions.columns.map(({ type }) => type)).toEqual(["float32", "float32"]);
  });

  it.each<[string, Call, RegExp]>([
    [
      "one column for three labels",
      [[one("0", 1)], abc, { labelled: false }],
      /have one column; expected 3 columns.*got 1,.*return one probability column/,
    ],
    [
      "one column for labels that are not mutually exclusive",
      [[one("0", 1)], expecting("multilabel", "a", "b")],
      /have one column; expected 2 columns/,
    ],
    [
      "too few columns",
      [[one("a", 0.5), one("b", 0.5)], abc],
      /wrong number of columns; expected 3.*got 2; return/,
    ],
    ["no column", [[], abc, { rows: null }], /wrong number of columns; expected 3.*got 0/],
    [
      "too many columns without names",
      [[one("0", 0), one("1", 1), one("2", 0)], binary, { labelled: false }],
      /expected 2 columns, one per class label \("no", "yes"\), got 3/,
    ],
    [
      "other labels",
      [[one("no", 0.5), one("maybe", 0.5)], binary],
      /expected "no", "yes", got "no", "maybe"; request/,
    ],
    [
      "the same label twice",
      [[one("no", 0.5), one("no", 0.5)], binary],
      /expected "no", "yes", got "no", "no"/,
    ],
    [
      "two columns for one label",
      [[one("1", 0.5), one("1.0", 0.5)], expecting("binary", "true", "false")],
      /got "1", "1.0"/,
    ],
    [
      "a label missing among more columns",
      [[one("No", 0.5), one("yes", 0.5), one("x", 0)], binary],
      /lack "no"; expected every class label once \("no", "yes"\), got "No", "yes", "x"; name/,
    ],
    [
      "a label twice among more columns",
      [[one("no", 0.5), one("yes", 0.5), one("no", 0)], binary],
      /have a label more than once; expected/,
    ],
    [
      "a class left out by a third column",
      [[one("no", 0.5), one("yes", 0.25), one("other", 0.25)], binary],
      /do not add up to 1/,
    ],
  ])("are rejected with %s", (_title, call, words) => {
    expect(errorOf(call)).toMatchObject({
      code: "PREDICTIONS_INVALID",
      message: expect.stringMatching(words),
    });
  });

  it("are shortened in the error if there are many", () => {
    const labels = Array.from({ length: 1000 }, (_, at) => `label ${at}`);
    expect(errorOf([[one("a", 1)], expecting("multiclass", ...labels)]).message).toMatch(
      /"label 9" and 990 more/,
    );
  });
});

describe("the probabilities of a classification", () => {
  const pair = (no: (number | null)[], yes: (number | null)[]): Call => [
    [floatColumn("no", no), floatColumn("yes", yes)],
    binary,
  ];

  it.each([0.500009, 0.499991])("may differ from a sum of 1 by rounding: 0.5 + %d", (value) => {
    expect(() =>
      check(...((pair([0.5], [value]) as Required<Call>).slice(0, 2) as [Column[], ExpectedPredictions]), {}),
    ).not.toThrow();
  });

  it("are cast from texts, ints and booleans", () => {
    const { predictions } = check(
      [textColumn("no", ["0.25", " 1 "]), floatColumn("yes", [0.75, 0])],
      binary,
      {},
    );
    expect(predictions.columns[0]!.type).toBe("utf8");
    expect(() =>
      check([boolColumn("no", Array(8).fill(true)), intColumn("yes", Array(8).fill(0))], binary, {}),
    ).not.toThrow();
    expect(() =>
      check([textColumn("no", ["1", '"0.5"'], "json"), floatColumn("yes", [0, 0.5])], binary, {}),
    ).not.toThrow();
  });

  it("need not add up to 1 for multilabel", () => {
    expect(() => check([one("a", 0.9), one("b", 0.9)], expecting("multilabel", "a", "b"), {})).not.toThrow();
  });

  it.each<[string, Call, RegExp]>([
    [
      "that are negative",
      pair([0.5, -0.1], [0.5, 1.1]),
      /are negative in 1 of 2 rows .*; got row 1: -0.1 \+ 1.1 = 1;/,
    ],
    ["over 1", pair([1.5], [0]), /are over 1 in 1 of 1 row/],
    [
      "that do not add up to 1",
      pair([0.5, 0.5, 0.6], [0.5, 0.50002, 0.6]),
      /do not add up to 1 in 2 of 3 rows .*got row 1: 0.5 \+ 0.50002 = 1.00002; row 2: 0.6 \+ 0.6 = 1.2; return/,
    ],
    ["that are NaN", pair([Number.NaN], [1]), /are missing or NaN in 1 of 1 row/],
    ["that are missing", pair([null], [1]), /are missing or NaN in 1 of 1 row/],
    [
      "that are NaN in multilabel",
      [[one("a", Number.NaN), one("b", 0)], expecting("multilabel", "a", "b")],
      /are missing or NaN .*expected values from 0 to 1; got/,
    ],
    ["that are infinite", pair([Infinity], [0]), /are over 1/],
    [
      "over 1 in a single column",
      [[one("0", 1.25)], binary, { labelled: false }],
      /are over 1 in 1 of 1 row .*row 0: 1.25; return/,
    ],
    [
      "that are words",
      [[textColumn("no", ["0.5", "high"]), floatColumn("yes", [0.5, 0.5])], binary],
      /the probability of no holds "high" in row 1 .* not a number; expected numbers; return numbers/,
    ],
    [
      "that are lists",
      [[textColumn("no", ["[0.5]"], "json"), one("yes", 0.5)], binary],
      /holds "\[0.5\]" in row 0/,
    ],
    [
      "that are dates",
      [[dateColumn("no", [0]), one("yes", 1)], binary],
      /has the type date; expected numbers/,
    ],
  ])("are rejected %s", (_title, call, words) => {
    expect(errorOf(call)).toMatchObject({
      code: "PREDICTIONS_INVALID",
      message: expect.stringMatching(words),
    });
  });

  it("are shown for three rows at most", () => {
    const { message } = errorOf(pair(Array(100).fill(0.9), Array(100).fill(0.9)));
    expect(message).toMatch(/in 100 of 100 rows .*row 0: .*row 1: .*row 2: .*; …; return/);
    expect(message).not.toContain("row 3");
  });
});

describe("an index", () => {
  const given = (labels: number[]) => ({
    predictions: tableOf(2, [floatColumn("Predictions", [1, 2]), floatColumn("extra", [3, 4])]),
    labelled: true,
    rows: 2,
    index: intColumn("", labels),
  });

  it("is passed on and leaves the extra output unchanged", () => {
    const { extra, index } = checkPredictions(given([10, 20]), expecting("regression"));
    expect(valuesOf(extra!.columns)).toEqual({ extra: [3, 4] });
    expect(index).toMatchObject({ type: "int64" });
  });

  it("is rejected if it has another number of rows", () => {
    expect(() => checkPredictions(given([10]), expecting("regression"))).toThrow(/expected 16/);
  });
});
