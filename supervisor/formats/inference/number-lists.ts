// Takes the long lists of numbers out of a request's JSON: read here, they cost a fourth of the time of JSON.parse.

import { randomUUID } from "node:crypto";
import { jsonText } from "../json-text.js";

/** Bytes below which JSON.parse is as fast. */
const leastBytes = 8192;
const key = Buffer.from('"data"');
/** Stands for a list in the text. Nobody can send it, since nobody knows it. */
const mark = randomUUID();
/** Powers of ten that a float64 holds exactly. */
const powers = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** Digits up to which an integer and a power of ten are exact, so that one operation on them rounds as JSON.parse does. */
const mostDigits = 15;

export interface Apart {
  /** The JSON, with a text for each list. */
  text: string;
  lists: readonly Float64Array[];
}

/**
 * The lists under keys `data` of the first `length` bytes. Undefined if there is none, and if one holds anything but numbers of at most 15
 * digits: JSON.parse is to judge these.
 */
export function takeLists(body: Buffer, length: number): Apart | undefined {
  if (length < leastBytes) return undefined;
  const lists: Float64Array[] = [];
  let text = "";
  let from = 0;
  for (let found = body.indexOf(key); found >= 0 && found < length; found = body.indexOf(key, found + 1)) {
    // Inside a text the quotes would be escaped.
    if (found < from || body[found - 1] === 0x5c) continue;
    const start = startOfList(body, found + key.length);
    if (start === undefined) continue;
    const read = readNumbers(body, start, length);
    if (!read) return undefined;
    text += `${jsonText(body.subarray(from, found))}"data":"${mark}${lists.length}"`;
    from = read.end;
    lists.push(read.numbers);
  }
  if (lists.length === 0) return undefined;
  return { text: text + jsonText(body.subarray(from, length)), lists };
}

/** The list that a value of the JSON stands for, or the value itself. */
export function listFor(value: unknown, { lists }: Apart): unknown {
  if (typeof value !== "string" || !value.startsWith(mark)) return value;
  return lists[Number(value.slice(mark.length))];
}

/** After `: [`. */
function startOfList(body: Buffer, after: number): number | undefined {
  const colon = skipSpace(body, after);
  if (body[colon] !== 0x3a) return undefined;
  const bracket = skipSpace(body, colon + 1);
  return body[bracket] === 0x5b ? bracket + 1 : undefined;
}

function skipSpace(body: Buffer, from: number): number {
  let at = from;
  while (isSpace(body[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Grows with the lists, and is kept: each list takes its part as a copy. */
let scratch = new Float64Array(1024);
/** Elements of a scratch that is kept. */
const mostKept = 2 ** 18;

/** The numbers up to the bracket that closes the list, and where it ends. One loop, since it runs for every byte. */
function readNumbers(body: Buffer, start: number, length: number) {
  let count = 0;
  let at = start;
  let byte = 0;
  for (;;) {
    byte = body[at]!;
    while (isSpace(byte)) byte = body[++at]!;
    const isNegative = byte === 0x2d;
    if (isNegative) byte = body[++at]!;
    const first = at;
    let mantissa = 0;
    for (; byte >= 0x30 && byte <= 0x39; byte = body[++at]!) mantissa = mantissa * 10 + byte - 0x30;
    let digits = at - first;
    if (digits === 0 || (digits > 1 && body[first] === 0x30)) return undefined;
    let exponent = 0;
    if (byte === 0x2e) {
      byte = body[++at]!;
      const point = at;
      for (; byte >= 0x30 && byte <= 0x39; byte = body[++at]!) mantissa = mantissa * 10 + byte - 0x30;
      exponent = point - at;
      digits -= exponent;
      if (exponent === 0) return undefined;
    }
    if (byte === 0x65 || byte === 0x45) {
      byte = body[++at]!;
      const isDown = byte === 0x2d;
      if (isDown || byte === 0x2b) byte = body[++at]!;
      const place = at;
      let shift = 0;
      for (; byte >= 0x30 && byte <= 0x39; byte = body[++at]!) shift = shift * 10 + byte - 0x30;
      if (at === place) return undefined;
      exponent += isDown ? -shift : shift;
    }
    if (digits > mostDigits || exponent > 22 || exponent < -22) return undefined;
    const size = exponent < 0 ? mantissa / powers[-exponent]! : mantissa * powers[exponent]!;
    if (count === scratch.length) scratch = grown(scratch);
    scratch[count++] = isNegative ? -size : size;
    while (isSpace(byte)) byte = body[++at]!;
    at++;
    if (byte === 0x2c) continue;
    if (byte !== 0x5d || at > length) return undefined;
    const numbers = scratch.slice(0, count);
    if (scratch.length > mostKept) scratch = new Float64Array(1024);
    return { numbers, end: at };
  }
}

function grown(array: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * array.length);
  larger.set(array);
  return larger;
}
