// `drum compare`: scores one file with two models, or two runtimes of one model, and compares predictions, times and memory.

import { counted } from "../../counted.js";
import { DrumError, usage } from "../../errors.js";
import { filePayload } from "../../formats/input/payload.js";
import { type Log, openLog } from "../../log.js";
import { readModel, runtimesInWords } from "../../model/model.js";
import type { CheckedPredictions } from "../../predictions/check.js";
import { type Comparison, comparePredictions, type RowDifference } from "../../predictions/compare.js";
import { Deployment, type DeploymentSettings } from "../../serving/deployment/deployment.js";
import { readStats } from "../../serving/deployment/stats.js";
import { parseRuntimes } from "../config/parse.js";
import type { LogConfig } from "../config/parts.js";
import { openProgress, type Progress } from "../terminal/progress.js";
import { endedBy, stopRequest } from "../terminal/signals.js";
import { formatTable } from "../terminal/table.js";

/** How often each side predicts the file, in turns; the median is printed. */
const rounds = 3;

interface Side {
  /** What distinguishes it from the other side: the code directory or the runtime. */
  title: string;
  deployment: Deployment;
  /** Milliseconds. */
  loading: number;
  predicting: number[];
  /** MB of all workers; shared pages count proportionally. */
  memory: number;
}

export interface CompareConfig extends DeploymentSettings, LogConfig {
  codeDirectories: readonly string[];
  /** The values of --runtime. */
  runtimeTexts: readonly string[];
  input: string;
  json: boolean;
  /** Two predictions that differ by more, or whose difference has no size, make the exit code 1. */
  maxDifference: number | undefined;
}

/** Resolves with the exit code, which is 0 even if predictions differ, unless `maxDifference` limits it. */
export async function compare(config: CompareConfig): Promise<number> {
  const sides = sidesOf(config);
  const log = openLog(config.loggingLevel);
  const progress = openProgress();
  try {
    const stop = await Promise.race([compareSides(sides, { config, log, progress }), stopRequest()]);
    return typeof stop === "number" ? stop : endedBy(stop, "compare");
  } finally {
    progress.end();
  }
}

type Title = Pick<Side, "title">;
type Wish = Title & { codeDirectory: string; runtimes: Record<string, string> };

function sidesOf({ codeDirectories, runtimeTexts }: CompareConfig): [Wish, Wish] {
  const [one, other, ...more] = codeDirectories;
  if (more.length > 0)
    throw usage(`--code-dir was given ${codeDirectories.length} times; give it at most twice`);
  const runtimes = runtimeTexts.map((text) => parseRuntimes([text]));
  if (other !== undefined) {
    const shared = Object.assign({}, ...runtimes);
    return [
      { title: one!, codeDirectory: one!, runtimes: shared },
      { title: other, codeDirectory: other, runtimes: shared },
    ];
  }
  const [first, second] = runtimes;
  if (!first || !second || runtimes.length > 2 || Object.keys(first)[0] !== Object.keys(second)[0]) {
    throw usage(
      "there is only one model to compare; give --code-dir twice, or once with two --runtime of the same language",
    );
  }
  return [
    { title: runtimeTexts[0]!, codeDirectory: one!, runtimes: first },
    { title: runtimeTexts[1]!, codeDirectory: one!, runtimes: second },
  ];
}

interface Tools {
  config: CompareConfig;
  log: Log;
  progress: Progress;
}

