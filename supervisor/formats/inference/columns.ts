// Tensors as the columns of a table. No value changes: what a column cannot hold as it is, is refused.

import { isUtf8 } from "node:buffer";
import { boolColumn, textColumn, timestampColumn } from "../../../protocol/columns.js";
import { bytesOf } from "../../../protocol/memory.js";
import type { Column } from "../../../protocol/messages.js";
import type { DrumError } from "../../errors.js";
import { valuesIn } from "./bytes.js";
import { isFloat, largestOf, rangeOf } from "./datatypes.js";
import { invalid, shown, type Tensor } from "./message.js";

/** What the elements of BYTES are, MLServer's content types. */
export type Reading = "text" | "base64" | "datetime";

/** The elements of a tensor from `start`, each `step` apart: a column of a matrix in row-major order. */
export interface Slice {
  name: string;
  start: number;
  step: number;
  count: number;
}

/**
 * Throws TENSOR_INVALID, which names the tensor and the element, for what is not of the datatype or does not fit a column. Its loops run
 * for every cell of every request, so they call a function only for cells that need one.
 */
export class Elements {
  private readonly isBinary: boolean;
  private known: ArrayLike<unknown> | undefined;

  constructor(
    private readonly tensor: Tensor,
    private readonly reading: Reading,
  ) {
    this.isBinary = Buffer.isBuffer(tensor.data);
  }

  private get values(): ArrayLike<unknown> {
    const { data } = this.tensor;
    this.known ??= Buffer.isBuffer(data) ? valuesIn(this.tensor, data) : data;
    return this.known;
  }

  /** The columns of a matrix that has `rows` rows. */
  columns(names: readonly string[], rows: number): Column[] {
    const column = (name: string, start: number) =>
      this.column({ name, start, step: names.length, count: rows });
    return floatColumns(this.tensor, names, rows) ?? names.map(column);
  }

  column(slice: Slice): Column {
    const { datatype } = this.tensor;
    if (datatype === "BOOL") return this.bools(slice);
    if (datatype === "BYTES") return this.texts(slice);
    return isFloat(datatype) ? this.floats(slice) : this.wholes(slice);
  }

  /** A missing number stands as null in JSON, and as NaN there and in bytes, which have no other. */
  private floats({ name, start, step, count }: Slice): Column {
    const { values } = this;
    const type = this.tensor.datatype === "FP64" ? "float64" : "float32";
    // Memory of the pool, since that of a small typed array is slow to get at.
    const data = Buffer.allocUnsafe(count * (type === "float64" ? 8 : 4));
    const floats = new (type === "float64" ? Float64Array : Float32Array)(
      data.buffer,
      data.byteOffset,
      count,
    );
    const largest = largestOf(this.tensor.datatype);
    let missing: number[] | undefined;
    for (let row = 0, at = start; row < count; row++, at += step) {
      const cell = values[at];
      if (typeof cell === "number" && cell <= largest && cell >= -largest) floats[row] = cell;
      else {
        const float = this.float(cell, at, largest);
        floats[row] = float ?? 0;
        if (float === null) {
          missing ??= [];
          missing.push(row);
        }
      }
    }
    const validity = missing ? allBut(missing, count) : null;
    return { name, type, data, validity, offsets: null };
  }

  private float(cell: unknown, at: number, largest: number): number | null {
    if (cell === null || Number.isNaN(cell)) return null;
    if (cell === Number.POSITIVE_INFINITY || cell === "Infinity") return Number.POSITIVE_INFINITY;
    if (cell === Number.NEGATIVE_INFINITY || cell === "-Infinity") return Number.NEGATIVE_INFINITY;
    if (typeof cell === "bigint" && BigInt(Number(cell)) === cell && Number(cell) <= largest)
      return Number(cell);
    throw this.unfit(cell, at, typeof cell === "number" ? `at most ${largest}` : "a number");
  }

  private wholes({ name, start, step, count }: Slice): Column {
    const { values } = this;
    const data = Buffer.allocUnsafe(count * 8);
    const ints = new BigInt64Array(data.buffer, data.byteOffset, count);
    // A number is written as two halves, since bigints are slow.
    const halves = new Uint32Array(data.buffer, data.byteOffset, count * 2);
    const [least, most] = rangeOf(this.tensor.datatype)!;
    const [from, below] = [Number(least), Math.min(Number(most) + 1, 2 ** 63)];
    for (let row = 0, at = start; row < count; row++, at += step) {
      const cell = values[at];
      if (typeof cell === "number" && Number.isInteger(cell) && cell >= from && cell < below) {
        halves[2 * row] = cell;
        halves[2 * row + 1] = Math.floor(cell / 2 ** 32);
      } else ints[row] = this.whole(cell, at, [least, most]);
    }
    return { name, type: "int64", data, validity: null, offsets: null };
  }

  private whole(cell: unknown, at: number, [least, most]: readonly [bigint, bigint]): bigint {
    const isWhole = typeof cell === "bigint" || (typeof cell === "number" && Number.isInteger(cell));
    if (!isWhole || cell < least || cell > most)
      throw this.unfit(cell, at, `a whole number from ${least} to ${most}`);
    if (cell > 2n ** 63n - 1n) throw this.unfit(cell, at, "one below 2^63, the most that a column holds");
    return BigInt(cell);
  }

