// The settings of a deployment: groups as the API has them, checked and merged one group at a time.

import { DrumError } from "../../errors.js";
import { isMap } from "../../formats/json.js";

type Json = Record<string, unknown>;
export type Settings = Readonly<Record<string, unknown>>;

/** What holds until it is changed. */
const defaults = {
  targetDrift: { enabled: true },
  featureDrift: { enabled: true },
  associationId: { columnNames: null, requiredInPredictionRequests: false },
  predictionsDataCollection: { enabled: false },
  predictionWarning: { enabled: false, customBoundaries: null },
  predictionIntervals: { enabled: false, percentiles: [] },
  challengerModels: { enabled: false },
  segmentAnalysis: { enabled: false, attributes: [] },
  predictionsByForecastDate: { enabled: false, columnName: null, datetimeFormat: null },
  biasAndFairness: null,
} as const satisfies Json;

export type Group = keyof typeof defaults;

type Check = (value: unknown) => boolean;

interface Rule {
  is: Check;
  /** In words. */
  expected: string;
}

const bool: Rule = { is: (value) => typeof value === "boolean", expected: "true or false" };
const textOrNull: Rule = { is: (value) => value === null || isText(value), expected: "a text or null" };

/** The fields of each group; those of biasAndFairness are kept as they are. */
const rules: Readonly<Record<Exclude<Group, "biasAndFairness">, Readonly<Record<string, Rule>>>> = {
  targetDrift: { enabled: bool },
  featureDrift: { enabled: bool },
  associationId: {
    columnNames: {
      is: (value) => value === null || (isListOf(value, isText) && value.length === 1),
      expected: "a list with the name of one column, or null",
    },
    requiredInPredictionRequests: bool,
  },
  predictionsDataCollection: { enabled: bool },
  predictionWarning: {
    enabled: bool,
    customBoundaries: {
      is: (value) =>
        value === null ||
        (isMap(value) &&
          Object.keys(value).every((name) => name === "lower" || name === "upper") &&
          isNumber(value.lower) &&
          isNumber(value.upper) &&
          value.lower < value.upper),
      expected: "null, or lower and upper, two numbers of which lower is the smaller one",
    },
  },
  predictionIntervals: {
    enabled: bool,
    percentiles: {
      is: (value) =>
        isListOf(value, (one) => Number.isInteger(one) && (one as number) >= 1 && (one as number) <= 100),
      expected: "a list of whole numbers from 1 to 100",
    },
  },
  challengerModels: { enabled: bool },
  segmentAnalysis: {
    enabled: bool,
    attributes: { is: (value) => isListOf(value, isText), expected: "a list of texts" },
  },
  predictionsByForecastDate: { enabled: bool, columnName: textOrNull, datetimeFormat: textOrNull },
};

/** All groups, with those that were changed. */
export function wholeSettings(changed: Settings): Record<Group, unknown> {
  return { ...defaults, ...changed };
}

/** The changed groups after a patch, which holds some fields of some groups. Throws FIELD_INVALID; nothing is changed then. */
export function mergeSettings(changed: Settings, patch: Json): Settings {
  const merged: Json = { ...changed };
  for (const [name, fields] of Object.entries(patch)) {
    if (!(name in defaults)) throw invalid(name, `one of ${Object.keys(defaults).join(", ")}`, name);
    merged[name] = mergeGroup(name as Group, wholeSettings(changed)[name as Group], fields);
  }
  return merged;
}

function mergeGroup(name: Group, current: unknown, fields: unknown): unknown {
  if (name === "biasAndFairness") {
    if (fields === null || isMap(fields)) return fields;
    throw invalid(name, "an object or null", fields);
  }
  if (!isMap(fields)) throw invalid(name, "an object", fields);
  for (const [field, value] of Object.entries(fields)) {
    const rule = rules[name][field];
    if (!rule) throw invalid(name, `an object with ${Object.keys(rules[name]).join(", ")}`, fields);
    if (!rule.is(value)) throw invalid(`${name}.${field}`, rule.expected, value);
  }
  return { ...(current as Json), ...fields };
}

/** The columns without which a prediction is refused. */
export function requiredColumns({ associationId }: Settings): readonly string[] {
  const { columnNames, requiredInPredictionRequests } = associationId as {
    columnNames: string[] | null;
    requiredInPredictionRequests: boolean;
  };
  return requiredInPredictionRequests ? (columnNames ?? []) : [];
}

export function invalid(field: string, expected: string, got: unknown): DrumError {
  const shown = got === undefined ? "nothing" : JSON.stringify(got).slice(0, 200);
  return new DrumError("FIELD_INVALID", `${field} must be ${expected}, got ${shown}`);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isListOf(value: unknown, is: Check): value is unknown[] {
  return Array.isArray(value) && value.every(is);
}
