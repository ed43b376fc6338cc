// Runtime parameters: defined in model-metadata.yaml, given in a file, handed to the workers as variables that DRUM's own class reads.

import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { DrumError, type ErrorCode, messageOf } from "../errors.js";
import { isMap, type Metadata } from "./metadata.js";

const prefix = "MLOPS_RUNTIME_PARAM_";

interface Definition {
  type: string;
  payload: unknown;
  least: number | undefined;
  most: number | undefined;
}

/** Whether a payload that is there fits, and what is expected. */
const types: Readonly<Record<string, { fits(value: unknown): boolean; expected: string }>> = {
  string: {
    fits: (value) => typeof value === "string" && value !== "",
    expected: "a string that is not empty",
  },
  boolean: { fits: (value) => typeof value === "boolean", expected: "true or false" },
  numeric: { fits: (value) => typeof value === "number" && Number.isFinite(value), expected: "a number" },
  credential: {
    fits: (value) => isMap(value) && typeof value.credentialType === "string",
    expected: "a map with a credentialType",
  },
  deployment: { fits: (value) => typeof value === "string", expected: "the id of a deployment" },
};

/**
 * Variable to value, for the workers' environment. What `file` gives wins over a variable that is there already, a default does not.
 * Throws METADATA_INVALID for definitions, USAGE for values that do not fit them; no message shows a value.
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
    throw new DrumError("USAGE", `--runtime-params-file ${file}: ${where}; define the parameters there`);
  }
  const given = file === undefined ? {} : readValues(file);
  const variables: Record<string, string> = {};
  for (const [name, definition] of definitions) {
    const { type } = definition;
    if (file === undefined && Object.hasOwn(environment, prefix + name)) continue;
    const isGiven = Object.hasOwn(given, name) && given[name] !== null;
    if (isGiven) check(`${file}: the parameter ${name}`, given[name], definition, "USAGE");
    const payload = isGiven ? given[name] : definition.payload;
    variables[prefix + name] = JSON.stringify({ type, payload });
  }
  return variables;
}

function readDefinitions(metadata: Metadata | undefined): Map<string, Definition> {
  const definitions = new Map<string, Definition>();
  const listed = metadata?.entries.runtimeParameterDefinitions;
  for (const item of listed?.list("a list of maps with fieldName and type") ?? []) {
    const fields = item.map("a map with fieldName and type");
    const { fieldName, type: typeEntry, defaultValue, minValue, maxValue } = fields;
    if (!fieldName || !typeEntry) {
      throw item.fault(`${item.path} lacks ${fieldName ? "type" : "fieldName"}; add it`);
    }
    const name = fieldName.text("a name");
    const type = typeEntry.oneOf(Object.keys(types));
    if (definitions.has(name)) throw fieldName.fault(`the parameter ${name} is defined twice; keep one`);
    const [least, most] = [minValue, maxValue].map((bound) => bound?.number("a number"));
    const definition = { type, payload: typed(type, defaultValue?.value), least, most };
    if (definition.payload !== null) {
      const what = `${defaultValue!.place}: the default of the runtime parameter ${name}`;
      check(what, definition.payload, definition, "METADATA_INVALID");
    }
    definitions.set(name, definition);
  }
  return definitions;
}

/** The value of a parameter among variables, undefined where there is none that can be read. */
export function parameterIn(variables: Readonly<Record<string, string>>, name: string): unknown {
  try {
    const content: unknown = JSON.parse(variables[prefix + name] ?? "");
    return isMap(content) ? (content.payload ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

/** Scalars of the metadata are strings. */
function typed(type: string, value: unknown): unknown {
  if (value === undefined || value === "null" || value === "~") return null;
  if (type === "boolean" && typeof value === "string" && /^(true|false)$/i.test(value))
    return /^true$/i.test(value);
  if (type === "numeric" && typeof value === "string") return Number(value);
  return value;
}

function readValues(file: string): Record<string, unknown> {
  const unusable = (why: string) =>
    new DrumError("USAGE", `--runtime-params-file ${file} ${why}; expected YAML lines like NAME: value`);
  let content: unknown;
  try {
    const document = parseDocument(readFileSync(file, "utf8"), { uniqueKeys: true });
    if (document.errors[0]) throw document.errors[0];
    content = document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw unusable(`cannot be read: ${messageOf(error).split("\n")[0]}`);
  }
  if (isMap(content) && Object.keys(content).length > 0) return content;
  throw unusable("holds no map of parameters");
}

function check(what: string, value: unknown, { type, least, most }: Definition, code: ErrorCode): void {
  const { fits, expected } = types[type]!;
  if (!fits(value))
    throw new DrumError(code, `${what} is of the type ${type}, expected ${expected}; correct it`);
  const isLow = least !== undefined && (value as number) < least;
  const isHigh = most !== undefined && (value as number) > most;
  if (!isLow && !isHigh) return;
  const bound = isLow ? `at least ${least}` : `at most ${most}`;
  throw new DrumError(code, `${what} is out of range, expected ${bound}; correct it`);
}
