import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { floatColumn, intColumn, textColumn, timestampColumn } from "../../../protocol/columns.js";
import type { Payload, Table } from "../../../protocol/messages.js";
import { isPresent, textsOf } from "../../../protocol/table.js";
import { writeArrowBytes } from "../arrow/arrow.js";
import { csvChunks } from "../csv/write.js";
import { parquetBytes } from "../parquet/write.js";
import { bodyPayload, contentPayload, filePayload } from "./payload.js";
import { unpackBody } from "./unpack.js";

const table: Table = {
  rows: 3,
  columns: [
    intColumn("n", [1, null, 2n ** 62n]),
    floatColumn("x", [0.5, null, -1e300]),
    textColumn("s", ["a,b", null, "é"]),
    timestampColumn("t", [1_700_000_000_123_456n, null, -1n], null),
  ],
};
const csv = Buffer.from("a,b\n1,x\n2,y\n");

function textOf(payload: Payload): string {
  if (payload.kind === "file") throw new Error("the worker reads it");
  if (payload.kind === "bytes") return Buffer.from(payload.data).toString();
  return Buffer.concat([...csvChunks({ predictions: payload.table, extra: null }, 1000)]).toString();
}

function written(name: string, content: Buffer): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "drum-input-")), name);
  writeFileSync(file, content);
  return file;
}

describe("contentPayload", () => {
  it.each([
    ["rows.csv", false, null],
    ["the part X", false, null],
    ["rows.csv", true, null],
    ["rows.mtx", true, "text/mtx"],
  ])(
    "has no media type for %s (raw: %s) but that of a matrix, as DRUM tells hooks",
    async (name, isRaw, mimetype) => {
      expect(await contentPayload(csv, { name, isRaw })).toEqual({
        kind: "bytes",
        data: csv,
        mimetype,
        charset: null,
      });
    },
  );
});

describe("filePayload", () => {
  it.each([
    ["rows.csv", null],
    ["rows.txt", null],
    ["ROWS.MTX", "text/mtx"],
  ])("leaves %s to the worker", async (name, mimetype) => {
    const file = written(name, csv);
    expect(await filePayload(file)).toEqual({ kind: "file", path: file, mimetype, charset: null });
  });

  it.each([
    ["rows.parquet", parquetBytes(table)],
    ["rows.data", parquetBytes(table)],
    ["rows.arrow", writeArrowBytes(table)],
    ["stream", writeArrowBytes(table, "stream")],
    ["rows.arrow.gz", gzipSync(writeArrowBytes(table))],
  ])("reads %s by its bytes, whatever its name", async (name, content) => {
    expect(textOf(await filePayload(written(name, content)))).toBe(textOf({ kind: "table", table }));
  });

  it("keeps the type of a Parquet column whose values are all missing", async () => {
    const empty = [floatColumn("x", [null]), intColumn("n", [null]), textColumn("s", [null])];
    const payload = await filePayload(written("rows.parquet", parquetBytes({ rows: 1, columns: empty })));
    const types = payload.kind === "table" ? payload.table.columns.map(({ type }) => type) : [];
    expect(types).toEqual(["float64", "int64", "utf8"]);
  });

  it.each([
    ["rows.csv.gz", gzipSync(csv)],
    ["rows.csv", gzipSync(csv)],
    ["utf16.csv", Buffer.from("\ufeffa,b\n1,x\n2,y\n", "utf16le")],
  ])("reads %s, which a worker cannot", async (name, content) => {
    const payload = await filePayload(written(name, content));
    expect(textOf(payload).replace("\ufeff", "")).toBe(csv.toString());
  });

  it("gives a hook that reads files itself the file, whatever it is", async () => {
    const file = written("rows.parquet", parquetBytes(table));
    expect(await filePayload(file, { isRaw: true })).toMatchObject({ kind: "file", path: file });
  });

  it.each([
    ["a ZIP archive", "PK\x03\x04xxxx"],
    ["an HDF5 file", "\x89HDF\r\n"],
    ["an SQLite database", "SQLite format 3\0"],
    ["compressed with bzip2", "BZh91AY"],
    ["a Python pickle", "\x80\x04\x95\0"],
  ])("names %s, which is not read", async (what, head) => {
    const file = written("rows.csv", Buffer.from(head, "latin1"));
    await expect(filePayload(file)).rejects.toThrow(`is ${what}`);
  });

  it("names a damaged gzip file", async () => {
    const file = written("rows.csv.gz", gzipSync(csv).subarray(0, 20));
    await expect(filePayload(file)).rejects.toMatchObject({ code: "INPUT_UNREADABLE" });
  });
});

