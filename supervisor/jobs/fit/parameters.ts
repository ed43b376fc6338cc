// The hyperparameters of a fit: those of --parameter-file, or else the defaults of model-metadata.yaml.

import { readFileSync } from "node:fs";
import type { Value } from "../../../protocol/messages.js";
import { messageOf, usage } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import { defaultHyperparameters } from "../../model/metadata/hyperparameters.js";
import type { Metadata } from "../../model/metadata/metadata.js";

export interface Parameters {
  values: Record<string, Value>;
  /** Names of those that are floats even where their value is whole, which JavaScript cannot tell. */
  floats: string[];
}

/** Throws USAGE for a file that holds no JSON object. */
export function readParameters(file: string | undefined, metadata: Metadata | undefined): Parameters {
  const text = file === undefined ? "" : readFileSync(file, "utf8");
  const given = text.trim() === "" ? {} : parse(text, file!);
  const hyperparameters = metadata?.hyperparameters ?? [];
  const declared = hyperparameters.filter(({ type }) => type === "float").map(({ name }) => name);
  if (Object.keys(given).length === 0) {
    return { values: defaultHyperparameters(hyperparameters), floats: declared };
  }
  // 1.0 is a float where it is written so.
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
    throw usage(`--parameter-file ${file} is no JSON: ${messageOf(error)}; correct it`);
  }
  if (isMap(value)) return value as Record<string, Value>;
  throw usage(`--parameter-file ${file} must hold a JSON object, hyperparameters by name; correct it`);
}
