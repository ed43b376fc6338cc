// Reads model-metadata.yaml and checks every key, then the rules that involve several keys.

import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { DrumError, messageOf } from "../../errors.js";
import { type TargetType, targetTypes } from "../../predictions/targets.js";
import { type Entry, type Fields, readEntries } from "./entry.js";
import { stageHooks } from "./hooks.js";
import { type Hyperparameter, readHyperparameters } from "./hyperparameters.js";
import { type InferenceModel, readInferenceModel } from "./inference-model.js";
import { readTypeSchema, type TypeSchema } from "./type-schema.js";

/** DRUM's keys, then our own. */
const keys = [
  "name",
  "type",
  "targetType",
  "environmentID",
  "modelID",
  "description",
  "majorVersion",
  "validation",
  "inferenceModel",
  "trainingModel",
  "hyperparameters",
  "typeSchema",
  "customPredictor",
  "runtimeParameterDefinitions",
  "userCredentialSpecifications",
  "lazyLoading",
  "inputSchema",
  "hooks",
  "warmup",
] as const;
type Key = (typeof keys)[number];

export interface Metadata extends InferenceModel {
  file: string;
  /** The whole map, for /info/; every scalar is a string, as in DRUM. */
  content: Readonly<Record<string, unknown>>;
  /** The raw entries, for other modules that read a key or report its place. lazyLoading and customPredictor may hold anything. */
  entries: Fields<Key>;
  name: string | undefined;
  type: "training" | "inference" | undefined;
  targetType: TargetType | undefined;
  environmentID: string | undefined;
  modelID: string | undefined;
  description: string | undefined;
  majorVersion: boolean | undefined;
  /** Rows on which fit and push test the model; `input` is the path as written. */
  validation: { input: string; targetName: string | undefined } | undefined;
  trainOnProject: string | undefined;
  hyperparameters: readonly Hyperparameter[];
  typeSchema: TypeSchema | undefined;
  /** Hook to the language that runs it, for a code directory of several languages. */
  hooks: Readonly<Record<string, string>>;
  /** The path of a file with rows that every worker predicts before it is ready. */
  warmup: string | undefined;
}

/** Bytes. The rows stay in memory for workers that start later. */
const largestWarmup = 2 ** 20;

/** Undefined when the code directory has no model-metadata.yaml. Throws METADATA_INVALID with file, line and column. */
export function findMetadata(codeDirectory: string): Metadata | undefined {
  const file = path.join(codeDirectory, "model-metadata.yaml");
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  const top = readEntries(file, readText(file));
  top.checkBlockStyle();
  const entries = top.fields(keys);
  checkCredentials(entries.userCredentialSpecifications);
  checkInputSchema(entries.inputSchema);
  const metadata: Metadata = {
    file,
    content: top.value as Record<string, unknown>,
    entries,
    name: entries.name?.text(),
    type: entries.type?.oneOf(["training", "inference"]),
    targetType: entries.targetType?.oneOf(targetTypes),
    environmentID: entries.environmentID?.text(),
    modelID: entries.modelID?.text(),
    description: entries.description?.text(),
    majorVersion: booleanOf(entries.majorVersion),
    ...readInferenceModel(entries.inferenceModel, codeDirectory),
    validation: validationOf(entries.validation),
    trainOnProject: entries.trainingModel?.fields(["trainOnProject"]).trainOnProject?.text(),
    hyperparameters: readHyperparameters(entries.hyperparameters),
    typeSchema: readTypeSchema(entries.typeSchema),
    hooks: hooksOf(entries.hooks),
    warmup: warmupOf(entries.warmup, codeDirectory),
  };
  checkTogether(metadata, top);
  return metadata;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new DrumError("METADATA_INVALID", `${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** Accepts the same words as DRUM's options. */
function booleanOf(entry: Entry | undefined): boolean | undefined {
  if (entry === undefined) return undefined;
  const word = entry.text("true or false").toLowerCase();
  if (["true", "yes", "on", "1", "y"].includes(word)) return true;
  if (["false", "no", "off", "0", "n"].includes(word)) return false;
  throw entry.unlike("true or false");
}

function validationOf(entry: Entry | undefined): Metadata["validation"] {
  const fields = entry?.fields(["input", "targetName"], ["input"]);
  return fields && { input: fields.input!.text(), targetName: fields.targetName?.text() };
}

/** Checks only the form: the credentials matter only to the platform that hosts the model. */
function checkCredentials(entry: Entry | undefined): void {
  for (const item of entry?.list("a list of maps with key and valueFrom") ?? []) {
    const { key, valueFrom, reminder } = item.fields(["key", "valueFrom", "reminder"], ["key", "valueFrom"]);
    key!.text();
    valueFrom!.text();
    reminder?.text();
  }
}

/** The model's input as JSON Schema. /info/ reports it, but nothing enforces it. */
function checkInputSchema(entry: Entry | undefined): void {
  if (entry === undefined) return;
  const known = ["title", "type", "properties", "required"] as const;
  const fields = entry.fields(known, ["type", "properties"]);
  fields.title?.text();
  fields.type!.oneOf(["object"]);
  const properties = fields.properties!.map("a map of properties");
  for (const property of Object.values(properties)) property!.map("a map such as type: number");
  for (const name of fields.required?.list("a list of property names") ?? []) name.text();
}

function hooksOf(entry: Entry | undefined): Record<string, string> {
  const fields = entry?.fields(stageHooks) ?? {};
  return Object.fromEntries(
    Object.entries(fields).map(([hook, language]) => [hook, language.text("the name of a language")]),
  );
}

function warmupOf(entry: Entry | undefined, codeDirectory: string): string | undefined {
  if (entry === undefined) return undefined;
  const name = entry.text("the name of a file");
  const rows = path.resolve(codeDirectory, name);
  const found = statSync(rows, { throwIfNoEntry: false });
  if (!found?.isFile()) {
    throw entry.fault(
      `warmup names ${name}, but the file ${rows} does not exist; correct it, or add a file with some rows of input`,
    );
  }
  if (found.size <= largestWarmup) return rows;
  throw entry.fault(
    `warmup names ${name}, which has ${found.size} bytes, more than the maximum of ${largestWarmup}; a few rows of input are enough`,
  );
}

/** Checks the rules that involve several keys. Options may still set labels, so they must be in the file only where DRUM requires it. */
function checkTogether(metadata: Metadata, top: Entry): void {
  const { type, classLabels, entries } = metadata;
  const targetType: string | undefined = metadata.targetType;
  const inference = entries.inferenceModel ?? top;
  if (type === "inference" && targetType === "binary") {
    const missing = (["positiveClassLabel", "negativeClassLabel"] as const).find((key) => !metadata[key]);
    if (missing) throw inference.fault(`a binary inference model needs inferenceModel.${missing}; add it`);
  }
  if (type === "inference" && (targetType === "multiclass" || targetType === "multilabel") && !classLabels) {
    const what = `a ${targetType} inference model needs inferenceModel.classLabels or classLabelsFile; add one of them`;
    throw inference.fault(what);
  }
  const output = metadata.typeSchema?.output ?? [];
  if (output.length > 0 && targetType !== undefined && targetType !== "transform") {
    const what = `output_requirements are only for the target type transform, got ${targetType}; remove them`;
    throw entries.typeSchema!.fault(what);
  }
}
