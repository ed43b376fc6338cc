import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { floatColumn, textColumn } from "../../../protocol/columns.js";
import type { Column } from "../../../protocol/messages.js";
import type { CheckedPredictions } from "../check.js";
import type { TableTargetType } from "../targets.js";
import { predictionsAsRows, readDeploymentConfig } from "./rows.js";

function configOf(text: string) {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "drum-rows-")), "config.json");
  writeFileSync(file, text);
  return readDeploymentConfig(file);
}

function rowsOf(
  targetType: TableTargetType,
  columns: Column[],
  target: object,
  labels: string[] = [],
  extra: Column[] = [],
): unknown[] {
  const rows = 2;
  const checked: CheckedPredictions = {
    targetType,
    predictions: { rows, columns },
    extra: extra.length > 0 ? { rows, columns: extra } : null,
    index: null,
  };
  return JSON.parse(predictionsAsRows(checked, configOf(JSON.stringify({ target })), labels)).data;
}

const value = (label: string, number: unknown) => ({ label, value: number });

describe("predictionsAsRows", () => {
  it("of regression, with extra columns from a hook", () => {
    const extra = [textColumn("note", ["a", null])];
    expect(
      rowsOf("regression", [floatColumn("Predictions", [1 / 3, 7])], { name: "price" }, [], extra),
    ).toEqual([
      {
        prediction: 1 / 3,
        predictionValues: [value("price", 1 / 3)],
        rowId: 0,
        extraModelOutput: { note: "a" },
      },
      { prediction: 7, predictionValues: [value("price", 7)], rowId: 1, extraModelOutput: { note: null } },
    ]);
  });

  it("of anomalies, whose label is always the same", () => {
    const [first] = rowsOf("anomaly", [floatColumn("Predictions", [0.5, 1])], { name: "x" });
    expect(first).toEqual({ prediction: 0.5, predictionValues: [value("Anomaly Score", 0.5)], rowId: 0 });
  });

  it("of texts", () => {
    const [, second] = rowsOf("textgeneration", [textColumn("answer", ["a", "b"])], { name: "answer" });
    expect(second).toEqual({ prediction: "b", predictionValues: [value("answer", "b")], rowId: 1 });
  });

  const both = [floatColumn("no", [0.4, 0.5]), floatColumn("yes", [0.6, 0.5])];
  it.each([
    ["without a mapping", { name: "x" }, 0.5, ["yes", "no"]],
    [
      "by a mapping",
      {
        name: "x",
        class_mapping: [
          ["yes", 1],
          ["no", 0],
        ],
      },
      0.5,
      ["yes", "no"],
    ],
    ["by a threshold", { name: "x", prediction_threshold: 0.7 }, 0.7, ["no", "no"]],
  ])("of two classes %s", (_title, target, predictionThreshold, predicted) => {
    expect(rowsOf("binary", both, target, ["no", "yes"])).toEqual([
      {
        prediction: predicted[0],
        predictionValues: [value("yes", 0.6), value("no", 0.4)],
        predictionThreshold,
        rowId: 0,
      },
      {
        prediction: predicted[1],
        predictionValues: [value("yes", 0.5), value("no", 0.5)],
        predictionThreshold,
        rowId: 1,
      },
    ]);
  });

  it("of several classes, on a tie the first in the order of the mapping", () => {
    const columns = [
      floatColumn("a", [0.4, 0.2]),
      floatColumn("b", [0.4, 0.2]),
      floatColumn("c", [0.2, 0.6]),
    ];
    const target = {
      name: "x",
      class_mapping: [
        ["c", 0],
        ["b", 1],
        ["a", 2],
      ],
    };
    expect(rowsOf("multiclass", columns, target, ["a", "b", "c"])).toEqual([
      { prediction: "b", predictionValues: [value("c", 0.2), value("b", 0.4), value("a", 0.4)], rowId: 0 },
      { prediction: "c", predictionValues: [value("c", 0.6), value("b", 0.2), value("a", 0.2)], rowId: 1 },
    ]);
  });

  it("of labels that are not mutually exclusive", () => {
    const [first] = rowsOf(
      "multilabel",
      [floatColumn("a", [0.9, 0]), floatColumn("b", [0.8, 0])],
      { name: "x" },
      ["a", "b"],
    );
    expect(first).toMatchObject({ prediction: ["a", "b"], predictionThreshold: 0.5 });
  });

  it("rejects a mapping with other labels", () => {
    const target = {
      name: "x",
      class_mapping: [
        ["maybe", 1],
        ["no", 0],
      ],
    };
    expect(() => rowsOf("binary", both, target, ["no", "yes"])).toThrow(
      "has the labels no, maybe, but the model has no, yes",
    );
  });
});

describe("readDeploymentConfig", () => {
  it.each([
    ["no JSON", "{", "cannot be read"],
    ["no target", "{}", "has no target"],
    ["null", "null", "has no target"],
    ["no name", '{"target":{}}', "has a target without a name"],
    [
      "another mapping",
      '{"target":{"name":"x","class_mapping":["a"]}}',
      "not a list of [label, position] pairs",
    ],
    ["a threshold in words", '{"target":{"name":"x","prediction_threshold":"half"}}', "that is not a number"],
  ])("rejects %s", (_title, text, words) => {
    expect(() => configOf(text)).toThrow(words);
  });
});
