import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { mask } from "../../masking.js";
import { findMetadata } from "../metadata/metadata.js";
import { runtimeParameters } from "./parameters.js";
import { readParameterVariables } from "./variables.js";

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
  it("are the defaults, or null without one", () => {
    expect(Object.entries(read(definitions))).toEqual([
      variable("TEXT", "string", "usual"),
      variable("FLAG", "boolean", true),
      variable("COUNT", "numeric", 3),
      variable("KEY", "credential", null),
      variable("OTHER", "deployment", null),
    ]);
  });

  it("are the values from the file, if they are defined", () => {
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

  it("leave out variables that are already set, without a file", () => {
    const given = read(definitions, undefined, { MLOPS_RUNTIME_PARAM_TEXT: "older" });
    expect(Object.keys(given)).not.toContain("MLOPS_RUNTIME_PARAM_TEXT");
  });

  it("are empty without definitions", () => {
    expect(read("targetType: regression\n")).toEqual({});
  });

  it("are null if the file says so, whatever the default", () => {
    expect(Object.entries(read(definitions, "TEXT: null\nCOUNT: ~\n")).slice(0, 3)).toEqual([
      variable("TEXT", "string", null),
      variable("FLAG", "boolean", true),
      variable("COUNT", "numeric", null),
    ]);
  });

  it("of the type boolean accept the words of older YAML", () => {
    const flag = (word: string) => read(definitions, `FLAG: ${word}\n`).MLOPS_RUNTIME_PARAM_FLAG;
    for (const word of ["yes", "On", "TRUE"]) expect(flag(word)).toContain('"payload":true');
    for (const word of ["no", "off", "False"]) expect(flag(word)).toContain('"payload":false');
  });

  it("may be set through anchors", () => {
    const values = "TEXT: &text own\nOTHER: *text\n";
    expect(read(definitions, values).MLOPS_RUNTIME_PARAM_OTHER).toContain('"payload":"own"');
  });

  const numeric = (lines: string) =>
    `runtimeParameterDefinitions:\n  - fieldName: COUNT\n    type: numeric\n${lines}`;

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
      "a bound that is not a number",
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
    ["an empty list", "runtimeParameterDefinitions:\n", "TEXT: a\n", "has no runtimeParameterDefinitions"],
    [
      "an item that is not a map",
      "runtimeParameterDefinitions:\n  - TEXT\n",
      undefined,
      'line 2, column 5: runtimeParameterDefinitions[0] is "TEXT"; expected a map',
    ],
    [
      "a default too high",
      definitions.replace("Value: 3", "Value: 11"),
      undefined,
      "line 10, column 19: the default of the runtime parameter COUNT is out of range, expected at most 10",
    ],
    [
      "a default of another type",
      definitions.replace("Value: 3", "Value: x"),
      undefined,
      "COUNT must be a number, since its type is numeric",
    ],
    [
      "a default credential without its type",
      `${definitions}    defaultValue: x\n`.replace("deployment", "credential"),
      undefined,
      "OTHER must be a map with a credentialType, since its type is credential",
    ],
    [
      "bounds the wrong way round",
      numeric("    minValue: 2\n    maxValue: 1\n"),
      undefined,
      "has minValue 2 above maxValue 1",
    ],
    [
      "a text for a boolean",
      definitions,
      "FLAG: maybe\n",
      "values.yaml, line 1, column 7: the parameter FLAG must be true or false, since its type is boolean",
    ],
    [
      "a number for a boolean",
      definitions,
      "FLAG: 1\n",
      "FLAG must be true or false, since its type is boolean",
    ],
    [
      "a number for a text",
      definitions,
      "OTHER: a\nTEXT: 5\n",
      "values.yaml, line 2, column 7: the parameter TEXT must be a non-empty string",
    ],
    ["a text for a number", definitions, "COUNT: '5'\n", "COUNT must be a number, since its type is numeric"],
    ["an infinite number", definitions, "COUNT: .inf\n", "COUNT must be a number, since its type is numeric"],
    ["a number for a deployment", definitions, "OTHER: 5\n", "OTHER must be the id"],
    ["a list for a text", definitions, "TEXT:\n  - a\n", "TEXT must be a non-empty string"],
    [
      "a value too low",
      definitions,
      "COUNT: 0.5\n",
      "values.yaml, line 1, column 8: the parameter COUNT is out of range, expected at least 1",
    ],
    ["a value too high", definitions, "COUNT: 10.5\n", "COUNT is out of range, expected at most 10"],
    ["an empty text", definitions, 'TEXT: ""\n', "a non-empty string"],
    [
      "a credential without its type",
      definitions,
      "KEY:\n  token: hush\n",
      "values.yaml, line 2, column 3: the parameter KEY must be a map with a credentialType, since its type is credential",
    ],
    ["a credential that is a text", definitions, "KEY: hush\n", "KEY must be a map with a credentialType"],
    ["an empty file", definitions, "", "is not a map of parameters"],
    ["a broken file", definitions, "a: 1\nb: [1\n", "is not valid YAML at line"],
    [
      "a parameter given twice",
      definitions,
      "TEXT: a\nTEXT: b\n",
      "is not valid YAML at line 2, column 1 (DUPLICATE_KEY)",
    ],
    ["an unknown anchor", definitions, "TEXT: *hush\n", "refers to an unknown anchor"],
    ["a list", definitions, "- a\n", "is not a map of parameters"],
  ])("reject %s", (_title, metadata, values, words) => {
    const refuse = () => read(metadata, values);
    expect(refuse).toThrow(words);
    expect(refuse).toThrow(
      expect.objectContaining({ code: values === undefined ? "METADATA_INVALID" : "PARAMETERS_INVALID" }),
    );
    expect(refuse).toThrow(/^(?!.*hush)/s);
  });

  it("reject a file without model-metadata.yaml, and a missing file", () => {
    expect(() => runtimeParameters(undefined, "values.yaml", {})).toThrow(
      "the model has no model-metadata.yaml",
    );
    const folder = mkdtempSync(path.join(tmpdir(), "drum-parameters-"));
    writeFileSync(path.join(folder, "model-metadata.yaml"), definitions);
    expect(() => runtimeParameters(findMetadata(folder), path.join(folder, "none.yaml"), {})).toThrow(
      "cannot be read: ENOENT",
    );
  });

  it("of the type credential are masked in every text from then on", () => {
    read(`runtimeParameterDefinitions:
  - fieldName: KEY
    type: credential
    defaultValue:
      credentialType: basic
      password: from-the-default
`);
    expect(mask("basic from-the-default")).toBe("basic *****");
  });
});

