// The values of runtime parameters that come with a version of a custom model, checked against what its metadata define.

import { DrumError } from "../../errors.js";
import { findMetadata } from "../../model/metadata/metadata.js";
import { runtimeParameters } from "../../model/parameters/parameters.js";
import { parameterPrefix } from "../../model/parameters/variables.js";
import { invalid } from "../deployments/settings.js";

export interface ParameterValue {
  fieldName: string;
  type: string;
  /** Null takes the value of an earlier version back. */
  value: unknown;
}

/** A parameter that the metadata define, as the API has it. */
export interface Parameter {
  fieldName: string;
  type: string;
  defaultValue: unknown;
  overrideValue: unknown;
  currentValue: unknown;
}

/** Values of parameters that the files no longer define are left out if they come from the version before. Throws FIELD_INVALID. */
export function parametersOf(
  codeDirectory: string,
  given: readonly ParameterValue[],
  before: readonly Parameter[],
): Parameter[] {
  const defaults = defaultsIn(codeDirectory, given.length > 0);
  for (const { fieldName, type, value } of given) {
    const defined = defaults.get(fieldName);
    if (!defined)
      throw invalid(
        "runtimeParameterValues",
        `those that model-metadata.yaml defines (${[...defaults.keys()].join(", ") || "none"})`,
        fieldName,
      );
    if (defined.type !== type) throw invalid(`the type of ${fieldName}`, defined.type, type);
    if (type === "credential" && value !== null)
      throw invalid(
        "runtimeParameterValues",
        `without credentials, which this hub does not store (give its process the variable ${parameterPrefix}${fieldName})`,
        fieldName,
      );
  }
  const kept = new Map(before.map(({ fieldName, overrideValue }) => [fieldName, overrideValue]));
  for (const { fieldName, value } of given) kept.set(fieldName, value);
  return [...defaults].map(([fieldName, { type, payload }]) => {
    // A credential is a secret, in a form that the client cannot read.
    const defaultValue = type === "credential" ? null : payload;
    const overrideValue = kept.get(fieldName) ?? null;
    return { fieldName, type, defaultValue, overrideValue, currentValue: overrideValue ?? defaultValue };
  });
}

/** The text of a file for --runtime-params-file; undefined if all have their defaults. */
export function parametersFile(parameters: readonly Parameter[]): string | undefined {
  const set = parameters.filter(({ overrideValue }) => overrideValue !== null);
  if (set.length === 0) return undefined;
  return `${JSON.stringify(Object.fromEntries(set.map(({ fieldName, overrideValue }) => [fieldName, overrideValue])))}\n`;
}

/** Throws FIELD_INVALID if a value does not fit its definition. */
export function checkParameters(codeDirectory: string, file: string): void {
  try {
    runtimeParameters(findMetadata(codeDirectory), file, {});
  } catch (error) {
    throw asFault(error);
  }
}

function defaultsIn(
  codeDirectory: string,
  areNeeded: boolean,
): Map<string, { type: string; payload: unknown }> {
  try {
    const variables = Object.entries(runtimeParameters(findMetadata(codeDirectory), undefined, {}));
    return new Map(variables.map(([name, text]) => [name.slice(parameterPrefix.length), JSON.parse(text)]));
  } catch (error) {
    if (areNeeded) throw asFault(error);
    // A deployment of the version will tell what is wrong.
    return new Map();
  }
}

/** The reader's own message names files of the hub. */
function asFault(error: unknown): unknown {
  if (!(error instanceof DrumError)) return error;
  const message = error.message
    .replace(
      /^(--runtime-params-file )?\S*parameters\.json(, line \d+, column \d+)?:?/,
      "runtimeParameterValues:",
    )
    .replace(/\S*\/(model-metadata\.yaml)/g, "$1");
  return new DrumError("FIELD_INVALID", message, { cause: error });
}