describe("rows in JSON", () => {
  const wanted = "a,b\n1,x\n2,y\n";
  const read = (json: unknown) => contentPayload(Buffer.from(JSON.stringify(json)), { name: "rows.json" });

  it.each<[string, unknown]>([
    [
      "records",
      [
        { a: 1, b: "x" },
        { a: 2, b: "y" },
      ],
    ],
    [
      "split",
      {
        columns: ["a", "b"],
        index: [0, 1],
        data: [
          [1, "x"],
          [2, "y"],
        ],
      },
    ],
    [
      "dataframe_split",
      {
        dataframe_split: {
          columns: ["a", "b"],
          data: [
            [1, "x"],
            [2, "y"],
          ],
        },
      },
    ],
    [
      "dataframe_records",
      {
        dataframe_records: [
          { a: 1, b: "x" },
          { a: 2, b: "y" },
        ],
      },
    ],
    [
      "instances",
      {
        instances: [
          { a: 1, b: "x" },
          { a: 2, b: "y" },
        ],
      },
    ],
    ["columns", { a: [1, 2], b: ["x", "y"] }],
    ["columns by row label", { a: { 0: 1, 1: 2 }, b: { 0: "x", 1: "y" } }],
  ])("come as %s", async (_form, json) => {
    expect(textOf(await read(json))).toBe(wanted);
  });

  it("come as JSON lines, with blank lines between", async () => {
    const lines = Buffer.from('{"a": 1, "b": "x"}\n\n{"a": 2, "b": "y"}\r\n');
    expect(textOf(await contentPayload(lines, { name: "rows.jsonl" }))).toBe(wanted);
  });

  it("keep every digit of an int, and the type of each column", async () => {
    const text = '[{"id": 9223372036854775807, "x": 1.5, "ok": true, "s": "1", "m": [1]}, {"x": 2}]';
    const payload = await contentPayload(Buffer.from(text), { name: "rows.json" });
    if (payload.kind !== "table") throw new Error("expected a table");
    const { columns } = payload.table;
    expect(columns.map(({ name, type }) => [name, type])).toEqual([
      ["id", "int64"],
      ["x", "float64"],
      ["ok", "bool"],
      ["s", "utf8"],
      ["m", "json"],
    ]);
    expect(textOf(payload).split("\n")[1]).toBe("9223372036854775807,1.5,True,1,[1]");
    expect(columns.map((column) => isPresent(column, 1))).toEqual([false, true, false, false, false]);
    expect(textsOf(columns[4]!)).toEqual(["[1]", null]);
  });

  it.each<[string, unknown, string]>([
    ["nothing", [], "INPUT_EMPTY"],
    ["a number", 1, "INPUT_UNREADABLE"],
    ["lists without names", [[1, 2]], "INPUT_UNREADABLE"],
    ["an empty object", {}, "INPUT_UNREADABLE"],
    ["columns of different lengths", { a: [1, 2], b: [1] }, "INPUT_UNREADABLE"],
    ["a short row", { columns: ["a", "b"], data: [[1]] }, "INPUT_UNREADABLE"],
  ])("that are %s are refused", async (_what, json, code) => {
    await expect(read(json)).rejects.toMatchObject({ code });
  });

  it.each([
    '[{"a": 1e400}, {"a": "x"}]',
    '[{"a": -1E+0400}]',
    '[{"a": [{"b": 2.5e309}]}]',
    `[{"a": ${"9".repeat(310)}}]`,
    `{"columns": ["a"], "data": [[1${"0".repeat(310)}.5]]}`,
  ])("with a number that would be infinite are refused: %s", async (text) => {
    for (const name of ["rows.json", "rows.jsonl"]) {
      const content = Buffer.from(
        name === "rows.json" ? text : `{"b": 1}\n${text.replace(/^\[|\]$/g, "").split(", {")[0]}\n`,
      );
      const where = name === "rows.json" ? "" : " in line 2";
      await expect(contentPayload(content, { name })).rejects.toMatchObject({
        code: "INPUT_UNREADABLE",
        message: expect.stringMatching(new RegExp(`the number [-\\d.e+…]+${where} is beyond`, "i")),
      });
    }
  });

  it("keep numbers next to that", async () => {
    const text = '[{"a": 1.7976931348623157e308}, {"a": 1e-400}, {"a": -1.5E+100}, {"a": "1e400"}]';
    const rows = await contentPayload(Buffer.from(text), { name: "rows.json" });
    expect(textOf(rows)).toBe("a\n1.7976931348623157e+308\n0\n-1.5e+100\n1e400\n");
  });

  it("name the line that is not valid", async () => {
    const lines = Buffer.from('{"a": 1}\n{"a": \n');
    await expect(contentPayload(lines, { name: "rows.jsonl" })).rejects.toThrow("in line 2");
  });
});

