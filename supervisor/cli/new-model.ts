// `drum new model`: a code directory that scores as it is. Asks on a terminal for what the flags leave open.

import path from "node:path";
import { type Config, type FlagValues, readConfig } from "../config.js";
import { chooseTarget } from "../model/target.js";
import { newLanguages, targetTypes } from "../options.js";
import { checkAbsent, makeFolder, writeFiles } from "../scaffold/folder.js";
import { modelFiles, type NewLanguage, type NewModel } from "../scaffold/model.js";
import { checkLabels, usage } from "../values.js";
import { ask, isInteractive } from "./questions.js";

/** Resolves with the exit code. */
export async function newModel(flags: FlagValues): Promise<number> {
  const config = readConfig("new model", flags);
  const folder = await folderOf(config);
  const model = await modelOf(config, folder);
  const files = modelFiles(model, config.places.packageDirectory);
  await makeFolder(folder, (draft) => writeFiles(draft, files));
  if (config.verbose) {
    for (const name of Object.keys(files)) process.stderr.write(`drum new model: wrote ${name}\n`);
  }
  const relative = path.relative("", folder);
  const shown = relative.startsWith("..") ? folder : relative;
  process.stdout.write(
    `${shown} holds a ${model.targetType} model in ${model.language}; README.md says how to go on, e.g.\n` +
      `  drum score --code-dir ${shown} --input ${path.join(shown, "example.csv")}\n`,
  );
  return 0;
}

async function folderOf({ codeDirectories: [given] }: Config): Promise<string> {
  if (given === undefined && !isInteractive())
    throw usage("--code-dir is required (or the variable CODE_DIR)");
  if (given !== undefined) {
    checkAbsent(given, "code-dir");
    return given;
  }
  const check = (answer: string) => checkAbsent(path.resolve(answer), "code-dir");
  return path.resolve(await ask({ text: "Folder to make", flag: "code-dir", check }));
}

async function modelOf(config: Config, folder: string): Promise<NewModel> {
  const language = (await languageOf(config)) as NewLanguage;
  const asked = { ...config, targetType: await targetTypeOf(config), targetName: "any" };
  const { type: targetType, labels } = chooseTarget(await withLabels(asked), undefined);
  return { name: config.name ?? path.basename(folder), language, targetType, labels };
}

async function languageOf({ language }: Config): Promise<string> {
  if (language !== undefined) return language;
  if (isInteractive()) return ask({ text: "Language", flag: "language", choices: newLanguages });
  throw usage(`--language is required, one of ${newLanguages.join(", ")}`);
}

/** Scripts written for DRUM, which has no such option here, get a regression. */
async function targetTypeOf({ targetType }: Config): Promise<string> {
  if (targetType !== undefined) return targetType;
  if (isInteractive()) return ask({ text: "Target type", flag: "target-type", choices: targetTypes });
  return "regression";
}

/** What is still missing is for chooseTarget to refuse. */
async function withLabels(config: Config): Promise<Config> {
  const { targetType, positiveClassLabel, classLabels } = config;
  if (!isInteractive()) return config;
  const checkWith = (labels: (answer: string) => Partial<Config>) => (answer: string) =>
    void chooseTarget({ ...config, ...labels(answer) }, undefined);
  if (targetType === "binary" && positiveClassLabel === undefined) {
    const positive = await ask({ text: "Label of the positive class", flag: "positive-class-label" });
    const pair = (negative: string) => ({ positiveClassLabel: positive, negativeClassLabel: negative });
    const check = checkWith(pair);
    const flag = "negative-class-label";
    return { ...config, ...pair(await ask({ text: "Label of the negative class", flag, check })) };
  }
  if ((targetType === "multiclass" || targetType === "multilabel") && classLabels === undefined) {
    const list = (answer: string) => ({ classLabels: checkLabels(answer.split(/\s+/), "the answer") });
    const check = checkWith(list);
    const text = "Labels, with spaces between them";
    return { ...config, ...list(await ask({ text, flag: "class-labels", check })) };
  }
  return config;
}
