import { describe, expect, it } from "vitest";
import { readEntries } from "./entry.js";
import { readTypeSchema } from "./type-schema.js";

type Side = "input" | "output";

/** Reads requirements of one side, each an item in flow style. */
function read(side: Side, ...items: string[]) {
  const text = `typeSchema:\n  ${side}_requirements:\n${items.map((item) => `    - ${item}\n`).join("")}`;
  const { typeSchema } = readEntries("model-metadata.yaml", text).map("a map");
  return readTypeSchema(typeSchema)![side];
}

const item = (field: string, condition: string, value: string | number) =>
  `{field: ${field}, condition: ${condition}, value: ${value}}`;

describe("readTypeSchema accepts", () => {
  it.each([
    ...["EQUALS", "NOT_EQUALS", "IN", "NOT_IN"].map((condition) => ["data_types", condition, "NUM", ["NUM"]]),
    ["data_types", "IN", "[NUM, TXT, CAT, IMG]", ["NUM", "TXT", "CAT", "IMG"]],
    ["data_types", "NOT_IN", "[DATE, DATE_DURATION, COUNT_DICT, GEO]", undefined],
    ["data_types", "EQUALS", "[NUM]", ["NUM"]],
    ...["EQUALS", "NOT_EQUALS", "IN", "NOT_IN", "GREATER_THAN", "NOT_GREATER_THAN", "LESS_THAN"].map(
      (condition) => ["number_of_columns", condition, 2, [2]],
    ),
    ["number_of_columns", "NOT_LESS_THAN", 0, [0]],
    ["number_of_columns", "GREATER_THAN", 0, [0]],
    ["number_of_columns", "NOT_EQUALS", 0, [0]],
    ["number_of_columns", "NOT_IN", "[0, 3]", [0, 3]],
    ["number_of_columns", "IN", "[1, 2]", [1, 2]],
  ] as [string, string, string | number, unknown][])("%s %s %s", (field, condition, value, values) => {
    const expected = { field, condition, ...(values ? { values } : {}) };
    expect(read("input", item(field, condition, value))).toMatchObject([expected]);
    expect(read("output", item(field, condition, value))).toMatchObject([expected]);
  });

  it.each([
    ["input", "sparse", ["FORBIDDEN", "SUPPORTED", "REQUIRED"]],
    ["output", "sparse", ["NEVER", "DYNAMIC", "ALWAYS", "IDENTITY"]],
    ["input", "contains_missing", ["FORBIDDEN", "SUPPORTED"]],
    ["output", "contains_missing", ["NEVER", "DYNAMIC"]],
  ] as [Side, string, string[]][])("of %s %s the words %j", (side, field, words) => {
    const found = read(side, ...words.map((word) => item(field, "EQUALS", word)));
    expect(found.map(({ values }) => values)).toEqual(words.map((word) => [word]));
  });

  it("a file without either side, and keeps the place of each requirement", () => {
    expect(readTypeSchema(undefined)).toBeUndefined();
    const found = read("input", item("sparse", "EQUALS", "SUPPORTED"), item("data_types", "IN", "NUM"));
    expect(found.map(({ place }) => place)).toEqual([
      "model-metadata.yaml, line 3, column 7",
      "model-metadata.yaml, line 4, column 7",
    ]);
  });
});

describe("readTypeSchema rejects", () => {
  it.each([
    ["input", "a", "expected a map of field, condition, value"],
    ["input", "{field: sparse, condition: EQUALS}", "typeSchema.input_requirements[0] lacks value; add it"],
    ["input", "{field: sparse, value: SUPPORTED}", "lacks condition; add it"],
    ["input", "{condition: EQUALS, value: SUPPORTED}", "lacks field; add it"],
    ["input", "{feild: sparse, condition: EQUALS, value: SUPPORTED}", "did you mean field?"],
    [
      "input",
      item("data_type", "IN", "NUM"),
      'field is "data_type"; expected one of data_types, sparse, number_of_columns, contains_missing; did you mean data_types?',
    ],
    ["input", item("data_types", "GREATER_THAN", "NUM"), "expected one of EQUALS, NOT_EQUALS, IN, NOT_IN"],
    ["input", item("data_types", "IN", "[NUM, FOO]"), 'value[1] is "FOO"; expected one of NUM, TXT'],
    ["input", item("data_types", "IN", "num"), 'value is "num"; expected one of NUM, TXT, CAT'],
    ["input", item("data_types", "IN", "[]"), "value is an empty list; expected at least one value"],
    [
      "input",
      item("data_types", "EQUALS", "[NUM, TXT]"),
      "value is a list of 2; expected a single value for the condition EQUALS",
    ],
    ["input", item("data_types", "NOT_EQUALS", "[NUM, TXT]"), "a single value for the condition NOT_EQUALS"],
    ["input", item("number_of_columns", "LESS_THAN", "[2, 3]"), "a single value for the condition LESS_THAN"],
    [
      "input",
      item("number_of_columns", "ABOUT", 2),
      "expected one of EQUALS, NOT_EQUALS, IN, NOT_IN, GREATER",
    ],
    ["input", item("number_of_columns", "EQUALS", "two"), "expected a whole number from 1"],
    ["input", item("number_of_columns", "EQUALS", 2.5), "expected a whole number from 1"],
    ["input", item("number_of_columns", "EQUALS", 0), "a whole number from 1 for the condition EQUALS"],
    ["input", item("number_of_columns", "IN", "[0, 1]"), "value[0] is"],
    ["input", item("number_of_columns", "LESS_THAN", 0), "from 1 for the condition LESS_THAN"],
    ["input", item("number_of_columns", "NOT_GREATER_THAN", 0), "from 1 for the condition NOT_GREATER_THAN"],
    ["input", item("number_of_columns", "NOT_IN", -1), "from 0 for the condition NOT_IN"],
    ["input", item("sparse", "IN", "SUPPORTED"), "expected EQUALS"],
    ["input", item("sparse", "EQUALS", "NEVER"), "expected one of FORBIDDEN, SUPPORTED, REQUIRED"],
    ["input", item("sparse", "EQUALS", "[SUPPORTED]"), "is a list of 1; expected one of"],
    ["output", item("sparse", "EQUALS", "SUPPORTED"), "expected one of NEVER, DYNAMIC, ALWAYS, IDENTITY"],
    ["input", item("contains_missing", "NOT_EQUALS", "SUPPORTED"), "expected EQUALS"],
    ["input", item("contains_missing", "EQUALS", "REQUIRED"), "expected one of FORBIDDEN, SUPPORTED"],
    ["output", item("contains_missing", "EQUALS", "FORBIDDEN"), "expected one of NEVER, DYNAMIC"],
  ] as [Side, string, string][])("%s %s", (side, text, words) => {
    expect(() => read(side, text)).toThrow(words);
    expect(() => read(side, text)).toThrow(/^model-metadata\.yaml, line 3, column \d+: /);
  });

  it.each([
    ["input_requirement: a", "did you mean input_requirements?"],
    ["input_requirements: a", 'typeSchema.input_requirements is "a"; expected a list of maps with field'],
  ])("%s", (text, words) => {
    const { typeSchema } = readEntries("model-metadata.yaml", `typeSchema:\n  ${text}\n`).map("a map");
    expect(() => readTypeSchema(typeSchema)).toThrow(words);
  });
});
