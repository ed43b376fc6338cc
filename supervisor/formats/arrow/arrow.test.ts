import {
  Table as ArrowTable,
  Binary,
  Bool,
  type DataType,
  DateDay,
  DateMillisecond,
  Dictionary,
  Field,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  LargeUtf8,
  List,
  MessageReader,
  MetadataVersion,
  makeData,
  Null,
  Struct,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  tableToIPC,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  Utf8View,
  Vector,
  vectorFromArray,
} from "apache-arrow";
import { expect, test } from "vitest";
import {
  boolColumn,
  dateColumn,
  floatColumn,
  intColumn,
  textColumn,
  timestampColumn,
} from "../../../protocol/columns.js";
import type { Column, Table } from "../../../protocol/messages.js";
import { boolAt, daysOf, floatsOf, int64sOf, isPresent, textsOf } from "../../../protocol/table.js";
import { DrumError } from "../../errors.js";
import { makeArrow, readArrow, readArrowBytes, writeLegacyArrowStream } from "./arrow.js";

async function fromArrow(source: ArrowTable | Uint8Array): Promise<Table> {
  return source instanceof Uint8Array ? readArrowBytes(source) : readArrow(source);
}

const wide: Table = {
  rows: 3,
  columns: [
    floatColumn("f", [0.5, null, Number.NaN]),
    floatColumn("g", [0.25, -1.5, null], "float32"),
    intColumn("i", [null, 2n ** 63n - 1n, -1n]),
    boolColumn("b", [true, null, false]),
    textColumn("s", ["模型", null, ""]),
    dateColumn("d", [0, null, -719162]),
    timestampColumn("t", [1n, null, -1n]),
    timestampColumn("u", [1n, 2n, 3n], "Europe/Berlin"),
    textColumn("f", ["the name", "of the", "first"]),
  ],
};

test.each(["stream", "file"] as const)("every column type survives Arrow as an IPC %s", async (format) => {
  const table = await fromArrow(tableToIPC(makeArrow(wide), format));
  expect(contentOf(table)).toEqual(contentOf(wide));
  expect(table.columns.map(({ name, type, timezone }) => [name, type, timezone])).toEqual(
    wide.columns.map(({ name, type, timezone }) => [name, type, timezone]),
  );
});

test("readers before Arrow 0.15 get a stream of version 4, without continuation marks", async () => {
  const bytes = writeLegacyArrowStream(wide);
  expect(bytes.readInt32LE(0)).toBeGreaterThan(0);
  expect(contentOf(await fromArrow(bytes))).toEqual(contentOf(wide));
  const versions = [...new MessageReader(bytes)].map(({ version }) => version);
  // The last is the end of the stream.
  expect(versions.slice(0, -1)).toEqual([MetadataVersion.V4, MetadataVersion.V4]);
});

test("every column type survives without being written out", async () => {
  expect(contentOf(await fromArrow(makeArrow(wide)))).toEqual(contentOf(wide));
});

test("tables without rows survive, and a json column becomes utf8", async () => {
  const empty = { rows: 0, columns: [floatColumn("f", []), textColumn("s", []), boolColumn("b", [])] };
  expect(contentOf(await fromArrow(tableToIPC(makeArrow(empty))))).toEqual([[], [], []]);
  const json = await fromArrow(makeArrow({ rows: 1, columns: [textColumn("j", ["[1]"], "json")] }));
  expect([json.columns[0]!.type, textsOf(json.columns[0]!)]).toEqual(["utf8", ["[1]"]]);
});

