// The data of a fit: the input cut into features, target and weights, each as CSV that the model's own language reads, as it reads
// the rows of a prediction.

import type { Payload } from "../../../protocol/messages.js";
import { usage } from "../../errors.js";
import { type CsvRecords, csvBytes, pickRows, readRecords, withColumns } from "../../formats/csv/records.js";
import { filePayload, matrixFileSize } from "../../formats/payload.js";
import type { TargetType } from "../../predictions/targets.js";
import { columnNumbers } from "./columns.js";
import { chooseRows } from "./sample.js";

export interface FitData {
  features: Payload;
  /** Undefined for Matrix Market, which is not cut. */
  records: CsvRecords | undefined;
  /** Of one column, and what it is called in messages. */
  target: Single | undefined;
  weights: Single | undefined;
}

export interface Single {
  title: string;
  records: CsvRecords;
  payload: Payload & { kind: "bytes" };
}

/** Where the data of a fit is. */
export interface DataWishes {
  input: string;
  /** Column of the input, or a file of one column; at most one of them. */
  target: string | undefined;
  targetFile: string | undefined;
  weights: string | undefined;
  weightsFile: string | undefined;
  /** Undefined for all. */
  rows: number | undefined;
}

/** Throws USAGE for options that do not fit the target type or the data. */
export async function readFitData(
  wishes: DataWishes,
  type: TargetType,
  columnNames?: string[],
): Promise<FitData> {
  const { input } = wishes;
  checkTarget(wishes, type);
  const whole = filePayload(input, columnNames);
  const all = whole.mimetype === "text/csv" ? readRecords(input) : undefined;
  if (!all) checkUncut(wishes);
  const count = all ? all.rows.length : (await matrixFileSize(input))[0];
  const targetAt = wishes.target === undefined ? undefined : columnOf(all!, wishes.target, "--target");
  const weightsAt =
    wishes.weights === undefined ? undefined : columnOf(all!, wishes.weights, "--row-weights");
  if (targetAt !== undefined && targetAt === weightsAt) {
    throw usage(`--target and --row-weights both name the column "${wishes.target}"; they must differ`);
  }
  const target =
    targetAt === undefined
      ? fromFile(wishes.targetFile, "--target-csv", count)
      : withColumns(all!, [targetAt]);
  const weights =
    weightsAt === undefined
      ? fromFile(wishes.weightsFile, "--row-weights-csv", count)
      : withColumns(all!, [weightsAt]);
  const columns = all?.names.map((_, at) => at).filter((at) => at !== targetAt && at !== weightsAt);
  if (columns?.length === 0) throw usage(`--input ${input} has no columns but the target; add features`);
  const chosen = rowsOf(wishes, all);
  const cut = (records: CsvRecords) => (chosen ? pickRows(records, chosen) : records);
  const features = columns && cut(withColumns(all!, columns));
  const single = (records: CsvRecords | undefined, title: string): Single | undefined => {
    if (!records) return undefined;
    const rows = cut(records);
    return { title, records: rows, payload: payloadOf(rows) };
  };
  const data = {
    features: features ? payloadOf(features) : whole,
    records: features,
    target: single(target, wishes.targetFile ?? `the column "${wishes.target}"`),
    weights: single(weights, wishes.weightsFile ?? `the column "${wishes.weights}"`),
  };
  if (data.weights) await checkWeights(data.weights);
  return data;
}

function checkTarget({ target, targetFile }: DataWishes, type: TargetType): void {
  const isGiven = target !== undefined || targetFile !== undefined;
  if (type === "anomaly" && isGiven) {
    throw usage("the target type anomaly is trained without a target; leave --target and --target-csv out");
  }
  if (isGiven || type === "anomaly" || type === "transform") return;
  throw usage(`the target type ${type} needs a target; add --target COLUMN or --target-csv FILE`);
}

/** A matrix has no columns to take out by name, and its rows are not cut. */
function checkUncut({ input, ...wishes }: DataWishes): void {
  const option = [
    ["--target", wishes.target, "; give the target with --target-csv"],
    ["--row-weights", wishes.weights, "; give the weights with --row-weights-csv"],
    ["--num-rows", wishes.rows, ""],
  ].find(([, value]) => value !== undefined);
  if (option) throw usage(`${option[0]} is for CSV, --input ${input} is Matrix Market${option[2]}`);
}

function columnOf({ names }: CsvRecords, name: string, option: string): number {
  const places = names.flatMap((one, at) => (one === name ? [at] : []));
  if (places.length === 1) return places[0]!;
  const has = `the columns of the input are ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}`;
  throw usage(
    places.length === 0
      ? `${option} ${name}: there is no such column; ${has}`
      : `${option} ${name}: ${places.length} columns have this name; rename them`,
  );
}

function fromFile(
  file: string | undefined,
  option: string,
  rows: number | undefined,
): CsvRecords | undefined {
  if (file === undefined) return undefined;
  const records = readRecords(file, option);
  if (records.names.length !== 1) {
    throw usage(`${option} ${file} has ${records.names.length} columns; expected one, with a header`);
  }
  // A matrix that announces no number of rows is refused by the worker that reads it.
  if (rows !== undefined && !Number.isNaN(rows) && records.rows.length !== rows) {
    throw usage(
      `${option} ${file} has ${records.rows.length} rows, the input ${rows}; expected one for each row, below a header`,
    );
  }
  return withColumns(records, [0]);
}

/** Undefined for all rows. */
function rowsOf({ rows }: DataWishes, all: CsvRecords | undefined): number[] | undefined {
  if (rows === undefined || !all) return undefined;
  if (rows > all.rows.length) {
    throw usage(`--num-rows ${rows}: the input has ${all.rows.length} rows; ask for fewer, or ALL`);
  }
  return chooseRows(all.rows.length, rows);
}

export function payloadOf(records: CsvRecords): Payload & { kind: "bytes" } {
  return { kind: "bytes", data: csvBytes(records), mimetype: "text/csv", charset: null };
}

async function checkWeights({ title, payload }: Single): Promise<void> {
  const weights = await columnNumbers(payload.data);
  if (weights?.every((weight) => weight >= 0 && Number.isFinite(weight))) return;
  throw usage(`${title} cannot be weights: expected a number from 0 in every row; correct it`);
}
