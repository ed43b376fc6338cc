// Requests of the Open Inference Protocol as tables: every datatype in JSON and as bytes, the content types, and what is refused.

import { describe, expect, it } from "vitest";
import type { Column, Signature, Table } from "../../../protocol/messages.js";
import { floatsOf, int64sOf, isPresent } from "../../../protocol/table.js";
import { valuesOf } from "../cells.js";
import { readInferRequest } from "./message.js";
import { type KnownInputs, tableOf } from "./table.js";

const body = (json: object | string, ...tails: Buffer[]) => {
  const text = Buffer.from(typeof json === "string" ? json : JSON.stringify(json));
  return { bytes: Buffer.concat([text, ...tails]), jsonLength: text.length };
};

function tableIn(json: object | string, { tails = [] as Buffer[], known = {} as Partial<KnownInputs> } = {}) {
  const { bytes, jsonLength } = body(json, ...tails);
  return tableOf(readInferRequest(bytes, jsonLength), { signature: undefined, ...known });
}

const tensor = (datatype: string, data: unknown, shape: number[], more = {}) => ({
  name: "x",
  datatype,
  shape,
  data,
  ...more,
});
const one = (datatype: string, data: unknown[], more = {}) => ({
  inputs: [tensor(datatype, data, [data.length], more)],
});
/** The cells as they are: NaN as NaN, whole numbers beyond 2^53 as bigints. */
function cellsOf(column: Column, rows: number): unknown[] {
  const numbers =
    column.type === "int64" ? int64sOf(column) : /^float/.test(column.type) ? floatsOf(column) : undefined;
  if (!numbers) return valuesOf(column, rows);
  return Array.from(numbers as ArrayLike<number | bigint>, (value, row) => {
    if (!isPresent(column, row)) return null;
    return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
  });
}

function rowsOf({ rows, columns }: Table): unknown[][] {
  const cells = columns.map((column) => cellsOf(column, rows));
  return Array.from({ length: rows }, (_, row) => cells.map((one) => one[row]));
}

const signatureOf = (...names: string[]): Signature => ({
  columns: names.map((name) => ({ name, type: null, levels: null })),
  by: "name",
});

