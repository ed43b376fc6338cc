import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import {
  boolColumn,
  dateColumn,
  floatColumn,
  intColumn,
  textColumn,
  timestampColumn,
} from "../../protocol/columns.js";
import type { Column } from "../../protocol/messages.js";
import { readArrowBytes } from "../formats/arrow/arrow.js";
import type { CheckedPredictions } from "../predictions/check.js";
import { checkFormat, fileChunks } from "./files.js";

/** Three rows: a value, a missing value, another value. */
const extra: Column[] = [
  floatColumn("whole", [1, Number.NaN, -0.1]),
  intColumn("int", [1, null, 2n ** 60n]),
  boolColumn("flag", [true, null, false]),
  textColumn("text", ["grüße", null, ""]),
  textColumn("json", ['{"a":[1]}', null, "2"], "json"),
  dateColumn("day", [0, null, 18_263]),
  timestampColumn("moment", [1_500_000, null, 86_400_000_001], null),
];

const checked: CheckedPredictions = {
  targetType: "regression",
  predictions: { rows: 3, columns: [floatColumn("Predictions", [0.1, 2, 1e300])] },
  extra: { rows: 3, columns: extra },
  index: null,
};

async function bytesOf(file: string, given = checked): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of fileChunks(given, file)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("fileChunks", () => {
  it.each(["a.csv", "a.CSV", "a.txt", "a"])("writes CSV into %s", async (file) => {
    expect((await bytesOf(file)).toString()).toMatch(/^Predictions,whole,int,/);
  });

  it.each(["a.xlsx", "a.XLS", "a.orc", "a.avro", "a.json", "a.tsv", "a.csv.gz", "a.mtx", "/some.csv/a.pkl"])(
    "does not write %s",
    (file) => {
      expect(() => checkFormat(file, { type: "regression" })).toThrow(
        `--output ${file} names a format that is not written`,
      );
      expect(() => checkFormat(file, { type: "unstructured" })).not.toThrow();
    },
  );

  it.each(["a.csv", "a.CSV", "a.txt", "a.out", "a", "a.2", "/x.xlsx/a", "a.jsonl", "a.parquet", ".gz"])(
    "writes %s",
    (file) => {
      expect(() => checkFormat(file, { type: "regression" })).not.toThrow();
    },
  );

  it("writes Matrix Market for transform alone, and names it there", () => {
    expect(() => checkFormat("a.mtx", { type: "transform" })).not.toThrow();
    expect(() => checkFormat("a.mtx", { type: "binary" })).toThrow(
      "not written for binary; choose one of .csv,",
    );
    expect(() => checkFormat("a.xls", { type: "transform" })).toThrow(
      ".parquet, .mtx, or any other ending for CSV",
    );
  });

  it("writes .ndjson and .feather as what they are read as", async () => {
    expect(await bytesOf("a.ndjson")).toEqual(await bytesOf("a.jsonl"));
    expect(await bytesOf("a.feather")).toEqual(await bytesOf("a.arrow"));
  });

  it("writes one object per line into .jsonl", async () => {
    const text = (await bytesOf("a.jsonl")).toString();
    expect(text.endsWith("}\n")).toBe(true);
    // Compared as text, since JSON.parse would round the int.
    expect(text.split("\n")[2]).toContain('"int":1152921504606846976');
    const [first, second] = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(first).toEqual({
      Predictions: 0.1,
      whole: 1,
      int: 1,
      flag: true,
      text: "grüße",
      json: { a: [1] },
      day: "1970-01-01",
      moment: "1970-01-01T00:00:01.500000",
    });
    const { Predictions, ...rest } = second;
    expect([Predictions, ...Object.values(rest)]).toEqual([2, null, null, null, null, null, null, null]);
  });

  it("writes an Arrow file into .arrow, with all types; JSON as text", async () => {
    const { rows, columns: read } = readArrowBytes(await bytesOf("a.arrow"));
    expect(rows).toBe(3);
    const given = [...checked.predictions.columns, ...extra];
    expect(read.map(({ name, type }) => [name, type])).toEqual(
      given.map(({ name, type }) => [name, type === "json" ? "utf8" : type]),
    );
    for (const [at, column] of given.entries()) {
      expect([column.name, read[at]!.data, read[at]!.validity]).toEqual([
        column.name,
        column.data,
        column.validity,
      ]);
    }
  });

  it("writes a Parquet file into .parquet, with all types", async () => {
    const bytes = await bytesOf("a.parquet");
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    expect(await parquetReadObjects({ file })).toEqual([
      {
        Predictions: 0.1,
        whole: 1,
        int: 1n,
        flag: true,
        text: "grüße",
        json: '{"a":[1]}',
        day: new Date(0),
        moment: new Date(1500),
      },
      {
        Predictions: 2,
        whole: Number.NaN,
        int: null,
        flag: null,
        text: null,
        json: null,
        day: null,
        moment: null,
      },
      {
        Predictions: 1e300,
        whole: -0.1,
        int: 2n ** 60n,
        flag: false,
        text: "",
        json: "2",
        day: new Date("2020-01-02"),
        moment: new Date(86_400_000),
      },
    ]);
  });

  it.each(["jsonl", "arrow", "parquet", "csv"])("writes no rows into .%s", async (ending) => {
    const none = {
      ...checked,
      predictions: { rows: 0, columns: [floatColumn("Predictions", [])] },
      extra: null,
    };
    const bytes = await bytesOf(`a.${ending}`, none);
    if (ending === "arrow") expect(readArrowBytes(bytes).rows).toBe(0);
    else if (ending === "jsonl") expect(bytes.length).toBe(0);
    else expect(bytes.length).toBeGreaterThan(10);
  });
});
