// Runs every case of vectors/*.tsv through our reader and writer. SPEC.md section 10 describes the files.

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { decodeMessage } from "./codec.js";
import { boolColumn, dateColumn, floatColumn, intColumn, textColumn, timestampColumn } from "./columns.js";
import { decodeValue } from "./decode.js";
import { encodeFrame } from "./encode.js";
import { FrameReader, headerSize } from "./frames.js";
import { checkMatrix, eachEntry, tableOfMatrix, valuesOf } from "./matrix.js";
import { type Column, type Matrix, ProtocolError, type Table, type Value } from "./messages.js";
import { boolAt, checkTable, daysOf, floatsOf, int64sOf, isPresent, textsOf } from "./table.js";

interface Case {
  name: string;
  verdict: string;
  bytes: Buffer;
  canonical: Buffer[];
  value: Json;
}
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const frameLimit = 2 * 2 ** 20;

describe.each(["values", "messages"])("%s.tsv", (file) => {
  const decode = (file === "values" ? decodeValue : decodeMessage) as (bytes: Buffer) => Value;
  const cases = readVectors(file);

  test.each(accepted(cases))("$name is read and written again", ({ bytes, canonical, value }) => {
    const decoded = decode(bytes);
    expectSame(decoded, valueOfJson(value));
    expect(oneOf(canonical, bodyOf(decoded))).toBe(true);
    for (const form of canonical) expectSame(decode(form), decoded);
  });

  test.each(refused(cases))("$name is refused with $verdict", ({ bytes, verdict }) => {
    expect(codeOf(() => decode(bytes))).toBe(verdict);
  });
});

describe("frames.tsv", () => {
  const cases = readVectors("frames");

  test.each(accepted(cases))(
    "$name is read in pieces of any size and written again",
    ({ bytes, canonical, value }) => {
      for (const size of pieceSizes(bytes)) expectSame(readFrames(bytes, size), valueOfJson(value));
      const again = Buffer.concat(readFrames(bytes, bytes.length).flatMap((frame) => encodeFrame(frame)));
      expect(oneOf(canonical, again)).toBe(true);
    },
  );

  test.each(refused(cases))("$name is refused with $verdict in pieces of any size", ({ bytes, verdict }) => {
    for (const size of pieceSizes(bytes)) expect(codeOf(() => readFrames(bytes, size))).toBe(verdict);
  });
});

describe("tables.tsv", () => {
  const cases = readVectors("tables");

  test.each(accepted(cases))("$name is read, made from its values and written again", (vector) => {
    const table = checkTable(decodeValue(vector.bytes));
    expectSame(contentOf(table), valueOfJson(vector.value));
    expect(oneOf(vector.canonical, bodyOf(table as unknown as Value))).toBe(true);
    const made = tableOf(vector.value as unknown as TableContent);
    expectSame(
      contentOf(checkTable(decodeValue(bodyOf(made as unknown as Value)))),
      valueOfJson(vector.value),
    );
    for (const form of vector.canonical)
      expectSame(contentOf(checkTable(decodeValue(form))), valueOfJson(vector.value));
  });

  test.each(accepted(cases))("$name reads the same at an odd address", ({ bytes, value }) => {
    for (const shift of [1, 2, 4]) {
      const moved = Buffer.concat([Buffer.alloc(shift), bytes]).subarray(shift);
      expectSame(contentOf(checkTable(decodeValue(moved))), valueOfJson(value));
    }
  });

  test.each(refused(cases))("$name is refused with $verdict", ({ bytes, verdict }) => {
    expect(codeOf(() => checkTable(decodeValue(bytes)))).toBe(verdict);
  });
});

describe("matrices.tsv", () => {
  const cases = readVectors("matrices");

  test.each(accepted(cases))("$name is read and written again, at odd addresses too", (vector) => {
    for (const shift of [0, 1, 2, 4]) {
      const moved = Buffer.concat([Buffer.alloc(shift), vector.bytes]).subarray(shift);
      const matrix = checkMatrix(decodeValue(moved));
      expectSame(entriesOf(matrix), valueOfJson(vector.value));
      expect(oneOf(vector.canonical, bodyOf(matrix as unknown as Value))).toBe(true);
    }
  });

  test.each(accepted(cases))("$name is a table of the same numbers", ({ bytes, value }) => {
    const table = tableOfMatrix(checkMatrix(decodeValue(bytes)));
    const { rows, names, type, entries } = value as { [key: string]: Json };
    expect(table.columns.map((column) => [column.name, column.type])).toEqual(
      (names as string[]).map((name) => [name, type]),
    );
    const zero = type === "int64" ? "0" : 0;
    const cells = (names as string[]).map(() => new Array<Json>(rows as number).fill(zero));
    for (const [row, column, cell] of entries as [number, number, Json][]) cells[column]![row] = cell;
    const { columns } = contentOf(table) as { columns: { values: Value }[] };
    expectSame(
      columns.map(({ values }) => values),
      valueOfJson(cells),
    );
  });

  test.each(refused(cases))("$name is refused with $verdict", ({ bytes, verdict }) => {
    expect(codeOf(() => checkMatrix(decodeValue(bytes)))).toBe(verdict);
  });
});

function entriesOf(matrix: Matrix): Value {
  const { rows, names, type } = matrix;
  const values = valuesOf(matrix);
  const entries: Value[] = [];
  eachEntry(matrix, (row, column, at) => {
    const value = values[at]!;
    entries.push([row, column, typeof value === "bigint" ? String(value) : value]);
  });
  return { rows, names, type, entries };
}

