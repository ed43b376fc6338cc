// Runtime parameters as a worker is told them: every variable MLOPS_RUNTIME_PARAM_<name> with its value, or with what is wrong with it.

import type { Value } from "../../../protocol/messages.js";
import { isMap } from "../../formats/json.js";
import { hide } from "../../masking.js";
import { isParameterType, parameterTypes, whyUnfit } from "./value-types.js";

export const parameterPrefix = "MLOPS_RUNTIME_PARAM_";

/** Of one that cannot be read, `error` is what a hook is told that asks for it: one that does not ask has no need to fail. */
export type RuntimeParameter =
  | { name: string; type: string; value: Value }
  | { name: string; type: null; error: string };

/** Sorted by name. What is secret of them is masked from now on. */
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
    return wrong(`is of no type that is known, expected ${parameterTypes.join(", ")}`);
  const expected = whyUnfit(type, payload);
  if (expected !== undefined) return wrong(`is of the type ${type}, expected ${expected}`);
  return { name, type, value: payload as Value };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
