// Reads the parameters of a wrapper class as Seldon writes them.

import type { Value } from "../../../protocol/messages.js";
import { usage } from "../../errors.js";

interface Parameter {
  name: string;
  value: string;
  type: string;
}

/** By name. Throws USAGE for what is no list of {name, value, type}, and for a value that is not of its type. */
export function parseParameters(text: string): Record<string, Value> {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw wrong(`is not JSON: ${text.slice(0, 80)}`);
  }
  if (!Array.isArray(list)) throw wrong("is not a list");
  return Object.fromEntries(list.map((item) => [...parsed(item)]));
}

function parsed(item: unknown): [string, Value] {
  const { name, value, type } = (item ?? {}) as Partial<Parameter>;
  if (typeof name !== "string" || typeof type !== "string" || value === undefined)
    throw wrong(`has ${JSON.stringify(item)}, expected {"name", "value", "type"}`);
  return [name, typedValue({ name, value, type })];
}

function typedValue({ name, value, type }: Parameter): Value {
  const text = String(value);
  switch (type) {
    case "STRING":
      return text;
    case "INT":
      if (/^\s*[+-]?\d+\s*$/.test(text)) return Number(text);
      break;
    case "FLOAT":
    case "DOUBLE":
      if (text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
      break;
    case "BOOL":
      if (/^(y|yes|t|true|on|1)$/i.test(text)) return true;
      if (/^(n|no|f|false|off|0)$/i.test(text)) return false;
      break;
    default:
      throw wrong(`gives ${name} the type ${type}; use INT, FLOAT, DOUBLE, STRING or BOOL`);
  }
  throw wrong(`gives ${name} the value "${text}", which is no ${type}`);
}

function wrong(what: string) {
  return usage(`--parameters ${what}; see drum microservice --help`);
}
