// The check after a fit: the trained model must predict a sample of the rows as it predicts all of them.

import type { Payload, Table } from "../../../protocol/messages.js";
import { type CsvRecords, pickRows } from "../../formats/csv/records.js";
import { isNumeric, numbersOf } from "../../formats/text/numbers.js";
import { cellTexts } from "../../predictions/compare.js";
import { type FitData, payloadOf } from "./data.js";
import { chooseRows } from "./sample.js";

const relative = 2e-2;
const absolute = 1e-6;
const share = 0.1;
const [fewest, most] = [10, 1000];

export interface Disagreement {
  /** Index in the features that were predicted first, from 0. */
  row: number;
  column: string;
  whole: string;
  sample: string;
}

export interface Agreement {
  rows: number;
  sampled: number;
  disagreements: readonly Disagreement[];
  /** The rows that were predicted the second time; undefined if that was the whole input. */
  sample: CsvRecords | undefined;
}

/** Predicts all rows, then a sample of them; a matrix is predicted whole twice. Throws what `predict` throws. */
export async function checkAgreement(
  { features, records }: FitData,
  predict: (payload: Payload) => Promise<Table>,
): Promise<Agreement> {
  const whole = await predict(features);
  const { rows } = whole;
  // If the model reads another number of rows than the CSV has, predictions cannot be matched with rows.
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

function disagreementsOf(whole: Table, sample: Table, places: readonly number[]): Disagreement[] {
  const others = new Map(sample.columns.map((column) => [column.name, column]));
  return whole.columns.flatMap((column) => {
    const { name } = column;
    const other = others.get(name);
    if (!other) return [{ row: places[0] ?? 0, column: name, whole: "present", sample: "missing column" }];
    const areNumbers = isNumeric(column) && isNumeric(other);
    const [all, some] = areNumbers
      ? [numbersOf(column, whole.rows, name), numbersOf(other, places.length, name)]
      : [cellTexts(column, whole.rows), cellTexts(other, places.length)];
    return places.flatMap((row, place) =>
      agree(all[row]!, some[place]!)
        ? []
        : [{ row, column: name, whole: String(all[row]), sample: String(some[place]) }],
    );
  });
}

/** Numbers agree if they are close, other values if they are equal. */
function agree(one: number | string | null, other: number | string | null): boolean {
  if (typeof one !== "number" || typeof other !== "number") return one === other;
  return (
    Object.is(one, other) || one === other || Math.abs(one - other) <= absolute + relative * Math.abs(other)
  );
}
