// Encodes one value as a frame: the length, then the shortest msgpack form (SPEC.md sections 2 and 3). msgpackr writes most values in
// that form. This file writes the numbers that msgpackr would round or change, and passes on large bins without a copy.

import { Packr, RESERVE_START_SPACE } from "msgpackr/pack";
import { headerSize } from "./frames.js";
import { maxDepth, ProtocolError } from "./messages.js";

/** Bins of at least this many bytes become chunks of their own, since a copy would cost more than another write. */
export const splicedSize = 64 * 1024;

const packr = new Packr({ useRecords: false, mapsAsObjects: true, variableMapSize: true });

/**
 * The frame of `value`, as chunks to be written in order; the first begins with the length. Bins of 64 KiB and more are the caller's
 * own memory, which must not change until it is written. Throws VALUE_TYPE, VALUE_UTF8, VALUE_DEPTH or FRAME_TOO_LARGE.
 */
export function encodeFrame(value: unknown): Buffer[] {
  const chunks = survey(value, 0) ? inPieces(value) : [pack(value, RESERVE_START_SPACE + headerSize)];
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, -headerSize);
  if (size > 0xffffffff) {
    throw new ProtocolError(
      "FRAME_TOO_LARGE",
      `a frame of ${size} bytes is too large for its 32-bit length; send less at a time`,
    );
  }
  chunks[0]!.writeUInt32LE(size, 0);
  return chunks;
}

/** msgpackr packs one message after another into the same buffer, and never overwrites an earlier one. */
function pack(value: unknown, options?: number): Buffer {
  const bytes = packr.pack(value, options);
  // Otherwise msgpackr would keep a buffer of the size of the largest message, and allocate as much again.
  if (bytes.length > splicedSize) packr.useBuffer(Buffer.allocUnsafeSlow(splicedSize));
  return bytes;
}

/** Whether `value` contains something that msgpackr does not write in our form. Throws for anything that is not a Value. */
function survey(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) throw notUnicode(value);
      return false;
    case "number":
      return isSpecialNumber(value);
    case "boolean":
      return false;
    case "object":
      if (value === null) return false;
      if (value instanceof Uint8Array) return value.length >= splicedSize;
      return surveyContainer(value, depth);
    default:
      throw notAValue(value);
  }
}

function surveyContainer(value: object, depth: number): boolean {
  if (depth === maxDepth) {
    throw new ProtocolError(
      "VALUE_DEPTH",
      `arrays and maps nest more than ${maxDepth} deep, or contain themselves; send flatter data`,
    );
  }
  let special = false;
  if (Array.isArray(value)) {
    for (const element of value) if (survey(element, depth + 1)) special = true;
    return special;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw notAValue(value);
  for (const key of Object.keys(value)) {
    if (!key.isWellFormed()) throw notUnicode(key);
    if (survey((value as { [key: string]: unknown })[key], depth + 1)) special = true;
  }
  return special;
}

/** Whole numbers beyond 32 bits, which msgpackr writes as floats; negative zero, which it writes as an int; NaN, whose bits it keeps. */
function isSpecialNumber(value: number): boolean {
  if (isSpecialFloat(value)) return true;
  return Number.isSafeInteger(value) && (value > 0xffffffff || value < -0x80000000);
}

function isSpecialFloat(value: number): boolean {
  return Number.isNaN(value) || Object.is(value, -0);
}

/** Leaves room for the length at the start of the first chunk. */
function inPieces(value: unknown): Buffer[] {
  const pieces = new Pieces();
  pieces.add(Buffer.alloc(headerSize));
  writePieces(value, 0, pieces);
  return pieces.end();
}

/** Packs values without anything special as one piece. */
function writePieces(value: unknown, depth: number, pieces: Pieces): void {
  if (!survey(value, depth)) {
    pieces.add(pack(value));
  } else if (typeof value === "number") {
    pieces.add(specialNumber(value));
  } else if (value instanceof Uint8Array) {
    pieces.add(tagged(0xc6, value.length));
    pieces.hand(Buffer.from(value.buffer, value.byteOffset, value.length));
  } else if (Array.isArray(value)) {
    pieces.add(lengthOf(value.length, 0x90));
    for (const element of value) writePieces(element, depth + 1, pieces);
  } else {
    const entries = Object.entries(value as object);
    pieces.add(lengthOf(entries.length, 0x80));
    for (const [key, one] of entries) {
      pieces.add(pack(key));
      writePieces(one, depth + 1, pieces);
    }
  }
}

/** Collects the chunks of a frame: joins small pieces, and keeps large bins as they are. */
class Pieces {
  private readonly chunks: Buffer[] = [];
  private small: Buffer[] = [];

  add(piece: Buffer): void {
    this.small.push(piece);
  }

  hand(bin: Buffer): void {
    this.join();
    this.chunks.push(bin);
  }

  end(): Buffer[] {
    this.join();
    return this.chunks;
  }

  private join(): void {
    if (this.small.length > 0) this.chunks.push(Buffer.concat(this.small));
    this.small = [];
  }
}

function specialNumber(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  if (isSpecialFloat(value)) {
    bytes[0] = 0xcb;
    bytes.writeDoubleBE(Number.isNaN(value) ? Number.NaN : value, 1);
  } else {
    bytes[0] = value < 0 ? 0xd3 : 0xcf;
    bytes.writeBigInt64BE(BigInt(value), 1);
  }
  return bytes;
}

/** The head of an array (0x90) or a map (0x80). */
function lengthOf(length: number, fixTag: 0x80 | 0x90): Buffer {
  if (length < 16) return Buffer.of(fixTag | length);
  const tag16 = fixTag === 0x90 ? 0xdc : 0xde;
  if (length < 0x10000) return Buffer.of(tag16, length >> 8, length & 0xff);
  return tagged(tag16 + 1, length);
}

function tagged(tag: number, length: number): Buffer {
  const bytes = Buffer.alloc(5, tag);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

function notUnicode(text: string): ProtocolError {
  return new ProtocolError(
    "VALUE_UTF8",
    `${JSON.stringify(text.slice(0, 60))} has half a surrogate pair, which UTF-8 cannot encode`,
  );
}

function notAValue(value: unknown): ProtocolError {
  const what = value instanceof Object ? value.constructor.name : String(typeof value);
  return new ProtocolError(
    "VALUE_TYPE",
    `a value of type ${what} cannot be sent; send null, boolean, number, string, Uint8Array, array or plain object`,
  );
}
