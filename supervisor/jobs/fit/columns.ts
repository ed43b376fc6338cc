// Reads a CSV of one column as texts or numbers, with the type that pandas would give it.

import type { Column } from "../../../protocol/messages.js";
import { boolAt, floatsOf, int64sOf, isPresent, textAt } from "../../../protocol/table.js";
import { readCsvTable } from "../../formats/csv/table.js";

/** The values as Python's str() writes them, e.g. `1`, `1.0`, `True`, `yes`; null if missing. */
export async function columnTexts(csv: Uint8Array): Promise<(string | null)[]> {
  const { rows, columns } = await readCsvTable(csv);
  const column = columns[0]!;
  const text = textIn(column);
  return Array.from({ length: rows }, (_, row) => (isPresent(column, row) ? text(row) : null));
}

/** NaN for missing values; undefined if the column is not numeric. */
export async function columnNumbers(csv: Uint8Array): Promise<number[] | undefined> {
  const { columns } = await readCsvTable(csv);
  const column = columns[0]!;
  if (column.type !== "int64" && column.type !== "float64") return undefined;
  const numbers =
    column.type === "int64" ? Array.from(int64sOf(column), Number) : Array.from(floatsOf(column));
  return numbers.map((number, row) => (isPresent(column, row) ? number : Number.NaN));
}

function textIn(column: Column): (row: number) => string {
  switch (column.type) {
    case "bool":
      return (row) => (boolAt(column, row) ? "True" : "False");
    case "int64": {
      const numbers = int64sOf(column);
      return (row) => String(numbers[row]);
    }
    case "float64": {
      const numbers = floatsOf(column);
      return (row) => (Number.isInteger(numbers[row]) ? numbers[row]!.toFixed(1) : String(numbers[row]));
    }
    default:
      return (row) => textAt(column, row);
  }
}
