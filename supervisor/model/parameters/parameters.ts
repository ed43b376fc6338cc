// Runtime parameters of a model: defined in model-metadata.yaml, given in a file, handed to the workers as variables.

import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { DrumError, messageOf } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import { hide } from "../../masking.js";
import type { Fields } from "../metadata/entry.js";
import type { Metadata } from "../metadata/metadata.js";
import { placeIn } from "../metadata/yaml-places.js";
import { parameterTypes, whyUnfit } from "./value-types.js";
import { parameterPrefix } from "./variables.js";

interface Definition {
  type: string;
  payload: unknown;
  least: number | undefined;
  most: number | undefined;
}

/**
 * Variable to value, for the workers' environment. What `file` gives wins over a variable that is there already, a default does not.
 * Throws METADATA_INVALID for definitions, PARAMETERS_INVALID for values; no message shows a value.
 */
export function runtimeParameters(
  metadata: Metadata | undefined,
  file: string | undefined,
  environment: Readonly<Record<string, string>>,
): Record<string, string> {
  const definitions = readDefinitions(metadata);
  if (file !== undefined && definitions.size === 0) {
    const where = metadata
      ? `${metadata.file} has no runtimeParameterDefinitions`
      : "there is no model-metadata.yaml";
    throw invalid(`--runtime-params-file ${file}: ${where}; define the parameters there`);
  }
  const given = file === undefined ? {} : readValues(file);
  const variables: Record<string, string> = {};
  for (const [name, definition] of definitions) {
    const { type } = definition;
    if (file === undefined && Object.hasOwn(environment, parameterPrefix + name)) continue;
    const isGiven = Object.hasOwn(given, name);
    const payload = isGiven ? asBoolean(type, given[name]) : definition.payload;
    const why = isGiven ? misfit(payload, definition) : undefined;
    if (why !== undefined) throw invalid(`${placeIn(file!, name)}: the parameter ${name} ${why}`);
    variables[parameterPrefix + name] = JSON.stringify({ type, payload });
  }
  return variables;
}

function readDefinitions(metadata: Metadata | undefined): Map<string, Definition> {
  const definitions = new Map<string, Definition>();
  const listed = metadata?.entries.runtimeParameterDefinitions;
  for (const item of listed?.list("a list of maps with fieldName and type") ?? []) {
    const fields = item.map("a map with fieldName and type");
    const { fieldName, type } = fields;
    if (!fieldName || !type)
      throw item.fault(`${item.path} lacks ${fieldName ? "type" : "fieldName"}; add it`);
    const name = fieldName.text("a name");
    if (definitions.has(name)) throw fieldName.fault(`the parameter ${name} is defined twice; keep one`);
    definitions.set(name, readDefinition(name, type.oneOf(parameterTypes), fields));
  }
  return definitions;
}

function readDefinition(
  name: string,
  type: string,
  { defaultValue, minValue, maxValue }: Fields,
): Definition {
  const [least, most] = [minValue, maxValue].map((bound) => bound?.number("a number"));
  if (least !== undefined && most !== undefined && least > most) {
    throw minValue!.fault(
      `of the runtime parameter ${name}, minValue ${least} is above maxValue ${most}; correct them`,
    );
  }
  const definition = { type, payload: typed(type, defaultValue?.value), least, most };
  if (type === "credential") hide(definition.payload);
  const why = misfit(definition.payload, definition);
  if (why !== undefined) throw defaultValue!.fault(`the default of the runtime parameter ${name} ${why}`);
  return definition;
}

/** Scalars of the metadata are strings. */
function typed(type: string, value: unknown): unknown {
  if (value === undefined || value === "null" || value === "~") return null;
  if (type === "numeric" && typeof value === "string") return Number(value);
  return asBoolean(type, value);
}

/** YAML as DRUM reads it has more words for true and false than the YAML of today. */
function asBoolean(type: string, value: unknown): unknown {
  if (type !== "boolean" || typeof value !== "string") return value;
  if (/^(true|yes|on)$/i.test(value)) return true;
  return /^(false|no|off)$/i.test(value) ? false : value;
}

/** Whatever it holds may be a secret, so no error shows more than where something is wrong. */
function readValues(file: string): Record<string, unknown> {
  const unusable = (why: string) =>
    invalid(`--runtime-params-file ${file} ${why}; expected YAML lines like NAME: value`);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw unusable(`cannot be read: ${messageOf(error)}`);
  }
  const document = parseDocument(text, { uniqueKeys: true });
  const [fault] = document.errors;
  if (fault) {
    const [start] = fault.linePos ?? [];
    const place = start ? ` at line ${start.line}, column ${start.col}` : "";
    throw unusable(`is no valid YAML${place} (${fault.code})`);
  }
  let content: unknown;
  try {
    content = document.toJS();
  } catch {
    throw unusable("refers to an anchor that is not there; quote what begins with *");
  }
  if (isMap(content) && Object.keys(content).length > 0) return content;
  throw unusable("holds no map of parameters");
}

/** Why a value cannot be that of the parameter, in words that do not show it; undefined where it can. */
function misfit(value: unknown, { type, least, most }: Definition): string | undefined {
  const expected = whyUnfit(type, value);
  if (expected !== undefined) return `is of the type ${type}, expected ${expected}; correct it`;
  if (value === null) return undefined;
  if (least !== undefined && (value as number) < least)
    return `is out of range, expected at least ${least}; correct it`;
  if (most !== undefined && (value as number) > most)
    return `is out of range, expected at most ${most}; correct it`;
  return undefined;
}

function invalid(message: string): DrumError {
  return new DrumError("PARAMETERS_INVALID", message);
}
