import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ratiosOf, readBaseline, regressions } from "./baseline.js";
import { figuresOf } from "./durations.js";
import type { CaseReport } from "./measure.js";

const file = path.join(mkdtempSync(path.join(tmpdir(), "drum-baseline-")), "report.json");
const written = (text: string) => {
  writeFileSync(file, text);
  return file;
};
const report = (name: string, times: number[] | null, used: number | null = 100): CaseReport => ({
  name,
  bytes: 10,
  samples: 1,
  iterations: 3,
  times: times && figuresOf(times),
  prediction: null,
  memory: { used, totalPhysical: 1000, container: null, curve: [] },
  failure: times === null ? "no" : null,
});
const baselineOf = (...cases: CaseReport[]) =>
  readBaseline(
    written(JSON.stringify({ cases })),
    cases.map(({ name }) => name),
  );

describe("a baseline", () => {
  it.each([
    ["a broken file", "{", "is not JSON"],
    ["another report", '{"version": "1"}', "has no list of cases"],
    ["a list", "[]", "has no list of cases"],
    ["no case", '{"cases": []}', "no figures for the cases 10MB (it has: none)"],
    ["other cases", JSON.stringify({ cases: [report("1 row", [1])] }), "(it has: 1 row)"],
    ["a case that failed", JSON.stringify({ cases: [report("10MB", null)] }), "(it has: none)"],
    ["invalid cases", '{"cases": [null, 7, {"name": "10MB", "times": {"p50": "fast"}}]}', "(it has: none)"],
  ])("is rejected with %s", (_title, text, words) => {
    expect(() => readBaseline(written(text), ["10MB"])).toThrow(
      expect.objectContaining({ code: "USAGE", message: expect.stringContaining(words) }),
    );
  });

  it("is compared with the case of the same name", () => {
    const baseline = baselineOf(report("1 row", [1, 2, 9], 50), report("10MB", [10]));
    expect(ratiosOf(report("1 row", [3, 3, 3], 100), baseline)).toEqual({ median: 1.5, memory: 2 });
    expect(ratiosOf(report("50MB", [3]), baseline)).toEqual({ median: null, memory: null });
  });

  it("gives no ratio for the times of a failed case, or for unknown memory", () => {
    const baseline = baselineOf(report("1 row", [1]), report("10MB", [1], null));
    expect(ratiosOf(report("1 row", null, 150), baseline)).toEqual({ median: null, memory: 1.5 });
    expect(ratiosOf(report("10MB", [1]), baseline)).toEqual({ median: 1, memory: null });
  });
});

describe("a regression", () => {
  const one = report("10MB", [1]);
  it.each([
    [{ median: 1.5, memory: 1.5 }, []],
    [{ median: null, memory: null }, []],
    [{ median: 1.51, memory: 0.5 }, [expect.stringMatching(/^10MB: the median is 1\.51 times .* 1\.5$/)]],
    [{ median: 0.5, memory: 4 }, [expect.stringMatching(/^10MB: memory is 4\.00 times .* 1\.5$/)]],
    [{ median: 2, memory: 2 }, [expect.anything(), expect.anything()]],
  ])("in %o beyond 1.5 is reported", (ratios, expected) => {
    expect(regressions(one, ratios, 1.5)).toEqual(expected);
  });
});
