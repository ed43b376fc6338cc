// One value as a frame: the length, then the shortest msgpack form (SPEC.md sections 2 and 3). Large bins are not copied
// but handed on as chunks of their own. What is no Value at run time (undefined, Date, Float64Array, bigint …) is refused.

import { maxDepth } from "./decode.js";
import { headerSize } from "./frames.js";
import { ProtocolError } from "./messages.js";

/** From this size on, a bin becomes a chunk of its own: a copy would cost more than another write. */
export const splicedSize = 64 * 1024;
const slabSize = 64 * 1024;
/** Up to this length, a loop over an ASCII string is faster than a call into native code. */
const shortText = 24;

// Frames are written one after another into a slab, which is never written to twice, so the chunks stay valid.
let slab = Buffer.allocUnsafeSlow(slabSize);
let start = 0;
let at = 0;
let chunks: Buffer[] = [];

/**
 * The frame that holds `value`, as chunks to be written in order; the first begins with the length. Bins of 64 KiB and
 * more are the caller's own memory: leave it unchanged until it is written. Throws VALUE_TYPE, VALUE_UTF8 or VALUE_DEPTH.
 */
export function encodeFrame(value: unknown): Buffer[] {
  chunks = [];
  start = at;
  if (slab.length > slabSize) renew(headerSize);
  reserve(headerSize);
  at += headerSize;
  try {
    writeValue(value, 0);
    closeChunk();
    return finish(chunks);
  } finally {
    chunks = [];
  }
}

function finish(frame: Buffer[]): Buffer[] {
  let size = -headerSize;
  for (const chunk of frame) size += chunk.length;
  if (size > 0xffffffff) {
    throw new ProtocolError(
      "FRAME_TOO_LARGE",
      `a frame of ${size} bytes; its length has 32 bits, send less at a time`,
    );
  }
  frame[0]!.writeUInt32LE(size, 0);
  return frame;
}

function closeChunk(): void {
  if (at > start) chunks.push(slab.subarray(start, at));
  start = at;
}

/** Makes sure that `size` bytes can be written at `at`. */
function reserve(size: number): void {
  if (at + size > slab.length) renew(size);
}

function renew(size: number): void {
  const written = at - start;
  const fresh = Buffer.allocUnsafeSlow(Math.max(slabSize, (written + size) * 2));
  slab.copy(fresh, 0, start, at);
  slab = fresh;
  start = 0;
  at = written;
}

function writeValue(value: unknown, depth: number): void {
  if (typeof value === "string") writeStr(value);
  else if (typeof value === "number") writeNumber(value);
  else if (typeof value === "boolean") writeByte(value ? 0xc3 : 0xc2);
  else if (value === null) writeByte(0xc0);
  else if (value instanceof Uint8Array) writeBin(value);
  else if (typeof value === "object") writeContainer(value, depth);
  else throw notAValue(value);
}

function writeContainer(value: object, depth: number): void {
  if (depth === maxDepth) {
    throw new ProtocolError(
      "VALUE_DEPTH",
      `arrays and maps nest more than ${maxDepth} deep, or in a circle; send flatter data`,
    );
  }
  if (Array.isArray(value)) {
    writeLength(value.length, 0x90, 0xdc);
    for (const element of value) writeValue(element, depth + 1);
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw notAValue(value);
  const keys = Object.keys(value);
  writeLength(keys.length, 0x80, 0xde);
  for (const key of keys) {
    writeStr(key);
    writeValue((value as { [key: string]: unknown })[key], depth + 1);
  }
}

function writeByte(byte: number): void {
  reserve(1);
  slab[at++] = byte;
}

/** A tag with a big-endian number of `size` bytes after it. */
function writeTagged(tag: number, size: 1 | 2 | 4, number: number): void {
  reserve(1 + size);
  slab[at++] = tag;
  if (size === 4) {
    slab[at++] = number >>> 24;
    slab[at++] = number >>> 16;
  }
  if (size >= 2) slab[at++] = number >>> 8;
  slab[at++] = number;
}

function writeLength(length: number, fixTag: number, tag16: number): void {
  if (length < 16) writeByte(fixTag | length);
  else if (length < 0x10000) writeTagged(tag16, 2, length);
  else writeTagged(tag16 + 1, 4, length);
}

/** An int where it is whole and exact; else, and for negative zero, a float64. */
function writeNumber(value: number): void {
  if (value >>> 0 === value && !Object.is(value, -0)) {
    if (value < 0x80) writeByte(value);
    else if (value < 0x100) writeTagged(0xcc, 1, value);
    else if (value < 0x10000) writeTagged(0xcd, 2, value);
    else writeTagged(0xce, 4, value);
  } else if (value < 0 && value >> 0 === value) {
    if (value >= -0x20) writeByte(value & 0xff);
    else if (value >= -0x80) writeTagged(0xd0, 1, value);
    else if (value >= -0x8000) writeTagged(0xd1, 2, value);
    else writeTagged(0xd2, 4, value);
  } else if (Number.isSafeInteger(value) && value !== 0) {
    reserve(9);
    slab[at] = value < 0 ? 0xd3 : 0xcf;
    at = slab.writeBigInt64BE(BigInt(value), at + 1);
  } else {
    reserve(9);
    slab[at] = 0xcb;
    at = slab.writeDoubleBE(Number.isNaN(value) ? Number.NaN : value, at + 1);
  }
}

function writeBin(bin: Uint8Array): void {
  const size = bin.length;
  if (size < 0x100) writeTagged(0xc4, 1, size);
  else if (size < 0x10000) writeTagged(0xc5, 2, size);
  else writeTagged(0xc6, 4, size);
  if (size >= splicedSize) {
    closeChunk();
    chunks.push(Buffer.from(bin.buffer, bin.byteOffset, size));
    return;
  }
  reserve(size);
  slab.set(bin, at);
  at += size;
}

function writeStr(text: string): void {
  if (text.length <= shortText && writeAscii(text)) return;
  const size = Buffer.byteLength(text);
  if (size !== text.length && /\p{Surrogate}/u.test(text)) {
    throw new ProtocolError(
      "VALUE_UTF8",
      `${JSON.stringify(text.slice(0, 60))} has half a surrogate pair, which UTF-8 cannot hold`,
    );
  }
  if (size < 0x20) writeByte(0xa0 | size);
  else if (size < 0x100) writeTagged(0xd9, 1, size);
  else if (size < 0x10000) writeTagged(0xda, 2, size);
  else writeTagged(0xdb, 4, size);
  reserve(size);
  at += slab.write(text, at, size);
}

/** Writes a short str if it is ASCII; otherwise leaves everything as it was. */
function writeAscii(text: string): boolean {
  const size = text.length;
  reserve(1 + size);
  for (let i = 0; i < size; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return false;
    slab[at + 1 + i] = code;
  }
  slab[at] = 0xa0 | size;
  at += 1 + size;
  return true;
}

function notAValue(value: unknown): ProtocolError {
  const what = value instanceof Object ? value.constructor.name : String(typeof value);
  return new ProtocolError(
    "VALUE_TYPE",
    `a value of type ${what} cannot be sent; send null, boolean, number, string, Uint8Array, array or plain object`,
  );
}
