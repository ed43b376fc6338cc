// One msgpack value from bytes, strictly: the subset of SPEC.md section 3, every other byte is refused by its code.
// A reader of our own because general ones let extensions, bad UTF-8 and odd keys pass, and a check before them costs twice.

import { isUtf8 } from "node:buffer";
import { ProtocolError, type Value } from "./messages.js";

export const maxDepth = 64;

interface Cursor {
  readonly bytes: Buffer;
  at: number;
}

/**
 * The value that `bytes` hold. Bins are views of `bytes`, ints of every width are numbers (never bigint).
 * Throws a ProtocolError with a VALUE_ code; sets aside no more memory than the bytes that are there ask for.
 */
export function decodeValue(bytes: Buffer): Value {
  const cursor = { bytes, at: 0 };
  const value = readValue(cursor, 0);
  if (cursor.at < bytes.length) {
    const rest = bytes.length - cursor.at;
    throw new ProtocolError(
      "VALUE_TRAILING",
      `${rest} bytes follow the value; a frame holds exactly one value`,
    );
  }
  return value;
}

function readValue(cursor: Cursor, depth: number): Value {
  const tag = readUint(cursor, 1);
  if (tag < 0x80) return tag;
  if (tag >= 0xe0) return tag - 0x100;
  if (tag >= 0xc0) return readTagged(cursor, tag, depth);
  if (tag >= 0xa0) return readStr(cursor, tag & 0x1f);
  if (tag >= 0x90) return readArray(cursor, tag & 0x0f, depth);
  return readMap(cursor, tag & 0x0f, depth);
}

function readTagged(cursor: Cursor, tag: number, depth: number): Value {
  switch (tag) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return readBin(cursor, readUint(cursor, 1 << (tag - 0xc4)));
    case 0xcb:
      return cursor.bytes.readDoubleBE(take(cursor, 8));
    case 0xcc:
    case 0xcd:
    case 0xce:
      return readUint(cursor, 1 << (tag - 0xcc));
    case 0xcf:
      return readLong(cursor, false);
    case 0xd0:
      return cursor.bytes.readInt8(take(cursor, 1));
    case 0xd1:
      return cursor.bytes.readInt16BE(take(cursor, 2));
    case 0xd2:
      return cursor.bytes.readInt32BE(take(cursor, 4));
    case 0xd3:
      return readLong(cursor, true);
    case 0xd9:
    case 0xda:
    case 0xdb:
      return readStr(cursor, readUint(cursor, 1 << (tag - 0xd9)));
    case 0xdc:
    case 0xdd:
      return readArray(cursor, readUint(cursor, 2 << (tag - 0xdc)), depth);
    case 0xde:
    case 0xdf:
      return readMap(cursor, readUint(cursor, 2 << (tag - 0xde)), depth);
    default:
      throw new ProtocolError(
        "VALUE_TYPE",
        `${nameOf(tag)} at byte ${cursor.at - 1} is outside the subset; ${remedy(tag)}`,
      );
  }
}

/** Moves past `size` bytes and returns where they start. */
function take(cursor: Cursor, size: number): number {
  const start = cursor.at;
  const missing = start + size - cursor.bytes.length;
  if (missing > 0) throw truncated(cursor, `${missing} more bytes`);
  cursor.at = start + size;
  return start;
}

function readUint(cursor: Cursor, size: number): number {
  const { bytes } = cursor;
  const start = take(cursor, size);
  if (size === 1) return bytes[start]!;
  return size === 2 ? bytes.readUInt16BE(start) : bytes.readUInt32BE(start);
}

/** A 64-bit int. The range is checked on the halves, since 2^53 + 1 rounds to 2^53 as a number. */
function readLong(cursor: Cursor, signed: boolean): number {
  const { bytes } = cursor;
  const start = take(cursor, 8);
  const high = signed ? bytes.readInt32BE(start) : bytes.readUInt32BE(start);
  const low = bytes.readUInt32BE(start + 4);
  if (high >= 0x200000 ? high > 0x200000 || low > 0 : high < -0x200000) {
    const value = signed ? bytes.readBigInt64BE(start) : bytes.readBigUInt64BE(start);
    throw new ProtocolError(
      "VALUE_RANGE",
      `the int ${value} is beyond ±2^53; send it as a float64, a str or an int64 column`,
    );
  }
  return high * 2 ** 32 + low;
}

