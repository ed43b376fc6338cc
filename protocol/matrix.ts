// Matrices of SPEC.md section 8: checks a received one, reads its entries, and converts it to a table.

import { describe, isMap } from "./codec.js";
import { bigint64sOf, bytesOf, float32sOf, float64sOf, int32sOf } from "./memory.js";
import { type Column, type Matrix, ProtocolError, type Table, type Value } from "./messages.js";

const mostRows = 2 ** 31 - 1;
const widths: ReadonlyMap<unknown, number> = new Map([
  ["float64", 8],
  ["float32", 4],
  ["int64", 8],
]);

/** Returns a decoded value as a matrix whose buffers match each other. Throws PARAMS_INVALID. */
export function checkMatrix(value: Value): Matrix {
  if (!isMap(value)) throw invalid(`is ${describe(value)}; expected a map`);
  const { rows, names, type, starts, row_indices, values } = value;
  if (!Number.isSafeInteger(rows) || (rows as number) < 0 || (rows as number) > mostRows) {
    throw invalid(`has ${describe(rows)} as rows; expected an int from 0 to ${mostRows}`);
  }
  if (!Array.isArray(names) || names.some((name) => typeof name !== "string")) {
    throw invalid(`has ${describe(names)} as names; expected an array of str`);
  }
  const width = widths.get(type);
  if (width === undefined) {
    throw invalid(`is of type ${describe(type)}; expected ${[...widths.keys()].join(", ")}`);
  }
  const matrix = {
    rows: rows as number,
    names: names as string[],
    type: type as Matrix["type"],
    starts: takeInts(starts, "starts"),
    row_indices: takeInts(row_indices, "row_indices"),
    values: values as Uint8Array,
  };
  const count = matrix.row_indices.length / 4;
  if (!(values instanceof Uint8Array) || values.length !== count * width) {
    throw invalid(`has ${describe(values)} as values; expected a bin of ${count * width} bytes`);
  }
  checkStarts(matrix, count);
  checkRowIndices(matrix);
  return matrix;
}

function takeInts(value: Value | undefined, field: string): Uint8Array {
  if (value instanceof Uint8Array && value.length % 4 === 0) return value;
  throw invalid(`has ${describe(value)} as ${field}; expected a bin of int32`);
}

function checkStarts({ names, starts }: Matrix, count: number): void {
  const ends = int32sOf(starts);
  const isRising = ends.every((end, at) => at === 0 || end >= ends[at - 1]!);
  if (ends.length === names.length + 1 && ends[0] === 0 && ends.at(-1) === count && isRising) return;
  throw invalid(
    `has invalid starts; expected ${names.length + 1} ints that rise from 0 to ${count}, the number of its entries`,
  );
}

function checkRowIndices({ rows, names, starts, row_indices }: Matrix): void {
  const [ends, indices] = [int32sOf(starts), int32sOf(row_indices)];
  for (let column = 0; column < names.length; column++) {
    let before = -1;
    for (let at = ends[column]!; at < ends[column + 1]!; at++) {
      const row = indices[at]!;
      if (row <= before || row >= rows) {
        throw invalid(
          `has an entry for row ${row} after row ${before} in column ${column}; expected rising rows below ${rows}`,
        );
      }
      before = row;
    }
  }
}

function invalid(what: string): ProtocolError {
  return new ProtocolError("PARAMS_INVALID", `a matrix ${what}`);
}

/** The values of the entries: a view, or a copy if the data is not aligned. */
export function valuesOf({ type, values }: Matrix): Float64Array | Float32Array | BigInt64Array {
  if (type === "int64") return bigint64sOf(values);
  return type === "float64" ? float64sOf(values) : float32sOf(values);
}

/** Calls `visit` with the row, column (both from 0) and position of every entry, column by column. */
export function eachEntry(
  { names, starts, row_indices }: Matrix,
  visit: (row: number, column: number, at: number) => void,
): void {
  const [ends, rows] = [int32sOf(starts), int32sOf(row_indices)];
  for (let column = 0; column < names.length; column++) {
    for (let at = ends[column]!; at < ends[column + 1]!; at++) visit(rows[at]!, column, at);
  }
}

/** The size of the matrix as a table, in bytes. */
export function denseSize({ rows, names, type }: Matrix): number {
  return rows * names.length * widths.get(type)!;
}

/** The matrix as a table, with its zeros filled in. */
export function tableOfMatrix(matrix: Matrix): Table {
  const { rows, names, type } = matrix;
  const make = { float64: Float64Array, float32: Float32Array, int64: BigInt64Array }[type];
  const cells = names.map(() => new make(rows));
  const values = valuesOf(matrix);
  eachEntry(matrix, (row, column, at) => {
    cells[column]![row] = values[at]!;
  });
  const columns = names.map(
    (name, at): Column => ({ name, type, data: bytesOf(cells[at]!), validity: null, offsets: null }),
  );
  return { rows, columns };
}
