// What a batch job is asked to do: checked when it is made, in the words of DataRobot's API.

import { isMap } from "../../formats/json.js";
import { invalid } from "../deployments/settings.js";

type Json = Record<string, unknown>;

export interface CsvSettings {
  delimiter: string;
  quotechar: string;
  encoding: string;
}

export interface JobSpec {
  deploymentId: string;
  intakeSettings: Json;
  outputSettings: Json;
  csvSettings: CsvSettings;
  /** Chunks that are with the model at once. */
  numConcurrent: number;
  /** Bytes of a chunk, or a word for the usual ones. */
  chunkSize: number | string;
  passthroughColumns?: string[];
  passthroughColumnsSet?: "all";
  columnNamesRemapping?: Readonly<Record<string, string | null>>;
  predictionThreshold?: number;
  includeProbabilities: boolean;
  includeProbabilitiesClasses?: string[];
}

/** More would only wait for the workers, and hold its rows in memory meanwhile. */
const mostConcurrent = 8;
const [leastChunk, mostChunk] = [1024, 8 * 2 ** 20];
/** Bytes that a model predicts in well below a second, so that other requests get their turn, and an abort is soon done. */
const usualChunk = 2 ** 20;
const mostColumns = 10_000;

export function chunkBytes({ chunkSize }: JobSpec): number {
  return typeof chunkSize === "number" ? chunkSize : usualChunk;
}

/** Single-byte charsets, in which delimiters, quotes and line ends are those of ASCII. */
const charsets = /^(latin[-_]?[1-9]|iso[-_]?8859[-_]?([1-9]|1[013-6])|(windows|cp)[-_]?125[0-8])$/i;
const utf8 = /^(utf[-_]?8([-_]sig)?|(us[-_])?ascii)$/i;

/** Whether bytes are passed on as they are. */
export function isUtf8({ encoding }: CsvSettings): boolean {
  return utf8.test(encoding);
}

/** What needs a part of DataRobot that is not here, in words. */
const refused: Readonly<Record<string, string>> = {
  modelId: "models of a leaderboard are not predicted with; deploy the model and name its deploymentId",
  timeseriesSettings: "time series models are not served here",
  maxExplanations: "explanations are not made here",
  maxNgramExplanations: "explanations are not made here",
  explanationAlgorithm: "explanations are not made here",
  explanationClassNames: "explanations are not made here",
  explanationNumTopClasses: "explanations are not made here",
  thresholdHigh: "explanations are not made here",
  thresholdLow: "explanations are not made here",
  predictionWarningEnabled: "prediction warnings are not made in batch jobs",
  includePredictionStatus:
    "a row that cannot be predicted fails the job, so that every row has the same status",
  predictionInstance: "the hub predicts with its own deployments",
};

/** Throws FIELD_INVALID. */
export function readSpec(fields: Json): JobSpec {
  const refusal = Object.keys(refused).find(
    (name) => ![undefined, null, false, 0].includes(fields[name] as null),
  );
  if (refusal !== undefined) throw invalid(refusal, `left out: ${refused[refusal]}`, fields[refusal]);
  if (fields.abortOnError === false)
    throw invalid("abortOnError", "true: a row that cannot be predicted fails the job", false);
  const spec: JobSpec = {
    deploymentId: read(fields, "deploymentId", isText, "the id of a deployment")!,
    intakeSettings: localFile(fields, "intakeSettings"),
    outputSettings: localFile(fields, "outputSettings"),
    csvSettings: csvSettingsIn(fields.csvSettings ?? {}),
    numConcurrent:
      optional(
        fields,
        "numConcurrent",
        isCountTo(mostConcurrent),
        `a whole number from 1 to ${mostConcurrent}`,
      ) ?? 1,
    chunkSize:
      optional(
        fields,
        "chunkSize",
        isChunkSize,
        `auto, fixed, dynamic, or a number of bytes from ${leastChunk} to ${mostChunk}`,
      ) ?? "auto",
    includeProbabilities: optional(fields, "includeProbabilities", isFlag, "true or false") ?? true,
  };
  const columns = optional(fields, "passthroughColumns", isTexts, `a list of at most ${mostColumns} texts`);
  const set = optional(fields, "passthroughColumnsSet", isAll, "all");
  const threshold = optional(fields, "predictionThreshold", isShare, "a number from 0 to 1");
  const classes = optional(fields, "includeProbabilitiesClasses", isTexts, "a list of labels");
  return {
    ...spec,
    ...(columns && { passthroughColumns: columns }),
    ...(set && { passthroughColumnsSet: set }),
    ...(threshold !== undefined && { predictionThreshold: threshold }),
    ...(classes && classes.length > 0 && { includeProbabilitiesClasses: classes }),
    ...remappingIn(fields.columnNamesRemapping),
  };
}

