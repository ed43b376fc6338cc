// Reads the runtime parameters that a worker gets: every variable MLOPS_RUNTIME_PARAM_<name>, with its value or an error.

import type { Value } from "../../../protocol/messages.js";
import { isMap } from "../../formats/json.js";
import { hide } from "../../masking.js";
import { isParameterType, parameterTypes, whyUnfit } from "./value-types.js";

export const parameterPrefix = "MLOPS_RUNTIME_PARAM_";

/** If the variable cannot be read, a hook that asks for the parameter gets `error`. Other hooks need not fail. */
export type RuntimeParameter =
  | { name: string; type: string; value: Value }
  | { name: string; type: null; error: string };

/** Sorted by name. Masks the credentials among them from now on. */
export function readParameterVariables(environment: Readonly<Record<string, string>>): RuntimeParameter[] {
  const variables = Object.keys(environment).filter((variable) => variable.startsWith(parameterPrefix));
  return variables
    .sort()
    .map((variable) => readVariable(variable.slice(parameterPrefix.length), environment[variable]!));
}

function readVariable(name: string, text: string): RuntimeParameter {
  const wrong = (what: string): RuntimeParameter => ({
    name,
    type: null,
    error: `the runtime parameter "${name}" ${what}; correct the variable ${parameterPrefix}${name}`,
  });
  const definition = parse(text);
  if (isMap(definition) && definition.type === "credential") hide(definition.payload);
  if (!isMap(definition) || Object.keys(definition).sort().join() !== "payload,type") {
    return wrong("is not JSON of the form {type, payload}");
  }
  const { type, payload } = definition;
  if (!isParameterType(type))
    return wrong(`has an unknown type, expected one of ${parameterTypes.join(", ")}`);
  const expected = whyUnfit(type, payload);
  if (expected !== undefined) return wrong(`must be ${expected}, since its type is ${type}`);
  return { name, type, value: payload as Value };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
