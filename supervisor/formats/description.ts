// Reads and checks the fields of a folder's JSON description (worker.json, environment.json).

import type { DrumError } from "../errors.js";
import { messageOf } from "../errors.js";

export interface Description {
  /** Non-empty string. */
  text(key: string): string;
  texts(key: string): string[];
  number(key: string): number;
  has(key: string): boolean;
}

/** `broken` makes the error for invalid JSON and for an invalid field. */
export function readDescription(source: string, broken: (what: string) => DrumError): Description {
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(source);
  } catch (error) {
    throw broken(`is not valid JSON (${messageOf(error)})`);
  }
  const must = (key: string, be: string) =>
    broken(`"${key}" must be ${be}, got ${JSON.stringify(json[key])}`);
  return {
    text(key) {
      const value = json[key];
      if (typeof value !== "string" || value === "") throw must(key, "a string");
      return value;
    },
    texts(key) {
      const list = json[key];
      if (!Array.isArray(list) || !list.every((one) => typeof one === "string"))
        throw must(key, "a list of strings");
      return list;
    },
    number(key) {
      const value = json[key];
      if (typeof value !== "number") throw must(key, "a number");
      return value;
    },
    has: (key) => json[key] !== undefined,
  };
}