function localFile(fields: Json, name: string): Json {
  const { [name]: given = { type: "localFile" } } = fields;
  if (!isMap(given)) throw invalid(name, "an object with a type", given);
  if (given.type === "localFile") return given;
  // Its credentials are nobody's business.
  throw invalid(`${name}.type`, "localFile: other places of files are not reached from here", given.type);
}

function csvSettingsIn(given: unknown): CsvSettings {
  if (!isMap(given)) throw invalid("csvSettings", "an object", given);
  const { delimiter: named = ",", quotechar = '"', encoding = "utf-8" } = given;
  const delimiter = named === "tab" ? "\t" : named;
  if (!isMark(delimiter)) throw invalid("csvSettings.delimiter", "one character of ASCII, or tab", named);
  if (!isMark(quotechar) || quotechar === delimiter)
    throw invalid("csvSettings.quotechar", "one character of ASCII that is not the delimiter", quotechar);
  if (typeof encoding !== "string" || !(utf8.test(encoding) || charsets.test(encoding)))
    throw invalid(
      "csvSettings.encoding",
      "utf-8, or a charset of one byte a character such as latin-1 or cp1252",
      encoding,
    );
  return { delimiter, quotechar, encoding };
}

/** As a map, or as a list of pairs. Null drops a column. */
function remappingIn(given: unknown): Pick<JobSpec, "columnNamesRemapping"> {
  if (given === undefined || given === null) return {};
  const expected = "a map of names of the output to other names, or to null for columns to leave out";
  const pairs: unknown[][] = Array.isArray(given)
    ? given.map((one) => (isMap(one) ? [one.inputName, one.outputName ?? null] : []))
    : isMap(given)
      ? Object.entries(given)
      : [[]];
  const isPair = ([from, to]: unknown[]) => typeof from === "string" && (to === null || isText(to));
  if (pairs.length > mostColumns || !pairs.every(isPair))
    throw invalid("columnNamesRemapping", expected, given);
  return { columnNamesRemapping: Object.fromEntries(pairs) as Record<string, string | null> };
}

type Is<Value> = (value: unknown) => value is Value;

function read<Value>(fields: Json, name: string, is: Is<Value>, expected: string): Value {
  const value = fields[name];
  if (is(value)) return value;
  throw invalid(name, expected, value);
}

function optional<Value>(fields: Json, name: string, is: Is<Value>, expected: string): Value | undefined {
  return fields[name] === undefined || fields[name] === null ? undefined : read(fields, name, is, expected);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= 512;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= mostColumns && value.every((one) => typeof one === "string");
}

function isFlag(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function isAll(value: unknown): value is "all" {
  return value === "all";
}

function isShare(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}

function isMark(value: unknown): value is string {
  return typeof value === "string" && /^[\t -~]$/.test(value);
}

function isCountTo(most: number): Is<number> {
  return (value): value is number =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
}

function isChunkSize(value: unknown): value is number | string {
  if (typeof value === "string") return ["auto", "fixed", "dynamic"].includes(value);
  return Number.isInteger(value) && (value as number) >= leastChunk && (value as number) <= mostChunk;
}
