// Reads the fields of bodies and queries, each with its rule.

import type { FastifyRequest } from "fastify";
import { DrumError } from "../../errors.js";
import { invalid } from "../../hub/deployments/settings.js";
import type { Page } from "../../hub/registry/catalog.js";
import { parseJsonMap } from "../bodies/json.js";

type Json = Record<string, unknown>;

/** The JSON object of the body; empty without a body. */
export function fieldsOf(request: FastifyRequest): Json {
  const body = request.body as Buffer | undefined;
  return body === undefined || body.length === 0 ? {} : parseJsonMap({ body });
}

/** Throws FIELD_INVALID for what is no text, an empty one, or one that is too long. */
export function textIn(fields: Json, name: string, most = 512): string {
  const value = fields[name];
  if (typeof value === "string" && value.trim() !== "" && value.length <= most) return value;
  throw invalid(name, `a text of 1 to ${most} characters`, value);
}

export function optionalText(fields: Json, name: string, most = 10_000): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && value.length <= most) return value;
  throw invalid(name, `a text of at most ${most} characters`, value);
}

export function oneIn<Value extends string>(fields: Json, name: string, values: readonly Value[]): Value {
  const value = fields[name];
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw invalid(name, `one of ${values.join(", ")}`, value);
}

export function optionalOne<Value extends string>(
  fields: Json,
  name: string,
  values: readonly Value[],
): Value | undefined {
  return fields[name] === undefined || fields[name] === null ? undefined : oneIn(fields, name, values);
}

/** Values joined by commas, each one of `values`. */
export function manyIn<Value extends string>(
  fields: Json,
  name: string,
  values: readonly Value[],
): Value[] | undefined {
  const given = textsOf(fields[name]).flatMap((text) => text.split(","));
  if (given.length === 0) return undefined;
  return given.map((value) => oneIn({ [name]: value }, name, values));
}

export function textsOf(value: unknown): string[] {
  return value === undefined ? [] : [value].flat().map(String);
}

const usualLimit = 20;
const mostRows = 100;

/** The page of a list. Throws FIELD_INVALID. */
export function pageOf(query: unknown): Page {
  const { offset = "0", limit = String(usualLimit) } = query as { offset?: string; limit?: string };
  const number = (name: string, text: string, [least, most]: readonly [number, number]) => {
    if (/^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    throw invalid(name, `a whole number from ${least} to ${most}`, text);
  };
  return {
    offset: number("offset", offset, [0, Number.MAX_SAFE_INTEGER]),
    limit: number("limit", limit, [1, mostRows]),
  };
}

export function queryOf(request: FastifyRequest): Json {
  return request.query as Json;
}

export function unknownId(what: string, id: string): DrumError {
  return new DrumError("RESOURCE_UNKNOWN", `there is no ${what} ${id}`);
}