function readVectors(file: string): Case[] {
  const text = readFileSync(new URL(`vectors/${file}.tsv`, import.meta.url), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [name, verdict, bytes, canonical, value] = line.split("\t") as [
        string,
        string,
        string,
        string,
        string,
      ];
      const forms = verdict === "ok" ? canonical.split("|").map(bytesOfHex) : [];
      return {
        name,
        verdict,
        bytes: bytesOfHex(bytes),
        canonical: forms,
        value: verdict === "ok" ? JSON.parse(value) : null,
      };
    });
}

function accepted(cases: Case[]): Case[] {
  return cases.filter(({ verdict }) => verdict === "ok");
}

function refused(cases: Case[]): Case[] {
  return cases.filter(({ verdict }) => verdict !== "ok");
}

/** `c0 00*3` is c0000000. */
function bytesOfHex(hex: string): Buffer {
  return Buffer.concat(
    hex.split(" ").map((word) => {
      const [bytes, times] = word.split("*") as [string, string | undefined];
      return times ? Buffer.alloc(Number(times), Number.parseInt(bytes, 16)) : Buffer.from(bytes, "hex");
    }),
  );
}

/** A vector's JSON with the placeholders for bins, long values and special floats replaced. */
function valueOfJson(json: Json): Value {
  if (Array.isArray(json)) return json.map(valueOfJson);
  if (json === null || typeof json !== "object") return json;
  if (typeof json.$bin === "string") return bytesOfHex(json.$bin);
  if (typeof json.$str === "string") return bytesOfHex(json.$str).toString();
  if (Array.isArray(json.$array))
    return new Array<Value>(Number(json.$array[0])).fill(valueOfJson(json.$array[1] as Json));
  if (typeof json.$float === "string") return floatOf(json.$float);
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, valueOfJson(value)]));
}

function floatOf(name: string): number {
  return { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY, "-0": -0 }[
    name
  ]!;
}

function bodyOf(value: Value): Buffer {
  return Buffer.concat(encodeFrame(value)).subarray(headerSize);
}

/** Like toEqual, but that takes seconds for a bin of one MiB. */
function expectSame(got: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(got, expected)) expect.soft(got).toEqual(expected);
  expect(isDeepStrictEqual(got, expected)).toBe(true);
}

/** Returns a boolean, since printing a difference of one MiB takes minutes. */
function oneOf(forms: Buffer[], bytes: Buffer): boolean {
  return forms.some((form) => form.equals(bytes));
}

function codeOf(read: () => unknown): string {
  try {
    read();
    return "ok";
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}

function pieceSizes(bytes: Buffer): number[] {
  return bytes.length > 10_000 ? [4099, 65_536, bytes.length] : [1, 2, 3, 4, 5, 7, Math.max(1, bytes.length)];
}

function readFrames(stream: Buffer, pieceSize: number): Value[] {
  const reader = new FrameReader(frameLimit);
  const values: Value[] = [];
  for (let at = 0; at < stream.length; at += pieceSize) {
    reader.push(stream.subarray(at, at + pieceSize));
    for (let frame = reader.next(); frame; frame = reader.next()) values.push(decodeValue(frame));
  }
  reader.end();
  return values;
}

interface ColumnContent {
  name: string;
  type: string;
  values: Json[];
  timezone?: string | null;
}
interface TableContent {
  rows: number;
  columns: ColumnContent[];
}

function contentOf({ rows, columns }: Table): unknown {
  return {
    rows,
    columns: columns.map((column) => ({
      name: column.name,
      type: column.type,
      values: Array.from({ length: rows }, (_, row) => (isPresent(column, row) ? cellOf(column, row) : null)),
      ...(column.type === "timestamp" ? { timezone: column.timezone } : {}),
    })),
  };
}

function cellOf(column: Column, row: number): Value {
  switch (column.type) {
    case "float64":
    case "float32":
      return floatsOf(column)[row]!;
    case "int64":
      return String(int64sOf(column)[row]);
    case "bool":
      return boolAt(column, row);
    case "date":
      return new Date(daysOf(column)[row]! * 86_400_000).toISOString().slice(0, 10);
    case "timestamp":
      return textOfMicros(int64sOf(column)[row]!);
    default:
      return textsOf(column)[row]!;
  }
}

function textOfMicros(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = Number((micros - fraction) / 1_000_000n);
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(fraction).padStart(6, "0")}`;
}

function microsOfText(text: string): bigint {
  return BigInt(Date.parse(`${text.slice(0, 19)}Z`)) * 1000n + BigInt(text.slice(20));
}

function tableOf({ rows, columns }: TableContent): Table {
  return { rows, columns: columns.map(columnOf) };
}

function columnOf({ name, type, values, timezone = null }: ColumnContent): Column {
  const mapped = <T>(convert: (text: string) => T) =>
    (values as (string | null)[]).map((text) => (text === null ? null : convert(text)));
  switch (type) {
    case "float64":
    case "float32":
      return floatColumn(name, values.map(valueOfJson) as (number | null)[], type);
    case "int64":
      return intColumn(name, mapped(BigInt));
    case "bool":
      return boolColumn(name, values as (boolean | null)[]);
    case "date":
      return dateColumn(
        name,
        mapped((text) => Date.parse(`${text}T00:00Z`) / 86_400_000),
      );
    case "timestamp":
      return timestampColumn(name, mapped(microsOfText), timezone);
    default:
      return textColumn(name, values as (string | null)[], type as "utf8" | "json");
  }
}
