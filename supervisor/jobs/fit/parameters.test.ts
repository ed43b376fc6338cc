// Hyperparameters from a file or the metadata, and which of them are floats.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { readParameters } from "./parameters.js";

function file(text: string): string {
  const name = path.join(mkdtempSync(path.join(tmpdir(), "drum-parameters-")), "p.json");
  writeFileSync(name, text);
  return name;
}

it.each([
  ["", {}, []],
  ["{}", {}, []],
  ['{"a": 1, "b": 1.0, "c": 1e3, "d": -2.50}', { a: 1, b: 1, c: 1000, d: -2.5 }, ["b", "c", "d"]],
  [
    '{"a": "1.0", "b \\"2.0\\"": 3, "c": [1.0], "d": {"e": 1}}',
    { a: "1.0", 'b "2.0"': 3, c: [1], d: { e: 1 } },
    [],
  ],
])("reads %s", (text, values, floats) => {
  expect(readParameters(file(text), undefined)).toEqual({ values, floats });
});

it("rejects a file that is not a JSON object", () => {
  expect(() => readParameters(file("{a: 1}"), undefined)).toThrow("is not valid JSON");
  expect(() => readParameters(file("5"), undefined)).toThrow("must be a JSON object");
});
