// The whole report of `drum perf-test`, and its table.

import { counted } from "../../counted.js";
import type { Ratios } from "./baseline.js";
import type { CaseReport } from "./measure.js";
import { sparkline } from "./memory.js";

export interface Report {
  version: string;
  model: string;
  targetType: string;
  data: string;
  features: number;
  workers: number;
  cases: readonly (CaseReport & { ratios: Ratios | null })[];
  /** Sentences about figures that exceed the baseline's. */
  regressions: readonly string[];
  passed: boolean;
}

/** The table's header, then one row per case. */
export function tableOf({ cases }: Pick<Report, "cases">): string[][] {
  const columns: Column[] = [
    ["size", (one) => sizeOf(one)],
    ["samples", ({ samples }) => String(samples)],
    ["iters", ({ iterations }) => String(iterations)],
    ["min", ({ times }) => seconds(times?.min)],
    ["avg", ({ times }) => seconds(times?.avg)],
    ["max", ({ times }) => seconds(times?.max)],
    ["p50", ({ times }) => seconds(times?.p50)],
    ["p90", ({ times }) => seconds(times?.p90)],
    ["p99", ({ times }) => seconds(times?.p99)],
    ["total (s)", ({ times }) => seconds(times?.total)],
    ...memoryColumns(cases.some(({ memory }) => memory.container !== null)),
  ];
  if (cases.some(({ prediction }) => prediction !== null)) {
    columns.push(["prediction", ({ prediction }) => seconds(prediction)]);
  }
  if (cases.some(({ ratios }) => ratios !== null)) {
    columns.push(["p50 ratio", ({ ratios }) => times(ratios?.median)]);
    columns.push(["used ratio", ({ ratios }) => times(ratios?.memory)]);
  }
  return [columns.map(([title]) => title), ...cases.map((one) => columns.map(([, cell]) => cell(one)))];
}

type Column = readonly [title: string, cell: (one: Report["cases"][number]) => string];

function memoryColumns(isContainer: boolean): Column[] {
  const curve: Column = ["over time", ({ memory }) => sparkline(memory.curve.map(({ used }) => used))];
  const physical: Column = ["total physical (MB)", ({ memory }) => megabytes(memory.totalPhysical)];
  const own: Column = ["used (MB)", ({ memory }) => megabytes(memory.used)];
  if (!isContainer) return [own, curve, physical];
  return [
    own,
    curve,
    ["container used (MB)", ({ memory }) => megabytes(memory.container?.used)],
    ["container max used (MB)", ({ memory }) => megabytes(memory.container?.maxUsed)],
    ["container limit (MB)", ({ memory }) => megabytes(memory.container?.limit)],
    physical,
  ];
}

function sizeOf({ name, bytes }: CaseReport): string {
  if (name.endsWith("MB")) return name;
  return bytes < 1024 ? counted(bytes, "byte") : `${(bytes / 1024).toFixed(1)} KB`;
}

/** DRUM's word for a case that has no times. */
function seconds(time: number | null | undefined): string {
  return typeof time === "number" ? time.toFixed(4) : "Fail";
}

function megabytes(size: number | null | undefined): string {
  return typeof size === "number" ? size.toFixed(1) : "-";
}

function times(ratio: number | null | undefined): string {
  return typeof ratio === "number" ? ratio.toFixed(2) : "-";
}
