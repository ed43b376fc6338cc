// `drum fit`: trains a model with its fit hook, makes a code directory of the result, and predicts with it.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { counted } from "../../counted.js";
import { DrumError, messageOf } from "../../errors.js";
import { csvBytes } from "../../formats/csv/records.js";
import { type Agreement, checkAgreement } from "../../jobs/fit/check.js";
import { type DataWishes, type FitData, readFitData } from "../../jobs/fit/data.js";
import { addFiles, checkOutput, copyCode, snapshotOf } from "../../jobs/fit/folder.js";
import { chooseLabels } from "../../jobs/fit/labels.js";
import { readParameters } from "../../jobs/fit/parameters.js";
import { type TrainingUsage, train, trainingPart } from "../../jobs/fit/train.js";
import { metadataText } from "../../jobs/scaffold/model.js";
import { type Log, openLog } from "../../log.js";
import { findMetadata } from "../../model/metadata/metadata.js";
import { defaultTransformSchema } from "../../model/metadata/type-schema.js";
import { type ModelSpec, readModel, runtimesInWords } from "../../model/model.js";
import { chooseType } from "../../model/target.js";
import { checkInput } from "../../model/type-check.js";
import { tableOf } from "../../predictions/transformed.js";
import { Deployment, type DeploymentSettings } from "../../serving/deployment/deployment.js";
import type { ContainerConfig, LogConfig } from "../config/parts.js";
import { sparseColumnNames } from "../steps/sparse-columns.js";
import { openProgress, type Progress } from "../terminal/progress.js";
import { endedBy, stopRequest } from "../terminal/signals.js";
import { formatTable } from "../terminal/table.js";

interface Tools {
  log: Log;
  progress: Progress;
  /** Cleanup functions; the last one runs first. */
  endings: (() => unknown)[];
}

export interface FitConfig extends DeploymentSettings, DataWishes, LogConfig, ContainerConfig {
  codeDirectories: readonly [string];
  /** A folder for the trained model; without it the model is tried and deleted. */
  output: string | undefined;
  sparseColumnFile: string | undefined;
  parameterFile: string | undefined;
  skipPredict: boolean;
  /** Whether data that violate typeSchema are an error. */
  isStrict: boolean;
  writesMetadata: boolean;
}

/** Resolves with the exit code. */
export async function fit(config: FitConfig): Promise<number> {
  const stopped = stopRequest();
  const tools: Tools = { log: openLog(config.loggingLevel), progress: openProgress(), endings: [] };
  try {
    const outcome = await Promise.race([fitModel(config, tools), stopped]);
    return outcome ? endedBy(outcome, "fit") : 0;
  } finally {
    tools.progress.end();
    for (const end of tools.endings.reverse()) await end();
  }
}

async function fitModel(given: FitConfig, tools: Tools): Promise<undefined> {
  const codeDirectory = given.codeDirectories[0];
  if (given.output !== undefined) checkOutput(given.output, codeDirectory);
  const metadata = findMetadata(codeDirectory);
  const type = chooseType(given, metadata);
  if (type === "unstructured") {
    throw new DrumError(
      "TARGET_TYPE_REFUSED",
      "drum fit does not train models of the target type unstructured",
    );
  }
  const columnNames = await sparseColumnNames(given, { type });
  const data = await readFitData(given, type, columnNames);
  const labels = await chooseLabels(type, data.target, { config: given, metadata });
  // Text-like targets take the name of the column that they were trained on.
  const targetName =
    given.targetName ?? metadata?.targetName ?? given.target ?? data.target?.records.names[0];
  const config = { ...given, ...labels, targetName };
  const model = await readModel(config, codeDirectory);
  trainingPart(model);
  const schema = metadata?.typeSchema ?? (type === "transform" ? defaultTransformSchema : undefined);
  await warnUnlessStrict(config, async () => schema && checkInput(schema, data.features));
  const output = config.output ?? temporaryFolder(tools);
  makeFolder(output);
  const before = snapshotOf(output);
  if (config.verbose) process.stderr.write(`drum fit: ${model.target.type}, ${runtimesInWords(model)}\n`);
  tell(tools, `training ${model.name}${rowsInWords(data)}`);
  const parameters = readParameters(config.parameterFile, metadata);
  const usage = await train(
    model,
    { data, parameters, output },
    {
      workers: config.workers,
      log: tools.log,
      onProgress: (text) => tools.progress.show(text),
      onStart: (end) => tools.endings.push(end),
    },
  );
  finishFolder(model, { output, before, usage, config }, tools);
  if (config.skipPredict) return;
  await tryOut(config, { output, data }, tools);
}

/** Runs the check. Without strict validation, a violated typeSchema is only a warning; other errors are thrown. */
async function warnUnlessStrict({ isStrict }: FitConfig, check: () => Promise<unknown>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (isStrict || !(error instanceof DrumError) || error.code !== "TYPE_SCHEMA_VIOLATED") throw error;
    process.stderr.write(`drum fit: warning: ${error.message}\n`);
  }
}

