import { expect, it } from "vitest";
import { figuresOf } from "./durations.js";

it("figures of a hundred times do not depend on their order", () => {
  const times = Array.from({ length: 100 }, (_, at) => ((at * 37) % 100) + 1);
  expect(figuresOf(times)).toEqual({ min: 1, avg: 50.5, max: 100, p50: 50, p90: 90, p99: 99, total: 5050 });
});

it.each([
  ["of one time are that time", [3], { p50: 3, p90: 3, p99: 3 }],
  ["of five times are among them", [5, 1, 4, 2, 3], { p50: 3, p90: 5, p99: 5 }],
  ["do not sort numbers as texts", [10, 9, 100], { min: 9, p50: 10, max: 100 }],
])("percentiles %s", (_title, times, expected) => {
  expect(figuresOf(times)).toMatchObject(expected);
});
