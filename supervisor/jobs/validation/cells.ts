// Test cases that change one cell: to nothing, to a level that the model does not know, to text among numbers. The model may answer or
// refuse that row, but it has to do the same alone and in company, and the other rows must keep their predictions.

import type { Column } from "../../../protocol/messages.js";
import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";
import { type CsvRecords, cellsOf, csvBytes, someRows, withCell } from "../../formats/csv/records.js";
import { inferredColumn, readCsvTable } from "../../formats/csv/table.js";
import { numbersOf } from "../../formats/text/numbers.js";
import type { Comparable } from "../../predictions/compare.js";
import { targetRules } from "../../predictions/targets.js";
import { type Result, refusal } from "./report.js";
import {
  type Fault,
  judge,
  type Known,
  mayDiffer,
  outcomeOfRows,
  result,
  sampleOf,
  summary,
} from "./subject.js";
import { isOfTexts, knownColumn } from "./typed.js";

/** Codes, beside those of inputs, of an error that tells the client in words. All else is a crash. */
const refusals: readonly string[] = ["HOOK_FAILED", "PREDICTOR_FAILED", "PREDICTIONS_INVALID"];

/** The most columns that are tried. */
const mostColumns = 40;

/** They sort before and after most levels, so that codes that are counted from the levels of a request differ. */
const levels = ["AA unknown", "zz unknown"] as const;

interface Change {
  column: number;
  name: string;
  /** What the cell becomes. */
  text: string;
  /** Another text that the model cannot know either. */
  other?: string;
}

export async function missingCells(known: Known, name: string): Promise<Result> {
  const { names } = known.records;
  // Without other cells, an empty one would be a blank line.
  const text = names.length === 1 ? '""' : "";
  return changeCells(
    known,
    name,
    names.map((column, at) => ({ column: at, name: column, text })),
  );
}

export async function unknownLevels(known: Known, name: string): Promise<Result> {
  const columns = await kindsOf(known);
  const changes = columns.flatMap((kind, column): Change[] =>
    kind === "text"
      ? [{ column, name: known.records.names[column]!, text: levels[0], other: levels[1] }]
      : [],
  );
  return changes.length === 0
    ? result(name, "SKIPPED", "there is no column of text")
    : changeCells(known, name, changes);
}

export async function textInNumbers(known: Known, name: string): Promise<Result> {
  const columns = await kindsOf(known);
  const changes = columns.flatMap((kind, column): Change[] =>
    kind === "number" ? [{ column, name: known.records.names[column]!, text: "?" }] : [],
  );
  return changes.length === 0
    ? result(name, "SKIPPED", "there is no column of numbers")
    : changeCells(known, name, changes);
}

/** What the columns hold: as the model says, else as they look. Moments and truth values are left alone. */
async function kindsOf(known: Known): Promise<("text" | "number" | undefined)[]> {
  const { signature } = known.model;
  const { columns } = await readCsvTable(csvBytes(sampleOf(known)), (name, cells, at) => {
    const column = knownColumn(signature, name, at);
    const looks = inferredColumn(name, cells);
    if (!column) return isOfMoments(cells) ? { ...looks, type: "date" } : looks;
    return { ...looks, type: isOfTexts(column) ? "utf8" : (column.type ?? looks.type) };
  });
  return columns.map((column) => kindOf(column));
}

function kindOf({ type }: Column): "text" | "number" | undefined {
  if (type === "utf8") return "text";
  return type === "int64" || type === "float64" || type === "float32" ? "number" : undefined;
}

function isOfMoments(cells: readonly string[]): boolean {
  return cells.some((cell) => /^\d{4}-\d\d-\d\d/.test(cell));
}

async function changeCells(known: Known, name: string, all: readonly Change[]): Promise<Result> {
  const changes = all.slice(0, mostColumns);
  const found: (Fault | undefined)[] = [];
  for (const [at, change] of changes.entries()) {
    known.onProgress(name, at, changes.length);
    found.push(await changeCell(known, name, change));
  }
  const faults = found.filter((fault) => fault !== undefined);
  const of = `${counted(changes.length, "column")}${all.length > changes.length ? ` (the first of ${all.length})` : ""}`;
  return summary(name, faults, {
    good: `answered, or refused by name, alone as in company: ${of}`,
    bad: `fails or differs for ${faults.length} of ${of}`,
  });
}

