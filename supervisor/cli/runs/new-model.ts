// `drum new model`: creates a code directory that can score at once. On a terminal, asks for what the flags do not give.

import path from "node:path";
import { usage } from "../../errors.js";
import { checkAbsent, makeFolder, writeFiles } from "../../jobs/scaffold/folder.js";
import { type NewLanguage, newLanguages } from "../../jobs/scaffold/languages.js";
import { modelFiles, type NewModel } from "../../jobs/scaffold/model.js";
import type { TargetWishes } from "../../model/target.js";
import { chooseTarget } from "../../model/target.js";
import { targetTypes } from "../../predictions/targets.js";
import { checkLabels } from "../config/parse.js";
import type { LogConfig } from "../config/parts.js";
import { ask, isInteractive } from "../terminal/questions.js";

export interface NewModelConfig extends TargetWishes, LogConfig {
  codeDirectory: string | undefined;
  name: string | undefined;
  language: string | undefined;
  packageDirectory: string;
}

/** Resolves with the exit code. */
export async function newModel(config: NewModelConfig): Promise<number> {
  const folder = await folderOf(config);
  const model = await modelOf(config, folder);
  const files = modelFiles(model, config.packageDirectory);
  await makeFolder(folder, (draft) => writeFiles(draft, files));
  if (config.verbose) {
    for (const name of Object.keys(files)) process.stderr.write(`drum new model: wrote ${name}\n`);
  }
  const relative = path.relative("", folder);
  const shown = relative.startsWith("..") ? folder : relative;
  process.stdout.write(
    `${shown} contains a ${model.targetType} model in ${model.language}; its README.md lists the next steps, e.g.\n` +
      `  drum score --code-dir ${shown} --input ${path.join(shown, "example.csv")}\n`,
  );
  return 0;
}

async function folderOf({ codeDirectory: given }: NewModelConfig): Promise<string> {
  if (given === undefined && !isInteractive())
    throw usage("--code-dir is required (or the variable CODE_DIR)");
  if (given !== undefined) {
    checkAbsent(given, "code-dir");
    return given;
  }
  const check = (answer: string) => checkAbsent(path.resolve(answer), "code-dir");
  return path.resolve(await ask({ text: "Folder to create", flag: "code-dir", check }));
}

async function modelOf(config: NewModelConfig, folder: string): Promise<NewModel> {
  const language = (await languageOf(config)) as NewLanguage;
  const asked = { ...config, targetType: await targetTypeOf(config), targetName: "any" };
  const { type: targetType, labels } = chooseTarget(await withLabels(asked), undefined);
  return { name: config.name ?? path.basename(folder), language, targetType, labels };
}

async function languageOf({ language }: NewModelConfig): Promise<string> {
  if (language !== undefined) return language;
  if (isInteractive()) return ask({ text: "Language", flag: "language", choices: newLanguages });
  throw usage(`--language is required, one of ${newLanguages.join(", ")}`);
}

/** Defaults to regression for scripts written for DRUM, whose `new model` does not take a target type. */
async function targetTypeOf({ targetType }: NewModelConfig): Promise<string> {
  if (targetType !== undefined) return targetType;
  if (isInteractive()) return ask({ text: "Target type", flag: "target-type", choices: targetTypes });
  return "regression";
}

/** Asks for missing labels on a terminal. Elsewhere they stay missing, and chooseTarget throws. */
async function withLabels(config: NewModelConfig): Promise<NewModelConfig> {
  const { targetType, positiveClassLabel, classLabels } = config;
  if (!isInteractive()) return config;
  const checkWith = (labels: (answer: string) => Partial<NewModelConfig>) => (answer: string) =>
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
    const text = "Labels, separated by spaces";
    return { ...config, ...list(await ask({ text, flag: "class-labels", check })) };
  }
  return config;
}
