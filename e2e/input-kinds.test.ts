// What people send: every kind of file to `drum score` and of body to `drum server`, in all four languages. Each must give the
// predictions of the same rows as CSV.

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeArrowBytes } from "../supervisor/formats/arrow/arrow.js";
import { readCsvTable } from "../supervisor/formats/csv/table.js";
import { parquetBytes } from "../supervisor/formats/parquet/write.js";
import {
  codeDirectory,
  drum,
  fourFolder,
  languages,
  main,
  post,
  type Server,
  scored,
  serve,
} from "./drum.js";

const csv = readFileSync(path.join(fourFolder, "input.csv"));
const table = await readCsvTable(csv);
const records = parse(csv, {
  columns: true,
  cast: (cell, { header, column }) => (header ? cell : jsonOf(cell, String(column))),
}) as Record<string, unknown>[];
const names = Object.keys(records[0]!);

/** A CSV cell as a JSON client would send it. */
function jsonOf(cell: string, column: string): unknown {
  if (cell === "") return null;
  if (column === "region") return cell;
  return column === "smoker" ? cell === "TRUE" : Number(cell);
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const split = { columns: names, data: records.map((record) => Object.values(record)) };
const jsonLines = Buffer.from(records.map((record) => JSON.stringify(record)).join("\n"));
const utf16 = Buffer.from(`\ufeff${csv}`, "utf16le");

const files: [name: string, content: Buffer][] = [
  ["rows.csv.gz", gzipSync(csv)],
  ["utf16.csv", utf16],
  ["rows.parquet", parquetBytes(table)],
  ["rows.parquet.gz", gzipSync(parquetBytes(table))],
  ["rows.arrow", writeArrowBytes(table, "file")],
  ["stream.arrow", writeArrowBytes(table, "stream")],
  ["records.json", json(records)],
  ["split.json", json(split)],
  ["rows.jsonl", jsonLines],
];

const bodies: [what: string, body: Buffer, headers: Record<string, string>][] = [
  ["Text/CSV", csv, { "content-type": "Text/CSV" }],
  ["gzip without a coding", gzipSync(csv), { "content-type": "text/csv" }],
  ["gzip", gzipSync(csv), { "content-type": "text/csv", "content-encoding": "gzip" }],
  ["deflate", deflateSync(csv), { "content-type": "text/csv", "content-encoding": "deflate" }],
  ["UTF-16", utf16, { "content-type": "text/csv; charset=utf-16" }],
  ["records", json(records), { "content-type": "application/json" }],
  ["dataframe_split", json({ dataframe_split: split }), { "content-type": "application/json" }],
  ["JSON lines", jsonLines, { "content-type": "application/x-ndjson" }],
  ["Parquet", parquetBytes(table), { "content-type": "application/vnd.apache.parquet" }],
  ["Arrow", writeArrowBytes(table, "stream"), { "content-type": "application/x-apache-arrow-stream" }],
];

describe.each(languages)("a model in %s", (language) => {
  const folder = path.join(fourFolder, "regression", language);
  let server: Server;
  let expected: unknown;

  beforeAll(async () => {
    server = await serve({ words: ["--code-dir", folder] });
    expected = await (await post(`${server.url}/predict/`, csv)).json();
  });
  afterAll(() => server.stop());

  it.each(bodies)("predicts from a body in %s", async (_what, body, headers) => {
    const answer = await post(`${server.url}/predict/`, body, headers);
    expect([answer.status, await answer.json()]).toEqual([200, expected]);
  });

  it.each(["rows.csv", "rows.csv.gz", "rows.parquet", "rows.json"])(
    "predicts from a form with %s",
    async (name) => {
      const content = {
        "rows.csv": csv,
        "rows.csv.gz": gzipSync(csv),
        "rows.parquet": parquetBytes(table),
        "rows.json": json(records),
      }[name]!;
      const form = new FormData();
      form.set("X", new Blob([content]), name);
      const answer = await post(`${server.url}/predict/`, form, {});
      expect([answer.status, await answer.json()]).toEqual([200, expected]);
    },
  );

  it("scores every kind of file as it scores CSV", async () => {
    const input = codeDirectory({ "rows.csv": csv, ...Object.fromEntries(files) });
    const wanted = readFileSync(await scored(folder, path.join(input, "rows.csv")), "utf8");
    for (const [name] of files) {
      const output = await scored(folder, path.join(input, name));
      expect([name, readFileSync(output, "utf8")]).toEqual([name, wanted]);
    }
  });
});

describe("drum score", () => {
  const folder = path.join(fourFolder, "regression", "python");

  it.each(["-", "/dev/stdin"])("reads standard input with --input %s", async (input) => {
    for (const content of [csv, parquetBytes(table), jsonLines]) {
      const words = ["score", "--code-dir", folder, "--input", input];
      const { exitCode, stdout } = await execa(process.execPath, [main, ...words], { input: content });
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining("Predictions")]);
    }
  });

  it("names what it does not read", async () => {
    const file = path.join(codeDirectory({}), "rows.xlsx");
    writeFileSync(file, "PK\x03\x04rest");
    const { exitCode, stderr } = await drum(["score", "--code-dir", folder, "--input", file]);
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining("is a ZIP archive, as Excel writes it too"),
    ]);
  });
});

describe("drum server", () => {
  let server: Server;
  beforeAll(async () => {
    const words = ["--code-dir", path.join(fourFolder, "regression", "python"), "--max-body-size", "1MB"];
    server = await serve({ words });
  });
  afterAll(() => server.stop());

  it.each<[string, Buffer, Record<string, string>, number, string]>([
    [
      "a body that unpacks beyond the limit",
      gzipSync(Buffer.alloc(2 ** 22, "1\n")),
      { "content-type": "text/csv", "content-encoding": "gzip" },
      413,
      "unpacks to more than 1048576 bytes",
    ],
    [
      "an unknown coding",
      csv,
      { "content-type": "text/csv", "content-encoding": "compress" },
      415,
      "Content-Encoding is compress",
    ],
    [
      "a damaged body",
      csv,
      { "content-type": "text/csv", "content-encoding": "gzip" },
      422,
      "cannot be unpacked",
    ],
    ["an unknown charset", csv, { "content-type": "text/csv; charset=klingon" }, 422, '"klingon"'],
    [
      "curl's default type",
      csv,
      { "content-type": "application/x-www-form-urlencoded" },
      422,
      "curl --data-binary",
    ],
    [
      "JSON that holds no rows",
      json({ a: 1 }),
      { "content-type": "application/json" },
      422,
      "expected rows as",
    ],
    ["a ZIP archive", Buffer.from("PK\x03\x04"), { "content-type": "text/csv" }, 422, "is a ZIP archive"],
  ])("refuses %s", async (_what, body, headers, status, words) => {
    const answer = await post(`${server.url}/predict/`, body, headers);
    const { message } = (await answer.json()) as { message: string };
    expect([answer.status, message]).toEqual([status, expect.stringContaining(words)]);
  });

  it.each([
    ["text/csv;q=0.5, application/json", "application/json"],
    ["application/json;q=0.5, text/csv", "text/csv"],
    ["text/html, */*;q=0.1", "application/json"],
    ["text/csv;q=0, */*", "application/json"],
    ["application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.stream"],
  ])("answers Accept: %s with %s", async (accept, type) => {
    const answer = await post(`${server.url}/predict/`, csv, { "content-type": "text/csv", accept });
    expect(answer.headers.get("content-type")).toBe(type);
  });
});
