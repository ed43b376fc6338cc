// Answers of the Open Inference Protocol: tensors as JSON, or as bytes after it.

import type { Column } from "../../../protocol/messages.js";
import { boolAt, floatsOf, int64sOf, isPresent, textsOf } from "../../../protocol/table.js";
import { DrumError } from "../../errors.js";
import { valuesOf } from "../cells.js";
import { exactJson } from "../exact-json.js";
import { type Datatype, isFloat, widths } from "./datatypes.js";
import type { Parameters } from "./message.js";
import { type Output, type RawOutput, rawAsJson, rawBytes } from "./raw.js";

/** Columns of predictions. */
export interface TableOutput extends Output {
  /** MLServer's word for what the elements are. */
  contentType: string | undefined;
  /** The columns side by side, row by row; one for all outputs but matrices. */
  columns: readonly Column[];
  rows: number;
}

export type OutputTensor = TableOutput | RawOutput;

export interface AnswerHead {
  model_name: string;
  model_version?: string;
  id?: string;
  parameters?: Parameters;
}

export interface InferAnswer {
  body: Buffer;
  /** The length of the JSON, if tensors follow it as bytes. */
  jsonLength: number | undefined;
}

/** `isBinary` says which outputs are written as bytes. */
export function writeInferAnswer(
  head: AnswerHead,
  outputs: readonly OutputTensor[],
  isBinary: (name: string) => boolean,
): InferAnswer {
  const tails: Buffer[] = [];
  const written = outputs.map((output) => {
    const { name, shape, datatype } = output;
    const parameters: Record<string, unknown> = outputParameters(output);
    const tail = isBinary(name) ? bytesOf(output) : undefined;
    if (tail) {
      tails.push(tail);
      parameters.binary_data_size = tail.length;
    }
    const told = Object.keys(parameters).length > 0 ? `,"parameters":${exactJson(parameters)}` : "";
    const data = tail ? "" : `,"data":${elementsAsJson(output)}`;
    return `{"name":${JSON.stringify(name)},"shape":${JSON.stringify(shape)},"datatype":"${datatype}"${told}${data}}`;
  });
  const json = `${exactJson(head).slice(0, -1)},"outputs":[${written.join(",")}]}`;
  const body = Buffer.from(json);
  if (tails.length === 0) return { body, jsonLength: undefined };
  return { body: Buffer.concat([body, ...tails]), jsonLength: body.length };
}

export function outputParameters(output: OutputTensor): Record<string, unknown> {
  if ("elements" in output) return { ...output.parameters };
  return output.contentType === undefined ? {} : { content_type: output.contentType };
}

/** The datatype of a column. Dates, times and JSON are texts. */
export function datatypeOf({ type, logical }: Column): Datatype {
  switch (type) {
    case "float64":
      return "FP64";
    case "float32":
      return "FP32";
    case "int64":
      return logical ? "BYTES" : "INT64";
    case "bool":
      return "BOOL";
    default:
      return "BYTES";
  }
}

/** Missing values, NaN and infinities are null, which JSON has in their place. */
function elementsAsJson(output: OutputTensor): string {
  if ("elements" in output) return rawAsJson(output);
  const { columns, rows } = output;
  const [only, ...others] = columns;
  // JSON.stringify writes all at once, and NaN and infinities as null.
  if (only?.type === "float64" && others.length === 0 && only.validity === null)
    return JSON.stringify(Array.from(floatsOf(only)));
  const cells = columns.map((column) => cellsAsJson(column, rows));
  if (only && others.length === 0) return `[${cells[0]!.join(",")}]`;
  const all: string[] = [];
  for (let row = 0; row < rows; row++) for (const column of cells) all.push(column[row]!);
  return `[${all.join(",")}]`;
}

function cellsAsJson(column: Column, rows: number): string[] {
  const { type, logical } = column;
  const isFloat = type === "float64" || type === "float32";
  if (!isFloat && (type !== "int64" || logical))
    return valuesOf(column, rows).map((value) => JSON.stringify(value));
  const numbers = isFloat ? floatsOf(column) : int64sOf(column);
  const cells = new Array<string>(rows);
  for (let row = 0; row < rows; row++) {
    const number = numbers[row]!;
    const isThere = isPresent(column, row) && (typeof number === "bigint" || Number.isFinite(number));
    cells[row] = isThere ? String(number) : "null";
  }
  return cells;
}

/** Little-endian and row-major; missing floats are NaN. Throws PREDICTIONS_INVALID for other values that are missing. */
export function bytesOf(output: OutputTensor): Buffer {
  if ("elements" in output) return rawBytes(output);
  const { columns, rows, datatype } = output;
  const parts = columns.map((column) => elementBytes(column, rows, datatype));
  const [only, ...others] = parts;
  if (only && others.length === 0) return only;
  // Matrices are of numbers.
  const width = widths[datatype];
  const all = Buffer.allocUnsafe(width * rows * parts.length);
  for (const [at, part] of parts.entries()) {
    for (let row = 0; row < rows; row++) {
      const to = (row * parts.length + at) * width;
      for (let byte = 0; byte < width; byte++) all[to + byte] = part[row * width + byte]!;
    }
  }
  return all;
}

/** Throws PREDICTIONS_INVALID. */
function checkWhole(column: Column, rows: number, datatype: Datatype): void {
  if (column.validity === null) return;
  for (let row = 0; row < rows; row++)
    if (!isPresent(column, row))
      throw new DrumError(
        "PREDICTIONS_INVALID",
        `the output ${column.name} has no value in row ${row}, which elements of ${datatype} cannot tell; ask for it in JSON`,
      );
}

function elementBytes(column: Column, rows: number, datatype: Datatype): Buffer {
  if (!isFloat(datatype)) checkWhole(column, rows, datatype);
  switch (datatype) {
    case "FP64":
    case "FP32": {
      const given = floatsOf(column);
      const floats =
        column.validity === null
          ? given
          : given.map((value, row) => (isPresent(column, row) ? value : Number.NaN));
      return Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);
    }
    case "INT64": {
      const ints = int64sOf(column);
      return Buffer.from(ints.buffer, ints.byteOffset, ints.byteLength);
    }
    case "BOOL":
      return Buffer.from(Array.from({ length: rows }, (_, row) => Number(boolAt(column, row))));
    default:
      return textBytes(column.type === "utf8" ? textsOf(column) : valuesOf(column, rows));
  }
}

/** Each text is its length in 4 bytes, then its bytes. */
function textBytes(given: readonly unknown[]): Buffer {
  const texts = given.map((text) => (text === null ? "" : String(text)));
  const all = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + 4 + Buffer.byteLength(text), 0));
  let at = 0;
  for (const text of texts) {
    const size = all.write(text, at + 4);
    all.writeUInt32LE(size, at);
    at += 4 + size;
  }
  return all;
}