describe("elements in JSON", () => {
  it.each<[string, unknown[], string]>([
    ["BOOL", [true, false], "bool"],
    ["INT8", [-128, 127], "int64"],
    ["UINT16", [0, 65_535], "int64"],
    ["INT64", [1, -2], "int64"],
    ["FP32", [1.5, null], "float32"],
    ["FP64", [1, 2.5], "float64"],
    ["BYTES", ["a", "ä"], "utf8"],
  ])("of %s become a column", (datatype, data, type) => {
    const table = tableIn(one(datatype, data));
    expect([table.columns[0]!.name, table.columns[0]!.type, rowsOf(table).flat()]).toEqual(["x", type, data]);
  });

  it("of INT64 beyond 2^53 stay exact", () => {
    const table = tableIn(
      '{"inputs":[{"name":"x","shape":[2],"datatype":"INT64","data":[9007199254740993,-9223372036854775808]}]}',
    );
    expect(rowsOf(table).flat()).toEqual([9007199254740993n, -9223372036854775808n]);
  });

  it.each([
    [
      "[[1, 2], [3, 4]]",
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      "[1, 2, 3, 4]",
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      "[[1, 2], [3, NaN]]",
      [
        [1, 2],
        [3, null],
      ],
    ],
  ])("%s are the same rows, nested or flat", (data, rows) => {
    const text = `{"inputs":[{"name":"x","shape":[2,2],"datatype":"FP64","data":${data}}]}`;
    expect(rowsOf(tableIn(text))).toEqual(rows);
  });

  it("beyond the range of floats are refused", () => {
    const text = '{"inputs":[{"name":"x","shape":[1],"datatype":"FP64","data":[1e400]}]}';
    expect(() => tableIn(text)).toThrow("is not valid JSON: the number 1e400 is beyond the range");
  });

  it("may be bare NaN, which is missing, and Infinity", () => {
    const table = tableIn(
      '{"inputs":[{"name":"x NaN","shape":[3],"datatype":"FP64","data":[NaN,-Infinity,1]}]}',
    );
    expect([table.columns[0]!.name, rowsOf(table).flat()]).toEqual([
      "x NaN",
      [null, Number.NEGATIVE_INFINITY, 1],
    ]);
  });

  it.each<[string, unknown[], string]>([
    ["BOOL", [null], "element 0 of x is null, expected true or false for BOOL"],
    ["BOOL", [1], "element 0 of x is 1, expected true or false"],
    ["INT64", [1, 2.7], "element 1 of x is 2.7, expected a whole number from -9223372036854775808"],
    ["INT64", [null], "is null, expected a whole number"],
    ["INT32", ["1"], 'is "1", expected a whole number'],
    ["INT8", [128], "is 128, expected a whole number from -128 to 127 for INT8"],
    ["UINT8", [-1], "from 0 to 255"],
    ["FP32", ["a"], 'is "a", expected a number for FP32'],
    ["FP64", [true], "is true, expected a number"],
    ["BYTES", [1], "is 1, expected a text for BYTES"],
    ["FP32", [1e39], "is 1e+39, expected at most 3.4028234663852886e+38 for FP32"],
    ["FP16", [-65_505], "is -65505, expected at most 65504 for FP16"],
  ])("of %s %j are refused", (datatype, data, words) => {
    expect(() => tableIn(one(datatype, data))).toThrow(words);
  });

  it("of UINT64 beyond int64 are refused", () => {
    const text = '{"inputs":[{"name":"x","shape":[1],"datatype":"UINT64","data":[18446744073709551615]}]}';
    expect(() => tableIn(text)).toThrow("is 18446744073709551615, expected one below 2^63");
  });
});

describe("elements in bytes", () => {
  const bytesOf = (...numbers: number[]) => Buffer.from(numbers);
  const of = (array: ArrayBufferView) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  it.each<[string, Buffer, unknown[]]>([
    ["BOOL", bytesOf(1, 0), [true, false]],
    ["INT8", of(Int8Array.of(-1, 2)), [-1, 2]],
    ["INT16", of(Int16Array.of(-300, 2)), [-300, 2]],
    ["INT32", of(Int32Array.of(-70_000, 2)), [-70_000, 2]],
    ["INT64", of(BigInt64Array.of(9007199254740993n, 2n)), [9007199254740993n, 2]],
    ["UINT8", bytesOf(255, 2), [255, 2]],
    ["UINT16", of(Uint16Array.of(65_535, 2)), [65_535, 2]],
    ["UINT32", of(Uint32Array.of(4_294_967_295, 2)), [4_294_967_295, 2]],
    ["UINT64", of(BigUint64Array.of(5n, 2n)), [5, 2]],
    ["FP16", of(Uint16Array.of(0x3e00, 0xc000)), [1.5, -2]],
    ["BF16", of(Uint16Array.of(0x3fc0, 0xc000)), [1.5, -2]],
    ["FP32", of(Float32Array.of(1.5, Number.NaN)), [1.5, null]],
    ["FP64", of(Float64Array.of(0.1, 2)), [0.1, 2]],
    ["BYTES", Buffer.concat([bytesOf(2, 0, 0, 0), Buffer.from("ä"), bytesOf(0, 0, 0, 0)]), ["ä", ""]],
  ])("of %s become a column, wherever they lie", (datatype, bytes, values) => {
    // Another tensor first, so that the bytes are not aligned.
    const first = { name: "first", datatype: "BOOL", shape: [2], parameters: { binary_data_size: 2 } };
    const second = { name: "x", datatype, shape: [2], parameters: { binary_data_size: bytes.length } };
    const table = tableIn({ inputs: [first, second] }, { tails: [bytesOf(0, 1), bytes] });
    expect(rowsOf({ rows: 2, columns: [table.columns[1]!] }).flat()).toEqual(values);
  });

  it.each<[string, object, Buffer, string]>([
    [
      "too few in the body",
      { binary_data_size: 16 },
      Buffer.alloc(8),
      "is 16, but 8 bytes are left in the body",
    ],
    [
      "not as many as the shape says",
      { binary_data_size: 8 },
      Buffer.alloc(8),
      "[2] of FP64, 16 bytes, but binary_data_size is 8",
    ],
    ["a size that is none", { binary_data_size: "8" }, Buffer.alloc(8), 'is "8", expected a number of bytes'],
    ["more than the tensors", { binary_data_size: 16 }, Buffer.alloc(17), "1 byte follow the last tensor"],
  ])("that are %s are refused", (_title, parameters, bytes, words) => {
    const input = { name: "x", datatype: "FP64", shape: [2], parameters };
    expect(() => tableIn({ inputs: [input] }, { tails: [bytes] })).toThrow(words);
  });

  it("of BYTES are refused if they are cut, or no UTF-8", () => {
    const input = (size: number) => ({
      inputs: [{ name: "x", datatype: "BYTES", shape: [1], parameters: { binary_data_size: size } }],
    });
    expect(() => tableIn(input(5), { tails: [bytesOf(9, 0, 0, 0, 65)] })).toThrow("do not hold 1 elements");
    expect(() => tableIn(input(5), { tails: [bytesOf(1, 0, 0, 0, 0xff)] })).toThrow(
      "element 0 of x is not UTF-8",
    );
  });

  it("are refused beyond the body, whatever the header says", () => {
    expect(() => readInferRequest(Buffer.from("{}"), 10)).toThrow(
      "Inference-Header-Content-Length says 10, but the body has 2 bytes",
    );
  });
});

