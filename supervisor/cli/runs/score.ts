// `drum score`: scores one file with one worker, and writes or prints the predictions.

import { readFile } from "node:fs/promises";
import { usage } from "../../errors.js";
import { filePayload } from "../../formats/input/payload.js";
import { predictionsAsText } from "../../formats/print.js";
import { type Log, openLog } from "../../log.js";
import { type ModelSpec, readModel, runtimesInWords } from "../../model/model.js";
import { checkFormat } from "../../predictions/files.js";
import { tableOf } from "../../predictions/transformed.js";
import { Deployment, type DeploymentSettings } from "../../serving/deployment/deployment.js";
import type { MonitoringWishes } from "../../serving/monitoring/settings.js";
import type { ContainerConfig, LogConfig } from "../config/parts.js";
import { openMonitor } from "../steps/monitoring.js";
import { checkWritable, writeBytes, writeMatrix, writePredictions } from "../steps/output.js";
import { sparseColumnNames } from "../steps/sparse-columns.js";
import { openProgress, type Progress } from "../terminal/progress.js";
import { endedBy, stopRequest } from "../terminal/signals.js";

/** Milliseconds to deliver the last reports; the rest stays on disk. */
const reportLimit = 10_000;

export interface ScoreConfig extends DeploymentSettings, LogConfig, ContainerConfig {
  codeDirectories: readonly [string];
  input: string;
  /** If undefined, predictions are printed. */
  output: string | undefined;
  /** The column names of a Matrix Market input. */
  sparseColumnFile: string | undefined;
  /** The media type of an unstructured model's input. */
  contentType: string | undefined;
  query: string | undefined;
  showPerf: boolean;
  monitoring: MonitoringWishes;
}

/** Resolves with the exit code. */
export async function score(config: ScoreConfig): Promise<number> {
  if (config.output) checkWritable(config.output, config);
  const log = openLog(config.loggingLevel);
  const progress = openProgress();
  try {
    const outcome = await Promise.race([scoreFile(config, log, progress), stopRequest()]);
    // A signal ends the command at once, and whatever it runs.
    return outcome ? endedBy(outcome, "score") : 0;
  } finally {
    progress.end();
  }
}

async function scoreFile(config: ScoreConfig, log: Log, progress: Progress): Promise<undefined> {
  const startedAt = performance.now();
  const model = await readModel(config, config.codeDirectories[0], (text) => progress.show(text));
  checkOptions(config, model);
  if (config.output) checkFormat(config.output, model.target);
  if (model.target.isAssumed) {
    process.stderr.write(
      `drum score: no target type was given, so ${model.target.type} is assumed; set --target-type to say it\n`,
    );
  }
  const columnNames = await sparseColumnNames(config, model.target);
  if (config.verbose) {
    process.stderr.write(`drum score: ${model.target.type}, ${runtimesInWords(model)}\n`);
  }
  const onProgress = (text: string) => progress.show(`loading the model: ${text}`);
  const monitor = await openMonitor(config, [model], log);
  const deployment = new Deployment(model, config, {
    log,
    onProgress,
    monitor,
    reportsHooks: config.monitoring.embedded,
  });
  progress.show("loading the model");
  await deployment.start({ warm: false });
  const loadedAt = performance.now();
  progress.show("predicting");
  const write = await predictions(deployment, { config, columnNames, progress });
  const predictedAt = performance.now();
  const stopped = deployment.drain(0);
  await write();
  if (config.showPerf) {
    const writtenAt = performance.now();
    process.stdout.write(
      perfReport({ total: writtenAt - startedAt, init: loadedAt - startedAt, run: predictedAt - loadedAt }),
    );
  }
  await stopped;
  await monitor?.close(reportLimit);
}

type UnstructuredWishes = Pick<ScoreConfig, "contentType" | "query">;

/** The files of a prediction, and the request to an unstructured model. */
export type FileWishes = Pick<ScoreConfig, "input" | "output" | "contentType" | "query">;

interface Scoring {
  config: FileWishes;
  /** The column names of a Matrix Market input. */
  columnNames: string[] | undefined;
  progress: Progress;
}

/** Predicts or transforms the input. Returns a function that writes or prints the result. */
export async function predictions(
  deployment: Deployment,
  { config, columnNames, progress }: Scoring,
): Promise<() => Promise<void>> {
  const { output } = config;
  const print = async (text: string | Buffer) => {
    progress.end();
    process.stdout.write(text);
  };
  const { type } = deployment.release.model.target;
  if (type === "unstructured") {
    const { body } = await scoreUnstructured(deployment, config);
    return output ? () => writeBytes(body, output) : () => print(body);
  }
  const isRaw = deployment.release.readsAnything;
  const payload = await filePayload(config.input, { columnNames, isRaw });
  const show = (done: number, total: number) => progress.show("writing", done, total);
  if (type === "transform" && output?.toLowerCase().endsWith(".mtx")) {
    const { data } = await deployment.transform(payload, null);
    return () => writeMatrix(data, output);
  }
  const checked =
    type === "transform"
      ? { predictions: tableOf((await deployment.transform(payload, null)).data), extra: null }
      : await deployment.predict(payload);
  return output
    ? () => writePredictions(checked, output, show)
    : () => print(predictionsAsText(checked, process.stdout.columns || undefined));
}

/** Sends the input file to the hook, with the content type and query of the options. */
export async function scoreUnstructured(
  deployment: Deployment,
  { input, contentType, query }: Omit<FileWishes, "output">,
) {
  // Imported only here, because it loads the tables of all charsets, which rows do not need.
  const { queryOf, unstructuredAnswer, unstructuredInput } = await import(
    "../../predictions/unstructured.js"
  );
  const given = unstructuredInput(await readFile(input), contentType);
  // As in DRUM, the last value of a repeated name wins here, but the first one over HTTP.
  const values = Object.entries(queryOf(query ?? "")).map(([name, all]) => [name, all.slice(-1)]);
  const params = { ...given, query: Object.fromEntries(values), headers: {} };
  return unstructuredAnswer(await deployment.scoreUnstructured(params));
}

/** Throws USAGE for an option that would be ignored. */
export function checkOptions({ contentType, query }: UnstructuredWishes, { target }: ModelSpec): void {
  if (target.type === "unstructured" || (contentType === undefined && query === undefined)) return;
  const option = contentType === undefined ? "--query" : "--content-type";
  throw usage(`${option} is for the target type unstructured, got ${target.type}; leave it out`);
}

/** Takes milliseconds, prints seconds. `init` includes loading the model, `run` reading the data. */
function perfReport({ total, init, run }: { total: number; init: number; run: number }): string {
  const line = (name: string, time: number) => {
    const seconds = (time / 1000).toFixed(2);
    return `${name}: min ${seconds} avg ${seconds} max ${seconds} s\n`;
  };
  return (
    line("total", total) +
    line("init, with loading the model", init) +
    line("run, with reading the data", run)
  );
}
