// The rows of a CSV as a client would send them in Arrow: with the types that pandas infers, where the model does not know better.

import { floatColumn, textColumn } from "../../../protocol/columns.js";
import type { Column, Signature, SignatureColumn, Table } from "../../../protocol/messages.js";
import { inferredColumn, readCsvTable } from "../../formats/csv/table.js";
import { numbersOf } from "../../formats/text/numbers.js";

/** A whole number that pandas writes as it was read. */
const canonical = /^(0|-?[1-9]\d{0,14})$/;

/** Throws as readCsvTable does. */
export function typedTable(csv: Buffer, signature: Signature | null): Promise<Table> {
  return readCsvTable(csv, (name, cells, at) => {
    const known = knownColumn(signature, name, at);
    const isText = known && isOfTexts(known) && !cells.every((cell) => cell === "" || canonical.test(cell));
    if (!isText) return withFloatsForGaps(inferredColumn(name, cells), cells.length);
    const isMissing = (cell: string) => (cell === "" || cell === "NA") && !known.levels?.includes(cell);
    return textColumn(
      name,
      cells.map((cell) => (isMissing(cell) ? null : cell)),
    );
  });
}

/** What the model knows of a column of the input. */
export function knownColumn(
  signature: Signature | null,
  name: string,
  at: number,
): SignatureColumn | undefined {
  if (signature?.by === "position") return signature.columns[at];
  return signature?.columns.find((column) => column.name === name);
}

/** Whether the model takes texts or levels of that column. */
export function isOfTexts({ type, levels }: SignatureColumn): boolean {
  return type === "utf8" || levels !== null;
}

/** pandas holds whole numbers with gaps as floats. */
function withFloatsForGaps(column: Column, rows: number): Column {
  if (column.type !== "int64" || column.validity === null) return column;
  const numbers = numbersOf(column, rows, column.name);
  return floatColumn(
    column.name,
    Array.from(numbers, (number) => (Number.isNaN(number) ? null : number)),
  );
}