describe("tables", () => {
  const pairs = { inputs: [tensor("FP64", [1, 2, 3, 4], [2, 2])] };
  it("of one matrix have the model's columns, if they are as many", () => {
    const { columns, rows } = tableIn(pairs, { known: { signature: signatureOf("a", "b") } });
    expect([rows, columns.map(({ name }) => name)]).toEqual([2, ["a", "b"]]);
    expect(rowsOf({ rows, columns })).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(tableIn(pairs).columns.map(({ name }) => name)).toEqual(["0", "1"]);
  });

  it("read nested and flat data alike", () => {
    const nested = {
      inputs: [
        tensor(
          "FP64",
          [
            [1, 2],
            [3, 4],
          ],
          [2, 2],
        ),
      ],
    };
    expect(tableIn(nested)).toEqual(tableIn(pairs));
  });

  it("of several inputs have a column each", () => {
    const inputs = [
      { name: "a", datatype: "FP64", shape: [2, 1], data: [1, 2] },
      { name: "b", datatype: "BYTES", shape: [2], data: ["x", "y"] },
    ];
    expect(rowsOf(tableIn({ inputs }))).toEqual([
      [1, "x"],
      [2, "y"],
    ]);
    expect(() => tableIn({ inputs, parameters: { content_type: "np" } })).toThrow(
      "np takes one input, got 2: a, b; send pd",
    );
  });

  it("read base64 and times", () => {
    const typed = (content_type: string, data: string[]) =>
      tableIn(one("BYTES", data, { parameters: { content_type } }));
    expect(rowsOf(typed("base64", ["YWI="]))).toEqual([["ab"]]);
    expect(() => typed("base64", ["*"])).toThrow('element 0 of x is "*", expected base64');
    const [column] = typed("datetime", ["2026-01-02T03:04:05.678901", "2026-01-02"]).columns;
    expect([column!.type, column!.timezone]).toEqual(["timestamp", null]);
    expect([...new BigInt64Array(Uint8Array.from(column!.data).buffer)]).toEqual([
      1767323045678901n,
      1767312000000000n,
    ]);
    expect(typed("datetime", ["2026-01-02T03:04:05+02:00"]).columns[0]!.timezone).toBe("UTC");
    expect(() => typed("datetime", ["soon"])).toThrow('is "soon", expected a time in ISO 8601');
  });

  it.each<[string, object, string]>([
    [
      "an unknown content type",
      { parameters: { content_type: "csv" }, ...pairs },
      'the content type "csv" of the request is unknown',
    ],
    [
      "a matrix as a column",
      { parameters: { content_type: "pd" }, ...pairs },
      "x has the shape [2, 2], and a column has one value a row: [2] or [2, 1]",
    ],
    [
      "a cube",
      { inputs: [tensor("FP64", [1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2])] },
      "a table has rows and columns",
    ],
    ["base64 of numbers", one("FP64", [1], { parameters: { content_type: "base64" } }), "which is for BYTES"],
  ])("refuse %s", (_title, json, words) => {
    expect(() => tableIn(json)).toThrow(words);
  });

  it("refuse columns of different lengths", () => {
    const inputs = [tensor("FP64", [1], [1]), { ...tensor("FP64", [1, 2], [2]), name: "y" }];
    expect(() => tableIn({ inputs })).toThrow("y has 2 rows, and x has 1; send as many of each");
  });
});

