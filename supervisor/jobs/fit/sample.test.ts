// Which rows are chosen, and how many are predicted again.

import { describe, expect, it } from "vitest";
import { sampleSize } from "./check.js";
import { chooseRows } from "./sample.js";

describe("rows chosen at random", () => {
  it("are as many as requested, unique, in order, and the same each time", () => {
    for (const [total, count] of [
      [1, 1],
      [10, 10],
      [1000, 10],
      [1000, 999],
      [5, 0],
    ] as const) {
      const rows = chooseRows(total, count);
      expect(rows).toHaveLength(count);
      expect(rows).toEqual([...new Set(rows)].toSorted((one, other) => one - other));
      expect(rows.every((row) => row >= 0 && row < total)).toBe(true);
      expect(chooseRows(total, count)).toEqual(rows);
    }
  });

  it("come from all parts of the input", () => {
    const tenths = new Set(chooseRows(100_000, 1000).map((row) => Math.floor(row / 10_000)));
    expect(tenths.size).toBe(10);
  });
});

it.each([
  [1, 1],
  [10, 10],
  [50, 10],
  [442, 44],
  [20_000, 1000],
])("of %d rows %d are predicted again", (rows, again) => {
  expect(sampleSize(rows)).toBe(again);
});
