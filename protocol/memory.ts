// The memory of a column as typed arrays, bits and strings, and back. Knows bytes, but no columns and no tables.

import { isAscii } from "node:buffer";

/** The memory of a typed array, not a copy. The array itself cannot be sent. */
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

/** What a typed array over `bytes` is made of: a view, or a copy where need be, as data in a frame lies at any address. */
function aligned(bytes: Uint8Array, width: number): [ArrayBufferLike, number, number] {
  const count = bytes.length / width;
  if (bytes.byteOffset % width === 0) return [bytes.buffer, bytes.byteOffset, count];
  return [new Uint8Array(bytes).buffer, 0, count];
}

/** One bit a row, least significant first. */
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

/** The strings that `ends` cut `data` into; null where `isPresent` says no. */
export function textsIn(
  data: Uint8Array,
  ends: Int32Array,
  isPresent: (row: number) => boolean,
): (string | null)[] {
  const bytes = bytesOf(data);
  // ASCII has a char a byte, so one long string can be cut up instead of decoding each.
  const whole = isAscii(bytes) ? bytes.toString("latin1") : undefined;
  const texts: (string | null)[] = [];
  for (let row = 0; row + 1 < ends.length; row++) {
    const [from, to] = [ends[row]!, ends[row + 1]!];
    if (!isPresent(row)) texts.push(null);
    else texts.push(whole?.slice(from, to) ?? bytes.toString("utf8", from, to));
  }
  return texts;
}