async function compareSides(wishes: [Wish, Wish], tools: Tools): Promise<number> {
  const { config } = tools;
  const sides: Side[] = [];
  for (const wish of wishes) sides.push(await ofSide(wish, load(wish, tools)));
  const isRaw = sides.some(({ deployment }) => deployment.release.readsAnything);
  const payload = await filePayload(config.input, { isRaw });
  const answers = new Map<Side, CheckedPredictions>();
  for (let round = 1; round <= rounds; round++) {
    for (const side of sides) {
      tools.progress.show(`predicting, ${round} of ${rounds}`);
      const startedAt = performance.now();
      answers.set(side, await ofSide(side, side.deployment.predict(payload)));
      side.predicting.push(performance.now() - startedAt);
    }
  }
  for (const side of sides) {
    const { workers } = await readStats([side.deployment]);
    side.memory = workers.reduce((sum, { pss, rss }) => sum + (pss ?? rss ?? 0), 0);
  }
  await Promise.all(sides.map(({ deployment }) => deployment.drain(0)));
  const [first, second] = sides as [Side, Side];
  const comparison = comparePredictions(answers.get(first)!, answers.get(second)!);
  tools.progress.end();
  process.stdout.write(
    config.json ? jsonOf(sides, comparison) : `${tableOf(sides)}\n${differencesInWords(comparison)}`,
  );
  return isTooFar(comparison, config.maxDifference) ? 1 : 0;
}

/** Says which side has failed. */
async function ofSide<Result>({ title }: Title, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DrumError)) throw error;
    throw error.saying(`${title}: ${error.message}`);
  }
}

function isTooFar({ largest, unlike }: Comparison, most: number | undefined): boolean {
  return most !== undefined && (largest > most || unlike > 0);
}

function jsonOf(sides: readonly Side[], comparison: Comparison): string {
  const models = sides.map(({ title, loading, predicting, memory }) => ({
    title,
    loadMs: loading,
    predictMs: medianOf(predicting),
    memoryMB: memory,
  }));
  const { rows, differing, unlike, largest, at = null, worst } = comparison;
  return `${JSON.stringify({ models, rows, differing, unlike, largest, at, worst }, undefined, 2)}\n`;
}

const medianOf = (times: readonly number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;

async function load(
  { title, codeDirectory, runtimes }: Wish,
  { config, log, progress }: Tools,
): Promise<Side> {
  progress.show(`loading ${title}`);
  const wishes = { ...config, runtimes };
  const model = await readModel(wishes, codeDirectory);
  const { type } = model.target;
  if (type === "unstructured" || type === "transform") {
    throw usage(`${model.name} has the target type ${type}, which has no predictions to compare`);
  }
  if (config.verbose) process.stderr.write(`drum compare: ${title}: ${runtimesInWords(model)}\n`);
  const deployment = new Deployment(model, wishes, { log, prefix: `${model.name}/` });
  const startedAt = performance.now();
  await deployment.start();
  return { title, deployment, loading: performance.now() - startedAt, predicting: [], memory: 0 };
}

function tableOf(sides: readonly Side[]): string {
  const milliseconds = (time: number) => `${time.toFixed(time < 100 ? 1 : 0)} ms`;
  const rows = [
    ["model", "load", "predict", "memory"],
    ...sides.map(({ title, loading, predicting, memory }) => [
      title,
      milliseconds(loading),
      milliseconds(medianOf(predicting)),
      `${memory.toFixed(1)} MB`,
    ]),
  ];
  return formatTable(rows, { rightFrom: 1 });
}

function differencesInWords({ rows, largest, at, differing, unlike, worst }: Comparison): string {
  if (differing === 0) return `${counted(rows, "row")}, all predictions equal\n`;
  const where = at ? ` (row ${at.row}, ${at.column})` : "";
  const without = unlike > 0 ? `; in ${counted(unlike, "row")} it cannot be computed` : "";
  const heading = worst.length < differing ? `the ${worst.length} largest differences:` : "differences:";
  const cells = worst.map(({ row, column, first, second }) => [
    String(row),
    column,
    ...[first, second].map((value) => String(value ?? "missing")),
    differenceOf(first, second),
  ]);
  const table = formatTable([["row", "column", "first", "second", "difference"], ...cells]);
  return `${counted(rows, "row")}, ${differing} ${differing === 1 ? "differs" : "differ"}; largest difference ${largest}${where}${without}\n${heading}\n${table}`;
}

function differenceOf(first: RowDifference["first"], second: RowDifference["second"]): string {
  const areNumbers = typeof first === "number" && typeof second === "number";
  return areNumbers ? String(Number(Math.abs(first - second).toPrecision(6))) : "";
}
