// The types of runtime parameters and the values that fit them, for files, defaults and variables alike.

import { isMap } from "../../formats/json.js";

interface ParameterType {
  /** Whether a value other than null fits; null fits every type. */
  fits(value: unknown): boolean;
  expected: string;
}

const types: Readonly<Record<string, ParameterType>> = {
  string: {
    fits: (value) => typeof value === "string" && value !== "",
    expected: "a non-empty string",
  },
  boolean: { fits: (value) => typeof value === "boolean", expected: "true or false" },
  numeric: { fits: (value) => typeof value === "number" && Number.isFinite(value), expected: "a number" },
  credential: {
    fits: (value) => isMap(value) && typeof value.credentialType === "string",
    expected: "a map with a credentialType",
  },
  deployment: { fits: (value) => typeof value === "string", expected: "the id of a deployment" },
};

export const parameterTypes = Object.keys(types);

export function isParameterType(type: unknown): type is string {
  return typeof type === "string" && Object.hasOwn(types, type);
}

/** What a value of this type must be; undefined if `value` fits. */
export function whyUnfit(type: string, value: unknown): string | undefined {
  const { fits, expected } = types[type]!;
  return value === null || fits(value) ? undefined : expected;
}
