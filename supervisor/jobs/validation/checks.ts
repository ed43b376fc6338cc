// The test cases for models whose predictions are a table, in order. All use the same loaded model; if its worker dies, the next case
// gets a new one.

import type { Payload } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import {
  type CsvRecords,
  csvBytes,
  someRows,
  withColumnsReversed,
  withoutColumn,
} from "../../formats/csv/records.js";
import { type Comparable, comparePredictions } from "../../predictions/compare.js";
import { targetRules } from "../../predictions/targets.js";
import type { KeptFiles } from "./kept.js";
import { type Finding, type Result, refusal, type Status } from "./report.js";

export interface Subject {
  predict(payload: Payload): Promise<Comparable>;
  /** The unchanged rows. */
  input: Payload;
  /** Their file, for findings. */
  path: string;
  /** Undefined for Matrix Market. */
  records: CsvRecords | undefined;
  kept: KeptFiles;
  onProgress(name: string, done?: number, total?: number): void;
}

/** Relative to the larger number, or to 1. Single precision and sums in another order cause smaller differences. */
const tolerance = 1e-6;
/** The largest number of rows that are predicted one at a time. */
const mostSingleRows = 10;

interface Known extends Subject {
  records: CsvRecords;
  /** The predictions of the whole file. */
  whole: Comparable;
}

const repeated = "repeated prediction";
const furtherChecks: readonly [string, (known: Known, name: string) => Promise<Result>][] = [
  ["null value imputation", nullValueImputation],
  ["prediction in halves", halves],
  ["prediction of single rows", singleRows],
  ["column order", columnOrder],
];

