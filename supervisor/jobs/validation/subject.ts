// The model and the rows that test cases work on, and how they judge one answer.

import type { Payload, Signature } from "../../../protocol/messages.js";
import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";
import { type CsvRecords, csvBytes, someRows } from "../../formats/csv/records.js";
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
  model: Traits;
  kept: KeptFiles;
  onProgress(name: string, done?: number, total?: number): void;
}

/** What the loaded model tells of itself. */
export interface Traits {
  /** Null if it does not know its columns. */
  signature: Signature | null;
  /** Whether a built-in predictor scores. */
  isBuiltIn: boolean;
  /** Whether a hook reads the input. */
  readsAnything: boolean;
}

export interface Known extends Subject {
  records: CsvRecords;
  /** The predictions of the whole file. */
  whole: Comparable;
}

/** What is wrong with one answer, and how bad it is. */
export interface Fault {
  status: "FAILED" | "NOTICE";
  finding: Finding;
}

/** The most rows of a request, in test cases with many requests. */
const mostRows = 100;

/** The first rows of the file. */
export function sampleOf({ records }: Known): CsvRecords {
  return someRows(records, 0, mostRows);
}

/** The predictions, or the error that prevented them. */
export async function outcomeOf(
  subject: Pick<Subject, "predict">,
  payload: Payload,
): Promise<Comparable | DrumError> {
  return subject.predict(payload).catch((error: unknown) => {
    if (error instanceof DrumError) return error;
    throw error;
  });
}

/** The outcome of rows of CSV. */
export function outcomeOfRows(subject: Pick<Subject, "predict">, records: CsvRecords) {
  const data = csvBytes(records);
  return outcomeOf(subject, { kind: "bytes", data, mimetype: null, charset: null });
}

/** Relative to the larger number, or to 1. Single precision and sums in another order cause smaller differences. */
const tolerance = 1e-6;

export interface Part {
  subject: string;
  /** The row of the whole at which the part begins; undefined if the part is the whole. */
  from?: number;
  /** A row, counted from the part's first, that may differ. */
  except?: number;
  /** The names of both sides in words. */
  sides?: readonly [first: string, second: string];
  /** Path of its data, which are kept if they caused a fault. */
  file(isFault: boolean): string;
}

/** What is wrong with the predictions of a part; undefined if they equal those of the whole. Texts may be generated anew each time. */
export function judge(
  whole: Comparable,
  outcome: Comparable | DrumError,
  { subject, file, sides = ["in the batch", "now"], ...pieces }: Part,
): Fault | undefined {
  if (outcome instanceof DrumError)
    return { status: "FAILED", finding: refusal(subject, outcome, file(true)) };
  try {
    const { differing, rows, worst } = comparePredictions(whole, outcome, { tolerance, ...pieces });
    const [one] = worst;
    if (!one) return undefined;
    const [before, after] = [one.first, one.second].map((value) => value ?? "missing");
    const example = `row ${one.row}, ${one.column}: ${before} ${sides[0]}, ${after} ${sides[1]}`;
    const message = `${differing} of ${counted(rows, "row")} ${differing === 1 ? "differs" : "differ"} (${example})`;
    const status = mayDiffer(whole) ? "NOTICE" : "FAILED";
    const finding = { subject, code: null, message, traceback: null, file: file(status === "FAILED") };
    return { status, finding };
  } catch (error) {
    if (error instanceof DrumError) return { status: "FAILED", finding: refusal(subject, error, file(true)) };
    throw error;
  }
}

/** Whether the predictions are texts, which may be generated anew each time. */
export function mayDiffer({ targetType }: Comparable): boolean {
  return targetType !== "transform" && targetRules[targetType].cells === "values";
}

/** The result of a test case, as bad as its worst fault. */
export function summary(
  name: string,
  faults: readonly Fault[],
  words: { good: string; bad: string },
): Result {
  const worst: Status = faults.some(({ status }) => status === "FAILED") ? "FAILED" : "NOTICE";
  const findings = faults.map(({ finding }) => finding);
  if (findings.length === 0) return result(name, "PASSED", words.good);
  return result(name, worst, words.bad, findings);
}

export function result(
  name: string,
  status: Status,
  details: string,
  findings: readonly Finding[] = [],
): Result {
  return { name, status, details, findings };
}