function readBin(cursor: Cursor, size: number): Buffer {
  const start = take(cursor, size);
  return cursor.bytes.subarray(start, start + size);
}

function readArray(cursor: Cursor, count: number, depth: number): Value[] {
  checkRoom(cursor, count, depth);
  const array: Value[] = [];
  for (let i = 0; i < count; i++) array.push(readValue(cursor, depth + 1));
  return array;
}

function readMap(cursor: Cursor, count: number, depth: number): Value {
  checkRoom(cursor, count * 2, depth);
  const map: { [key: string]: Value } = {};
  for (let i = 0; i < count; i++) {
    const key = readKey(cursor);
    const value = readValue(cursor, depth + 1);
    // Plain assignment to this one name would set the prototype.
    if (key === "__proto__")
      Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
    else map[key] = value;
  }
  return map;
}

/** An element takes a byte at least, so a count beyond the rest of the frame is refused before the first is read. */
function checkRoom(cursor: Cursor, atLeast: number, depth: number): void {
  if (depth === maxDepth) {
    throw new ProtocolError(
      "VALUE_DEPTH",
      `arrays and maps nest more than ${maxDepth} deep at byte ${cursor.at - 1}; send flatter data`,
    );
  }
  const missing = atLeast - (cursor.bytes.length - cursor.at);
  if (missing > 0) throw truncated(cursor, `at least ${missing} more bytes`);
}

function readKey(cursor: Cursor): string {
  const start = cursor.at;
  const tag = readUint(cursor, 1);
  if ((tag & 0xe0) === 0xa0) return readName(cursor, tag & 0x1f);
  if (tag >= 0xd9 && tag <= 0xdb) return readStr(cursor, readUint(cursor, 1 << (tag - 0xd9)));
  throw new ProtocolError(
    "VALUE_TYPE",
    `the map key at byte ${start} is ${nameOf(tag)}; expected a str, name every field`,
  );
}

const names: string[] = new Array(1024).fill("");

/** A short key. The same few come in every message: those in `names` are found again without making a string. */
function readName(cursor: Cursor, size: number): string {
  const { bytes } = cursor;
  const start = take(cursor, size);
  const end = start + size;
  let hash = size;
  for (let at = start; at < end; at++) hash = (hash * 31 + bytes[at]!) | 0;
  const known = names[hash & 1023]!;
  if (known.length === size) {
    let at = 0;
    while (at < size && known.charCodeAt(at) === bytes[start + at]) at++;
    if (at === size) return known;
  }
  const name = textOf(bytes, start, end);
  if (name.length === size) names[hash & 1023] = name; // as many chars as bytes: ASCII
  return name;
}

function readStr(cursor: Cursor, size: number): string {
  const start = take(cursor, size);
  return textOf(cursor.bytes, start, start + size);
}

const shortText = 32;

function textOf(bytes: Buffer, start: number, end: number): string {
  if (end - start <= shortText) {
    let seen = 0;
    for (let at = start; at < end; at++) seen |= bytes[at]!;
    if (seen < 0x80) return bytes.toString("latin1", start, end);
  }
  const text = bytes.toString("utf8", start, end);
  // Decoding puts U+FFFD in place of what is not UTF-8; rarely it was there from the start.
  if (text.includes("\ufffd") && !isUtf8(bytes.subarray(start, end))) {
    throw new ProtocolError(
      "VALUE_UTF8",
      `the str of ${end - start} bytes at byte ${start} is not UTF-8; encode it so, or send a bin`,
    );
  }
  return text;
}

function truncated(cursor: Cursor, expected: string): ProtocolError {
  return new ProtocolError(
    "VALUE_TRUNCATED",
    `the frame of ${cursor.bytes.length} bytes ends inside the value at byte ${cursor.at}; expected ${expected}`,
  );
}

function nameOf(tag: number): string {
  if (tag === 0xca) return "a float32";
  if (tag === 0xc1) return "the unused tag c1";
  if ((tag >= 0xc7 && tag <= 0xc9) || (tag >= 0xd4 && tag <= 0xd8)) return "an extension type";
  return `the tag ${tag.toString(16).padStart(2, "0")}`;
}

function remedy(tag: number): string {
  return tag === 0xca ? "send a float64" : "send nil, bool, int, float64, str, bin, array or map";
}
