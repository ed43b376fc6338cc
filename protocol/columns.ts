// Makes columns from JavaScript values; null means missing. table.ts reads columns.

import { bitmap, bytesOf } from "./memory.js";
import type { Column } from "./messages.js";

/** NaN is a value; null is missing. A typed array of this type is not copied. */
export function floatColumn(
  name: string,
  values: readonly (number | null)[] | Float64Array | Float32Array,
  type: "float64" | "float32" = values instanceof Float32Array ? "float32" : "float64",
): Column {
  if (values instanceof (type === "float64" ? Float64Array : Float32Array)) {
    return { name, type, data: bytesOf(values), validity: null, offsets: null };
  }
  const floats = type === "float64" ? new Float64Array(values.length) : new Float32Array(values.length);
  for (let row = 0; row < values.length; row++) floats[row] = values[row] ?? 0;
  return { name, type, data: bytesOf(floats), validity: validityOf(values), offsets: null };
}

/** Takes whole numbers from -2^63 to 2^63 - 1. Throws a RangeError for others. */
export function intColumn(name: string, values: readonly (bigint | number | null)[]): Column {
  return { name, type: "int64", data: bytesOf(int64s(values)), validity: validityOf(values), offsets: null };
}

const int64Limit = 2n ** 63n;

/** An int64 column if every value is a whole number that 64 bits hold exactly, else a float64 column. */
export function numberColumn(name: string, values: readonly (bigint | number | null)[]): Column {
  const isWhole = (value: bigint | number | null) =>
    value === null ||
    (typeof value === "bigint" ? value >= -int64Limit && value < int64Limit : Number.isSafeInteger(value));
  if (values.every(isWhole)) return intColumn(name, values);
  return floatColumn(
    name,
    values.map((value) => (value === null ? null : Number(value))),
  );
}

export function boolColumn(name: string, values: readonly (boolean | null)[]): Column {
  return {
    name,
    type: "bool",
    data: bitmap(values, (value) => value === true),
    validity: validityOf(values),
    offsets: null,
  };
}

/** With the type json, every string is JSON. */
export function textColumn(
  name: string,
  values: readonly (string | null)[],
  type: "utf8" | "json" = "utf8",
): Column {
  const ends = new Int32Array(values.length + 1);
  let size = 0;
  values.forEach((value, row) => {
    size += value === null ? 0 : Buffer.byteLength(value);
    if (size > 0x7fffffff)
      throw new RangeError(`the strings of column ${name} take over 2 GiB, too much for its 32-bit offsets`);
    ends[row + 1] = size;
  });
  const data = Buffer.allocUnsafe(size);
  values.forEach((value, row) => {
    if (value !== null) data.write(value, ends[row]!);
  });
  return { name, type, data, validity: validityOf(values), offsets: bytesOf(ends) };
}

/** Values of any kind as JSON. Bigints become numbers, since JSON.stringify rejects them. */
export function jsonColumn(name: string, values: readonly unknown[]): Column {
  const plain = (_key: string, value: unknown) => (typeof value === "bigint" ? Number(value) : value);
  const texts = values.map((value) => (value === null ? null : JSON.stringify(value, plain)));
  return textColumn(name, texts, "json");
}

/** `days` since 1970-01-01. */
export function dateColumn(name: string, days: readonly (number | null)[]): Column {
  const data = bytesOf(Int32Array.from(days, (day) => day ?? 0));
  return { name, type: "date", data, validity: validityOf(days), offsets: null };
}

/** `micros` since 1970-01-01T00:00:00; in UTC if a timezone is given. */
export function timestampColumn(
  name: string,
  micros: readonly (bigint | number | null)[],
  timezone: string | null = null,
): Column {
  const validity = validityOf(micros);
  return { name, type: "timestamp", data: bytesOf(int64s(micros)), validity, offsets: null, timezone };
}

function validityOf(values: ArrayLike<unknown>): Buffer | null {
  const bits = bitmap(values, (value) => value !== null);
  for (let row = 0; row < values.length; row++) if (values[row] === null) return bits;
  return null;
}

function int64s(values: readonly (bigint | number | null)[]): BigInt64Array {
  const ints = BigInt64Array.from(values, (value) => BigInt(value ?? 0));
  values.forEach((value, row) => {
    if (value !== null && ints[row] !== BigInt(value))
      throw new RangeError(`the int ${value} does not fit in 64 bits`);
  });
  return ints;
}
