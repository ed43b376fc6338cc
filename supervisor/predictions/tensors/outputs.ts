// Predictions as the outputs of the Open Inference Protocol: one for each column, or those that a request names.

import { floatColumn, numberColumn, textColumn } from "../../../protocol/columns.js";
import type { Column } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import { datatypeOf, type OutputTensor } from "../../formats/inference/write.js";
import { numbersOf } from "../../formats/text/numbers.js";
import type { CheckedPredictions } from "../check.js";
import { targetRules } from "../targets.js";
import { chosen, likeliest } from "./choices.js";

/** The value or label of each row, and the probabilities of all labels, as MLServer names them for scikit-learn. */
export const wholeOutputs = ["predict", "predict_proba"] as const;

/** Throws TENSOR_INVALID for a name that is none of the model's outputs. */
export function outputsOf(checked: CheckedPredictions, wanted: readonly string[]): OutputTensor[] {
  const { predictions, extra } = checked;
  const columns = [...predictions.columns, ...(extra?.columns ?? [])];
  if (wanted.length === 0) return columns.map((column) => outputOf(column.name, [column], predictions.rows));
  return wanted.map((name) => {
    const column = columns.find((one) => one.name === name);
    if (column) return outputOf(name, [column], predictions.rows);
    const whole =
      name === "predict" ? predicted(checked) : name === "predict_proba" ? probabilities(checked) : [];
    if (whole.length > 0) return outputOf(name, whole, predictions.rows);
    const known = [
      ...columns.map((one) => one.name),
      "predict",
      ...(isClasses(checked) ? ["predict_proba"] : []),
    ];
    throw new DrumError("TENSOR_INVALID", `the model has no output ${name}; name one of ${known.join(", ")}`);
  });
}

function outputOf(name: string, columns: readonly Column[], rows: number): OutputTensor {
  const datatype = datatypeOf(columns[0]!);
  const contentType = datatype === "BYTES" ? "str" : "np";
  return { name, shape: [rows, columns.length], datatype, contentType, columns, rows };
}

function isClasses({ targetType }: CheckedPredictions): boolean {
  return targetRules[targetType].shape === "classes";
}

function predicted(checked: CheckedPredictions): Column[] {
  if (!isClasses(checked)) return [checked.predictions.columns[0]!];
  if (!targetRules[checked.targetType].exclusive) {
    const rows = chosen(checked);
    return checked.predictions.columns.map(({ name }, at) =>
      numberColumn(
        name,
        rows.map((row) => row[at]!),
      ),
    );
  }
  const labels = likeliest(checked);
  const isNumeric = labels.every((label) => typeof label === "number");
  return [
    isNumeric ? numberColumn("predict", labels as number[]) : textColumn("predict", labels as string[]),
  ];
}

/** Empty for predictions that are no probabilities. */
function probabilities(checked: CheckedPredictions): Column[] {
  if (!isClasses(checked)) return [];
  const { columns, rows } = checked.predictions;
  return columns.map((column) =>
    column.type === "float64"
      ? column
      : floatColumn(column.name, Float64Array.from(numbersOf(column, rows, "the prediction"))),
  );
}