describe("bodyPayload", () => {
  it.each(["text/csv", "Text/CSV", "TEXT/PLAIN"])("takes %s in any spelling", async (mimetype) => {
    const payload = await bodyPayload(csv, { mimetype, charset: null });
    expect(payload).toEqual({ kind: "bytes", data: csv, mimetype: mimetype.toLowerCase(), charset: null });
  });

  it("decodes the declared charset", async () => {
    const body = Buffer.from("stadt\nKöln\n", "latin1");
    const payload = await bodyPayload(body, { mimetype: "text/csv", charset: "latin-1" });
    expect(payload).toMatchObject({ kind: "bytes", charset: "utf8" });
    expect(textOf(payload)).toBe("stadt\nKöln\n");
  });

  it("refuses an unknown charset by its name", async () => {
    const type = { mimetype: "text/csv", charset: "klingon" };
    await expect(bodyPayload(csv, type)).rejects.toThrow('the charset "klingon" in Content-Type is unknown');
  });

  it("tells what curl sent", async () => {
    const type = { mimetype: "application/x-www-form-urlencoded", charset: null };
    await expect(bodyPayload(csv, type)).rejects.toThrow("curl --data-binary @FILE");
  });
});

describe("unpackBody", () => {
  it.each([
    ["gzip", gzipSync(csv)],
    ["x-gzip", gzipSync(csv)],
    ["GZIP", gzipSync(csv)],
    ["deflate", deflateSync(csv)],
    ["deflate", deflateRawSync(csv)],
    ["identity", csv],
    ["deflate, gzip", gzipSync(deflateSync(csv))],
  ])("undoes %s", async (coding, body) => {
    expect(await unpackBody(body, coding, 1000)).toEqual(csv);
  });

  it("stops at the limit", async () => {
    const body = gzipSync(Buffer.alloc(2 ** 20));
    await expect(unpackBody(body, "gzip", 1000)).rejects.toMatchObject({ code: "BODY_TOO_LARGE" });
  });

  it("refuses an unknown coding and damaged bytes", async () => {
    await expect(unpackBody(csv, "compress", 1000)).rejects.toMatchObject({ code: "CODING_UNSUPPORTED" });
    await expect(unpackBody(csv, "gzip", 1000)).rejects.toMatchObject({ code: "INPUT_UNREADABLE" });
  });
});
