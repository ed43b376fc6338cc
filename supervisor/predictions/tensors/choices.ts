// The classes that predictions choose, from their probabilities.

import { numbersOf } from "../../formats/text/numbers.js";
import type { CheckedPredictions } from "../check.js";

/** The label of the highest probability, as a number if all labels are numbers. */
export function likeliest(checked: CheckedPredictions): (string | number)[] {
  const { labels, columns, rows } = classesOf(checked);
  return Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let at = 1; at < columns.length; at++) if (columns[at]![row]! > columns[best]![row]!) best = at;
    return labels[best]!;
  });
}

/** One row of 0 and 1 for each row of probabilities. */
export function chosen(checked: CheckedPredictions): number[][] {
  const { columns, rows } = classesOf(checked);
  return Array.from({ length: rows }, (_, row) => columns.map((column) => Number(column[row]! >= 0.5)));
}

function classesOf({ predictions: { columns, rows }, targetType }: CheckedPredictions) {
  const names = columns.map(({ name }) => name);
  const isNumeric = names.every((name) => /^-?\d+(\.\d+)?$/.test(name));
  return {
    labels: isNumeric ? names.map(Number) : names,
    columns: columns.map((column) => numbersOf(column, rows, `the ${targetType} prediction`)),
    rows,
  };
}