test.each<[string, DataType, unknown[], string, unknown[]]>([
  ["int8", new Int8(), [-128, null, 127], "int64", [-128n, null, 127n]],
  ["int16", new Int16(), [-32768, null], "int64", [-32768n, null]],
  ["int32", new Int32(), [-(2 ** 31), null, 2 ** 31 - 1], "int64", [-(2n ** 31n), null, 2n ** 31n - 1n]],
  ["int64", new Int64(), [-(2n ** 63n), null], "int64", [-(2n ** 63n), null]],
  ["uint8", new Uint8(), [255, null], "int64", [255n, null]],
  ["uint16", new Uint16(), [65535, null], "int64", [65535n, null]],
  ["uint32", new Uint32(), [2 ** 32 - 1, null], "int64", [2n ** 32n - 1n, null]],
  ["uint64", new Uint64(), [2n ** 63n - 1n, null], "int64", [2n ** 63n - 1n, null]],
  [
    "float16",
    new Float16(),
    [0.5, null, -2, 65504, Number.NaN, Number.POSITIVE_INFINITY, 2 ** -24],
    "float32",
    [0.5, null, -2, 65504, Number.NaN, Number.POSITIVE_INFINITY, 2 ** -24],
  ],
  ["float32", new Float32(), [0.5, null], "float32", [0.5, null]],
  ["float64", new Float64(), [0.1, null], "float64", [0.1, null]],
  ["bool", new Bool(), [true, null, false], "bool", [true, null, false]],
  ["utf8", new Utf8(), ["é", null, ""], "utf8", ["é", null, ""]],
  ["large utf8", new LargeUtf8(), ["é", null, "", "模"], "utf8", ["é", null, "", "模"]],
  [
    "dictionary of utf8",
    new Dictionary(new Utf8(), new Int8()),
    ["a", null, "b", "a"],
    "utf8",
    ["a", null, "b", "a"],
  ],
  ["date32", new DateDay(), [new Date("1969-12-31"), null], "date", [-1, null]],
  [
    "date64",
    new DateMillisecond(),
    [new Date("1969-12-31"), null, new Date("1970-01-02")],
    "date",
    [-1, null, 1],
  ],
  ["timestamp in s", new TimestampSecond(), [-1000, null], "timestamp", [-1_000_000n, null]],
  ["timestamp in ms", new TimestampMillisecond(), [-1, null], "timestamp", [-1000n, null]],
  ["timestamp in us", new TimestampMicrosecond(), [1, null], "timestamp", [1000n, null]],
  ["null", new Null(), [null, null], "float64", [null, null]],
])("%s is read", async (_type, type, values, expectedType, expected) => {
  const table = await written(vectorFromArray(values, type));
  expect(table.columns[0]!.type).toBe(expectedType);
  expect(contentOf(table)).toEqual([expected]);
});

test.each([false, true])(
  "string views are read, inline and from buffers, as a dictionary: %s",
  async (asDictionary) => {
    const texts = ["é", "too long to lie inline 模型", "", "in 12 bytes.", "in 13 bytes.."];
    const buffer = Buffer.from(`..${texts.join("")}`);
    const views = texts.map((text) => viewOf(Buffer.from(text), buffer));
    const data = makeData({
      type: new Utf8View(),
      length: 6,
      nullCount: 1,
      nullBitmap: Uint8Array.of(0b011111),
      views: Buffer.concat([...views, Buffer.alloc(16, 0xff)]),
      variadicBuffers: [Buffer.alloc(0), buffer],
    });
    const words = new Vector([data]);
    const codes = makeData({
      type: new Dictionary(words.type, new Int32()),
      length: 6,
      data: Int32Array.of(0, 1, 2, 3, 4, 5),
      dictionary: words,
    });
    const table = await written(asDictionary ? new Vector([codes]) : words);
    expect(contentOf(table)).toEqual([[...texts, null]]);
  },
);

/** Arrow's 16 bytes for one string: inline up to 12 bytes, otherwise in the second buffer. */
function viewOf(text: Buffer, buffer: Buffer): Buffer {
  const view = Buffer.alloc(16);
  view.writeInt32LE(text.length, 0);
  text.copy(view, 4, 0, text.length > 12 ? 4 : 12);
  if (text.length > 12) {
    view.writeInt32LE(1, 8);
    view.writeInt32LE(buffer.indexOf(text), 12);
  }
  return view;
}

