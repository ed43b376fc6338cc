// model-metadata.yaml: read as a strict YAML map whose scalars stay strings, as DRUM keeps them.

import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import { DrumError } from "../errors.js";
import { stageHooks } from "./hooks.js";

export interface Metadata {
  file: string;
  /** The whole map, for /info/. */
  content: Readonly<Record<string, unknown>>;
  targetType: string | undefined;
  targetName: string | undefined;
  positiveClassLabel: string | undefined;
  negativeClassLabel: string | undefined;
  classLabels: readonly string[] | undefined;
  /** Hook to the language that runs it, for a code directory of several languages. */
  hooks: Readonly<Record<string, string>>;
  /** A file of rows that every worker predicts before it is ready, by its path. */
  warmup: string | undefined;
}

/** Rows that warm a worker are few; they are kept for workers that start later. */
const largestWarmup = 2 ** 20;

/** Undefined when the code directory has no model-metadata.yaml. */
export function findMetadata(codeDirectory: string): Metadata | undefined {
  const file = path.join(codeDirectory, "model-metadata.yaml");
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  const document = parseDocument(readFileSync(file, "utf8"), { schema: "failsafe", uniqueKeys: true });
  const fault = document.errors[0];
  if (fault) throw new DrumError("METADATA_INVALID", `${file} is not valid YAML: ${fault.message.trim()}`);
  const content: unknown = document.toJS({ maxAliasCount: 0 }) ?? {};
  if (!isMap(content)) {
    throw new DrumError("METADATA_INVALID", `${file} must be a map of keys to values, got ${typeof content}`);
  }
  const inference = isMap(content.inferenceModel) ? content.inferenceModel : {};
  return {
    file,
    content,
    targetType: textOf(file, content, "targetType"),
    targetName: textOf(file, inference, "targetName"),
    positiveClassLabel: textOf(file, inference, "positiveClassLabel"),
    negativeClassLabel: textOf(file, inference, "negativeClassLabel"),
    classLabels: labelsOf(file, inference),
    hooks: hooksOf(file, content),
    warmup: warmupOf(file, content, codeDirectory),
  };
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(file: string, map: Record<string, unknown>, key: string): string | undefined {
  const value = map[key];
  if (value === undefined || typeof value === "string") return value || undefined;
  throw new DrumError(
    "METADATA_INVALID",
    `${file}: ${key} must be a single value, got ${JSON.stringify(value)}`,
  );
}

function labelsOf(file: string, inference: Record<string, unknown>): string[] | undefined {
  const labels = inference.classLabels;
  if (labels === undefined) return undefined;
  if (Array.isArray(labels) && labels.length >= 2 && labels.every((label) => typeof label === "string")) {
    return labels;
  }
  throw new DrumError(
    "METADATA_INVALID",
    `${file}: classLabels must be a list of at least two labels, got ${JSON.stringify(labels)}`,
  );
}

function hooksOf(file: string, content: Record<string, unknown>): Record<string, string> {
  const hooks = content.hooks ?? {};
  const expected = `must be a map of hooks to languages, e.g. hooks: {transform: python, score: r}`;
  if (!isMap(hooks))
    throw new DrumError("METADATA_INVALID", `${file}: hooks ${expected}, got ${JSON.stringify(hooks)}`);
  for (const [hook, language] of Object.entries(hooks)) {
    if (!(stageHooks as readonly string[]).includes(hook)) {
      throw new DrumError(
        "METADATA_INVALID",
        `${file}: hooks names "${hook}", expected some of ${stageHooks.join(", ")}`,
      );
    }
    if (typeof language !== "string" || language === "") {
      throw new DrumError("METADATA_INVALID", `${file}: hooks ${expected}, got ${JSON.stringify(language)}`);
    }
  }
  return hooks as Record<string, string>;
}

function warmupOf(file: string, content: Record<string, unknown>, codeDirectory: string): string | undefined {
  const name = textOf(file, content, "warmup");
  if (name === undefined) return undefined;
  const rows = path.resolve(codeDirectory, name);
  const found = statSync(rows, { throwIfNoEntry: false });
  if (!found?.isFile()) {
    throw new DrumError(
      "METADATA_INVALID",
      `${file}: warmup names ${name}, but there is no file ${rows}; correct it, or add a file with some rows of input`,
    );
  }
  if (found.size <= largestWarmup) return rows;
  throw new DrumError(
    "METADATA_INVALID",
    `${file}: warmup names ${name} with ${found.size} bytes, the most is ${largestWarmup}; some rows of input are enough`,
  );
}
