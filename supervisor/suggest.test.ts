import { expect, it } from "vitest";
import { nearest, suggested } from "./suggest.js";

const words = ["name", "type", "targetType", "typeSchema", "inputSchema", "classLabels", "classLabelsFile"];

it.each([
  ["targettype", "targetType"],
  ["target_type", "targetType"],
  ["tpye", "type"],
  ["nam", "name"],
  ["typeScheme", "typeSchema"],
  ["classLabel", "classLabels"],
  ["classLabelFile", "classLabelsFile"],
])("suggests for %s the word %s", (typed, meant) => {
  expect(nearest(typed, words)).toBe(meant);
});

it.each(["userProvidedId", "x", "", "colour"])("suggests nothing for %j", (typed) => {
  expect(nearest(typed, words)).toBeUndefined();
});

it("suggests nothing without words", () => {
  expect(nearest("a", [])).toBeUndefined();
});

it("words a suggestion, or nothing", () => {
  expect(["tpye", "colour"].map((word) => suggested(word, words))).toEqual(["; did you mean type?", ""]);
});
