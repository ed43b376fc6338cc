// The parameters of a wrapper class as Seldon writes them: a list of {name, value, type}, whose values may all be texts.

import type { Value } from "../../../protocol/messages.js";
import { usage } from "../../errors.js";

/** By name. Throws USAGE, which begins with `place`, for what is no such list, and for a value that is not of its type. */
export function componentParameters(list: unknown, place: string): Record<string, Value> {
  const wrong = (what: string) => usage(`${place} ${what}`);
  if (!Array.isArray(list)) throw wrong("is not a list");
  return Object.fromEntries(
    list.map((item: unknown): [string, Value] => {
      const { name, value, type } = (item ?? {}) as { name?: unknown; value?: unknown; type?: unknown };
      if (typeof name !== "string" || typeof type !== "string" || value === undefined)
        throw wrong(`has ${JSON.stringify(item)}, expected {"name", "value", "type"}`);
      const typed = typedValue(String(value), type);
      if (typed !== undefined) return [name, typed];
      throw wrong(
        types.includes(type)
          ? `gives ${name} the value "${String(value)}", which is no ${type}`
          : `gives ${name} the type ${type}; use one of ${types.join(", ")}`,
      );
    }),
  );
}

const types = ["INT", "FLOAT", "DOUBLE", "STRING", "BOOL"];

/** Undefined for a text that is not of the type. */
function typedValue(text: string, type: string): Value | undefined {
  switch (type) {
    case "STRING":
      return text;
    case "INT":
      return /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : undefined;
    case "FLOAT":
    case "DOUBLE":
      return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case "BOOL":
      if (/^(y|yes|t|true|on|1)$/i.test(text)) return true;
      return /^(n|no|f|false|off|0)$/i.test(text) ? false : undefined;
    default:
      return undefined;
  }
}
