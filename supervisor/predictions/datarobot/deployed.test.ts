// The rows and columns of DataRobot's prediction server for each kind of target.

import { describe, expect, it } from "vitest";
import { floatColumn, textColumn } from "../../../protocol/columns.js";
import type { Column } from "../../../protocol/messages.js";
import { csvChunks } from "../../formats/csv/write.js";
import type { CheckedPredictions } from "../check.js";
import { deployedJson, deployedTable, type Wording } from "./deployed.js";

const checked = (
  targetType: CheckedPredictions["targetType"],
  columns: readonly Column[],
  rows: number,
): CheckedPredictions => ({
  targetType,
  predictions: { rows, columns: [...columns] },
  extra: null,
  index: null,
});

const wording = (more: Partial<Wording> = {}): Wording => ({
  targetName: "y",
  labels: [],
  threshold: 0.5,
  passthrough: {},
  ...more,
});

const rowsOf = (...given: Parameters<typeof deployedJson>) =>
  (JSON.parse(deployedJson(...given)) as { data: Record<string, unknown>[] }).data;
const csvOf = (...given: Parameters<typeof deployedTable>) =>
  String(Buffer.concat([...csvChunks({ predictions: deployedTable(...given), extra: null }, 100)]));

const approved = { deploymentApprovalStatus: "APPROVED" };

describe("regression", () => {
  const numbers = checked("regression", [floatColumn("Predictions", [1.5, null])], 2);

  it("has one value, named after the target", () => {
    expect(rowsOf(numbers, wording())).toEqual([
      { ...approved, rowId: 0, prediction: 1.5, predictionValues: [{ label: "y", value: 1.5 }] },
      { ...approved, rowId: 1, prediction: null, predictionValues: [{ label: "y", value: null }] },
    ]);
    expect(csvOf(numbers, wording())).toBe(
      "y_PREDICTION,DEPLOYMENT_APPROVAL_STATUS\n1.5,APPROVED\n,APPROVED\n",
    );
  });

  it("repeats columns of the input, also missing cells", () => {
    const passthrough = { id: ["07", null] };
    expect(rowsOf(numbers, wording({ passthrough })).map((row) => row.passthroughValues)).toEqual([
      { id: "07" },
      { id: null },
    ]);
    expect(csvOf(numbers, wording({ passthrough }))).toBe(
      "y_PREDICTION,id,DEPLOYMENT_APPROVAL_STATUS\n1.5,07,APPROVED\n,,APPROVED\n",
    );
  });
});

it("binary: a row of exactly the threshold is positive", () => {
  const columns = [floatColumn("no", [0.5, 0.75]), floatColumn("yes", [0.5, 0.25])];
  const given = [checked("binary", columns, 2), wording({ labels: ["no", "yes"] })] as const;
  expect(rowsOf(...given)).toEqual([
    {
      ...approved,
      rowId: 0,
      prediction: "yes",
      predictionValues: [
        { label: "yes", value: 0.5 },
        { label: "no", value: 0.5 },
      ],
      predictionThreshold: 0.5,
    },
    expect.objectContaining({ rowId: 1, prediction: "no" }),
  ]);
  expect(csvOf(...given)).toBe(
    "y_no_PREDICTION,y_yes_PREDICTION,y_PREDICTION,THRESHOLD,POSITIVE_CLASS,DEPLOYMENT_APPROVAL_STATUS\n" +
      "0.5,0.5,yes,0.5,yes,APPROVED\n0.75,0.25,no,0.5,yes,APPROVED\n",
  );
});

it("multiclass: the largest probability, the first of equal ones", () => {
  const columns = ["a", "b", "c"].map((name, at) => floatColumn(name, [[0.4, 0.4, 0.2][at]!]));
  const given = [checked("multiclass", columns, 1), wording({ labels: ["a", "b", "c"] })] as const;
  const [row] = rowsOf(...given);
  expect(row).toMatchObject({ prediction: "a", predictionValues: [{ label: "a", value: 0.4 }, {}, {}] });
  expect(row).not.toHaveProperty("predictionThreshold");
  expect(csvOf(...given).split("\n")[1]).toBe("0.4,0.4,0.2,a,APPROVED");
});

it("multilabel: every label from the threshold on", () => {
  const columns = [floatColumn("a", [0.9]), floatColumn("b", [0.5]), floatColumn("c", [0.1])];
  const [row] = rowsOf(checked("multilabel", columns, 1), wording({ labels: ["a", "b", "c"] }));
  expect(row).toMatchObject({ prediction: ["a", "b"], predictionThreshold: 0.5 });
});

it("text generation: the text", () => {
  const given = [checked("textgeneration", [textColumn("Predictions", ['a "b"'])], 1), wording()] as const;
  expect(rowsOf(...given)[0]).toMatchObject({
    prediction: 'a "b"',
    predictionValues: [{ label: "y", value: 'a "b"' }],
  });
  expect(csvOf(...given)).toBe('y_PREDICTION,DEPLOYMENT_APPROVAL_STATUS\n"a ""b""",APPROVED\n');
});
