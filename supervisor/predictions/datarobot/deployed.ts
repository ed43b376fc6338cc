// Predictions as DataRobot's prediction server answers them: rows of JSON, or columns of CSV named after the target.

import { floatColumn, textColumn } from "../../../protocol/columns.js";
import type { Column, Table } from "../../../protocol/messages.js";
import type { CheckedPredictions } from "../check.js";
import { predictionsAsJson } from "../json.js";
import { targetRules } from "../targets.js";

export interface Wording {
  targetName: string;
  /** The labels of the model; for binary, [negative, positive]. */
  labels: readonly string[];
  /** From this probability on, a row is of the positive class. */
  threshold: number;
  /** Columns of the input that the answer repeats, as texts. */
  passthrough: Readonly<Record<string, readonly (string | null)[]>>;
}

const approval = "APPROVED";

type Cell = number | string | null;
type Probabilities = Readonly<Record<string, number | null>>;

interface Row {
  prediction: unknown;
  predictionValues: { label: string; value: Cell }[];
  predictionThreshold?: number;
}

/** `{"data": [row, …]}`, rows in the order of the request. */
export function deployedJson(checked: CheckedPredictions, wording: Wording): string {
  const passed = Object.entries(wording.passthrough);
  const data = rowsOf(checked, wording).map((row, rowId) => ({
    ...row,
    deploymentApprovalStatus: approval,
    ...(passed.length > 0 && {
      passthroughValues: Object.fromEntries(passed.map(([name, cells]) => [name, cells[rowId]])),
    }),
    rowId,
  }));
  return JSON.stringify({ data });
}

/** The same as a table: `TARGET_PREDICTION`, or a column for each class. */
export function deployedTable(checked: CheckedPredictions, wording: Wording): Table {
  const { rows, columns } = checked.predictions;
  const { targetName, labels, threshold, passthrough } = wording;
  const named = `${targetName}_PREDICTION`;
  const all = (value: string) => Array.from({ length: rows }, () => value);
  const texts = () => rowsOf(checked, wording).map(({ prediction }) => String(prediction));
  const classes = columns.map((column) => ({ ...column, name: `${targetName}_${column.name}_PREDICTION` }));
  const made: Column[] = [];
  if (targetRules[checked.targetType].shape === "column") made.push({ ...columns[0]!, name: named });
  else made.push(...classes, textColumn(named, texts()));
  if (checked.targetType === "binary")
    made.push(
      floatColumn("THRESHOLD", new Float64Array(rows).fill(threshold)),
      textColumn("POSITIVE_CLASS", all(labels[1]!)),
    );
  for (const [name, cells] of Object.entries(passthrough)) made.push(textColumn(name, cells));
  made.push(textColumn("DEPLOYMENT_APPROVAL_STATUS", all(approval)));
  return { rows, columns: made };
}

function rowsOf(checked: CheckedPredictions, { targetName, labels, threshold }: Wording): Row[] {
  const { targetType } = checked;
  const { predictions } = JSON.parse(String(predictionsAsJson(checked))) as { predictions: unknown[] };
  if (targetRules[targetType].shape === "column")
    return predictions.map((value) => ({
      prediction: value,
      predictionValues: [{ label: targetName, value: value as Cell }],
    }));
  return predictions.map((one) => {
    const probabilities = one as Probabilities;
    const sizeOf = (label: string) => probabilities[label] ?? 0;
    const values = (of: readonly string[]) =>
      of.map((label) => ({ label, value: probabilities[label] ?? null }));
    if (targetType === "multilabel") {
      const prediction = labels.filter((label) => sizeOf(label) >= threshold);
      return { prediction, predictionValues: values(labels), predictionThreshold: threshold };
    }
    if (targetType !== "binary") {
      const prediction = labels.reduce((best, label) => (sizeOf(label) > sizeOf(best) ? label : best));
      return { prediction, predictionValues: values(labels) };
    }
    const [negative, positive] = labels as [string, string];
    const prediction = sizeOf(positive) >= threshold ? positive : negative;
    return { prediction, predictionValues: values([positive, negative]), predictionThreshold: threshold };
  });
}
