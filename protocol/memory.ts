// Converts the memory of a column to typed arrays, bits and strings, and back. Knows nothing about columns and tables.

import { isAscii } from "node:buffer";

/** A view of a typed array's memory, since the array itself cannot be sent. */
export function bytesOf(array: ArrayBufferView): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

export function float64sOf(bytes: Uint8Array): Float64Array {
  return new Float64Array(...aligned(bytes, 8));
}

export function float32sOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(...aligned(bytes, 4));
}

export function bigint64sOf(bytes: Uint8Array): BigInt64Array {
  return new BigInt64Array(...aligned(bytes, 8));
}

export function int32sOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(...aligned(bytes, 4));
}

/** The constructor arguments of a typed array over `bytes`: a view, or a copy if `bytes` is not aligned, as data in a frame may be. */
function aligned(bytes: Uint8Array, width: number): [ArrayBufferLike, number, number] {
  const count = bytes.length / width;
  if (bytes.byteOffset % width === 0) return [bytes.buffer, bytes.byteOffset, count];
  return [new Uint8Array(bytes).buffer, 0, count];
}

/** Reads a bitmap with one bit per row, least significant first. */
export function bitAt(bits: Uint8Array, row: number): boolean {
  return (bits[row >> 3]! & (1 << (row & 7))) !== 0;
}

export function bitmap<T>(values: ArrayLike<T>, isSet: (value: T) => boolean): Buffer {
  const bits = Buffer.alloc(Math.ceil(values.length / 8));
  for (let row = 0; row < values.length; row++) {
    if (isSet(values[row]!)) bits[row >> 3]! |= 1 << (row & 7);
  }
  return bits;
}

/** Splits `data` into strings at the offsets `ends`. Rows that are not present are null. */
export function textsIn(
  data: Uint8Array,
  ends: Int32Array,
  isPresent: (row: number) => boolean,
): (string | null)[] {
  const bytes = bytesOf(data);
  // ASCII has one byte per character, so that one long string can be sliced instead of decoding each row.
  const whole = isAscii(bytes) ? bytes.toString("latin1") : undefined;
  const texts: (string | null)[] = [];
  for (let row = 0; row + 1 < ends.length; row++) {
    const [from, to] = [ends[row]!, ends[row + 1]!];
    if (!isPresent(row)) texts.push(null);
    else texts.push(whole?.slice(from, to) ?? bytes.toString("utf8", from, to));
  }
  return texts;
}
