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

  it("are null where the file says so, whatever the default", () => {
    expect(Object.entries(read(definitions, "TEXT: null\nCOUNT: ~\n")).slice(0, 3)).toEqual([
      variable("TEXT", "string", null),
      variable("FLAG", "boolean", true),
      variable("COUNT", "numeric", null),
    ]);
  });

  it("that are booleans know the words of older YAML", () => {
    const flag = (word: string) => read(definitions, `FLAG: ${word}\n`).MLOPS_RUNTIME_PARAM_FLAG;
    for (const word of ["yes", "On", "TRUE"]) expect(flag(word)).toContain('"payload":true');
    for (const word of ["no", "off", "False"]) expect(flag(word)).toContain('"payload":false');
  });

  it("may be given through anchors", () => {
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
    ["an empty list", "runtimeParameterDefinitions:\n", "TEXT: a\n", "has no runtimeParameterDefinitions"],
    [
      "an item that is no map",
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
      "COUNT is of the type numeric, expected a number",
    ],
    [
      "a default credential without its type",
      `${definitions}    defaultValue: x\n`.replace("deployment", "credential"),
      undefined,
      "OTHER is of the type credential, expected a map with a credentialType",
    ],
    [
      "bounds the wrong way round",
      numeric("    minValue: 2\n    maxValue: 1\n"),
      undefined,
      "minValue 2 is above maxValue 1",
    ],
    [
      "a text for a boolean",
      definitions,
      "FLAG: maybe\n",
      "values.yaml, line 1, column 7: the parameter FLAG is of the type boolean, expected true or false",
    ],
    [
      "a number for a boolean",
      definitions,
      "FLAG: 1\n",
      "FLAG is of the type boolean, expected true or false",
    ],
    [
      "a number for a text",
      definitions,
      "OTHER: a\nTEXT: 5\n",
      "values.yaml, line 2, column 7: the parameter TEXT is of the type string",
    ],
    ["a text for a number", definitions, "COUNT: '5'\n", "COUNT is of the type numeric, expected a number"],
    ["a number without end", definitions, "COUNT: .inf\n", "COUNT is of the type numeric, expected a number"],
    [
      "a number for a deployment",
      definitions,
      "OTHER: 5\n",
      "OTHER is of the type deployment, expected the id",
    ],
    ["a list for a text", definitions, "TEXT:\n  - a\n", "TEXT is of the type string"],
    [
      "a value too low",
      definitions,
      "COUNT: 0.5\n",
      "values.yaml, line 1, column 8: the parameter COUNT is out of range, expected at least 1",
    ],
    ["a value too high", definitions, "COUNT: 10.5\n", "COUNT is out of range, expected at most 10"],
    ["an empty text", definitions, 'TEXT: ""\n', "a string that is not empty"],
    [
      "a credential without its type",
      definitions,
      "KEY:\n  token: hush\n",
      "values.yaml, line 2, column 3: the parameter KEY is of the type credential, expected a map with a credentialType",
    ],
    ["a credential that is a text", definitions, "KEY: hush\n", "KEY is of the type credential"],
    ["an empty file", definitions, "", "holds no map"],
    ["a broken file", definitions, "a: 1\nb: [1\n", "is no valid YAML at line"],
    [
      "a parameter given twice",
      definitions,
      "TEXT: a\nTEXT: b\n",
      "is no valid YAML at line 2, column 1 (DUPLICATE_KEY)",
    ],
    ["an anchor that is not there", definitions, "TEXT: *hush\n", "refers to an anchor that is not there"],
    ["a list", definitions, "- a\n", "holds no map"],
  ])("refuse %s", (_title, metadata, values, words) => {
    const refuse = () => read(metadata, values);
    expect(refuse).toThrow(words);
    expect(refuse).toThrow(
      expect.objectContaining({ code: values === undefined ? "METADATA_INVALID" : "PARAMETERS_INVALID" }),
    );
    expect(refuse).toThrow(/^(?!.*hush)/s);
  });

  it("refuse a file without model-metadata.yaml, and a file that is not there", () => {
    expect(() => runtimeParameters(undefined, "values.yaml", {})).toThrow("there is no model-metadata.yaml");
    const folder = mkdtempSync(path.join(tmpdir(), "drum-parameters-"));
    writeFileSync(path.join(folder, "model-metadata.yaml"), definitions);
    expect(() => runtimeParameters(findMetadata(folder), path.join(folder, "none.yaml"), {})).toThrow(
      "cannot be read: ENOENT",
    );
  });

  it("that are credentials are masked in every text from then on", () => {
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
  ])("of another form, as %j, are told as an error", (text) => {
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
    ["string", 5, "is of the type string, expected a string that is not empty"],
    ["string", "", "is of the type string"],
    ["boolean", "true", "is of the type boolean, expected true or false"],
    ["boolean", 1, "is of the type boolean"],
    ["numeric", "5", "is of the type numeric, expected a number"],
    ["numeric", true, "is of the type numeric"],
    ["credential", { username: "u" }, "is of the type credential, expected a map with a credentialType"],
    ["credential", "secret", "is of the type credential"],
    ["deployment", 5, "is of the type deployment"],
    [
      "colour",
      "red",
      "is of no type that is known, expected string, boolean, numeric, credential, deployment",
    ],
    [["string"], "x", "is of no type that is known"],
    ["toString", "x", "is of no type that is known"],
  ])("of the type %j with %j are told as an error", (type, payload, words) => {
    expect(one(JSON.stringify({ type, payload }))).toEqual([
      { name: "KEY", type: null, error: expect.stringContaining(words) },
    ]);
  });

  it("that are credentials are masked, even of another form than they should be", () => {
    one('{"type":"credential","payload":{"token":"from-a-variable"},"more":1}');
    expect(mask("Bearer from-a-variable")).toBe("Bearer *****");
  });
});
