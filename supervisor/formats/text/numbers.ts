// Casts a column of any type to numbers, as Python's float() would, for probability checks and JSON output.

import type { Column } from "../../../protocol/messages.js";
import { boolAt, floatsOf, int64sOf, isPresent, textsOf } from "../../../protocol/table.js";
import { DrumError } from "../../errors.js";
import { numberOf } from "./floats.js";

export type Floats = Float64Array | Float32Array;

/** Whether the column's type is one of numbers, booleans included. */
export function isNumeric({ type }: Column): boolean {
  return type === "float64" || type === "float32" || type === "int64" || type === "bool";
}

/** The column's numbers, NaN for missing values. Throws PREDICTIONS_INVALID, naming the column as `what`, for other values. */
export function numbersOf(column: Column, rows: number, what: string): Floats {
  const { type } = column;
  if (type === "float64" || type === "float32") {
    return column.validity === null ? floatsOf(column) : withGaps(column, floatsOf(column).slice());
  }
  if (type === "int64") return withGaps(column, Float64Array.from(int64sOf(column), Number));
  if (type === "bool")
    return withGaps(
      column,
      Float64Array.from({ length: rows }, (_, row) => Number(boolAt(column, row))),
    );
  if (type === "utf8" || type === "json") return castTexts(column, what);
  throw new DrumError(
    "PREDICTIONS_INVALID",
    `${what} has the type ${type}; expected numbers; return numbers`,
  );
}

function withGaps(column: Column, floats: Floats): Floats {
  if (column.validity === null) return floats;
  for (let row = 0; row < floats.length; row++) if (!isPresent(column, row)) floats[row] = Number.NaN;
  return floats;
}

function castTexts(column: Column, what: string): Float64Array {
  const cast = column.type === "json" ? numberOfJson : numberOf;
  return Float64Array.from(textsOf(column), (text, row) => {
    const number = text === null ? Number.NaN : cast(text);
    if (number !== undefined) return number;
    throw new DrumError(
      "PREDICTIONS_INVALID",
      `${what} holds ${abridged(text!)} in row ${row} (counted from 0), which is not a number; expected numbers; ` +
        'return numbers, or texts such as "0.5"',
    );
  });
}

function numberOfJson(text: string): number | undefined {
  const value: unknown = JSON.parse(text);
  if (value === null) return Number.NaN;
  if (typeof value === "string") return numberOf(value);
  return typeof value === "number" || typeof value === "boolean" ? Number(value) : undefined;
}

function abridged(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
