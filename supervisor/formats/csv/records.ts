// Splits a CSV file into records, to make copies with an empty column, fewer rows or more rows. Models parse CSV in their own
// language; here every cell keeps its original text.

import { constants } from "node:buffer";
import { readFileSync } from "node:fs";
import { usage } from "../../errors.js";

export interface CsvRecords {
  names: readonly string[];
  /** Latin-1 text, one character per byte, quotes included. The rows too. */
  header: string;
  rows: readonly string[];
}

const [comma, quote, lineFeed, carriageReturn] = [44, 34, 10, 13] as const;

/** Throws USAGE, naming the option, if the file has no header or is too large for one string. */
export function readRecords(file: string, option = "--input"): CsvRecords {
  return recordsIn(readFileSync(file), `${option} ${file}`);
}

/** `title` names the bytes in errors. Throws USAGE. */
export function recordsIn(bytes: Buffer, title: string): CsvRecords {
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    throw usage(`${title} is larger than ${constants.MAX_STRING_LENGTH} bytes; use fewer rows`);
  }
  const text = bytes.toString("latin1").replace(/^\xef\xbb\xbf/, "");
  const lines = split(text, (code) => code === lineFeed || code === carriageReturn);
  if (lines.at(-1) === "") lines.pop();
  const first = lines.findIndex((line) => line.trim() !== "");
  if (first < 0) throw usage(`${title} is empty; expected a header and rows`);
  const header = lines[first]!;
  const names = cellsOf(header).map(textOf);
  const rest = lines.slice(first + 1);
  // With a single column, an empty line is a row with a missing cell. Otherwise it is skipped.
  return { names, header, rows: names.length === 1 ? rest : rest.filter((line) => line.trim() !== "") };
}

export function csvBytes({ header, rows }: Pick<CsvRecords, "header" | "rows">): Buffer {
  return Buffer.from(`${[header].concat(rows).join("\n")}\n`, "latin1");
}

/** Empties all cells of the column, counted from 0. */
export function withoutColumn(records: CsvRecords, column: number): CsvRecords {
  const rows = records.rows.map((row) => {
    const cells = cellsOf(row);
    if (column < cells.length) cells[column] = "";
    return cells.join(",");
  });
  return { ...records, rows };
}

/** Writes a cell anew, both counted from 0. */
export function withCell(
  records: CsvRecords,
  [row, column]: readonly [number, number],
  text: string,
): CsvRecords {
  const cells = cellsOf(records.rows[row]!);
  while (cells.length < records.names.length) cells.push("");
  cells[column] = text;
  return { ...records, rows: records.rows.with(row, cells.join(",")) };
}

/** Keeps only these columns, counted from 0. Writes an empty cell that is alone in its row as "", so that the line is not blank. */
export function withColumns(records: CsvRecords, columns: readonly number[]): CsvRecords {
  const chosen = (record: string) => {
    const cells = cellsOf(record);
    const text = columns.map((column) => cells[column] ?? "").join(",");
    return text === "" ? '""' : text;
  };
  const names = columns.map((column) => records.names[column]!);
  return { names, header: chosen(records.header), rows: records.rows.map(chosen) };
}

export function someRows(records: CsvRecords, from: number, to: number): CsvRecords {
  return { ...records, rows: records.rows.slice(from, to) };
}

/** Picks rows by position, counted from 0. */
export function pickRows(records: CsvRecords, places: readonly number[]): CsvRecords {
  return { ...records, rows: places.map((place) => records.rows[place]!) };
}

/** Repeats the rows until there are enough rows or enough bytes. */
export function repeatRows(records: CsvRecords, enough: { rows: number } | { bytes: number }): CsvRecords {
  const rows: string[] = [];
  let bytes = records.header.length + 1;
  const isEnough = () => ("rows" in enough ? rows.length >= enough.rows : bytes >= enough.bytes);
  while (rows.length === 0 || !isEnough()) {
    const row = records.rows[rows.length % records.rows.length]!;
    rows.push(row);
    bytes += row.length + 1;
  }
  return { ...records, rows };
}

/** The cells of a record as they are written, quotes included. */
export function cellsOf(record: string): string[] {
  return split(record, (code) => code === comma);
}

/** A cell as it is read. */
export function textOf(cell: string): string {
  const bare = cell.startsWith('"') && cell.endsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
  return Buffer.from(bare, "latin1").toString();
}

/** Splits at characters outside quotes. A quote opens only at the start of a cell. CR LF is one line end. */
function split(text: string, isEnd: (code: number) => boolean): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) isQuoted = !isQuoted && mayOpen(text, at);
    else if (!isQuoted && isEnd(code)) {
      parts.push(text.slice(start, at));
      if (code === carriageReturn && text.charCodeAt(at + 1) === lineFeed) at += 1;
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** A quote opens a cell at its start. After another quote it is a doubled quote, and the cell continues. */
function mayOpen(text: string, at: number): boolean {
  return (
    at === 0 || [comma, quote, lineFeed, carriageReturn].some((code) => code === text.charCodeAt(at - 1))
  );
}
