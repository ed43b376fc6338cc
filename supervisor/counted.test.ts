import { expect, it } from "vitest";
import { counted } from "./counted.js";

it("an amount has its noun in the singular for one alone", () => {
  expect([0, 1, 2].map((count) => counted(count, "input row"))).toEqual([
    "0 input rows",
    "1 input row",
    "2 input rows",
  ]);
});
