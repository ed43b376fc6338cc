// Reads `typeSchema` of model-metadata.yaml: the requirements on the columns of a model's input and of a transform's output.
// type-check.ts checks data against them.

import type { Entry } from "./entry.js";

export const dataTypes = ["NUM", "TXT", "CAT", "IMG", "DATE", "DATE_DURATION", "COUNT_DICT", "GEO"] as const;
export type DataType = (typeof dataTypes)[number];

const listConditions = ["IN", "NOT_IN"] as const;
const equality = ["EQUALS", "NOT_EQUALS", ...listConditions] as const;
const order = ["GREATER_THAN", "NOT_GREATER_THAN", "LESS_THAN", "NOT_LESS_THAN"] as const;
export type Equality = (typeof equality)[number];
export type Condition = Equality | (typeof order)[number];

/** Conditions whose value may be zero columns. */
const zeroConditions: readonly Condition[] = ["NOT_IN", "NOT_EQUALS", "NOT_LESS_THAN", "GREATER_THAN"];

const words = {
  input: { sparse: ["FORBIDDEN", "SUPPORTED", "REQUIRED"], missing: ["FORBIDDEN", "SUPPORTED"] },
  output: { sparse: ["NEVER", "DYNAMIC", "ALWAYS", "IDENTITY"], missing: ["NEVER", "DYNAMIC"] },
} as const;
type Side = keyof typeof words;
type Word<Kind extends "sparse" | "missing"> = (typeof words)[Side][Kind][number];

export type Requirement = {
  /** File, line and column; undefined for a default requirement. */
  place?: string;
} & (
  | { field: "data_types"; condition: Equality; values: readonly DataType[] }
  | { field: "number_of_columns"; condition: Condition; values: readonly number[] }
  | { field: "sparse"; condition: "EQUALS"; values: readonly [Word<"sparse">] }
  | { field: "contains_missing"; condition: "EQUALS"; values: readonly [Word<"missing">] }
);

export interface TypeSchema {
  input: readonly Requirement[];
  output: readonly Requirement[];
}

/** For a transform without a typeSchema, which fit checks strictly. */
export const defaultTransformSchema: TypeSchema = {
  input: [
    { field: "data_types", condition: "IN", values: ["NUM", "CAT", "TXT", "DATE", "DATE_DURATION"] },
    { field: "sparse", condition: "EQUALS", values: ["FORBIDDEN"] },
    { field: "contains_missing", condition: "EQUALS", values: ["FORBIDDEN"] },
  ],
  output: [{ field: "data_types", condition: "EQUALS", values: ["NUM"] }],
};

/** Throws METADATA_INVALID. */
export function readTypeSchema(entry: Entry | undefined): TypeSchema | undefined {
  if (entry === undefined) return undefined;
  const fields = entry.fields(["input_requirements", "output_requirements"]);
  return {
    input: readRequirements(fields.input_requirements, "input"),
    output: readRequirements(fields.output_requirements, "output"),
  };
}

const keys = ["field", "condition", "value"] as const;
const fieldNames = ["data_types", "sparse", "number_of_columns", "contains_missing"] as const;

function readRequirements(entry: Entry | undefined, side: Side): Requirement[] {
  const items = entry?.list(`a list of maps with ${keys.join(", ")}`) ?? [];
  return items.map((item) => {
    const { field, condition, value } = item.fields(keys, keys);
    return {
      place: item.place,
      ...readRequirement(field!.oneOf(fieldNames), { condition: condition!, value: value!, side }),
    };
  });
}

function readRequirement(
  field: Requirement["field"],
  { condition, value, side }: { condition: Entry; value: Entry; side: Side },
): Requirement {
  switch (field) {
    case "data_types": {
      const how = condition.oneOf(equality);
      return { field, condition: how, values: valuesOf(value, how).map((one) => one.oneOf(dataTypes)) };
    }
    case "number_of_columns": {
      const how = condition.oneOf([...equality, ...order]);
      return { field, condition: how, values: valuesOf(value, how).map((one) => countOf(one, how)) };
    }
    case "sparse":
      return { field, condition: condition.oneOf(["EQUALS"]), values: [value.oneOf(words[side].sparse)] };
    case "contains_missing":
      return { field, condition: condition.oneOf(["EQUALS"]), values: [value.oneOf(words[side].missing)] };
  }
}

/** A list of one value counts as that value. */
function valuesOf(value: Entry, condition: Condition): Entry[] {
  if (!value.isList) return [value];
  const isAny = (listConditions as readonly string[]).includes(condition);
  const values = value.list("");
  if (values.length === 0 || (values.length > 1 && !isAny)) {
    throw value.unlike(isAny ? "at least one value" : `a single value for the condition ${condition}`);
  }
  return values;
}

function countOf(value: Entry, condition: Condition): number {
  const least = zeroConditions.includes(condition) ? 0 : 1;
  return value.integer(
    `a whole number from ${least} for the condition ${condition}`,
    (count) => count >= least,
  );
}
