// Frames and the msgpack subset for the toy worker, written from protocol/SPEC.md alone.

import { readSync, writeSync } from "node:fs";

const [input, output] = [Number(process.env.DRUM_PROTOCOL_IN), Number(process.env.DRUM_PROTOCOL_OUT)];

/** One value, or undefined at the end of input. */
export function read() {
  const header = readExactly(4);
  return header && unpack({ bytes: readExactly(header.readUInt32LE()), at: 0 });
}

export function write(value) {
  const body = pack(value);
  const header = Buffer.alloc(4);
  header.writeUInt32LE(body.length);
  writeRaw(Buffer.concat([header, body]));
}

export function writeRaw(bytes) {
  for (let at = 0; at < bytes.length; ) at += writeSync(output, bytes, at);
}

function readExactly(size) {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; ) {
    const count = readSync(input, bytes, at, size - at);
    if (count === 0) return undefined;
    at += count;
  }
  return bytes;
}

function pack(value) {
  if (value === null) return Buffer.from([0xc0]);
  if (typeof value === "boolean") return Buffer.from([value ? 0xc3 : 0xc2]);
  if (typeof value === "number") return head(0xcb, (bytes) => bytes.writeDoubleBE(value, 1), 9);
  if (typeof value === "string") return sized(0xdb, Buffer.byteLength(value), [Buffer.from(value)]);
  if (value instanceof Uint8Array) return sized(0xc6, value.length, [value]);
  if (Array.isArray(value)) return sized(0xdd, value.length, value.map(pack));
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return sized(
    0xdf,
    entries.length,
    entries.flatMap(([key, item]) => [pack(key), pack(item)]),
  );
}

function head(type, fill, size) {
  const bytes = Buffer.alloc(size, type);
  fill(bytes);
  return bytes;
}

function sized(type, count, parts) {
  return Buffer.concat([head(type, (bytes) => bytes.writeUInt32BE(count, 1), 5), ...parts]);
}

function unpack(cursor) {
  const type = cursor.bytes[cursor.at++];
  if (type < 0x80) return type;
  if (type < 0x90) return unpackMap(cursor, type & 15);
  if (type < 0xa0) return Array.from({ length: type & 15 }, () => unpack(cursor));
  if (type < 0xc0) return take(cursor, type & 31).toString();
  if (type >= 0xe0) return type - 256;
  const number = { 202: 4, 203: 8, 204: 1, 205: 2, 206: 4, 207: 8, 208: 1, 209: 2, 210: 4, 211: 8 }[type];
  if (number) return unpackNumber(type, take(cursor, number));
  if (type <= 0xc3) return { 192: null, 194: false, 195: true }[type];
  const width = { 196: 1, 197: 2, 198: 4, 217: 1, 218: 2, 219: 4, 220: 2, 221: 4, 222: 2, 223: 4 }[type];
  const count = take(cursor, width).readUIntBE(0, width);
  if (type <= 0xc6) return take(cursor, count);
  if (type <= 0xdb) return take(cursor, count).toString();
  if (type <= 0xdd) return Array.from({ length: count }, () => unpack(cursor));
  return unpackMap(cursor, count);
}

function unpackMap(cursor, count) {
  return Object.fromEntries(Array.from({ length: count }, () => [unpack(cursor), unpack(cursor)]));
}

function unpackNumber(type, bytes) {
  if (type === 0xcb) return bytes.readDoubleBE();
  if (bytes.length === 8) return Number(type === 0xcf ? bytes.readBigUInt64BE() : bytes.readBigInt64BE());
  return type >= 0xd0 ? bytes.readIntBE(0, bytes.length) : bytes.readUIntBE(0, bytes.length);
}

function take(cursor, count) {
  cursor.at += count;
  return cursor.bytes.subarray(cursor.at - count, cursor.at);
}
