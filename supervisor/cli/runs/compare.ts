// `drum compare`: scores one file with two models, or two runtimes of one model, and compares predictions, times and memory.

import { usage } from "../../errors.js";
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
import { stopRequest } from "../terminal/signals.js";
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
}

/** Resolves with the exit code, which is 0 even if predictions differ: a difference is a result, not a failure. */
export async function compare(config: CompareConfig): Promise<number> {
  const sides = sidesOf(config);
  const log = openLog(config.loggingLevel);
  const progress = openProgress();
  try {
    const stop = await Promise.race([compareSides(sides, { config, log, progress }), stopRequest()]);
    return stop ? stop.exitCode : 0;
  } finally {
    progress.end();
  }
}

type Wish = Pick<Side, "title"> & { codeDirectory: string; runtimes: Record<string, string> };

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

async function compareSides(wishes: [Wish, Wish], tools: Tools): Promise<undefined> {
  const sides: Side[] = [];
  for (const wish of wishes) sides.push(await load(wish, tools));
  const isRaw = sides.some(({ deployment }) => deployment.release.readsAnything);
  const payload = await filePayload(tools.config.input, { isRaw });
  const answers = new Map<Side, CheckedPredictions>();
  for (let round = 1; round <= rounds; round++) {
    for (const side of sides) {
      tools.progress.show(`predicting, ${round} of ${rounds}`);
      const startedAt = performance.now();
      answers.set(side, await side.deployment.predict(payload));
      side.predicting.push(performance.now() - startedAt);
    }
  }
  for (const side of sides) {
    const { workers } = await readStats([side.deployment], { showPerf: false });
    side.memory = workers.reduce((sum, { pss, rss }) => sum + (pss ?? rss ?? 0), 0);
  }
  await Promise.all(sides.map(({ deployment }) => deployment.drain(0)));
  const [first, second] = sides as [Side, Side];
  const comparison = comparePredictions(answers.get(first)!, answers.get(second)!);
  tools.progress.end();
  process.stdout.write(`${tableOf(sides)}\n${differencesInWords(comparison)}`);
}

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
    ["", "load", "predict", "memory"],
    ...sides.map(({ title, loading, predicting, memory }) => [
      title,
      milliseconds(loading),
      milliseconds(predicting.toSorted((a, b) => a - b)[Math.floor(predicting.length / 2)]!),
      `${memory.toFixed(1)} MB`,
    ]),
  ];
  return formatTable(rows, { rightFrom: 1 });
}

function differencesInWords({ rows, largest, at, differing, unlike, first }: Comparison): string {
  if (differing === 0) return `${rows} rows, all predictions equal\n`;
  const where = at ? ` (row ${at.row}, ${at.column})` : "";
  const without = unlike > 0 ? `; in ${unlike} rows it cannot be computed` : "";
  return [
    `${rows} rows, ${differing} differ; largest difference ${largest}${where}${without}`,
    first.length < differing ? `the first ${first.length} differences:` : "differences:",
    ...first.map(rowInWords),
    "",
  ].join("\n");
}

function rowInWords({ row, column, first, second }: RowDifference): string {
  return `  row ${row}  ${column}  ${first ?? "missing"}  ${second ?? "missing"}`;
}
