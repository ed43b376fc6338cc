import { describe, expect, it } from "vitest";
import { floatColumn } from "./columns.js";
import type { Method, Value } from "./messages.js";
import { checkHello, checkResult } from "./results.js";

const table = { rows: 2, columns: [floatColumn("Predictions", [1, 2])] } as unknown as Value;
const signature = {
  by: "name",
  columns: [
    { name: "age", type: "float64", levels: null },
    { name: "city", type: "utf8", levels: ["Ulm", "Bonn"] },
  ],
};
const load = { hooks: ["score"], predictor: null, payload_formats: { csv: null }, packages: { numpy: "2" } };
const call = { status: 200, type: "application/json", message: "", metrics: [], traceback: null };
const hello = {
  protocol: 1,
  language: "python",
  language_version: "3.11.7",
  worker_version: "1",
  executable: "/usr/bin/python3",
  capabilities: { methods: ["load"], payloads: ["bytes"], concurrency: 1 },
};

describe("checkResult takes", () => {
  it.each<[string, Method, Value, object | null]>([
    ["the result of load", "load", load, { ...load, signature: null }],
    ["a signature", "load", { ...load, signature }, { ...load, signature }],
    [
      "a signature without types and levels",
      "load",
      { ...load, signature: { by: "position", columns: [{ name: "a" }] } },
      { ...load, signature: { by: "position", columns: [{ name: "a", type: null, levels: null }] } },
    ],
    [
      "predictions, with missing fields as nil",
      "predict",
      { predictions: table, labelled: true },
      { rows: null, labelled: true, index: null, predictions: { rows: 2 } },
    ],
    [
      "transformed data as a table",
      "transform",
      { rows: 2, table },
      { rows: 2, data: { rows: 2 }, index: null, target: null },
    ],
    [
      "an empty result of an unstructured hook",
      "score_unstructured",
      {},
      { data: null, mimetype: null, charset: null },
    ],
    ["a chat in chunks", "chat", { completion: null }, { completion: null }],
    ["an empty map for ping", "ping", {}, null],
    ["an empty map for serve", "serve", {}, null],
    ["an empty map for fit", "fit", {}, null],
    ["the answer of a class", "call", { ...call, message: "{}" }, { message: "{}" }],
    ["its bytes", "call", { ...call, message: Buffer.from([1]) }, { message: Buffer.from([1]) }],
    [
      "tensors",
      "infer",
      { head: "{}", tensors: [Buffer.from([1]), ["a", Buffer.from([2]), null]] },
      { head: "{}", tensors: [Buffer.from([1]), ["a", Buffer.from([2]), null]] },
    ],
  ])("%s", (_title, method, result, expected) => {
    const checked = checkResult(method, result);
    if (expected === null) expect(checked).toBeNull();
    else expect(checked).toMatchObject(expected);
  });
});

describe("checkResult refuses", () => {
  it.each<[string, Method, Value, string]>([
    [
      "an answer that is no text",
      "call",
      { ...call, message: 1 },
      "no usable message: expected a str or a bin",
    ],
    [
      "tensors whose elements are numbers",
      "infer",
      { head: "{}", tensors: [[1]] },
      "no usable tensors: expected an array of bin or array",
    ],
    ["a result that is not a map", "load", [], "no usable result of load: expected a map, got an array of 0"],
    [
      "hooks that are not a list",
      "load",
      { ...load, hooks: "score" },
      "no usable hooks: expected an array of str",
    ],
    ["a hook that is not a text", "load", { ...load, hooks: [1] }, "no usable hooks"],
    [
      "a predictor that is not a text",
      "load",
      { ...load, predictor: 1 },
      "no usable predictor: expected a str or nil",
    ],
    [
      "a signature that is not a map",
      "load",
      { ...load, signature: ["a"] },
      "no usable signature: expected a map or nil",
    ],
    [
      "a signature of unknown order",
      "load",
      { ...load, signature: { ...signature, by: "luck" } },
      'no usable by of the signature: expected "name" or "position", got "luck"',
    ],
    [
      "a signature without columns",
      "load",
      { ...load, signature: { by: "name" } },
      "no usable columns of the signature: expected an array, got missing",
    ],
    [
      "a column of a type that the wire lacks",
      "load",
      { ...load, signature: { by: "name", columns: [{ name: "a", type: "factor" }] } },
      'no usable type of a column of the signature: expected a column type or nil, got "factor"',
    ],
    ["a missing map", "load", { ...load, packages: null }, "no usable packages: expected a map, got nil"],
    [
      "a version that is not a text",
      "load",
      { ...load, packages: { numpy: 2 } },
      "no usable numpy: expected a str, got 2",
    ],
    ["a missing table", "predict", { labelled: true }, "no table of predictions: a table is nil"],
    [
      "labelled that is not a bool",
      "predict",
      { predictions: table, labelled: 1 },
      "no usable labelled: expected a bool",
    ],
    ["negative rows", "predict", { rows: -1, predictions: table, labelled: true }, "no usable rows"],
    [
      "an index of another length",
      "predict",
      { predictions: table, labelled: true, index: floatColumn("index", [1]) as unknown as Value },
      "no column of row labels",
    ],
    [
      "transformed data without rows",
      "transform",
      { table },
      "no usable rows: expected an int from 0, got nil",
    ],
    ["missing transformed data", "transform", { rows: 2 }, "no table of transformed data"],
    ["an invalid matrix", "transform", { rows: 2, matrix: {} }, "no matrix of transformed data"],
    [
      "data of another type",
      "score_unstructured",
      { data: 1 },
      "no usable data: expected a str, a bin or nil, got 1",
    ],
    ["a completion that is not a map", "chat", { completion: "hi" }, "no usable completion"],
    ["models that are not maps", "models", { models: ["a"] }, "no usable models: expected an array of map"],
  ])("%s", (_title, method, result, words) => {
    expect(() => checkResult(method, result)).toThrow(words);
  });
});

describe("checkHello", () => {
  it("takes a complete hello, and drops unknown fields", () => {
    expect(checkHello({ ...hello, mood: "fine" })).toEqual(hello);
  });

  it.each<[string, Value]>([
    ["protocol", { ...hello, protocol: "1" }],
    ["language", { ...hello, language: null }],
    ["executable", { ...hello, executable: 3 }],
    ["capabilities", { ...hello, capabilities: null }],
    ["methods", { ...hello, capabilities: { ...hello.capabilities, methods: "load" } }],
    ["payloads", { ...hello, capabilities: { ...hello.capabilities, payloads: [1] } }],
    ["concurrency", { ...hello, capabilities: { ...hello.capabilities, concurrency: 1.5 } }],
  ])("names %s if it is invalid", (field, value) => {
    expect(() => checkHello(value)).toThrow(`no usable ${field}: expected`);
  });
});