test("nanoseconds become microseconds", async () => {
  const vector = vectorFromArray([0, 0, 0], new TimestampNanosecond("UTC"));
  vector.data[0]!.values.set([1000n, -2000n, -(10n ** 18n)]);
  const table = await written(vector);
  expect(contentOf(table)).toEqual([[1n, -2n, -(10n ** 15n)]]);
  expect(table.columns[0]!.timezone).toBe("UTC");
});

test.each([1n, -1n, 1999n])("%d nanoseconds are rejected rather than cut", async (nanoseconds) => {
  const vector = vectorFromArray([0], new TimestampNanosecond());
  vector.data[0]!.values.set([nanoseconds]);
  await expect(written(vector)).rejects.toThrow(`holds ${nanoseconds} nanoseconds,`);
});

test.each<[string, DataType, unknown[], string, unknown[]]>([
  ["ints", new Int64(), [7n, null, -(2n ** 62n), 7n], "int64", [7n, null, -(2n ** 62n), 7n]],
  ["bytes", new Uint8(), [3, null, 255], "int64", [3n, null, 255n]],
  ["floats", new Float64(), [0.5, null, 2.25], "float64", [0.5, null, 2.25]],
  ["bools", new Bool(), [true, null, false], "bool", [true, null, false]],
  ["dates", new DateDay(), [new Date(0), null, new Date(86_400_000)], "date", [0, null, 1]],
])("a dictionary of %s is read by value", async (_type, type, values, kind, expected) => {
  const table = await written(vectorFromArray(values, new Dictionary(type, new Int32())));
  expect([table.columns[0]!.type, contentOf(table)]).toEqual([kind, [expected]]);
});

test("texts of a dictionary and columns of nothing count against the limit", () => {
  const words = vectorFromArray(
    new Array(3000).fill("x".repeat(1000)),
    new Dictionary(new Utf8(), new Int8()),
  );
  const nothing = vectorFromArray(new Array(200_000).fill(null), new Null());
  for (const vector of [words, nothing]) {
    const bytes = tableToIPC(new ArrowTable({ x: vector }));
    expect(() => readArrowBytes(bytes, 1_000_000)).toThrow("unpacks to more bytes than the limit");
    expect(readArrowBytes(bytes).rows).toBe(vector.length);
  }
});

test("columns that hold the index of a DataFrame are left out", async () => {
  const { readArrow } = await import("./arrow.js");
  const columns = {
    a: vectorFromArray([1, 2], new Float64()),
    __index_level_0__: vectorFromArray([7, 9], new Int32()),
  };
  const table = new ArrowTable(columns);
  table.schema.metadata.set("pandas", JSON.stringify({ index_columns: ["__index_level_0__"], columns: [] }));
  expect(readArrow(table).columns.map(({ name }) => name)).toEqual(["a"]);
});

test("an extension type is rejected by its name", async () => {
  const { readArrow } = await import("./arrow.js");
  const table = new ArrowTable({ month: vectorFromArray([600n], new Int64()) });
  table.schema.fields[0]!.metadata.set("ARROW:extension:name", "pandas.period");
  expect(() => readArrow(table)).toThrow('the column "month" has the Arrow extension type pandas.period');
});

test.each<[string, DataType, unknown[], string]>([
  ["uint64 beyond int64", new Uint64(), [1n, 2n ** 63n], "holds 9223372036854775808, which is beyond int64"],
  ["struct", new Struct([new Field("a", new Int8())]), [{ a: 1 }], "has the Arrow type Struct"],
  ["list", new List(new Field("item", new Int8())), [[1]], "has the Arrow type List"],
  ["binary", new Binary(), [Uint8Array.of(1)], "has the Arrow type Binary"],
])("%s is rejected with the column and the type", async (_type, type, values, words) => {
  const error = await written(vectorFromArray(values, type)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "INPUT_UNSUPPORTED" });
  expect((error as Error).message).toContain(`the column "x" ${words}`);
});

