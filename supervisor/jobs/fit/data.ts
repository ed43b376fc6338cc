// The data of a fit: splits the input into features, target and weights. Each is CSV that the model's language reads as it reads the
// rows of a prediction.

import type { Payload } from "../../../protocol/messages.js";
import { counted } from "../../counted.js";
import { usage } from "../../errors.js";
import { type CsvRecords, csvBytes, pickRows, readRecords, withColumns } from "../../formats/csv/records.js";
import { filePayload } from "../../formats/input/payload.js";
import { recordsOf } from "../../formats/input/records.js";
import { matrixPayloadSize } from "../../formats/matrix-size.js";
import type { TargetType } from "../../predictions/targets.js";
import { columnNumbers } from "./columns.js";
import { chooseRows } from "./sample.js";

export interface FitData {
  features: Payload;
  /** Undefined for Matrix Market, which is not split. */
  records: CsvRecords | undefined;
  /** One column, like the weights. */
  target: Single | undefined;
  weights: Single | undefined;
}

/** A column, with its name for messages. */
export interface Single {
  title: string;
  records: CsvRecords;
  payload: Payload & { kind: "bytes" };
}

/** Where the data of a fit come from. */
export interface DataWishes {
  input: string;
  /** A column of the input or a file of one column; at most one of them, as for the weights. */
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
  const whole = await filePayload(input, { columnNames });
  const all = recordsOf(whole, input);
  if (!all) checkUncut(wishes);
  const count = all ? all.rows.length : (await matrixPayloadSize(whole))[0];
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
  if (columns?.length === 0) throw usage(`--input ${input} has no feature columns; add at least one`);
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
    throw usage("the target type anomaly is trained without a target; leave out --target and --target-csv");
  }
  if (isGiven || type === "anomaly" || type === "transform") return;
  throw usage(`the target type ${type} needs a target; add --target COLUMN or --target-csv FILE`);
}

/** Columns of a matrix cannot be taken out by name, and its rows are not sampled. */
function checkUncut({ input, ...wishes }: DataWishes): void {
  const option = [
    ["--target", wishes.target, "; give the target with --target-csv"],
    ["--row-weights", wishes.weights, "; give the weights with --row-weights-csv"],
    ["--num-rows", wishes.rows, ""],
  ].find(([, value]) => value !== undefined);
  if (option) throw usage(`${option[0]} is for CSV, but --input ${input} is Matrix Market${option[2]}`);
}

function columnOf({ names }: CsvRecords, name: string, option: string): number {
  const places = names.flatMap((one, at) => (one === name ? [at] : []));
  if (places.length === 1) return places[0]!;
  const has = `the columns of the input are ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}`;
  throw usage(
    places.length === 0
      ? `${option} ${name}: no column has this name; ${has}`
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
    throw usage(
      `${option} ${file} has ${counted(records.names.length, "column")}; expected one, with a header`,
    );
  }
  // The worker rejects a matrix whose size line has no number of rows.
  if (rows !== undefined && !Number.isNaN(rows) && records.rows.length !== rows) {
    throw usage(
      `${option} ${file} has ${counted(records.rows.length, "row")}, but the input has ${rows}; expected a header and one row for each input row`,
    );
  }
  return withColumns(records, [0]);
}

/** Undefined for all rows. */
function rowsOf({ rows }: DataWishes, all: CsvRecords | undefined): number[] | undefined {
  if (rows === undefined || !all) return undefined;
  if (rows > all.rows.length) {
    throw usage(
      `--num-rows ${rows}: the input has ${counted(all.rows.length, "row")}; give at most that, or ALL`,
    );
  }
  return chooseRows(all.rows.length, rows);
}

export function payloadOf(records: CsvRecords): Payload & { kind: "bytes" } {
  return { kind: "bytes", data: csvBytes(records), mimetype: null, charset: null };
}

async function checkWeights({ title, payload }: Single): Promise<void> {
  const weights = await columnNumbers(payload.data);
  if (weights?.every((weight) => weight >= 0 && Number.isFinite(weight))) return;
  throw usage(`${title} cannot be weights: expected a number of 0 or more in every row; correct it`);
}
