// Decodes one msgpack value: refuses what is outside the subset of SPEC.md section 3 with its code, then msgpackr makes the value.

import { isUtf8 } from "node:buffer";
import { Unpackr } from "msgpackr/unpack";
import { maxDepth, ProtocolError, type Value } from "./messages.js";

const settings = { useRecords: false, int64AsType: "number" } as const;
const objects = new Unpackr({ ...settings, mapsAsObjects: true });
const maps = new Unpackr({ ...settings, mapsAsObjects: false });

/**
 * Decodes a frame. Bins are views of it; ints of every width are numbers, never bigint. Throws a ProtocolError with a VALUE_ code,
 * and does so before it allocates memory for lengths that the frame does not contain.
 */
export function decodeValue(frame: Buffer): Value {
  checkFrame(frame);
  return hasProto ? withoutMaps(maps.unpack(frame)) : objects.unpack(frame);
}

type Unpacked = Value | Map<string, Unpacked> | Unpacked[];

/** Converts Maps to objects. Unlike an assignment, fromEntries treats `__proto__` as an ordinary key. */
function withoutMaps(value: Unpacked): Value {
  if (Array.isArray(value)) return value.map(withoutMaps);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, one]) => [key, withoutMaps(one)]));
}

/** The state of the scan: the frame and the position. Global, since one frame is scanned at a time. */
let bytes: Buffer;
let at: number;
/** Whether a map has the key `__proto__`, which msgpackr renames. */
let hasProto: boolean;

/**
 * Throws a ProtocolError with a VALUE_ code unless `frame` holds exactly one value. Makes no values, and reads each byte of structure
 * once.
 */
function checkFrame(frame: Buffer): void {
  bytes = frame;
  at = 0;
  hasProto = false;
  scan(0);
  if (at < frame.length) {
    throw new ProtocolError(
      "VALUE_TRAILING",
      `${frame.length - at} bytes follow the value; a frame holds exactly one value`,
    );
  }
}

function scan(depth: number): void {
  const tag = readUint(1);
  if (tag < 0x80 || tag >= 0xe0) return;
  if (tag >= 0xc0) scanTagged(tag, depth);
  else if (tag >= 0xa0) scanStr(tag & 0x1f);
  else if (tag >= 0x90) scanArray(tag & 0x0f, depth);
  else scanMap(tag & 0x0f, depth);
}

function scanTagged(tag: number, depth: number): void {
  switch (tag) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      return;
    case 0xc4:
    case 0xc5:
    case 0xc6:
      take(readUint(1 << (tag - 0xc4)));
      return;
    case 0xcb:
      take(8);
      return;
    case 0xcc:
    case 0xcd:
    case 0xce:
      take(1 << (tag - 0xcc));
      return;
    case 0xd0:
    case 0xd1:
    case 0xd2:
      take(1 << (tag - 0xd0));
      return;
    case 0xcf:
    case 0xd3:
      scanLong(tag === 0xd3);
      return;
    case 0xd9:
    case 0xda:
    case 0xdb:
      scanStr(readUint(1 << (tag - 0xd9)));
      return;
    case 0xdc:
    case 0xdd:
      scanArray(readUint(2 << (tag - 0xdc)), depth);
      return;
    case 0xde:
    case 0xdf:
      scanMap(readUint(2 << (tag - 0xde)), depth);
      return;
    default:
      throw new ProtocolError(
        "VALUE_TYPE",
        `${nameOf(tag)} at byte ${at - 1} is outside the subset; ${remedy(tag)}`,
      );
  }
}

/** Skips `size` bytes and returns their start. */
function take(size: number): number {
  const start = at;
  const missing = start + size - bytes.length;
  if (missing > 0) throw truncated(`${missing} more bytes`);
  at = start + size;
  return start;
}

function readUint(size: number): number {
  const start = take(size);
  if (size === 1) return bytes[start]!;
  return size === 2 ? bytes.readUInt16BE(start) : bytes.readUInt32BE(start);
}

/** A 64-bit int. Checks the range on its halves, since 2^53 + 1 as a number rounds to 2^53. */
function scanLong(signed: boolean): void {
  const start = take(8);
  const high = signed ? bytes.readInt32BE(start) : bytes.readUInt32BE(start);
  const low = bytes.readUInt32BE(start + 4);
  if (high >= 0x200000 ? high > 0x200000 || low > 0 : high < -0x200000) {
    const value = signed ? bytes.readBigInt64BE(start) : bytes.readBigUInt64BE(start);
    throw new ProtocolError(
      "VALUE_RANGE",
      `the int ${value} is beyond ±2^53; send it as a float64, a str or an int64 column`,
    );
  }
}

function scanArray(count: number, depth: number): void {
  checkRoom(count, depth);
  for (let i = 0; i < count; i++) scan(depth + 1);
}

function scanMap(count: number, depth: number): void {
  checkRoom(count * 2, depth);
  for (let i = 0; i < count; i++) {
    scanKey();
    scan(depth + 1);
  }
}

/** An element takes at least one byte, so a count beyond the rest of the frame is rejected before memory is allocated for it. */
function checkRoom(atLeast: number, depth: number): void {
  if (depth === maxDepth) {
    throw new ProtocolError(
      "VALUE_DEPTH",
      `arrays and maps nest more than ${maxDepth} deep at byte ${at - 1}; send flatter data`,
    );
  }
  const missing = atLeast - (bytes.length - at);
  if (missing > 0) throw truncated(`at least ${missing} more bytes`);
}

const proto = Buffer.from("__proto__");

function scanKey(): void {
  const start = at;
  const tag = readUint(1);
  if ((tag & 0xe0) === 0xa0) scanStr(tag & 0x1f);
  else if (tag >= 0xd9 && tag <= 0xdb) scanStr(readUint(1 << (tag - 0xd9)));
  else {
    throw new ProtocolError(
      "VALUE_TYPE",
      `the map key at byte ${start} is ${nameOf(tag)}; expected a str; name every field`,
    );
  }
  const size = proto.length;
  if (bytes[at - 1] === 0x5f && at - start > size && proto.compare(bytes, at - size, at) === 0)
    hasProto = true;
}

/** Up to this length, a loop is faster than a call into native code. */
const shortText = 32;

/** The most bytes of a str: a string of V8 holds no more, and msgpackr would end the process. */
const longestText = 2 ** 29 - 24;

function scanStr(size: number): void {
  const start = take(size);
  if (size > longestText) {
    throw new ProtocolError(
      "VALUE_RANGE",
      `the str of ${size} bytes at byte ${start} is longer than ${longestText} bytes; send less, or a bin`,
    );
  }
  if (size <= shortText) {
    let seen = 0;
    for (let i = start; i < at; i++) seen |= bytes[i]!;
    if (seen < 0x80) return;
  }
  if (isUtf8(bytes.subarray(start, at))) return;
  throw new ProtocolError(
    "VALUE_UTF8",
    `the str of ${size} bytes at byte ${start} is not UTF-8; encode it as UTF-8, or send a bin`,
  );
}

function truncated(expected: string): ProtocolError {
  return new ProtocolError(
    "VALUE_TRUNCATED",
    `the frame of ${bytes.length} bytes ends inside the value at byte ${at}; expected ${expected}`,
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
