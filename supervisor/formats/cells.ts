// A table's cells as plain values.

import type { Column, Table } from "../../protocol/messages.js";
import { boolAt, daysOf, floatsOf, int64sOf, isPresent, textAt, textsOf } from "../../protocol/table.js";

/** The values of a single column, or one list of values per row of several columns. */
export function rowsOf({ rows, columns }: Table): unknown[] {
  const values = columns.map((column) => valuesOf(column, rows));
  if (values.length === 1) return values[0]!;
  return Array.from({ length: rows }, (_, row) => values.map((one) => one[row]));
}

/** Values as in JSON: null for missing values, NaN and infinities; dates and times in ISO 8601, decimals as numbers. */
export function valuesOf(column: Column, rows: number): unknown[] {
  if (column.logical === "decimal")
    return textsOf(column).map((text) => (text === null ? null : Number(text)));
  if (column.type === "utf8") return textsOf(column);
  const read = readerOf(column);
  return Array.from({ length: rows }, (_, row) => (isPresent(column, row) ? read(row) : null));
}

function readerOf(column: Column): (row: number) => unknown {
  switch (column.type) {
    case "float64":
    case "float32": {
      const numbers = floatsOf(column);
      return (row) => (Number.isFinite(numbers[row]) ? numbers[row] : null);
    }
    case "int64": {
      const numbers = int64sOf(column);
      return (row) => Number(numbers[row]);
    }
    case "bool":
      return (row) => boolAt(column, row);
    case "date": {
      const days = daysOf(column);
      return (row) => new Date(days[row]! * 86_400_000).toISOString().slice(0, 10);
    }
    case "timestamp": {
      const microseconds = int64sOf(column);
      return (row) => new Date(Number(microseconds[row]! / 1000n)).toISOString();
    }
    default:
      return (row) => textAt(column, row);
  }
}
