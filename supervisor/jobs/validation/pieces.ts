// Test cases that predict pieces of the file. A prediction must not depend on the other rows of the request.

import { counted } from "../../counted.js";
import { type CsvRecords, cellsOf, csvBytes, someRows } from "../../formats/csv/records.js";
import type { Result } from "./report.js";
import { type Fault, judge, type Known, outcomeOfRows, result, summary } from "./subject.js";

/** The largest number of rows that are predicted one at a time. */
const mostSingleRows = 30;

type Piece = readonly [from: number, to: number];

/** Large files are predicted in pieces. */
export async function halves(known: Known, name: string): Promise<Result> {
  const { length } = known.records.rows;
  if (length < 2) return result(name, "SKIPPED", "there is one row");
  const middle = Math.ceil(length / 2);
  return inPieces(known, name, [
    [0, middle],
    [middle, length],
  ]);
}

/** Applications often send a single row, which makes column types and missing values harder to recognise. */
export async function singleRows(known: Known, name: string): Promise<Result> {
  const rows = tellingRows(known.records);
  return inPieces(
    known,
    name,
    rows.map((row) => [row, row + 1]),
  );
}

async function inPieces(known: Known, name: string, pieces: readonly Piece[]): Promise<Result> {
  const { records, kept, whole } = known;
  const faults: Fault[] = [];
  for (const [at, [from, to]] of pieces.entries()) {
    known.onProgress(name, at, pieces.length);
    const subject = to - from === 1 ? `row ${from}` : `rows ${from} to ${to - 1}`;
    const piece = someRows(records, from, to);
    const outcome = await outcomeOfRows(known, piece);
    const file = (isFault: boolean) => (isFault ? kept.keep(subject, csvBytes(piece)) : known.path);
    const fault = judge(whole, outcome, { subject, from, file });
    if (fault) faults.push(fault);
  }
  const rows = pieces.reduce((sum, [from, to]) => sum + to - from, 0);
  return summary(name, faults, {
    good: `as in one batch: ${counted(rows, "row")}`,
    bad: `${faults.length} of ${pieces.length} are not as in one batch`,
  });
}

/** The first ten rows, then those that have a kind of cell (empty, whole, number, text) that none before has in its column, in order. */
function tellingRows({ rows }: CsvRecords): number[] {
  const seen = new Set<string>();
  const isNew = (row: number) => {
    const kinds = cellsOf(rows[row]!).map((cell, column) => `${column} ${kindOf(cell)}`);
    const isTelling = kinds.some((kind) => !seen.has(kind));
    for (const kind of kinds) seen.add(kind);
    return isTelling;
  };
  const telling = [...rows.keys()].filter((row) => isNew(row) || row < 10);
  return telling.slice(0, mostSingleRows);
}

function kindOf(cell: string): string {
  if (cell.trim() === "") return "empty";
  if (/^[+-]?\d+$/.test(cell)) return "whole";
  return Number.isNaN(Number(cell)) ? "text" : "number";
}