describe("requests", () => {
  it.each<[string, object | string, string]>([
    ["nothing", "", "the body is empty, expected an object with inputs"],
    ["no JSON", "{", "the body is not valid JSON"],
    ["a list", [], "the body is a list of 0, expected an object"],
    ["no inputs", {}, "inputs is missing, expected a list"],
    ["a number as id", { id: 5, inputs: [tensor("BOOL", [true], [1])] }, "id is a number, expected a text"],
    [
      "an input without a name",
      { inputs: [{ ...tensor("BOOL", [true], [1]), name: undefined }] },
      "inputs[0].name is missing",
    ],
    ["a shape of text", { inputs: [tensor("BOOL", [true], ["1" as never])] }, 'the shape of x is ["1"]'],
    ["a negative size", { inputs: [tensor("BOOL", [true], [-1])] }, "expected a list of whole numbers"],
    ["a datatype in small letters", one("fp64", [1]), 'the datatype of x is "fp64", expected one of BOOL'],
    [
      "no data",
      { inputs: [{ ...tensor("BOOL", [], [1]), data: undefined }] },
      "the data of x is missing, expected a list",
    ],
    [
      "more data than the shape says",
      { inputs: [tensor("BOOL", [true, false], [1])] },
      "x has the shape [1], 1 element, but its data are 2 elements",
    ],
    [
      "data nested otherwise",
      { inputs: [tensor("FP64", [[1, 2, 3], [4]], [2, 2])] },
      "but its data are lists of other lengths",
    ],
    [
      "an input twice",
      { inputs: [tensor("BOOL", [true], [1]), tensor("BOOL", [true], [1])] },
      "the input x is there twice",
    ],
    ["an output without a name", { ...one("BOOL", [true]), outputs: [{}] }, "outputs[0] has no name"],
    [
      "parameters that are a list",
      { ...one("BOOL", [true]), parameters: [] },
      "parameters is a list of 0, expected an object",
    ],
  ])("that are %s are refused", (_title, json, words) => {
    const { bytes } = body(json);
    expect(() => readInferRequest(bytes)).toThrow(words);
  });

  it("keep id, parameters and the wanted outputs", () => {
    const outputs = [{ name: "y", parameters: { binary_data: true } }];
    const {
      id,
      parameters,
      outputs: wanted,
    } = readInferRequest(body({ id: "7", parameters: { a: 1 }, outputs, ...one("BOOL", [true]) }).bytes);
    expect({ id, parameters, wanted }).toEqual({ id: "7", parameters: { a: 1 }, wanted: outputs });
  });
});
