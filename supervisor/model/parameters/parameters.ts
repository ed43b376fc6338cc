// Runtime parameters of a model: defined in model-metadata.yaml, set in a file, passed to the workers as variables.

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
 * Variable to value, for the workers' environment. Without `file`, a variable that is already set is left out, so it stays.
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
      : "the model has no model-metadata.yaml";
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
      `the runtime parameter ${name} has minValue ${least} above maxValue ${most}; correct them`,
    );
  }
  const definition = { type, payload: typed(type, defaultValue?.value), least, most };
  if (type === "credential") hide(definition.payload);
  const why = misfit(definition.payload, definition);
  if (why !== undefined) throw defaultValue!.fault(`the default of the runtime parameter ${name} ${why}`);
  return definition;
}

/** Converts the strings of the metadata, whose scalars are not typed. */
function typed(type: string, value: unknown): unknown {
  if (value === undefined || value === "null" || value === "~") return null;
  if (type === "numeric" && typeof value === "string") return Number(value);
  return asBoolean(type, value);
}

/** DRUM's YAML reader knows more words for true and false than YAML 1.2. */
function asBoolean(type: string, value: unknown): unknown {
  if (type !== "boolean" || typeof value !== "string") return value;
  if (/^(true|yes|on)$/i.test(value)) return true;
  return /^(false|no|off)$/i.test(value) ? false : value;
}

/** Any value may be a secret, so errors show only the place of a fault. */
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
    throw unusable(`is not valid YAML${place} (${fault.code})`);
  }
  let content: unknown;
  try {
    content = document.toJS();
  } catch {
    throw unusable("refers to an unknown anchor; quote values that begin with *");
  }
  if (isMap(content) && Object.keys(content).length > 0) return content;
  throw unusable("is not a map of parameters");
}

/** Why a value does not fit the parameter, without showing the value; undefined if it fits. */
function misfit(value: unknown, { type, least, most }: Definition): string | undefined {
  const expected = whyUnfit(type, value);
  if (expected !== undefined) return `must be ${expected}, since its type is ${type}; correct it`;
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
