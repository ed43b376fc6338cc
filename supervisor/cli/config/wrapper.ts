// Reads the parameters of a wrapper class from the command line.

import type { Value } from "../../../protocol/messages.js";
import { usage } from "../../errors.js";
import { componentParameters } from "../../model/parameters/component-parameters.js";

/** By name. Throws USAGE for what is no list of {name, value, type}, and for a value that is not of its type. */
export function parseParameters(text: string): Record<string, Value> {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw usage(`--parameters is not JSON: ${text.slice(0, 80)}`);
  }
  return componentParameters(list, "--parameters");
}
