// The check after a fit: what was trained is loaded as for any prediction, and predicts a sample of the rows as it predicts them all.

import type { Payload } from "../../protocol/messages.js";
import { type CsvRecords, pickRows } from "../csv-records.js";
import type { CheckedPredictions } from "../predictions/check.js";
import { cellTexts } from "../predictions/compare.js";
import { numbersOf } from "../predictions/numbers.js";
import { targetRules } from "../predictions/targets.js";
import { type FitData, payloadOf } from "./data.js";
import { chooseRows } from "./sample.js";

const relative = 2e-2;
const absolute = 1e-6;
const share = 0.1;
const [fewest, most] = [10, 1000];

export interface Disagreement {
  /** In the features that were predicted whole, counted from 0. */
  row: number;
  column: string;
  whole: string;
  sample: string;
}

export interface Agreement {
  rows: number;
  sampled: number;
  disagreements: readonly Disagreement[];
  /** The rows that were predicted the second time; undefined where that was the whole input. */
  sample: CsvRecords | undefined;
}

/** Predicts all rows, then a sample of them; a matrix, which is not cut, twice. Throws what predicting throws. */
export async function checkAgreement(
  { features, records }: FitData,
  predict: (payload: Payload) => Promise<CheckedPredictions>,
): Promise<Agreement> {
  const whole = await predict(features);
  const { rows } = whole.predictions;
  // Where the model makes other rows of the input than the CSV has, a row's prediction is not known.
  const isCut = records !== undefined && records.rows.length === rows;
  const places = isCut ? chooseRows(rows, sampleSize(rows)) : Array.from({ length: rows }, (_, row) => row);
  const sample = isCut ? pickRows(records, places) : undefined;
  const again = await predict(sample ? payloadOf(sample) : features);
  return {
    rows,
    sampled: places.length,
    disagreements: disagreementsOf(whole, again, places),
    sample,
  };
}

export function sampleSize(rows: number): number {
  return Math.min(rows, most, Math.max(fewest, Math.round(rows * share)));
}

function disagreementsOf(
  whole: CheckedPredictions,
  sample: CheckedPredictions,
  places: readonly number[],
): Disagreement[] {
  const isNumeric = targetRules[whole.targetType].cells === "numbers";
  return whole.predictions.columns.flatMap((column, at) => {
    const other = sample.predictions.columns[at]!;
    const [all, some] = isNumeric
      ? [numbersOf(column, whole.predictions.rows, column.name), numbersOf(other, places.length, column.name)]
      : [cellTexts(column), cellTexts(other)];
    return places.flatMap((row, place) =>
      agree(all[row]!, some[place]!)
        ? []
        : [{ row, column: column.name, whole: String(all[row]), sample: String(some[place]) }],
    );
  });
}

/** Numbers that are close, and whatever is equal. */
function agree(one: number | string | null, other: number | string | null): boolean {
  if (typeof one !== "number" || typeof other !== "number") return one === other;
  return (
    Object.is(one, other) || one === other || Math.abs(one - other) <= absolute + relative * Math.abs(other)
  );
}
