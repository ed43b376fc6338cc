import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { targetTypes } from "../../predictions/targets.js";
import { newLanguages } from "./languages.js";
import { modelFiles } from "./model.js";
import { fillTemplate } from "./template.js";

const root = path.resolve(import.meta.dirname, "../../..");

it.each([
  ["only", "binary", "a\nb\n"],
  ["only", "regression", "a\n"],
  ["not", "binary", "a\n"],
  ["not", "regression", "a\nb\n"],
])("a block that is %s for binary and multiclass is taken so for %s", (which, targetType, expected) => {
  for (const [open, close] of [
    ["#", ""],
    ["  //", ""],
    ["<!--", " -->"],
  ]) {
    const text = `a\n${open} ${which}: binary multiclass${close}\nb\n${open} end${close}\n`;
    expect(fillTemplate(text, targetType, {})).toBe(expected);
  }
});

it("a word in double braces is filled in, and one without a value is an error", () => {
  expect(fillTemplate("{{name}} and {{name}}", "binary", { name: "$&" })).toBe("$& and $&");
  expect(() => fillTemplate("{{other}}", "binary", { name: "x" })).toThrow("{{other}}");
});

it.each([
  ["left open", "# only: binary\n"],
  ["closed twice", "# only: binary\n# end\n# end\n"],
  ["within another", "# only: binary\n# not: regression\n# end\n"],
])("a block %s is an error", (_title, text) => {
  expect(() => fillTemplate(text, "binary", {})).toThrow("a template");
});

it.each(newLanguages)("the files for %s have no template comments left", (language) => {
  for (const targetType of targetTypes) {
    const model = { name: "m", language, targetType, labels: ["a", "b"] };
    for (const text of Object.values(modelFiles(model, root))) {
      expect(text).not.toMatch(/(#|\/\/|<!--) (only:|not:|end\b)|\{\{|\n\n\n\n/);
    }
  }
});

it("templates name only existing target types", () => {
  for (const file of ["python/custom.py", "r/custom.R", "julia/custom.jl", "java/custom.java", "model.md"]) {
    const text = readFileSync(path.join(root, "templates", file), "utf8");
    const named = [...text.matchAll(/ (?:only|not): ([a-z ]+)/g)].flatMap(([, types]) =>
      types!.trim().split(" "),
    );
    expect(named.filter((type) => ![...targetTypes, "transform"].includes(type))).toEqual([]);
  }
});