  private bools({ name, start, step, count }: Slice): Column {
    const { values, isBinary } = this;
    const [no, yes] = isBinary ? [0, 1] : [false, true];
    const bools = new Array<boolean>(count);
    for (let row = 0, at = start; row < count; row++, at += step) {
      const cell = values[at];
      bools[row] = cell === yes;
      if (cell !== yes && cell !== no) throw this.unfit(cell, at, isBinary ? "0 or 1" : "true or false");
    }
    return boolColumn(name, bools);
  }

  private texts({ name, start, step, count }: Slice): Column {
    const cells = Array.from({ length: count }, (_, row) => this.values[start + row * step]);
    if (this.isBinary && this.reading === "text") {
      for (const [row, part] of cells.entries()) this.checkUtf8(part as Buffer, start + row * step);
      return utf8Column(name, cells as Buffer[]);
    }
    const texts = cells.map((cell, row) => this.text(cell, start + row * step));
    if (this.reading !== "datetime") return textColumn(name, texts);
    const micros = texts.map((text, row) => (text === null ? null : this.micros(text, start + row * step)));
    // Times without a zone stay without one.
    const hasZone = texts.some((text) => text !== null && zone.test(text));
    return timestampColumn(name, micros, hasZone ? "UTC" : null);
  }

  private text(cell: unknown, at: number): string | null {
    if (cell === null) return null;
    const text = Buffer.isBuffer(cell) ? this.utf8(cell, at) : cell;
    if (typeof text !== "string") throw this.unfit(cell, at, "a text");
    if (this.reading !== "base64") return text;
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
      throw this.unfit(text, at, "base64");
    return this.utf8(Buffer.from(text, "base64"), at);
  }

  private utf8(bytes: Buffer, at: number): string {
    this.checkUtf8(bytes, at);
    return bytes.toString();
  }

  private checkUtf8(bytes: Buffer, at: number): void {
    if (!isUtf8(bytes))
      throw invalid(`element ${at} of ${this.tensor.name} is not UTF-8, and a column holds text, not bytes`);
  }

  private micros(text: string, at: number): number {
    const moment = isoTime.test(text)
      ? Date.parse(zone.test(text) ? text : `${text.replace(" ", "T")}${text.includes(":") ? "Z" : ""}`)
      : Number.NaN;
    if (!Number.isNaN(moment)) return moment * 1000 + extraMicros(text);
    throw this.unfit(text, at, "a time in ISO 8601");
  }

  private unfit(cell: unknown, at: number, expected: string): DrumError {
    const { name, datatype } = this.tensor;
    const got = typeof cell === "bigint" ? String(cell) : shown(cell);
    return invalid(`element ${at} of ${name} is ${got}, expected ${expected} for ${datatype}`);
  }
}

const isoTime = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const zone = /(?:Z|[+-]\d{2}:?\d{2})$/;

/** The microseconds of a text beyond its milliseconds. */
function extraMicros(text: string): number {
  const digits = /\.(\d+)/.exec(text)?.[1] ?? "";
  return Number(digits.padEnd(6, "0").slice(3, 6));
}

/** A bitmap of all rows but those that are missing. */
function allBut(missing: readonly number[], rows: number): Buffer {
  const bits = Buffer.alloc(Math.ceil(rows / 8), 0xff);
  if (rows % 8 > 0) bits[bits.length - 1] = (1 << (rows % 8)) - 1;
  for (const row of missing) bits[row >> 3]! &= ~(1 << (row & 7));
  return bits;
}

/** A column of texts that are UTF-8 already. */
function utf8Column(name: string, texts: readonly Buffer[]): Column {
  const ends = new Int32Array(texts.length + 1);
  for (let row = 0; row < texts.length; row++) ends[row + 1] = ends[row]! + texts[row]!.length;
  return { name, type: "utf8", data: Buffer.concat(texts), validity: null, offsets: bytesOf(ends) };
}

/** The columns of a matrix of floats that are as they should be; undefined for others, and if one is NaN, a missing value. */
function floatColumns(
  { data, datatype }: Tensor,
  names: readonly string[],
  rows: number,
): Column[] | undefined {
  const isDouble = datatype === "FP64";
  const isBytes = Buffer.isBuffer(data) && (isDouble || datatype === "FP32");
  if (!isBytes && !(data instanceof Float64Array && isDouble)) return undefined;
  const width = isDouble ? 8 : 4;
  // Reads bytes that are not aligned, as they are in most bodies, without a copy.
  const given = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const turned = Buffer.allocUnsafe(data.byteLength);
  const floats = new (isDouble ? Float64Array : Float32Array)(
    turned.buffer,
    turned.byteOffset,
    data.byteLength / width,
  );
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let to = row; to < floats.length; to += rows, at += width) {
      const value = isDouble ? given.getFloat64(at, true) : given.getFloat32(at, true);
      if (Number.isNaN(value)) return undefined;
      floats[to] = value;
    }
  }
  return names.map((name, column) => ({
    name,
    type: isDouble ? "float64" : "float32",
    data: turned.subarray(column * rows * width, (column + 1) * rows * width),
    validity: null,
    offsets: null,
  }));
}