describe("readParameterVariables", () => {
  const one = (text: string) =>
    readParameterVariables({ PATH: "/bin", MLOPS_RUNTIME_PARAM_KEY: text, MLOPS_RUNTIME_PARAMS: "other" });

  it.each([
    ["string", "text"],
    ["string", "5"],
    ["boolean", false],
    ["numeric", 5],
    ["numeric", -0.25],
    ["credential", { credentialType: "s3", aws_session_token: null, more: { inside: [1] } }],
    ["deployment", "65f0"],
    ["deployment", ""],
    ["string", null],
    ["credential", null],
  ])("of the type %s give %j", (type, payload) => {
    expect(one(JSON.stringify({ type, payload }))).toEqual([{ name: "KEY", type, value: payload }]);
  });

  it.each([
    "",
    "text",
    "[]",
    "5",
    "null",
    "{}",
    '{"type":"string"}',
    '{"payload":1}',
    '{"type":"string","payload":"x","more":1}',
    '{"type":"numeric","payload":NaN}',
  ])("of another form, such as %j, give an error", (text) => {
    expect(one(text)).toEqual([
      {
        name: "KEY",
        type: null,
        error:
          'the runtime parameter "KEY" is not JSON of the form {type, payload}; correct the variable MLOPS_RUNTIME_PARAM_KEY',
      },
    ]);
  });

  it.each([
    ["string", 5, "must be a non-empty string, since its type is string"],
    ["string", "", "must be a non-empty string"],
    ["boolean", "true", "must be true or false, since its type is boolean"],
    ["boolean", 1, "must be true or false"],
    ["numeric", "5", "must be a number, since its type is numeric"],
    ["numeric", true, "must be a number"],
    ["credential", { username: "u" }, "must be a map with a credentialType, since its type is credential"],
    ["credential", "secret", "must be a map"],
    ["deployment", 5, "must be the id of a deployment"],
    [
      "colour",
      "red",
      "has an unknown type, expected one of string, boolean, numeric, credential, deployment",
    ],
    [["string"], "x", "has an unknown type"],
    ["toString", "x", "has an unknown type"],
  ])("of the type %j with %j give an error", (type, payload, words) => {
    expect(one(JSON.stringify({ type, payload }))).toEqual([
      { name: "KEY", type: null, error: expect.stringContaining(words) },
    ]);
  });

  it("of the type credential are masked, even if they are malformed", () => {
    one('{"type":"credential","payload":{"token":"from-a-variable"},"more":1}');
    expect(mask("Bearer from-a-variable")).toBe("Bearer *****");
  });
});