function makeFolder(output: string): void {
  try {
    if (!existsSync(output)) mkdirSync(output);
  } catch (error) {
    throw new DrumError(
      "OUTPUT_UNWRITABLE",
      `${output} cannot be made: ${messageOf(error)}; choose another folder`,
    );
  }
}

/** A folder that is removed at the end. Its name says what it is, because hooks see it. */
function temporaryFolder({ endings }: Tools): string {
  const parent = mkdtempSync(path.join(tmpdir(), "drum_fit_"));
  endings.push(() => rmSync(parent, { recursive: true, force: true }));
  return path.join(parent, "output");
}

interface Trained {
  output: string;
  before: ReturnType<typeof snapshotOf>;
  usage: TrainingUsage;
  config: FitConfig;
}

function finishFolder(model: ModelSpec, { output, before, usage, config }: Trained, tools: Tools): void {
  const { overwritten, kept } = copyCode(model.codeDirectory, output, before);
  const { type, labels } = model.target;
  const written = { name: model.name, targetType: type, labels };
  addFiles(output, {
    "README.md": readmeOf(model),
    "model-metadata.yaml": metadataText(written, config.targetName),
  });
  const seconds = (usage.duration / 1000).toFixed(2);
  const place = config.output === undefined ? "" : `; the model is in ${output}`;
  tell(tools, `trained in ${seconds} s${place}`);
  if (overwritten.length > 0) tell(tools, `overwritten in ${output}: ${overwritten.join(", ")}`);
  if (kept.length > 0) {
    tell(tools, `kept the files that the fit wrote instead of the code directory's: ${kept.join(", ")}`);
  }
  if (config.writesMetadata) {
    const megabytes = Math.round((usage.memory / 2 ** 20) * 100) / 100;
    const words = { fit_memory_usage: megabytes, fit_duration: Number(seconds) };
    writeFileSync(path.join(output, "fit_runtime_data.json"), `${JSON.stringify(words, undefined, 2)}\n`);
  }
}

function readmeOf({ name, target: { type, labels } }: ModelSpec): string {
  const quoted = labels.map((label) => `'${label.replaceAll("'", "'\\''")}'`);
  const options =
    type === "binary"
      ? ` --negative-class-label ${quoted[0]} --positive-class-label ${quoted[1]}`
      : labels.length > 0
        ? ` --class-labels ${quoted.join(" ")}`
        : "";
  return `# ${name}, trained\n
The code directory ${name} and what its fit hook wrote, made by \`drum fit\`. Score rows with\n
    drum score --code-dir . --input rows.csv --target-type ${type}${options}\n`;
}

/** The model is trained whatever it predicts, so a difference is only a warning. */
async function tryOut(
  config: FitConfig,
  { output, data }: { output: string; data: FitData },
  tools: Tools,
): Promise<void> {
  tell(tools, "predicting with the trained model");
  const model = await readModel(config, output);
  const deployment = new Deployment(
    model,
    { ...config, workers: { ...config.workers, retry: false } },
    { log: tools.log, onProgress: (text) => tools.progress.show(`loading the model: ${text}`) },
  );
  tools.endings.push(() => deployment.drain(0));
  await deployment.start({ warm: false });
  const isTransform = model.target.type === "transform";
  const agreement = await checkAgreement(data, async (payload) =>
    isTransform
      ? tableOf((await deployment.transform(payload, null)).data)
      : (await deployment.predict(payload)).predictions,
  );
  await deployment.drain(0);
  if (agreement.disagreements.length > 0) return warn(agreement, tools);
  const { rows, sampled } = agreement;
  tell(tools, `predicted ${counted(rows, "row")}, and ${sampled} of them again: the predictions agree`);
}

const mostTold = 10;

function warn({ rows, sampled, disagreements, sample }: Agreement, { progress }: Tools): void {
  progress.end();
  const file = sample && path.join(mkdtempSync(path.join(tmpdir(), "drum_fit_sample_")), "sample.csv");
  if (file) writeFileSync(file, csvBytes(sample));
  const told = disagreements.slice(0, mostTold);
  const table = formatTable([
    ["row", "column", "with all rows", "in the sample"],
    ...told.map(({ row, column, whole, sample: again }) => [String(row), column, whole, again]),
  ]);
  const where = file ? `; the sample is ${file}` : "";
  const first =
    disagreements.length > mostTold
      ? ` (the first ${mostTold} of ${disagreements.length} differences are shown)`
      : "";
  process.stderr.write(
    `drum fit: warning: the model predicted ${counted(rows, "row")}, then ${sampled} of them again, and the predictions differ${where}; ` +
      `a prediction must depend only on its own row${first}\n${table}`,
  );
}

function tell({ progress }: Tools, words: string): void {
  progress.show(words);
  process.stdout.write(`${words}\n`);
}

function rowsInWords({ records }: FitData): string {
  if (!records) return "";
  const [rows, columns] = [records.rows.length, records.names.length];
  return ` on ${counted(rows, "row")}, ${counted(columns, "column")}`;
}
