import { expect, it } from "vitest";
import { nearest } from "./suggest.js";

const words = ["name", "type", "targetType", "typeSchema", "inputSchema", "classLabels", "classLabelsFile"];

it.each([
  ["targettype", "targetType"],
  ["target_type", "targetType"],
  ["tpye", "type"],
  ["nam", "name"],
  ["typeScheme", "typeSchema"],
  ["classLabel", "classLabels"],
  ["classLabelFile", "classLabelsFile"],
])("%s was meant to be %s", (typed, meant) => {
  expect(nearest(typed, words)).toBe(meant);
});

it.each(["userProvidedId", "x", "", "colour"])("nothing is near %j", (typed) => {
  expect(nearest(typed, words)).toBeUndefined();
});

it("nothing is near where there is nothing", () => {
  expect(nearest("a", [])).toBeUndefined();
});
