// The hyperparameters of a fit: those of --parameter-file, or else the defaults of model-metadata.yaml.

import { readFileSync } from "node:fs";
import type { Value } from "../../../protocol/messages.js";
import { messageOf, usage } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import { defaultHyperparameters } from "../../model/metadata/hyperparameters.js";
import type { Metadata } from "../../model/metadata/metadata.js";

export interface Parameters {
  values: Record<string, Value>;
  /** Names of the parameters that are floats, because JavaScript cannot tell 1.0 from 1. */
  floats: string[];
}

/** Throws USAGE for a file that is not a JSON object. */
export function readParameters(file: string | undefined, metadata: Metadata | undefined): Parameters {
  const text = file === undefined ? "" : readFileSync(file, "utf8");
  const given = text.trim() === "" ? {} : parse(text, file!);
  const hyperparameters = metadata?.hyperparameters ?? [];
  const declared = hyperparameters.filter(({ type }) => type === "float").map(({ name }) => name);
  if (Object.keys(given).length === 0) {
    return { values: defaultHyperparameters(hyperparameters), floats: declared };
  }
  // Numbers written like 1.0 or 1e3 are floats.
  const marked = parse(text.replace(stringOrNumber, markFloat), file!);
  const written = Object.keys(given).filter((name) => typeof given[name] === "number" && isMap(marked[name]));
  return { values: given, floats: [...new Set([...declared, ...written])] };
}

const stringOrNumber = /"(?:\\.|[^"\\])*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;

function markFloat(token: string): string {
  return token.startsWith('"') || /^-?\d+$/.test(token) ? token : "{}";
}

function parse(text: string, file: string): Record<string, Value> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw usage(`--parameter-file ${file} is not valid JSON: ${messageOf(error)}; correct it`);
  }
  if (isMap(value)) return value as Record<string, Value>;
  throw usage(`--parameter-file ${file} must be a JSON object with hyperparameters by name; correct it`);
}
