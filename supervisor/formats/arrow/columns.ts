// Copies the memory of Arrow vectors, chunk by chunk, into the buffers of our columns. The input may be damaged, so lengths
// and offsets are checked before use.

import { type Data, DataType, DateUnit, TimeUnit, type Vector } from "apache-arrow";
import { bitAt, bitmap, bytesOf } from "../../../protocol/memory.js";
import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";

/** Strings in any of Arrow's three layouts. */
export function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type);
}

/** A chunk's numbers without padding. Throws if corrupt data declares more values than it holds. */
export function valuesOf({ values, length }: Data): ArrayLike<number | bigint> & ArrayBufferView {
  if (values.length < length)
    throw new Error(`a column holds ${values.length} of ${counted(length, "value")}`);
  return values.subarray(0, length);
}

export function readFixed(name: string, vector: Vector): Buffer {
  const convert = converterOf(name, vector.type);
  const parts = vector.data.map((chunk) => {
    const values = valuesOf(chunk);
    if (!convert) return bytesOf(values);
    return bytesOf(convert(values, (row) => chunk.getValid(row)));
  });
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

type Convert = (values: ArrayLike<number | bigint>, isPresent: (row: number) => boolean) => ArrayBufferView;

/** Converts a type's values to our layout; undefined if the layouts are the same. */
function converterOf(name: string, type: DataType): Convert | undefined {
  if (DataType.isFloat(type) && type.precision === 0) {
    return (values) => Float32Array.from(values as ArrayLike<number>, floatOfHalf);
  }
  if (DataType.isInt(type) && type.bitWidth < 64) {
    return (values) => BigInt64Array.from(values as ArrayLike<number>, BigInt);
  }
  if (DataType.isInt(type) && !type.isSigned) return scaled(name, 1n, "");
  if (DataType.isDuration(type) && type.unit !== TimeUnit.NANOSECOND)
    return scaled(name, nanosIn[type.unit], " in nanoseconds");
  if (DataType.isDate(type) && type.unit === DateUnit.MILLISECOND) {
    return wholeDays(name);
  }
  if (DataType.isTimestamp(type)) {
    if (type.unit === TimeUnit.SECOND) return scaled(name, 1_000_000n, " in microseconds");
    if (type.unit === TimeUnit.MILLISECOND) return scaled(name, 1000n, " in microseconds");
    if (type.unit === TimeUnit.NANOSECOND) return wholeMicroseconds(name);
  }
  return undefined;
}

const nanosIn: Readonly<Record<TimeUnit, bigint>> = {
  [TimeUnit.SECOND]: 1_000_000_000n,
  [TimeUnit.MILLISECOND]: 1_000_000n,
  [TimeUnit.MICROSECOND]: 1000n,
  [TimeUnit.NANOSECOND]: 1n,
};

/** Multiplies by `factor`. Throws INPUT_UNSUPPORTED if int64 cannot hold the product. */
function scaled(name: string, factor: bigint, unit: string): Convert {
  return (values, isPresent) =>
    BigInt64Array.from(values as ArrayLike<bigint>, (value, row) => {
      const product = value * factor;
      if (BigInt.asIntN(64, product) === product) return product;
      if (!isPresent(row)) return 0n;
      throw unsupported(name, `holds ${value}, which is beyond int64${unit}`);
    });
}

/** Throws INPUT_UNSUPPORTED for a moment between two microseconds. */
function wholeMicroseconds(name: string): Convert {
  return (values, isPresent) =>
    BigInt64Array.from(values as ArrayLike<bigint>, (value, row) =>
      isPresent(row) ? microsOf(name, value, TimeUnit.NANOSECOND) : 0n,
    );
}

/** A time in microseconds. Throws INPUT_UNSUPPORTED for one between two. */
export function microsOf(name: string, value: bigint, unit: TimeUnit): bigint {
  const nanos = value * nanosIn[unit];
  if (nanos % 1000n === 0n) return nanos / 1000n;
  throw unsupported(name, `holds ${value} nanoseconds, and times are read in whole microseconds`, "round it");
}

/** Throws INPUT_UNSUPPORTED for a date within a day, which Arrow forbids. */
function wholeDays(name: string): Convert {
  return (values, isPresent) =>
    Int32Array.from(values, (value, row) => {
      const millis = Number(value);
      if (millis % 86_400_000 === 0 || !isPresent(row)) return Math.floor(millis / 86_400_000);
      throw unsupported(name, `holds a date that is ${millis} milliseconds after 1970`, "send a timestamp");
    });
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function floatOfHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

export function readBools(vector: Vector): Buffer {
  for (const { values, offset, length } of vector.data) {
    if (values.length * 8 < offset + length)
      throw new Error(`a column holds ${values.length * 8} of ${counted(length, "bit")}`);
  }
  return readBits(vector, ({ values, offset }, row) => bitAt(values, offset + row));
}

export function readValidity(vector: Vector): Buffer | null {
  return vector.nullCount === 0 ? null : readBits(vector, (chunk, row) => chunk.getValid(row));
}

function readBits(vector: Vector, isSet: (chunk: Data, row: number) => boolean): Buffer {
  const rows: boolean[] = [];
  for (const chunk of vector.data) for (let row = 0; row < chunk.length; row++) rows.push(isSet(chunk, row));
  return bitmap(rows, (bit) => bit);
}

/** The most bytes that int32 offsets can address. */
const mostText = 0x7fffffff;

/** The strings of all chunks, joined. */
export function readTexts(name: string, vector: Vector): { data: Buffer; offsets: Buffer } {
  return DataType.isUtf8View(vector.type) ? readViews(name, vector) : readOffsets(name, vector);
}

/** Shifts the offsets, since each chunk has its own. */
function readOffsets(name: string, vector: Vector): { data: Buffer; offsets: Buffer } {
  const ends = new Int32Array(vector.length + 1);
  const parts: Uint8Array[] = [];
  let [row, size] = [0, 0];
  for (const { length, values, valueOffsets } of vector.data) {
    if (length === 0) continue;
    const from = Number(valueOffsets[0]);
    const to = Number(valueOffsets[length]);
    if (!(from >= 0 && from <= to && to <= values.length))
      throw new Error("the offsets of a column lie outside its data");
    const shift = size - from;
    size += to - from;
    if (size > mostText) throw unsupported(name, "has over 2 GiB of strings");
    for (let i = 1; i <= length; i++) ends[++row] = Number(valueOffsets[i]) + shift;
    parts.push(values.subarray(from, to));
  }
  const data = parts.length === 1 ? bytesOf(parts[0]!) : Buffer.concat(parts);
  return { data, offsets: bytesOf(ends) };
}

const viewSize = 16;
const mostInline = 12;

/** A string view is a length, then either the string or its first 4 bytes, a buffer number and an offset in that buffer. */
function readViews(name: string, vector: Vector): { data: Buffer; offsets: Buffer } {
  const ends = new Int32Array(vector.length + 1);
  const parts: Uint8Array[] = [];
  let [row, size] = [0, 0];
  for (const chunk of vector.data) {
    const views = bytesOf(chunk.values);
    for (let i = 0; i < chunk.length; i++) {
      if (chunk.getValid(i)) {
        const part = stringOfView(views.subarray(i * viewSize, (i + 1) * viewSize), chunk.variadicBuffers);
        parts.push(part);
        size += part.length;
        if (size > mostText) throw unsupported(name, "has over 2 GiB of strings");
      }
      ends[++row] = size;
    }
  }
  return { data: Buffer.concat(parts), offsets: bytesOf(ends) };
}

function stringOfView(view: Buffer, buffers: readonly Uint8Array[]): Uint8Array {
  const length = view.readInt32LE(0);
  if (length <= mostInline) return view.subarray(4, 4 + length);
  const from = view.readInt32LE(12);
  const part = buffers[view.readInt32LE(8)]?.subarray(from, from + length);
  if (from < 0 || part?.length !== length) throw new Error("a string view points outside its buffers");
  return part;
}

export function unsupported(name: string, what: string, remedy = usualRemedy): DrumError {
  return new DrumError("INPUT_UNSUPPORTED", `the column ${JSON.stringify(name)} ${what}; ${remedy}`);
}

const usualRemedy =
  "send floats, ints within int64, bools, strings, categories, decimals, dates, times, timestamps or durations";
