// Reads what pyarrow writes (fixtures/make_arrow.py), with the values that pyarrow reads from it.

import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Column, Table } from "../../../protocol/messages.js";
import { boolAt, floatsOf, int64sOf, isPresent, textsOf } from "../../../protocol/table.js";
import { readParquetBytes } from "../parquet/read.js";
import { readArrowBytes } from "./arrow.js";

interface Case {
  name: string;
  /** Arrow in base64. */
  bytes?: string;
  /** Parquet in base64. */
  parquet?: string;
  columns?: Record<string, unknown[]>;
  index?: Record<string, unknown[]> | null;
  levels?: string[];
  ordered?: boolean;
  /** Rows of the table of generated values. */
  wide?: number;
  /** Of the error. */
  words?: string;
}

const lines = readFileSync(path.join(import.meta.dirname, "../fixtures/arrow.jsonl"), "utf8")
  .trimEnd()
  .split("\n");
const cases = lines.map((line) => JSON.parse(line) as Case);
const bytesOf = ({ bytes, parquet }: Case) => Buffer.from((bytes ?? parquet)!, "base64");
const read = async (one: Case) =>
  one.bytes ? readArrowBytes(bytesOf(one)) : readParquetBytes(bytesOf(one), 2 ** 20);
const compressed = cases.filter(({ wide }) => wide !== undefined);

it.each(cases.filter(({ columns }) => columns))("$name is read", async (one) => {
  const table = await read(one);
  expect(contentOf(table.columns, table)).toEqual(one.columns);
  if (one.index !== undefined)
    expect(table.index && contentOf(table.index, table)).toEqual(one.index ?? undefined);
  if (one.levels) expect(table.columns[0]).toMatchObject({ levels: one.levels, ordered: one.ordered });
});

it.each(compressed)("$name is read, in blocks that refer to others", (one) => {
  const table = readArrowBytes(bytesOf(one));
  const rows = Array.from({ length: one.wide! }, (_, row) => row);
  expect(contentOf(table.columns, table)).toEqual({
    number: rows.map((row) => (row % 5 ? (row % 13) / 4 : null)),
    word: rows.map((row) => `abc${row % 11}`.repeat(row % 3)),
    flag: rows.map((row) => (row % 4 === 0 ? null : row % 3 === 0)),
    whole: rows.map((row) => String(Math.floor(row / 100))),
  });
});

it.each(cases.filter(({ words }) => words))("$name is refused", async (one) => {
  await expect(read(one)).rejects.toThrow(one.words);
});

it("logical types are told beside the texts and ints", async () => {
  const logicals = cases
    .filter(
      ({ columns, name }) => columns?.x && /^(decimal|time|durations|a dictionary of decimals)/.test(name),
    )
    .map(async (one) => {
      const { type, logical } = (await read(one)).columns[0]!;
      return `${type} ${logical}`;
    });
  expect([...new Set(await Promise.all(logicals))]).toEqual(["utf8 decimal", "utf8 time", "int64 duration"]);
});

describe("compressed buffers", () => {
  it.each(compressed)("that unpack beyond the limit are refused: $name", (one) => {
    expect(() => readArrowBytes(bytesOf(one), 200_000)).toThrow("unpacks to more bytes than the limit");
  });

  it.each(cases.filter(({ name }) => /^a dictionary in/.test(name)))(
    "that are damaged soon end: $name",
    (one) => {
      const bytes = bytesOf(one);
      for (let at = 0; at < bytes.length; at++) {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= [0x01, 0x80, 0xff][at % 3]!;
        try {
          expect(readArrowBytes(damaged, 2 ** 20).columns).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^(INPUT|BODY_TOO_LARGE|PARAMS)/) });
        }
      }
    },
  );

  it("are read again after a damaged one", () => {
    const whole = bytesOf(compressed[0]!);
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, whole.length / 2, whole.length / 2 + 1000);
    expect(() => readArrowBytes(damaged)).toThrow("LZ4 frame");
    expect(readArrowBytes(whole).rows).toBe(compressed[0]!.wide);
  });
});

function contentOf(columns: Column[], { rows }: Table): Record<string, unknown[]> {
  return Object.fromEntries(
    columns.map((column) => [
      column.name,
      Array.from({ length: rows }, (_, row) => (isPresent(column, row) ? cellOf(column, row) : null)),
    ]),
  );
}

const textCache = new WeakMap<Column, (string | null)[]>();

function cellOf(column: Column, row: number): unknown {
  if (column.type === "bool") return boolAt(column, row);
  if (column.type === "int64") return String(int64sOf(column)[row]);
  if (column.type === "float64") return floatsOf(column)[row];
  const texts = textCache.get(column) ?? textsOf(column);
  textCache.set(column, texts);
  return texts[row];
}
