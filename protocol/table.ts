// Tables of SPEC.md section 8: checks a received one and reads its columns. columns.ts makes columns.

import { isUtf8 } from "node:buffer";
import { describe, isMap } from "./codec.js";
import { bigint64sOf, bitAt, bytesOf, float32sOf, float64sOf, int32sOf, textsIn } from "./memory.js";
import {
  type Column,
  type ColumnType,
  type Logical,
  ProtocolError,
  type Table,
  type Value,
} from "./messages.js";

/** Bytes per row for types of fixed width; 1/8 for bitmaps. */
const widths: ReadonlyMap<string, number> = new Map([
  ["float64", 8],
  ["float32", 4],
  ["int64", 8],
  ["bool", 1 / 8],
  ["date", 4],
  ["timestamp", 8],
]);
const textTypes = ["utf8", "json"];
const logicalTypes: Readonly<Record<Logical, ColumnType>> = {
  decimal: "utf8",
  time: "utf8",
  duration: "int64",
};

export function isColumnType(type: string): type is ColumnType {
  return widths.has(type) || textTypes.includes(type);
}

/** Little-endian int32s, such as offsets. */
export { int32sOf };

/** Returns a decoded value as a table whose buffers match its rows. Throws PARAMS_INVALID, which names the column. */
export function checkTable(value: Value): Table {
  if (!isMap(value)) throw invalid(`a table is ${describe(value)}; expected a map of rows and columns`);
  const { rows, columns, index = null } = value;
  if (!Number.isSafeInteger(rows) || (rows as number) < 0) {
    throw invalid(`the rows of a table are ${describe(rows)}; expected an int from 0`);
  }
  if (!Array.isArray(columns))
    throw invalid(`the columns of a table are ${describe(columns)}; expected an array`);
  const checked = columns.map((column) => checkColumn(column, rows as number));
  if (index === null) return { rows: rows as number, columns: checked };
  if (!Array.isArray(index))
    throw invalid(`the index of a table is ${describe(index)}; expected an array of columns or nil`);
  const labels = index.map((column) => checkColumn(column, rows as number));
  return { rows: rows as number, columns: checked, index: labels };
}

/** Returns a decoded value as a column of `rows` rows. Throws PARAMS_INVALID, which names the column. */
export function checkColumn(value: Value, rows: number): Column {
  if (!isMap(value))
    throw invalid(`a column is ${describe(value)}; expected a map of name, type, data, validity, offsets`);
  const { name, type, data, validity = null, offsets = null, timezone = null } = value;
  if (typeof name !== "string") throw invalid(`the name of a column is ${describe(name)}; expected a str`);
  const wrong = (what: string) => invalid(`the column ${JSON.stringify(name)} ${what}`);
  if (typeof type !== "string" || !isColumnType(type)) {
    throw wrong(`is of type ${describe(type)}; expected ${[...widths.keys(), ...textTypes].join(", ")}`);
  }
  if (!(data instanceof Uint8Array)) throw wrong(`has ${describe(data)} as data; expected a bin`);
  if (validity !== null && (!(validity instanceof Uint8Array) || validity.length !== Math.ceil(rows / 8))) {
    throw wrong(
      `has ${describe(validity)} as validity; expected nil or a bin of ${Math.ceil(rows / 8)} bytes for ${rows} rows`,
    );
  }
  const fault = textTypes.includes(type)
    ? faultOfText(data, offsets, rows)
    : faultOfWidth(data, offsets, rows * widths.get(type)!);
  if (fault) throw wrong(fault);
  const column: Column = { name, type, data, validity, offsets: offsets as Uint8Array | null };
  const { logical = null, levels = null, ordered = null } = value;
  if (logical !== null) column.logical = checkLogical(logical, type, wrong);
  if (levels !== null) Object.assign(column, checkLevels(levels, ordered, type, wrong));
  if (type !== "timestamp") return column;
  if (timezone !== null && typeof timezone !== "string")
    throw wrong(`has ${describe(timezone)} as timezone; expected a str or nil`);
  return { ...column, timezone };
}