test("a timestamp in seconds that microseconds cannot hold is rejected", async () => {
  const vector = vectorFromArray([0], new TimestampSecond());
  vector.data[0]!.values.set([2n ** 62n]);
  await expect(written(vector)).rejects.toThrow("beyond int64 in microseconds");
});

test("record batches are joined, even if they are slices of others", async () => {
  const distinct = { rows: wide.rows, columns: wide.columns.slice(0, -1) };
  const part = makeArrow(distinct);
  const joined = part.concat(part.slice(1), part.slice(0, 1), part.slice(2, 2));
  expect(joined.batches.length).toBeGreaterThan(2);
  const rows = [0, 1, 2, 1, 2, 0];
  const expected = contentOf(distinct).map((values) => rows.map((row) => values[row]));
  expect(contentOf(await fromArrow(joined))).toEqual(expected);
  expect(contentOf(await fromArrow(tableToIPC(joined)))).toEqual(expected);
});

test("slices that begin within a byte of their bitmaps are read", async () => {
  const values = Array.from({ length: 40 }, (_, row) => (row % 3 === 0 ? null : row % 2 === 0));
  const table = makeArrow({ rows: 40, columns: [boolColumn("b", values)] });
  expect(contentOf(await fromArrow(table.slice(5, 33)))).toEqual([values.slice(5, 33)]);
});

test("batches with their own dictionaries are joined by their strings", async () => {
  const type = () => new Dictionary(new Utf8(), new Int8());
  const first = vectorFromArray(["a", "b", null], type());
  const second = vectorFromArray(["c", "a"], type());
  expect(contentOf(await fromArrow(new ArrowTable({ x: first.concat(second) })))).toEqual([
    ["a", "b", null, "c", "a"],
  ]);
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["text", Buffer.from("a,b\n1,2\n")],
  ["zeros", Buffer.alloc(1000)],
  ["ones", Buffer.alloc(1000, 0xff)],
  ["the magic word alone", Buffer.from("ARROW1\0\0")],
])("%s is not Arrow data", async (_what, bytes) => {
  await expect(fromArrow(bytes)).rejects.toMatchObject({ code: "INPUT_UNREADABLE" });
});

test.each(["stream", "file"] as const)(
  "a %s truncated anywhere is unreadable or complete up to a batch",
  async (format) => {
    const bytes = tableToIPC(makeArrow(wide), format);
    for (let size = 0; size < bytes.length; size++) {
      const outcome = await fromArrow(bytes.slice(0, size)).catch((thrown: unknown) => thrown);
      if (outcome instanceof DrumError) expect(outcome.code).toBe("INPUT_UNREADABLE");
      else
        expect(contentOf(outcome as Table)).toEqual(
          contentOf((outcome as Table).rows ? wide : { ...wide, rows: 0 }),
        );
    }
  },
);

test.each(["stream", "file"] as const)("a damaged %s soon gives a table or a DrumError", async (format) => {
  const bytes = tableToIPC(makeArrow(wide), format);
  for (let at = 0; at < bytes.length; at++) {
    for (const flip of [0x01, 0x80, 0xff]) {
      const damaged = bytes.slice();
      damaged[at]! ^= flip;
      const outcome = await fromArrow(damaged).catch((thrown: unknown) => thrown);
      if (!(outcome instanceof DrumError)) expect((outcome as Table).columns).toBeInstanceOf(Array);
    }
  }
});

function written(vector: Vector): Promise<Table> {
  return fromArrow(tableToIPC(new ArrowTable({ x: vector })));
}

function contentOf({ rows, columns }: Table): unknown[][] {
  return columns.map((column) =>
    Array.from({ length: rows }, (_, row) => (isPresent(column, row) ? cellOf(column, row) : null)),
  );
}

function cellOf(column: Column, row: number): unknown {
  switch (column.type) {
    case "float64":
    case "float32":
      return floatsOf(column)[row];
    case "bool":
      return boolAt(column, row);
    case "date":
      return daysOf(column)[row];
    case "int64":
    case "timestamp":
      return int64sOf(column)[row];
    default:
      return textsOf(column)[row];
  }
}
