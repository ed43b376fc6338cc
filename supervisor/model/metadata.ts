// model-metadata.yaml: read as a strict YAML map whose scalars stay strings, as DRUM keeps them.

import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import { DrumError } from "../errors.js";

export interface Metadata {
  file: string;
  /** The whole map, for /info/. */
  content: Readonly<Record<string, unknown>>;
  targetType: string | undefined;
  targetName: string | undefined;
  positiveClassLabel: string | undefined;
  negativeClassLabel: string | undefined;
  classLabels: readonly string[] | undefined;
}

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
  };
}

function isMap(value: unknown): value is Record<string, unknown> {
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
