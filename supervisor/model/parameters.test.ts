import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findMetadata } from "./metadata.js";
import { runtimeParameters } from "./parameters.js";

const definitions = `runtimeParameterDefinitions:
  - fieldName: TEXT
    type: string
    defaultValue: usual
  - fieldName: FLAG
    type: boolean
    defaultValue: "True"
  - fieldName: COUNT
    type: numeric
    defaultValue: 3
    minValue: 1
    maxValue: 10
  - fieldName: KEY
    type: credential
  - fieldName: OTHER
    type: deployment
`;

function read(metadata: string, values?: string, environment: Record<string, string> = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "drum-parameters-"));
  writeFileSync(path.join(folder, "model-metadata.yaml"), metadata);
  const file = path.join(folder, "values.yaml");
  if (values !== undefined) writeFileSync(file, values);
  return runtimeParameters(findMetadata(folder), values === undefined ? undefined : file, environment);
}

const variable = (name: string, type: string, payload: unknown) => [
  `MLOPS_RUNTIME_PARAM_${name}`,
  JSON.stringify({ type, payload }),
];

describe("runtimeParameters", () => {
  it("are the defaults, null where there is none", () => {
    expect(Object.entries(read(definitions))).toEqual([
      variable("TEXT", "string", "usual"),
      variable("FLAG", "boolean", true),
      variable("COUNT", "numeric", 3),
      variable("KEY", "credential", null),
      variable("OTHER", "deployment", null),
    ]);
  });

  it("are what the file gives, of what is defined", () => {
    const values = `TEXT: own
FLAG: false
COUNT: 7.5
KEY: {credentialType: s3, token: hush}
OTHER: abc
UNDEFINED: 1
`;
    expect(Object.entries(read(definitions, values, { MLOPS_RUNTIME_PARAM_TEXT: "older" }))).toEqual([
      variable("TEXT", "string", "own"),
      variable("FLAG", "boolean", false),
      variable("COUNT", "numeric", 7.5),
      variable("KEY", "credential", { credentialType: "s3", token: "hush" }),
      variable("OTHER", "deployment", "abc"),
    ]);
  });

  it("leave a variable alone that is there already, where no file is given", () => {
    const given = read(definitions, undefined, { MLOPS_RUNTIME_PARAM_TEXT: "older" });
    expect(Object.keys(given)).not.toContain("MLOPS_RUNTIME_PARAM_TEXT");
  });

  it("are none where none is defined", () => {
    expect(read("targetType: regression\n")).toEqual({});
  });

  it.each([
    ["no definitions", "targetType: regression\n", "TEXT: a\n", "has no runtimeParameterDefinitions"],
    [
      "an unknown type",
      definitions.replace("boolean", "bool"),
      undefined,
      'line 6, column 11: runtimeParameterDefinitions[1].type is "bool"; expected one of string, boolean',
    ],
    [
      "a parameter twice",
      definitions.replace("FLAG", "TEXT"),
      undefined,
      "line 5, column 16: the parameter TEXT is defined twice; keep one",
    ],
    [
      "no name",
      definitions.replace("fieldName: FLAG", "name: FLAG"),
      undefined,
      "line 5, column 5: runtimeParameterDefinitions[1] lacks fieldName; add it",
    ],
    [
      "no type",
      "runtimeParameterDefinitions:\n  - fieldName: A\n",
      undefined,
      "line 2, column 5: runtimeParameterDefinitions[0] lacks type; add it",
    ],
    [
      "a bound that is no number",
      definitions.replace("minValue: 1", "minValue: low"),
      undefined,
      'line 11, column 15: runtimeParameterDefinitions[2].minValue is "low"; expected a number',
    ],
    [
      "no list",
      "runtimeParameterDefinitions: x\n",
      undefined,
      'line 1, column 30: runtimeParameterDefinitions is "x"; expected a list',
    ],
    [
      "a default out of range",
      definitions.replace("Value: 3", "Value: 11"),
      undefined,
      "COUNT is out of range",
    ],
    [
      "a default of another type",
      definitions.replace("Value: 3", "Value: x"),
      undefined,
      "expected a number",
    ],
    [
      "a value of another type",
      definitions,
      "FLAG: 1\n",
      "FLAG is of the type boolean, expected true or false",
    ],
    ["a value out of range", definitions, "COUNT: 0.5\n", "COUNT is out of range, expected at least 1"],
    ["an empty text", definitions, 'TEXT: ""\n', "a string that is not empty"],
    ["a credential without its type", definitions, "KEY: {token: hush}\n", "a map with a credentialType"],
    ["an empty file", definitions, "", "holds no map"],
    ["a broken file", definitions, "a: [1\n", "cannot be read"],
    ["a list", definitions, "- a\n", "holds no map"],
  ])("refuse %s", (_title, metadata, values, words) => {
    expect(() => read(metadata, values)).toThrow(words);
  });

  it("show no value in an error", () => {
    expect(() => read(definitions, "TEXT: {secret: hush}\n")).toThrow(/^(?!.*hush)/s);
  });
});
