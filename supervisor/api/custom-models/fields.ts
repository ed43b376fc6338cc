// More rules of fields: true and false as any client writes them, lists of texts, numbers.

import { invalid } from "../../hub/deployments/settings.js";

type Json = Record<string, unknown>;

/** JSON's true and false, and the words that clients put into queries. Throws FIELD_INVALID. */
export function isTrueIn(fields: Json, name: string): boolean | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (/^true$/i.test(String(value))) return true;
  if (/^false$/i.test(String(value))) return false;
  throw invalid(name, "true or false", value);
}

/** Throws FIELD_INVALID. */
export function textsIn(fields: Json, name: string, most = 10_000): string[] | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  const isList =
    Array.isArray(value) &&
    value.length <= most &&
    value.every((one) => typeof one === "string" && one !== "" && one.length <= 512);
  if (isList) return value;
  throw invalid(name, `a list of at most ${most} texts`, value);
}

/** Throws FIELD_INVALID. */
export function numberIn(
  fields: Json,
  name: string,
  [least, most]: readonly [number, number],
): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw invalid(name, `a number from ${least} to ${most}`, value);
}
