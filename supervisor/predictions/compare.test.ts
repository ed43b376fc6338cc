import { describe, expect, it } from "vitest";
import type { CheckedPredictions } from "./check.js";
import { comparePredictions } from "./compare.js";

function predicted(...values: number[]): CheckedPredictions {
  const data = new Uint8Array(Float64Array.from(values).buffer);
  const column = { name: "Predictions", type: "float64" as const, data, validity: null, offsets: null };
  return {
    targetType: "regression",
    predictions: { rows: values.length, columns: [column] },
    extra: null,
    index: null,
  };
}

describe("comparePredictions", () => {
  it("reports every difference, however small", () => {
    const found = comparePredictions(predicted(1, 2, 3), predicted(1, 2 + 1e-12, 4));
    expect(found).toMatchObject({ rows: 3, differing: 2, largest: 1, unlike: 0 });
  });

  it.each([
    ["small numbers relative to 1", 1e-9, 2e-9],
    ["large numbers relative to their size", 1e9, 1e9 + 100],
  ])("measures %s with a tolerance", (_title, one, other) => {
    const [first, second] = [predicted(one), predicted(other)];
    expect(comparePredictions(first, second, { tolerance: 1e-6 }).differing).toBe(0);
    expect(comparePredictions(first, second).differing).toBe(1);
  });

  it("finds differences beyond the tolerance, and numbers that only one side lacks", () => {
    const found = comparePredictions(predicted(1, 2), predicted(1.1, Number.NaN), { tolerance: 1e-6 });
    expect(found).toMatchObject({ differing: 2, unlike: 1 });
  });

  it("compares a part with its rows and reports their numbers", () => {
    const whole = predicted(1, 2, 3, 4);
    expect(comparePredictions(whole, predicted(2, 3), { from: 1 }).differing).toBe(0);
    const { at, worst } = comparePredictions(whole, predicted(3, 5), { from: 2 });
    expect(at).toEqual({ row: 3, column: "Predictions", first: 4, second: 5 });
    expect(worst).toEqual([at]);
  });

  it("lists the largest differences first, before them those without a size", () => {
    const numbers = Array.from({ length: 100 }, (_, at) => at);
    const others = numbers.map((one) => (one === 90 ? Number.NaN : one + one / 1000));
    const { worst } = comparePredictions(predicted(...numbers), predicted(...others));
    expect(worst.map(({ row }) => row)).toEqual([90, 99, 98, 97, 96, 95, 94, 93, 92, 91]);
  });

  it("leaves out a row that is named", () => {
    const whole = predicted(1, 2, 3);
    expect(comparePredictions(whole, predicted(1, 9, 3), { from: 0, except: 1 }).differing).toBe(0);
    expect(comparePredictions(whole, predicted(1, 9, 4), { from: 0, except: 1 }).differing).toBe(1);
  });

  it.each([
    ["more rows than remain from the given row", predicted(4, 5), 3],
    ["another number of rows", predicted(1, 2, 3), undefined],
  ])("rejects %s", (_title, part, from) => {
    const leeway = from === undefined ? {} : { from };
    expect(() => comparePredictions(predicted(1, 2, 3, 4), part, leeway)).toThrow(
      expect.objectContaining({ code: "PREDICTIONS_DIFFER" }),
    );
  });
});
