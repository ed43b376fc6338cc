// Compares a report with an earlier one: the ratios of each case's median time and memory.

import { readFileSync } from "node:fs";
import { messageOf, usage } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import type { CaseReport } from "./measure.js";

/** Figures of a case that did not fail. */
export interface BaselineCase {
  /** Seconds. */
  median: number;
  /** MB; null if unknown. */
  used: number | null;
}

/** By case name. */
export type Baseline = ReadonlyMap<string, BaselineCase>;

/** New figures divided by the baseline's; null if one of the two is missing. */
export interface Ratios {
  median: number | null;
  memory: number | null;
}

/** Throws USAGE for a file that is not a report of `drum perf-test`, or that has none of these cases. */
export function readBaseline(file: string, names: readonly string[]): Baseline {
  const broken = (what: string) =>
    usage(`--baseline ${file} ${what}; give a file that drum perf-test wrote with --report`);
  let report: unknown;
  try {
    report = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw broken(`is not JSON (${messageOf(error)})`);
  }
  if (!isMap(report) || !Array.isArray(report.cases))
    throw broken("is not a report: it has no list of cases");
  const found = new Map(report.cases.map((one) => [one?.name, caseOf(one)] as const));
  const known = [...found].filter(([name, one]) => typeof name === "string" && one !== undefined);
  if (!known.some(([name]) => names.includes(name))) {
    const has = known.map(([name]) => name).join(", ") || "none";
    throw broken(`has no figures for the cases ${names.join(", ")} (it has: ${has})`);
  }
  return new Map(known as [string, BaselineCase][]);
}

function caseOf(one: Partial<CaseReport> | null): BaselineCase | undefined {
  const [median, used] = [one?.times?.p50, one?.memory?.used];
  if (typeof median !== "number") return undefined;
  return { median, used: typeof used === "number" ? used : null };
}

export function ratiosOf({ name, times, memory }: CaseReport, baseline: Baseline): Ratios {
  const then = baseline.get(name);
  return { median: ratio(times?.p50, then?.median), memory: ratio(memory.used, then?.used) };
}

function ratio(now: number | null | undefined, then: number | null | undefined): number | null {
  return typeof now === "number" && typeof then === "number" && then > 0 ? now / then : null;
}

/** One sentence for each figure that exceeds `maxRatio` times its baseline. */
export function regressions(one: CaseReport, { median, memory }: Ratios, maxRatio: number): string[] {
  const tooMuch = (what: string, found: number | null) =>
    found !== null && found > maxRatio
      ? [
          `${one.name}: ${what} ${found.toFixed(2)} times the baseline's; the limit of --max-ratio is ${maxRatio}`,
        ]
      : [];
  return [...tooMuch("the median is", median), ...tooMuch("memory is", memory)];
}