/** The worst that is wrong if one cell changes. */
async function changeCell(known: Known, name: string, change: Change): Promise<Fault | undefined> {
  const { whole, kept } = known;
  const { column, text, other } = change;
  const sample = sampleOf(known);
  const row = filledRow(sample, column);
  const changed = withCell(sample, [row, column], text);
  const company = await outcomeOfRows(known, changed);
  const alone = await outcomeOfRows(known, someRows(changed, row, row + 1));
  const subject = change.name;
  const file = (isFault: boolean) =>
    isFault ? kept.keep(`${name}-${column + 1}-${change.name}`, csvBytes(changed)) : known.path;
  const fail = (message: string): Fault => ({
    status: "FAILED",
    finding: { subject, code: null, message, traceback: null, file: file(true) },
  });
  if (company instanceof DrumError) {
    const status = severityOf(company, change, sample.names);
    if (status !== undefined)
      return { status, finding: refusal(subject, company, file(status === "FAILED")) };
    return alone instanceof DrumError
      ? undefined
      : fail(`row ${row} is refused among others, and answered alone: ${company.message}`);
  }
  if (alone instanceof DrumError)
    return { status: "FAILED", finding: refusal(`${subject}, row ${row} alone`, alone, file(true)) };
  const others = {
    subject,
    from: 0,
    except: row,
    sides: ["in the file", "beside the changed cell"],
    file,
  } as const;
  const single = { subject, from: row, sides: ["in company", "alone"], file } as const;
  return judge(whole, company, others) ?? judge(company, alone, single) ?? outlandish() ?? (await guessed());

  /** A number far beyond all others, as sentinels for missing values make it. */
  function outlandish(): Fault | undefined {
    const answer = extentOf(company as Comparable, row);
    const usual = extentOf(whole);
    if (answer === undefined || usual === undefined || answer <= 1e6 * Math.max(1, usual)) return undefined;
    return fail(
      `row ${row} gets ${answer}, and no row of the file more than ${usual} (both without their sign)`,
    );
  }

  /** Two levels that the model does not know are the same to it, else it takes them for levels that it knows. */
  async function guessed(): Promise<Fault | undefined> {
    if (other === undefined || mayDiffer(whole)) return undefined;
    const second = await outcomeOfRows(known, withCell(sample, [row, column], other));
    const sides = [`for "${text}"`, `for "${other}"`] as const;
    const fault = judge(company as Comparable, second, { subject, sides, file });
    const hasLevels = knownColumn(known.model.signature, change.name, column)?.levels != null;
    return fault && !hasLevels ? { ...fault, status: "NOTICE" } : fault;
  }
}

/** The first row that has something in the column, else the first. */
function filledRow({ rows }: CsvRecords, column: number): number {
  return Math.max(
    0,
    rows.findIndex((row) => !["", '""', "NA"].includes(cellsOf(row)[column] ?? "")),
  );
}

/** Undefined for a refusal that names the column, and not all columns. Others cost the client a search. */
function severityOf(
  { code, message }: DrumError,
  { name }: Change,
  names: readonly string[],
): Fault["status"] | undefined {
  if (!code.startsWith("INPUT_") && !refusals.includes(code)) return "FAILED";
  const words = (text: string) => ` ${text.replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim()} `;
  const isNamed = (column: string) => words(message).includes(words(column));
  const isListed = names.length > 1 && names.every(isNamed);
  return isNamed(name) && !isListed ? undefined : "NOTICE";
}

/** The largest number without its sign, in one row or in all; undefined for other predictions than numbers. */
function extentOf({ targetType, predictions }: Comparable, row?: number): number | undefined {
  if (targetType === "transform" || targetRules[targetType].cells !== "numbers") return undefined;
  const { rows, columns } = predictions;
  const numbers = columns.flatMap((column) => {
    const values = numbersOf(column, rows, column.name);
    return row === undefined ? Array.from(values) : [values[row]!];
  });
  return numbers.reduce((most, number) => (Math.abs(number) > most ? Math.abs(number) : most), 0);
}
