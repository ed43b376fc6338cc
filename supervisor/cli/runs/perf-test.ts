// `drum perf-test`: runs the model's server as a separate process, sends it requests, and reports times, memory and their ratios to a
// baseline. Exits with 1 for a failed case or a regression.

import { DrumError, usage } from "../../errors.js";
import type { CsvRecords } from "../../formats/csv/records.js";
import { filePayload } from "../../formats/input/payload.js";
import { recordsOf } from "../../formats/input/records.js";
import { type Baseline, ratiosOf, readBaseline, regressions } from "../../jobs/perf/baseline.js";
import { type BenchPlan, runCases } from "../../jobs/perf/bench.js";
import { type Wishes as CaseWishes, chooseCases } from "../../jobs/perf/cases.js";
import type { CaseReport } from "../../jobs/perf/measure.js";
import { type Report, tableOf } from "../../jobs/perf/report.js";
import { findMetadata } from "../../model/metadata/metadata.js";
import { type ModelWishes, modelName } from "../../model/model.js";
import { chooseTarget, type Target } from "../../model/target.js";
import { version } from "../../places.js";
import type { ContainerConfig, LogConfig } from "../config/parts.js";
import { checkWritable } from "../steps/output.js";
import { type ReportWishes, tellReport } from "../steps/report.js";
import { openProgress } from "../terminal/progress.js";
import { endedBy, type StopRequest, stopRequest } from "../terminal/signals.js";
import { formatTable } from "../terminal/table.js";

export interface PerfTestConfig
  extends ModelWishes,
    LogConfig,
    ContainerConfig,
    ReportWishes,
    CaseWishes,
    Pick<BenchPlan, "server" | "caseTimeout" | "inServer"> {
  codeDirectories: readonly [string];
  input: string;
  maxWorkers: number;
  /** A report to compare with. */
  baseline: string | undefined;
  /** The largest accepted ratio of a figure to the baseline's. */
  maxRatio: number;
}

/** Resolves with the exit code. */
export async function perfTest(config: PerfTestConfig): Promise<number> {
  if (config.report) checkWritable(config.report, { option: "--report", input: config.input });
  const target = readTarget(config);
  const records = await readRows(config.input);
  const cases = chooseCases(config, records.rows.length);
  const names = cases.map(({ name }) => name);
  const baseline = config.baseline === undefined ? undefined : readBaseline(config.baseline, names);
  const progress = openProgress("requests");
  const stopping = new AbortController();
  let stopped: StopRequest | undefined;
  stopRequest().then((request) => {
    stopped = request;
    stopping.abort();
  });
  const { signal } = stopping;
  const outcome = await runCases(cases, {
    server: config.server,
    caseTimeout: config.caseTimeout,
    inServer: config.inServer,
    route: target.type === "transform" ? "transform/" : "predict/",
    records,
    signal,
    onProgress: progress.show,
  }).finally(progress.end);
  if (stopped) return endedBy(stopped, "perf-test");
  // The exit code of the server, which has printed why it ended on stderr.
  if (typeof outcome === "number") return outcome;
  const report = reportOf(outcome, { config, target, records, baseline });
  await tellReport(report, inWords(report), config);
  return report.passed ? 0 : 1;
}

function readTarget(config: PerfTestConfig): Target {
  const target = chooseTarget(config, findMetadata(config.codeDirectories[0]));
  if (target.type !== "unstructured") return target;
  throw new DrumError(
    "TARGET_TYPE_REFUSED",
    "drum perf-test varies the number of rows, and an unstructured model has no rows; measure it with an HTTP load tool",
  );
}

async function readRows(input: string): Promise<CsvRecords> {
  const records = recordsOf(await filePayload(input), input);
  if (!records) {
    throw usage(`--input ${input}: the rows of a Matrix Market file cannot be repeated; give another kind`);
  }
  if (records.rows.length === 0) throw usage(`--input ${input} has a header but no rows; give at least one`);
  return records;
}

interface Found {
  config: PerfTestConfig;
  target: Target;
  records: CsvRecords;
  baseline: Baseline | undefined;
}

function reportOf(measured: readonly CaseReport[], { config, target, records, baseline }: Found): Report {
  const cases = measured.map((one) => ({ ...one, ratios: baseline ? ratiosOf(one, baseline) : null }));
  const grown = cases.flatMap((one) => (one.ratios ? regressions(one, one.ratios, config.maxRatio) : []));
  return {
    version: version(),
    model: modelName(config.codeDirectories[0]),
    targetType: target.type,
    data: config.input,
    features: records.names.length,
    workers: config.maxWorkers,
    passed: grown.length === 0 && cases.every(({ failure }) => failure === null),
    regressions: grown,
    cases,
  };
}

function inWords(report: Report): string {
  const { model, targetType, data, features, cases } = report;
  const head = [
    ["model", `${model}, ${targetType}`],
    ["data", data],
    ["features", String(features)],
  ];
  const failed = cases.flatMap(({ name, failure }) =>
    failure === null ? [] : [`${name} failed: ${failure}`],
  );
  const lines = [...failed, ...report.regressions].map((line) => `\n${line}`).join("");
  return `${formatTable(head)}\n${formatTable(tableOf(report), { rightFrom: 1 })}${lines}${lines === "" ? "" : "\n"}`;
}