export async function runChecks(subject: Subject): Promise<Result[]> {
  const name = "basic batch prediction";
  subject.onProgress(name);
  const startedAt = performance.now();
  const whole = await outcomeOf(subject, subject.input);
  if (whole instanceof DrumError) {
    const finding = refusal("the unchanged data", whole, subject.path);
    return [
      result(name, "FAILED", "the data cannot be predicted", [finding]),
      ...[repeated, ...furtherChecks.map(([further]) => further)].map((further) =>
        result(further, "SKIPPED", "there are no predictions to compare with"),
      ),
    ];
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(2);
  const { rows } = whole.predictions;
  const results = [result(name, "PASSED", `${counted(rows, "row")} in ${seconds} s`)];
  subject.onProgress(repeated);
  results.push(await repeat(subject, whole));
  const { records } = subject;
  const obstacle = !records
    ? "a Matrix Market file is not split into rows"
    : records.rows.length !== rows || rows === 0
      ? `the input has ${counted(records.rows.length, "row")}, and the model returned ${counted(rows, "prediction")}`
      : undefined;
  for (const [further, check] of furtherChecks) {
    subject.onProgress(further);
    const skipped = obstacle && result(further, "SKIPPED", obstacle);
    results.push(skipped || (await check({ ...subject, records: records!, whole }, further)));
  }
  return results;
}

async function repeat(subject: Subject, whole: Comparable): Promise<Result> {
  const { path } = subject;
  const finding = judge(whole, await outcomeOf(subject, subject.input), {
    subject: "all rows",
    file: () => path,
  });
  if (!finding) return result(repeated, "PASSED", "the same predictions the second time");
  return result(repeated, severity(finding, whole), "not the same predictions the second time", [finding]);
}

/** Whether the model predicts if a column has no values; what it predicts is not checked. */
async function nullValueImputation(known: Known, name: string): Promise<Result> {
  const { records, kept, onProgress } = known;
  const { names } = records;
  const findings: Finding[] = [];
  for (const [at, column] of names.entries()) {
    onProgress(name, at, names.length);
    const bytes = csvBytes(withoutColumn(records, at));
    const outcome = await outcomeOf(known, csvPayload(bytes));
    if (!(outcome instanceof DrumError)) continue;
    findings.push(refusal(column, outcome, kept.keep(`missing-${at + 1}-${column}`, bytes)));
  }
  const all = counted(names.length, "column");
  if (findings.length === 0) return result(name, "PASSED", `each of ${all} may be missing`);
  return result(name, "FAILED", `${findings.length} of ${all} may not be missing`, findings);
}

/** A prediction must not depend on the other rows of the request, because large files are predicted in pieces. */
async function halves(known: Known, name: string): Promise<Result> {
  const { length } = known.records.rows;
  if (length < 2) return result(name, "SKIPPED", "there is one row");
  const middle = Math.ceil(length / 2);
  const pieces = [
    [0, middle],
    [middle, length],
  ] as const;
  return inPieces(known, name, pieces);
}

/** Applications often send a single row, which makes column types and missing values harder to recognise. */
async function singleRows(known: Known, name: string): Promise<Result> {
  const count = Math.min(mostSingleRows, known.records.rows.length);
  const pieces = Array.from({ length: count }, (_, row) => [row, row + 1] as const);
  return inPieces(known, name, pieces);
}

async function inPieces(
  known: Known,
  name: string,
  pieces: readonly (readonly [from: number, to: number])[],
): Promise<Result> {
  const { records, kept, whole } = known;
  const findings: Finding[] = [];
  for (const [from, to] of pieces) {
    const subject = to - from === 1 ? `row ${from}` : `rows ${from} to ${to - 1}`;
    const bytes = csvBytes(someRows(records, from, to));
    const outcome = await outcomeOf(known, csvPayload(bytes));
    const file = (isFault: boolean) => (isFault ? kept.keep(subject, bytes) : known.path);
    const finding = judge(whole, outcome, { subject, from, file });
    if (finding) findings.push(finding);
  }
  const to = pieces.at(-1)![1];
  if (findings.length === 0) return result(name, "PASSED", `as in one batch: ${counted(to, "row")}`);
  const status = findings.some((one) => severity(one, whole) === "FAILED") ? "FAILED" : "NOTICE";
  return result(name, status, `${findings.length} of ${pieces.length} are not as in one batch`, findings);
}

/** A difference is only a notice, because some models use the position of columns. Clients should know. */
async function columnOrder(known: Known, name: string): Promise<Result> {
  const { records, whole } = known;
  if (records.names.length < 2) return result(name, "SKIPPED", "there is one column");
  const outcome = await outcomeOf(known, csvPayload(csvBytes(withColumnsReversed(records))));
  const subject = "columns reversed";
  const finding = judge(whole, outcome, { subject, file: () => known.path });
  if (!finding) return result(name, "PASSED", "the order makes no difference");
  return result(name, "NOTICE", "columns must keep their order", [finding]);
}

/** The predictions, or the error that prevented them. */
async function outcomeOf(subject: Subject, payload: Payload): Promise<Comparable | DrumError> {
  return subject.predict(payload).catch((error: unknown) => {
    if (error instanceof DrumError) return error;
    throw error;
  });
}

interface Part {
  subject: string;
  /** The row of the whole at which the part begins; undefined if the part is the whole. */
  from?: number;
  /** Path of its data, which are kept if they caused a fault. */
  file(isFault: boolean): string;
}

/** What is wrong with the predictions of a part; undefined if they equal those of the whole. */
function judge(
  whole: Comparable,
  outcome: Comparable | DrumError,
  { subject, from, file }: Part,
): Finding | undefined {
  if (outcome instanceof DrumError) return refusal(subject, outcome, file(true));
  try {
    const { differing, rows, worst } = comparePredictions(whole, outcome, {
      tolerance,
      ...(from === undefined ? {} : { from }),
    });
    const [one] = worst;
    if (!one) return undefined;
    const values = [one.first, one.second].map((value) => value ?? "missing");
    const example = `row ${one.row}, ${one.column}: ${values[0]} in the batch, ${values[1]} now`;
    const message = `${differing} of ${counted(rows, "row")} ${differing === 1 ? "differs" : "differ"} (${example})`;
    return { subject, code: null, message, traceback: null, file: file(!mayDiffer(whole)) };
  } catch (error) {
    if (error instanceof DrumError) return refusal(subject, error, file(true));
    throw error;
  }
}

/** Texts may be generated anew each time. */
function mayDiffer({ targetType }: Comparable): boolean {
  return targetType !== "transform" && targetRules[targetType].cells === "values";
}

/** Errors and changed numbers fail; changed texts are a notice. */
function severity({ code }: Finding, whole: Comparable): Status {
  return code === null && mayDiffer(whole) ? "NOTICE" : "FAILED";
}

function csvPayload(data: Buffer): Payload {
  return { kind: "bytes", data, mimetype: "text/csv", charset: null };
}

function result(name: string, status: Status, details: string, findings: readonly Finding[] = []): Result {
  return { name, status, details, findings };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
