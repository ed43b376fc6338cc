// The answer to one chunk of a batch job: the rows as the model reads them, and its predictions as CSV in the dialect of the job.

import type { Payload, Table } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import { type Chunk, type Header, rowsOfChunk } from "../../formats/csv/chunks.js";
import { type Dialect, isPlain, plainDialect, readCells, rewriteRecord } from "../../formats/csv/dialect.js";
import { recordsIn } from "../../formats/csv/records.js";
import { csvChunks } from "../../formats/csv/write.js";
import type { CheckedPredictions } from "../../predictions/check.js";
import { deployedTable, type Wording } from "../../predictions/datarobot/deployed.js";
import { passedNames } from "../../predictions/datarobot/passthrough.js";
import { type CsvSettings, isUtf8, type JobSpec } from "./spec.js";

/** DataRobot's default. */
const usualThreshold = 0.5;

export function dialectOf({ delimiter, quotechar }: CsvSettings): Dialect {
  return { delimiter, quote: quotechar };
}

/** The chunk under its header, in UTF-8 with commas. Throws INPUT_UNREADABLE for an unknown charset. */
export async function payloadOf(header: Header, chunk: Chunk, settings: CsvSettings): Promise<Payload> {
  const dialect = dialectOf(settings);
  const head = Buffer.from(`${header.record}\n`, "latin1");
  const data =
    isPlain(dialect) && isUtf8(settings)
      ? Buffer.concat([head, chunk.bytes])
      : await decoded(
          [header.record, ...rowsOfChunk(chunk)]
            .map((record) => rewriteRecord(record, dialect, plainDialect))
            .join("\n"),
          settings,
        );
  return { kind: "bytes", data, mimetype: "text/csv", charset: "utf-8" };
}

/** Of Latin-1 text, one character a byte. */
async function decoded(bytes: string, settings: CsvSettings): Promise<Buffer> {
  const encoded = Buffer.from(bytes, "latin1");
  if (isUtf8(settings)) return encoded;
  const { decodeText } = await import("../../formats/text/charsets.js");
  return Buffer.from(decodeText(encoded, settings.encoding));
}

/** The cells that the answer repeats. Throws INPUT_INVALID if a column is missing. */
export async function passthroughOf(
  header: Header,
  chunk: Chunk,
  { spec, required }: { spec: JobSpec; required: readonly string[] },
): Promise<Wording["passthrough"]> {
  const dialect = dialectOf(spec.csvSettings);
  const text = async (cells: string[]) => textsOf(cells, spec.csvSettings);
  const names = await text(readCells(header.record, dialect));
  const wanted = spec.passthroughColumns ?? [];
  const passed = passedNames(names, { wanted, all: spec.passthroughColumnsSet === "all", required });
  if (passed.length === 0) return {};
  const rows = rowsOfChunk(chunk).map((record) => readCells(record, dialect));
  const columns = passed.map(async (name) => {
    const at = names.indexOf(name);
    const cells = await text(rows.map((row) => row[at] ?? ""));
    return [name, cells.map((cell) => cell || null)] as const;
  });
  return Object.fromEntries(await Promise.all(columns));
}

async function textsOf(cells: string[], settings: CsvSettings): Promise<string[]> {
  if (isUtf8(settings)) return cells.map((cell) => Buffer.from(cell, "latin1").toString());
  const { decodeText } = await import("../../formats/text/charsets.js");
  return cells.map((cell) => decodeText(Buffer.from(cell, "latin1"), settings.encoding));
}

/** Header and rows, each with its line end. */
export interface Answer {
  header: Buffer;
  rows: Buffer;
}

export interface Predicted {
  checked: CheckedPredictions;
  targetName: string;
  labels: readonly string[];
  /** Of the deployed model; null if it has none of its own. */
  threshold: number | null;
  passthrough: Wording["passthrough"];
}

/** Throws FIELD_INVALID if the columns that the job wants are not there. */
export async function answerOf(predicted: Predicted, spec: JobSpec): Promise<Answer> {
  const { checked, threshold, ...words } = predicted;
  const wording = { ...words, threshold: spec.predictionThreshold ?? threshold ?? usualThreshold };
  const table = renamed(withClasses(deployedTable(checked, wording), wording, spec), spec);
  const header = csvOf({ ...table, rows: 0 });
  const whole = csvOf(table);
  return {
    header: await inDialect(header, spec.csvSettings),
    rows: await inDialect(whole.subarray(header.length), spec.csvSettings),
  };
}

function csvOf(table: Table): Buffer {
  return Buffer.concat([...csvChunks({ predictions: table, extra: null }, table.rows || 1)]);
}

/** Leaves out the probabilities that the job does not want. */
function withClasses(table: Table, { labels, targetName }: Wording, spec: JobSpec): Table {
  const { includeProbabilities, includeProbabilitiesClasses: wanted = labels } = spec;
  const unknown = wanted.find((label) => !labels.includes(label));
  if (unknown !== undefined)
    throw new DrumError(
      "FIELD_INVALID",
      `includeProbabilitiesClasses names ${unknown}, and the model has ${labels.join(", ") || "no classes"}`,
    );
  const left = new Set(
    labels
      .filter((label) => !includeProbabilities || !wanted.includes(label))
      .map((label) => `${targetName}_${label}_PREDICTION`),
  );
  return { ...table, columns: table.columns.filter(({ name }) => !left.has(name)) };
}

function renamed(table: Table, { columnNamesRemapping: mapping = {} }: JobSpec): Table {
  const names = table.columns.map(({ name }) => name);
  const unknown = Object.keys(mapping).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new DrumError(
      "FIELD_INVALID",
      `columnNamesRemapping names ${unknown}, and the output has ${names.join(", ")}`,
    );
  const columns = table.columns
    .filter(({ name }) => mapping[name] !== null)
    .map((column) => ({ ...column, name: mapping[column.name] ?? column.name }));
  if (columns.length > 0) return { ...table, columns };
  throw new DrumError("FIELD_INVALID", "columnNamesRemapping leaves out every column; keep one");
}

/** UTF-8 with commas in the dialect of the job. Throws PREDICTIONS_INVALID for a character that its charset lacks. */
async function inDialect(csv: Buffer, settings: CsvSettings): Promise<Buffer> {
  const dialect = dialectOf(settings);
  if (csv.length === 0) return csv;
  let bytes = csv;
  if (!isPlain(dialect)) {
    const { header, rows } = recordsIn(csv, "the answer");
    const records = [header, ...rows].map((record) => rewriteRecord(record, plainDialect, dialect));
    bytes = Buffer.from(`${records.join("\n")}\n`, "latin1");
  }
  if (isUtf8(settings)) return bytes;
  const { encodeText } = await import("../../formats/text/charsets.js");
  return encodeText(bytes.toString(), settings.encoding);
}