type Wrong = (what: string) => ProtocolError;

function checkLogical(logical: Value, type: ColumnType, wrong: Wrong): Logical {
  if (typeof logical !== "string" || logicalTypes[logical as Logical] !== type) {
    const fitting = Object.entries(logicalTypes).map(([name, base]) => `${name} (${base})`);
    throw wrong(`has ${describe(logical)} as logical; expected nil or, by its type, ${fitting.join(", ")}`);
  }
  return logical as Logical;
}

function checkLevels(levels: Value, ordered: Value, type: ColumnType, wrong: Wrong): Partial<Column> {
  if (
    type !== "utf8" ||
    !Array.isArray(levels) ||
    !levels.every((one): one is string => typeof one === "string")
  )
    throw wrong(`has ${describe(levels)} as levels; expected an array of str for utf8, or nil`);
  if (new Set(levels).size < levels.length) throw wrong("has a level twice; expected each once");
  if (ordered !== null && typeof ordered !== "boolean")
    throw wrong(`has ${describe(ordered)} as ordered; expected a bool or nil`);
  return { levels, ordered };
}

function faultOfWidth(data: Uint8Array, offsets: Value, size: number): string | undefined {
  if (offsets !== null) return `has ${describe(offsets)} as offsets; expected nil for this type`;
  if (data.length !== Math.ceil(size))
    return `has ${data.length} bytes of data; expected ${Math.ceil(size)} without padding`;
  return undefined;
}

function faultOfText(data: Uint8Array, offsets: Value, rows: number): string | undefined {
  if (!(offsets instanceof Uint8Array) || offsets.length !== (rows + 1) * 4) {
    return `has ${describe(offsets)} as offsets; expected a bin of ${(rows + 1) * 4} bytes, one int32 per row and one more`;
  }
  const ends = int32sOf(offsets);
  if (ends[0] !== 0) return `has ${ends[0]} as its first offset; expected 0`;
  if (ends[rows] !== data.length)
    return `has ${ends[rows]} as its last offset; expected ${data.length}, the size of its data`;
  if (!isUtf8(data)) return "has data that is not UTF-8; encode strings as UTF-8";
  for (let row = 0; row < rows; row++) {
    if (ends[row + 1]! < ends[row]!)
      return `has offsets that fall from ${ends[row]} to ${ends[row + 1]} at row ${row}`;
    if ((data[ends[row]!]! & 0xc0) === 0x80) return `has an offset inside a UTF-8 character at row ${row}`;
  }
  return undefined;
}

function invalid(message: string): ProtocolError {
  return new ProtocolError("PARAMS_INVALID", message);
}

/** Whether `row` holds a value. */
export function isPresent({ validity }: Column, row: number): boolean {
  return validity === null || bitAt(validity, row);
}

/** The numbers of a `float64` or `float32` column. As for the other types, a view of the data, or a copy if it is not aligned. */
export function floatsOf({ type, data }: Column): Float64Array | Float32Array {
  return type === "float64" ? float64sOf(data) : float32sOf(data);
}

/** The numbers of an `int64` column, or the microseconds since 1970 of a `timestamp` column. */
export function int64sOf({ data }: Column): BigInt64Array {
  return bigint64sOf(data);
}

/** The days since 1970-01-01 of a `date` column. */
export function daysOf({ data }: Column): Int32Array {
  return int32sOf(data);
}

/** A value of a `bool` column. */
export function boolAt({ data }: Column, row: number): boolean {
  return bitAt(data, row);
}

/** A string of a `utf8` or `json` column; empty if missing. */
export function textAt({ data, offsets }: Column, row: number): string {
  const ends = bytesOf(offsets!);
  return bytesOf(data).toString("utf8", ends.readInt32LE(row * 4), ends.readInt32LE(row * 4 + 4));
}

/** All strings of a `utf8` or `json` column; null if missing. */
export function textsOf(column: Column): (string | null)[] {
  return textsIn(column.data, int32sOf(column.offsets!), (row) => isPresent(column, row));
}
