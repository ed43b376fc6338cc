// `drum validation`: runs the test cases on one loaded model and prints a table or JSON. Exits with 1 if a test case fails.

import { setTimeout as sleep } from "node:timers/promises";
import type { Payload } from "../../../protocol/messages.js";
import { filePayload } from "../../formats/input/payload.js";
import { recordsOf } from "../../formats/input/records.js";
import { runChecks } from "../../jobs/validation/checks.js";
import { KeptFiles } from "../../jobs/validation/kept.js";
import type { Finding, Report, Result } from "../../jobs/validation/report.js";
import { runUnstructuredChecks } from "../../jobs/validation/unstructured.js";
import { openLog } from "../../log.js";
import { type ModelSpec, readModel, runtimesInWords } from "../../model/model.js";
import { version } from "../../places.js";
import type { Comparable } from "../../predictions/compare.js";
import { tableOf } from "../../predictions/transformed.js";
import { Deployment, type DeploymentSettings } from "../../serving/deployment/deployment.js";
import type { ContainerConfig, LogConfig } from "../config/parts.js";
import { checkWritable } from "../steps/output.js";
import { type ReportWishes, tellReport } from "../steps/report.js";
import { coloured } from "../terminal/colours.js";
import { openProgress, type Progress } from "../terminal/progress.js";
import { endedBy, stopRequest } from "../terminal/signals.js";
import { formatTable } from "../terminal/table.js";
import { checkOptions, scoreUnstructured } from "./score.js";

/** Milliseconds that a worker may take to exit by itself, including its cleanup. */
const endGrace = 3000;

export interface ValidationConfig extends DeploymentSettings, LogConfig, ContainerConfig, ReportWishes {
  codeDirectories: readonly [string];
  input: string;
  /** The media type of an unstructured model's input. */
  contentType: string | undefined;
  query: string | undefined;
}

/** Resolves with the exit code. */
export async function validation(config: ValidationConfig): Promise<number> {
  if (config.report) checkWritable(config.report, { option: "--report", input: config.input });
  const stopped = stopRequest();
  const model = await readModel(config, config.codeDirectories[0]);
  checkOptions(config, model);
  const rows = model.target.type === "unstructured" ? undefined : await filePayload(config.input);
  if (config.verbose) {
    process.stderr.write(`drum validation: ${model.target.type}, ${runtimesInWords(model)}\n`);
  }
  const [kept, progress] = [new KeptFiles(), openProgress("columns")];
  const onProgress = (text: string) => progress.show(`loading the model: ${text}`);
  const context = { log: openLog(config.loggingLevel), onProgress };
  const deployment = new Deployment(model, config, context);
  let checks: readonly Result[] | undefined;
  try {
    const outcome = await Promise.race([runAll(deployment, { config, rows, kept, progress }), stopped]);
    if ("signal" in outcome) return endedBy(outcome, "validation");
    checks = outcome;
  } finally {
    progress.end();
    if (!checks) kept.remove();
    await Promise.race([deployment.drain(0), sleep(endGrace)]);
  }
  const report = reportOf(model, config.input, { checks, kept });
  await tellReport(report, inWords(report), config);
  return report.passed ? 0 : 1;
}

interface Found {
  checks: readonly Result[];
  kept: KeptFiles;
}

function reportOf({ name, target }: ModelSpec, data: string, { checks, kept }: Found): Report {
  return {
    version: version(),
    model: name,
    targetType: target.type,
    data,
    passed: checks.every(({ status }) => status !== "FAILED"),
    kept: kept.folder ?? null,
    checks,
  };
}

interface Tools {
  config: ValidationConfig;
  /** Undefined for an unstructured model. */
  rows: Payload | undefined;
  kept: KeptFiles;
  progress: Progress;
}

async function runAll(
  deployment: Deployment,
  { config, rows, kept, progress }: Tools,
): Promise<readonly Result[]> {
  progress.show("loading the model");
  await deployment.start({ warm: false });
  if (rows === undefined) {
    const ask = async () => (await scoreUnstructured(deployment, config)).body;
    return runUnstructuredChecks(ask, config.input);
  }
  const { readsAnything, route } = deployment.release;
  const scorer = route.scorer.loaded;
  return runChecks({
    predict: (payload) => predictionsOf(deployment, payload),
    model: { signature: scorer?.signature ?? null, isBuiltIn: scorer?.predictor != null, readsAnything },
    input: readsAnything ? await filePayload(config.input, { isRaw: true }) : rows,
    path: config.input,
    records: recordsOf(rows, config.input),
    kept,
    onProgress: progress.show,
  });
}

/** For a transform, its output, whose rows are compared like predictions. */
async function predictionsOf(deployment: Deployment, payload: Payload): Promise<Comparable> {
  if (deployment.release.model.target.type !== "transform") return deployment.predict(payload);
  const { data } = await deployment.transform(payload, null);
  return { targetType: "transform", predictions: tableOf(data) };
}

/** The test cases, then the findings of each. */
function inWords({ checks, kept }: Report): string {
  const cases = checks.map(({ name, status, details }) => [name, coloured(status), details]);
  const found = checks
    .filter(({ findings }) => findings.length > 0)
    .map(
      ({ name, findings }) =>
        `\n${name}:\n${formatTable([["subject", "message", "file"], ...rowsOf(findings)])}`,
    );
  const folder = kept === null ? "" : `\nthe data sets of the findings are kept in ${kept}\n`;
  return [formatTable([["test case", "status", "details"], ...cases]), ...found, folder].join("");
}

const longestMessage = 160;

/** Cuts a long message after the beginning of its first line; the JSON report has all of it. */
function rowsOf(findings: readonly Finding[]): string[][] {
  return findings.map(({ subject, code, message, file }) => {
    const [line = ""] = `${code === null ? "" : `${code}: `}${message}`.split("\n");
    return [subject, line.length > longestMessage ? `${line.slice(0, longestMessage - 1)}…` : line, file];
  });
}
