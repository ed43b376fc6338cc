import { describe, expect, it } from "vitest";
import { figuresOf } from "./durations.js";
import type { CaseReport } from "./measure.js";
import { type Memory, sparkline } from "./memory.js";
import { tableOf } from "./report.js";

const memory: Memory = {
  used: 150.25,
  totalPhysical: 24000,
  container: null,
  curve: [
    { at: 0, used: 100 },
    { at: 0.5, used: 150.25 },
  ],
};
const done: CaseReport = {
  name: "10MB",
  bytes: 10_485_761,
  samples: 1234,
  iterations: 2,
  times: figuresOf([0.25, 0.5]),
  prediction: null,
  memory,
  failure: null,
};
const plain = { ratios: null };

describe("the table", () => {
  it("has DRUM's columns, percentiles and the curve", () => {
    expect(tableOf({ cases: [{ ...done, ...plain }] })).toEqual([
      [
        "size",
        "samples",
        "iters",
        "min",
        "avg",
        "max",
        "p50",
        "p90",
        "p99",
        "total (s)",
        "used (MB)",
        "over time",
        "total physical (MB)",
      ],
      [
        "10MB",
        "1234",
        "2",
        "0.2500",
        "0.3750",
        "0.5000",
        "0.2500",
        "0.5000",
        "0.5000",
        "0.7500",
        "150.3",
        "▁█",
        "24000.0",
      ],
    ]);
  });

  it("says Fail where there are no times", () => {
    const [, row] = tableOf({ cases: [{ ...done, ...plain, times: null, failure: "no" }] });
    expect(row!.slice(3, 10)).toEqual(Array(7).fill("Fail"));
  });

  it("shows the size of rows in bytes or KB", () => {
    const sizes = [51, 2048].map((bytes) => ({ ...done, ...plain, name: "3 rows", bytes }));
    expect(tableOf({ cases: sizes }).map(([size]) => size)).toEqual(["size", "51 bytes", "2.0 KB"]);
  });

  it("has further columns for a container, prediction times and ratios", () => {
    const container = { used: 1, maxUsed: 2, limit: 3 };
    const more = {
      prediction: 0.125,
      memory: { ...memory, container },
      ratios: { median: 1.5, memory: null },
    };
    const [titles, row] = tableOf({ cases: [{ ...done, ...more }] });
    const cells = Object.fromEntries(titles!.map((title, at) => [title, row![at]]));
    expect(cells).toMatchObject({
      "container used (MB)": "1.0",
      "container max used (MB)": "2.0",
      "container limit (MB)": "3.0",
      prediction: "0.1250",
      "p50 ratio": "1.50",
      "used ratio": "-",
    });
  });
});

describe("the sparkline", () => {
  it.each([
    ["nothing without values", [], ""],
    ["constant memory as low bars", [5, 5, 5], "▁▁▁"],
    ["growth", [1, 2, 3, 4, 5, 6, 7, 8], "▁▂▃▄▅▆▇█"],
    ["a peak among many values", [...Array(50).fill(1), 9, ...Array(49).fill(1)], "▁▁▁▁▁▁█▁▁▁▁▁"],
  ])("draws %s", (_title, values, expected) => {
    expect(sparkline(values)).toBe(expected);
  });
});
