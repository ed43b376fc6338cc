import { describe, expect, it } from "vitest";
import { readEntries } from "./entry.js";
import { defaultHyperparameters, readHyperparameters } from "./hyperparameters.js";

/** Reads a list of these items, which are in flow style. */
function read(...items: string[]) {
  const text = `hyperparameters:\n${items.map((item) => `  - ${item}\n`).join("")}`;
  return readHyperparameters(readEntries("model-metadata.yaml", text).map("a map").hyperparameters);
}

const texts = (count: number) => `[${Array.from({ length: count }, (_, at) => `t${at}`).join(", ")}]`;

describe("the default of a hyperparameter is", () => {
  it.each([
    ["the default of an int", "{name: a, type: int, min: 1, max: 9, default: 4}", 4],
    ["the smallest int", "{name: a, type: int, min: -3, max: 9}", -3],
    ["the default of a float", "{name: a, type: float, min: 0, max: 1, default: 2.5e-1}", 0.25],
    ["the smallest float", "{name: a, type: float, min: 0.001, max: 1}", 0.001],
    ["the bound itself", "{name: a, type: int, min: 1, max: 9, default: 9}", 9],
    ["the default of a string", "{name: a, type: string, default: mean}", "mean"],
    ["an empty string", "{name: a, type: string}", ""],
    [
      "the default of a select",
      "{name: a, type: select, values: [gini, entropy], default: entropy}",
      "entropy",
    ],
    ["the first choice", "{name: a, type: select, values: [gini, entropy]}", "gini"],
    ["a choice that looks like a number, as text", "{name: a, type: select, values: [10, 20]}", "10"],
    [
      "the default of a multi, a number",
      "{name: a, type: multi, values: {int: {min: 1, max: 9}}, default: 3}",
      3,
    ],
    [
      "the default of a multi, a choice",
      "{name: a, type: multi, values: {int: {min: 1, max: 9}, select: {values: [auto, 7]}}, default: 7}",
      "7",
    ],
    [
      "that of a multi's first component by name",
      "{name: a, type: multi, values: {select: {values: [auto]}, int: {min: 1, max: 9}, float: {min: 0.5, max: 1}}}",
      0.5,
    ],
    ["its only component's", "{name: a, type: multi, values: {select: {values: [auto]}}}", "auto"],
  ])("%s", (_title, item, value) => {
    expect(defaultHyperparameters(read(item))).toEqual({ a: value });
  });

  it("none for a multi without components", () => {
    const found = read("{name: a, type: multi, values: {}}", "{name: b, type: string}");
    expect(found[0]).toEqual({ name: "a", type: "multi", default: undefined });
    expect(defaultHyperparameters(found)).toEqual({ b: "" });
  });
});

it("no hyperparameters are an empty list", () => {
  expect(readHyperparameters(undefined)).toEqual([]);
});

it.each(["a", "max_depth", "a__b", "A".repeat(64)])("a hyperparameter may be called %s", (name) => {
  expect(read(`{name: ${name}, type: string}`)[0]!.name).toBe(name);
});

describe("a hyperparameter is rejected", () => {
  it.each([
    ["a_", "{name: a_, type: string}", 'name is "a_"; expected letters with underscores between them'],
    ["_a", "{name: _a, type: string}", "expected letters"],
    ["a1", "{name: a1, type: string}", "expected letters"],
    ["a name over 64 letters", `{name: ${"a".repeat(65)}, type: string}`, "64 at most"],
    ["no name", "{type: string}", "hyperparameters[0] lacks name; add it"],
    ["no type", "{name: a}", "hyperparameters[0] lacks type; add it"],
    ["no map", "a", "expected a map with name and type"],
    [
      "another type",
      "{name: a, type: integer}",
      'type is "integer"; expected one of int, float, string, select',
    ],
    ["an int without min", "{name: a, type: int, max: 2}", "hyperparameters[0] lacks min; add it"],
    ["a float without max", "{name: a, type: float, min: 2}", "hyperparameters[0] lacks max; add it"],
    ["an int with a fraction", "{name: a, type: int, min: 0.5, max: 2}", "expected a whole number"],
    ["a min above max", "{name: a, type: int, min: 3, max: 2}", "expected a number above min, which is 3"],
    ["a min equal to max", "{name: a, type: float, min: 2, max: 2}", "above min, which is 2"],
    ["a default below", "{name: a, type: int, min: 1, max: 2, default: 0}", "a whole number from 1 to 2"],
    ["a default above", "{name: a, type: float, min: 1, max: 2, default: 2.1}", "a number from 1 to 2"],
    ["a float that is not a number", "{name: a, type: float, min: low, max: 2}", "expected a number"],
    ["a key of another type", "{name: a, type: string, min: 1}", 'unknown key "min" in hyperparameters[0]'],
    ["a mistyped key", "{name: a, type: int, mim: 1, max: 2}", "did you mean min?"],
    ["a long string", `{name: a, type: string, default: ${"x".repeat(1025)}}`, "has 1025 characters"],
    ["a select without values", "{name: a, type: select}", "lacks values; add it"],
    [
      "a select with none",
      "{name: a, type: select, values: []}",
      "an empty list; expected a list of 1 to 24",
    ],
    [
      "a select with 25",
      `{name: a, type: select, values: ${texts(25)}}`,
      "a list of 25; expected a list of 1",
    ],
    ["an empty choice", '{name: a, type: select, values: ["", b]}', "values[0] is empty; expected a text"],
    ["a multi without values", "{name: a, type: multi}", "lacks values; add it"],
    [
      "another component",
      "{name: a, type: multi, values: {string: {a: b}}}",
      'unknown key "string" in hyperparameters[0].values; expected one of float, int, select',
    ],
    ["a component's range", "{name: a, type: multi, values: {int: {min: 2, max: 1}}}", "above min"],
    ["a component's choices", "{name: a, type: multi, values: {select: {values: []}}}", "an empty list"],
  ])("%s", (_title, item, words) => {
    expect(() => read(item)).toThrow(words);
    expect(() => read(item)).toThrow(/^model-metadata\.yaml, line 2, column \d+: /);
  });

  it("that appears twice", () => {
    expect(() => read("{name: a, type: string}", "{name: a, type: string}")).toThrow(
      "model-metadata.yaml, line 3, column 12: the hyperparameter a appears twice; keep one",
    );
  });

  it("without a list", () => {
    expect(() => read("{name: a, type: string}", "b: c")).toThrow("hyperparameters[1] lacks name");
    expect(() =>
      readHyperparameters(
        readEntries("model-metadata.yaml", "hyperparameters: x\n").map("a map").hyperparameters,
      ),
    ).toThrow("expected a list of maps with name and type");
  });
});
