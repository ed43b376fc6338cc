// Writes transformed data as Matrix Market text, and its column names as the lines of a file.

import { eachEntry, valuesOf } from "../../protocol/matrix.js";
import { bytesOf } from "../../protocol/memory.js";
import type { Column, Matrix, Table } from "../../protocol/messages.js";
import { int64sOf } from "../../protocol/table.js";
import { DrumError } from "../errors.js";
import { float32Text, floatText } from "./text/floats.js";
import { isNumeric, numbersOf } from "./text/numbers.js";

/** Whether the data is a sparse matrix. */
export function isMatrix(data: Table | Matrix): data is Matrix {
  return "row_indices" in data;
}

const charactersPerChunk = 2 ** 20;

/** Writes the coordinate format, column by column: `integer` for int64 values, otherwise `real`. */
export function matrixMarketChunks(matrix: Matrix): Buffer[] {
  const { rows, names, type } = matrix;
  const values = valuesOf(matrix);
  const format = { float64: floatText, float32: float32Text, int64: String }[type] as (
    value: number | bigint,
  ) => string;
  const field = type === "int64" ? "integer" : "real";
  const chunks: Buffer[] = [];
  let text = `%%MatrixMarket matrix coordinate ${field} general\n${rows} ${names.length} ${values.length}\n`;
  eachEntry(matrix, (row, column, at) => {
    text += `${row + 1} ${column + 1} ${format(values[at]!)}\n`;
    if (text.length < charactersPerChunk) return;
    chunks.push(Buffer.from(text));
    text = "";
  });
  return [...chunks, Buffer.from(text)];
}

/** One name per line. */
export function columnNames(names: readonly string[]): Buffer {
  return Buffer.from(names.join("\n"));
}

/** Missing values become NaN. Throws OUTPUT_UNWRITABLE naming the first column that is not numeric. */
export function asMatrix(data: Table | Matrix): Matrix {
  if (isMatrix(data)) return data;
  const { rows, columns } = data;
  const odd = columns.find((column) => !isNumeric(column));
  if (odd) {
    throw new DrumError(
      "OUTPUT_UNWRITABLE",
      `Matrix Market holds only numbers, but the column ${JSON.stringify(odd.name)} has the type ${odd.type}; choose another file extension, e.g. .csv or .parquet`,
    );
  }
  const isWhole = columns.every(({ type, validity }) => type === "int64" && validity === null);
  if (isWhole) return compressed(data, "int64", int64sOf);
  return compressed(data, "float64", (column) => numbersOf(column, rows, `the column ${column.name}`));
}

function compressed(
  { rows, columns }: Table,
  type: "int64" | "float64",
  read: (column: Column) => Float64Array | Float32Array | BigInt64Array,
): Matrix {
  const starts = new Int32Array(columns.length + 1);
  const [indices, entries]: [number[], (number | bigint)[]] = [[], []];
  columns.forEach((column, at) => {
    read(column).forEach((value, row) => {
      if (value === 0 || value === 0n) return;
      indices.push(row);
      entries.push(value);
    });
    starts[at + 1] = entries.length;
  });
  const values =
    type === "int64" ? BigInt64Array.from(entries as bigint[]) : Float64Array.from(entries as number[]);
  return {
    rows,
    names: columns.map(({ name }) => name),
    type,
    starts: bytesOf(starts),
    row_indices: bytesOf(Int32Array.from(indices)),
    values: bytesOf(values),
  };
}
