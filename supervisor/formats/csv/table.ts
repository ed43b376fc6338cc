// Reads CSV as a table with the column types that pandas would infer. Only the supervisor's own checks use it: models read
// their input themselves, in their own language.

import { isUtf8 } from "node:buffer";
import { boolColumn, floatColumn, intColumn, textColumn } from "../../../protocol/columns.js";
import type { Column, Table } from "../../../protocol/messages.js";
import { DrumError, messageOf } from "../../errors.js";

/** The words that pandas reads as missing. */
const missingWords = new Set(
  "|#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null".split(
    "|",
  ),
);
const truth = /^(true|false)$/i;
const whole = /^\s*[+-]?\d+\s*$/;
const decimal = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
const infinite = /^[+-]?inf(inity)?$/i;

/** Makes a column of the cells as they are written; "" where a row is short. */
export type MakeColumn = (name: string, cells: readonly string[], at: number) => Column;

/**
 * Missing values are those of pandas: empty cells, `missingWords`, the end of a short row, a blank line of a single column.
 * A row with one empty cell more than the header loses it, as in workers. Throws INPUT_EMPTY if there is no header, INPUT_UNREADABLE if
 * the data is not UTF-8 CSV or a row is too long.
 */
export async function readCsvTable(data: Uint8Array, make: MakeColumn = inferredColumn): Promise<Table> {
  const [header, ...records] = await readRecords(data);
  if (header === undefined) {
    throw new DrumError("INPUT_EMPTY", "the CSV is empty; expected a line of column names, then rows");
  }
  const width = header.length;
  const rows = width === 1 ? records : records.filter((record) => !isBlank(record));
  const long = rows.findIndex((row) => row.length > width && (row.length > width + 1 || row[width] !== ""));
  if (long !== -1) {
    const what = `row ${long + 1} of the CSV has ${rows[long]!.length} cells, expected ${width} as in the header`;
    throw new DrumError("INPUT_UNREADABLE", `${what}; quote cells that contain a comma`);
  }
  const columns = header.map((name, at) => {
    const cells = rows.map((row) => row[at] ?? "");
    return make(name || `Unnamed: ${at}`, cells, at);
  });
  return { rows: rows.length, columns };
}

async function readRecords(data: Uint8Array): Promise<string[][]> {
  if (!isUtf8(data))
    throw new DrumError(
      "INPUT_UNREADABLE",
      "the CSV is not UTF-8; encode it as UTF-8; a request may name its charset instead",
    );
  // Loaded on demand, since most runs never parse CSV here.
  const { parse } = await import("csv-parse/sync");
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const record_delimiter = ["\r\n", "\n", "\r"];
  try {
    const records = parse(text, {
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      record_delimiter,
    });
    const first = records.findIndex((record) => !isBlank(record));
    return first === -1 ? [] : records.slice(first);
  } catch (error) {
    const what = `the CSV cannot be read: ${messageOf(error)}`;
    throw new DrumError("INPUT_UNREADABLE", `${what}; correct it`, { cause: error });
  }
}

function isBlank(record: readonly string[]): boolean {
  return record.length === 1 && record[0] === "";
}

/** Infers the type as pandas does. Integers beyond 64 bits stay texts, as do booleans with a missing value. */
export function inferredColumn(name: string, written: readonly string[]): Column {
  const cells = written.map((cell) => (missingWords.has(cell) ? null : cell));
  const present = cells.filter((cell) => cell !== null);
  const all = (test: (cell: string) => boolean) => present.every(test);
  if (present.length === 0) return floatColumn(name, cells as null[]);
  if (present.length === cells.length && all((cell) => truth.test(cell))) {
    const values = cells.map((cell) => cell!.toLowerCase() === "true");
    return boolColumn(name, values);
  }
  if (all((cell) => whole.test(cell))) return wholeColumn(name, cells);
  if (all((cell) => decimal.test(cell) || infinite.test(cell))) {
    const numbers = cells.map((cell) => (cell === null ? null : numberOf(cell)));
    return floatColumn(name, numbers);
  }
  return textColumn(name, cells);
}

/** Integers that fit uint64 but not int64 become the nearest float64, since no column type holds them. */
function wholeColumn(name: string, cells: readonly (string | null)[]): Column {
  const numbers = cells.map((cell) => (cell === null ? null : BigInt(cell.trim().replace(/^\+/, ""))));
  const all = (fits: (number: bigint) => boolean) =>
    numbers.every((number) => number === null || fits(number));
  if (all((number) => BigInt.asIntN(64, number) === number)) return intColumn(name, numbers);
  if (!all((number) => BigInt.asUintN(64, number) === number)) return textColumn(name, cells);
  return floatColumn(
    name,
    numbers.map((number) => (number === null ? null : Number(number))),
  );
}

function numberOf(cell: string): number {
  if (!infinite.test(cell)) return Number(cell);
  return cell.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
