import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { DrumError } from "../../errors.js";
import { findMetadata } from "./metadata.js";

function folderWith(yaml: string, files: Record<string, string> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), "drum-metadata-"));
  writeFileSync(path.join(folder, "model-metadata.yaml"), yaml);
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return folder;
}

function refusalOf(yaml: string, files?: Record<string, string>): string {
  try {
    findMetadata(folderWith(yaml, files));
  } catch (error) {
    expect((error as DrumError).code).toBe("METADATA_INVALID");
    return (error as DrumError).message;
  }
  return "it was accepted";
}

const whole = `name: tides
type: inference
targetType: binary
environmentID: 5e8c889607389fe0f466c72d
modelID: 5f1f15a4d6111f01cb7f91fd
description: high water or low
majorVersion: no
validation:
  input: rows.csv
  targetName: water
inferenceModel:
  targetName: water
  positiveClassLabel: 1
  negativeClassLabel: "no"
  predictionThreshold: 0.5
trainingModel:
  trainOnProject: 5cb9bb0bf1a3f80a8cd5ff4d
hyperparameters:
  - name: depth
    type: int
    min: 2
    max: 9
typeSchema:
  input_requirements:
    - field: data_types
      condition: IN
      value:
        - NUM
        - CAT
customPredictor:
  - anything
  - at: all
runtimeParameterDefinitions:
  - fieldName: KEY
    type: string
userCredentialSpecifications:
  - key: DB_PASSWORD
    valueFrom: vault
    reminder: ask the harbour master
lazyLoading:
  files:
    - a
inputSchema:
  title: Tide
  type: object
  properties:
    moon:
      type: number
  required:
    - moon
hooks:
  score: python
warmup: rows.csv
`;

describe("findMetadata", () => {
  it("reads every key", () => {
    const folder = folderWith(whole, { "rows.csv": "a\n1\n" });
    expect(findMetadata(folder)).toMatchObject({
      file: path.join(folder, "model-metadata.yaml"),
      name: "tides",
      type: "inference",
      targetType: "binary",
      environmentID: "5e8c889607389fe0f466c72d",
      modelID: "5f1f15a4d6111f01cb7f91fd",
      description: "high water or low",
      majorVersion: false,
      validation: { input: "rows.csv", targetName: "water" },
      targetName: "water",
      positiveClassLabel: "1",
      negativeClassLabel: "no",
      classLabels: undefined,
      predictionThreshold: 0.5,
      trainOnProject: "5cb9bb0bf1a3f80a8cd5ff4d",
      hyperparameters: [{ name: "depth", type: "int", default: 2 }],
      typeSchema: { input: [{ field: "data_types", condition: "IN", values: ["NUM", "CAT"] }], output: [] },
      hooks: { score: "python" },
      warmup: path.join(folder, "rows.csv"),
    });
  });

  it("keeps the whole file for /info/, with scalars as strings", () => {
    const { content } = findMetadata(folderWith(whole, { "rows.csv": "" }))!;
    expect(Object.keys(content)).toEqual(whole.match(/^\w+/gm));
    expect(content).toMatchObject({
      majorVersion: "no",
      inferenceModel: { positiveClassLabel: "1", predictionThreshold: "0.5" },
      customPredictor: ["anything", { at: "all" }],
    });
  });

  it("reads the keys that docs/model-metadata.md lists", () => {
    const docs = readFileSync(path.resolve(import.meta.dirname, "../../../docs/model-metadata.md"), "utf8");
    const [, table] = /^## Keys\n(.*?)^## /ms.exec(docs)!;
    const listed = [...table!.matchAll(/^\| (`.*?`) +\|/gm)].flatMap(([, cell]) => cell!.match(/\w+/g)!);
    expect(listed.sort()).toEqual(whole.match(/^\w+/gm)!.sort());
  });

  it("is undefined without a file", () => {
    expect(findMetadata(mkdtempSync(path.join(tmpdir(), "drum-metadata-")))).toBeUndefined();
  });

  it("accepts unused anchors, and treats keys without a value as absent", () => {
    const metadata = findMetadata(
      folderWith("name: &n a\ntype:\ndescription: ''\ninferenceModel:\n  classLabels:\n    - a\n    - b\n"),
    );
    expect(metadata).toMatchObject({ name: "a", type: undefined, description: undefined });
    expect(metadata?.classLabels).toEqual(["a", "b"]);
  });

  it("accepts a short file, since options may set the rest", () => {
    expect(findMetadata(folderWith("targetType: regression\n"))?.targetType).toBe("regression");
  });

  it.each(["true", "Yes", "on", "1", "y"])("understands %s as true", (word) => {
    expect(findMetadata(folderWith(`majorVersion: ${word}\n`))?.majorVersion).toBe(true);
  });

  it("reads class labels from a file of the code directory, one per line", () => {
    const yaml = "targetType: multiclass\ntype: inference\ninferenceModel:\n  classLabelsFile: labels.txt\n";
    const metadata = findMetadata(folderWith(yaml, { "labels.txt": "low\r\n\nhigh tide\n" }));
    expect(metadata?.classLabels).toEqual(["low", "high tide"]);
  });
});

/** What is wrong, the file, the place, and part of the message. */
const refusals: [string, string, [line: number, column: number], string][] = [
  ["broken YAML", "name: a\ninferenceModel: [1\n", [3, 1], "this is not valid YAML: "],
  ["a tab as indentation", "validation:\n\tinput: a\n", [2, 1], "Tabs are not allowed"],
  ["a key that appears twice", "name: a\nname: b\n", [2, 1], "this key appears twice; keep one"],
  ["a nested one", "inferenceModel:\n  targetName: a\n  targetName: b\n", [3, 3], "keep one"],
  ["a second document", "name: a\n---\nname: b\n", [2, 1], "a second document begins here"],
  ["an alias", "name: &n a\ndescription: *n\n", [2, 14], "*n is an alias; write the value itself"],
  ["a tag", "name: !!int 5\n", [1, 7], "Unresolved tag"],
  ["a list at the top", "- a\n", [1, 1], "the file is a list of 1; expected a map of name, type"],
  ["a single word", "regression\n", [1, 1], 'the file is "regression"; expected a map'],
  [
    "a mistyped key",
    "name: a\ntargettype: binary\n",
    [2, 1],
    'unknown key "targettype"; did you mean targetType?',
  ],
  ["one with letters swapped", "tpye: training\n", [1, 1], 'unknown key "tpye"; did you mean type?'],
  ["one with a letter left out", "inferenceModl:\n  a: b\n", [1, 1], "did you mean inferenceModel?"],
  ["a key that DRUM does not know either", "userProvidedId: a\n", [1, 1], "expected one of name, type"],
  ["a map instead of a text", "name:\n  a: b\n", [2, 3], "name is a map; expected a single value"],
  ["a list instead of a text", "description:\n  - b\n", [2, 3], "description is a list of 1; expected a"],
  ["another type", "type: served\n", [1, 7], 'type is "served"; expected one of training, inference'],
  [
    "another target type",
    "targetType: Binary\n",
    [1, 13],
    'targetType is "Binary"; expected one of regression, binary',
  ],
  ["a near one", "targetType: regresion\n", [1, 13], "did you mean regression?"],
  [
    "a word for majorVersion",
    "majorVersion: maybe\n",
    [1, 15],
    'majorVersion is "maybe"; expected true or false',
  ],
  ["validation without input", "validation:\n  targetName: a\n", [2, 3], "validation lacks input; add it"],
  [
    "a validation that is not a map",
    "validation: rows.csv\n",
    [1, 13],
    "expected a map of input, targetName",
  ],
  [
    "a key of validation",
    "validation:\n  input: a\n  target: b\n",
    [3, 3],
    'unknown key "target" in validation; expected',
  ],
  [
    "a mistyped key of inferenceModel",
    "inferenceModel:\n  PositiveClassLabel: a\n",
    [2, 3],
    'unknown key "PositiveClassLabel" in inferenceModel; did you mean positiveClassLabel?',
  ],
  [
    "a threshold that is not a number",
    "inferenceModel:\n  predictionThreshold: high\n",
    [2, 24],
    'inferenceModel.predictionThreshold is "high"; expected a number from 0 to 1',
  ],
  [
    "a threshold in another notation",
    "inferenceModel:\n  predictionThreshold: 0x1\n",
    [2, 24],
    'is "0x1"; expected a number from 0 to 1',
  ],
  [
    "a threshold that is a list",
    "inferenceModel:\n  predictionThreshold:\n    - 1\n",
    [3, 5],
    "inferenceModel.predictionThreshold is a list of 1; expected a number from 0 to 1",
  ],
  ["a threshold that is not finite", "inferenceModel:\n  predictionThreshold: .nan\n", [2, 24], 'is ".nan"'],
  [
    "a document in flow style",
    "{name: a, targetType: regression}\n",
    [1, 1],
    "this is a map in flow style, {…}; write each key on a line of its own",
  ],
  [
    "a map in flow style",
    "name: a\ninferenceModel: {targetName: t}\n",
    [2, 17],
    "this is a map in flow style",
  ],
  [
    "a list in flow style",
    "inferenceModel:\n  targetName: t\n  classLabels: [a, b]\n",
    [3, 16],
    "this is a list in flow style, […]; write each item, after a dash, on a line of its own",
  ],
  [
    "an empty one, deep inside",
    "customPredictor:\n  - a:\n      b: {}\n",
    [3, 10],
    "this is a map in flow style",
  ],
  ["a threshold over 1", "inferenceModel:\n  predictionThreshold: 50\n", [2, 24], 'is "50"; expected'],
  [
    "class labels in one line of text",
    "inferenceModel:\n  classLabels: a b\n",
    [2, 16],
    "expected a list of at least two labels",
  ],
  [
    "a single class label",
    "inferenceModel:\n  classLabels:\n    - a\n",
    [3, 5],
    "classLabels has 1 label; expected at least two",
  ],
  [
    "a class label twice",
    "inferenceModel:\n  classLabels:\n    - a\n    - b\n    - a\n",
    [3, 5],
    'the label "a" twice',
  ],
  [
    "a class label that is a map",
    "inferenceModel:\n  classLabels:\n    - a\n    - b: 1\n",
    [4, 7],
    "inferenceModel.classLabels[1] is a map; expected a label",
  ],
  [
    "class labels given in two ways",
    "inferenceModel:\n  classLabels:\n    - a\n    - b\n  classLabelsFile: labels.txt\n",
    [5, 20],
    "both classLabels and classLabelsFile are set; keep one of them",
  ],
  [
    "a labels file that does not exist",
    "inferenceModel:\n  classLabelsFile: no.txt\n",
    [2, 20],
    "does not exist",
  ],
  ["one with one label", "inferenceModel:\n  classLabelsFile: one.txt\n", [2, 20], "has 1 label;"],
  [
    "a binary inference model with one label",
    "type: inference\ntargetType: binary\ninferenceModel:\n  positiveClassLabel: 1\n",
    [4, 3],
    "a binary inference model needs inferenceModel.negativeClassLabel; add it",
  ],
  [
    "one without any",
    "type: inference\ntargetType: binary\n",
    [1, 1],
    "needs inferenceModel.positiveClassLabel; add it",
  ],
  [
    "a multiclass inference model without labels",
    "type: inference\ntargetType: multiclass\n",
    [1, 1],
    "a multiclass inference model needs inferenceModel.classLabels or classLabelsFile; add one of them",
  ],
  [
    "a multilabel one",
    "type: inference\ntargetType: multilabel\ninferenceModel:\n  targetName: a\n",
    [4, 3],
    "a multilabel inference model needs",
  ],
  ["a key of trainingModel", "trainingModel:\n  project: a\n", [2, 3], "expected one of trainOnProject"],
  [
    "credentials that are not a list",
    "userCredentialSpecifications:\n  key: a\n",
    [2, 3],
    "expected a list of maps with key and valueFrom",
  ],
  ["credentials without a source", "userCredentialSpecifications:\n  - key: a\n", [2, 5], "lacks valueFrom"],
  [
    "another key of credentials",
    "userCredentialSpecifications:\n  - key: a\n    valueFrom: b\n    remind: c\n",
    [4, 5],
    'unknown key "remind" in userCredentialSpecifications[0]; did you mean reminder?',
  ],
  [
    "an input schema of another type",
    "inputSchema:\n  type: array\n  properties:\n    a:\n      type: string\n",
    [2, 9],
    'inputSchema.type is "array"; expected object',
  ],
  ["one without properties", "inputSchema:\n  type: object\n", [2, 3], "inputSchema lacks properties"],
  [
    "one without a type",
    "inputSchema:\n  properties:\n    a:\n      b: c\n",
    [2, 3],
    "inputSchema lacks type",
  ],
  [
    "one whose properties are a list",
    "inputSchema:\n  type: object\n  properties:\n    - a\n",
    [4, 5],
    "inputSchema.properties is a list of 1; expected a map of properties",
  ],
  [
    "one with a property that is not a map",
    "inputSchema:\n  type: object\n  properties:\n    moon: number\n",
    [4, 11],
    "inputSchema.properties.moon is",
  ],
  [
    "one that requires a text",
    "inputSchema:\n  type: object\n  properties:\n    a:\n      type: string\n  required: a\n",
    [6, 13],
    "inputSchema.required is",
  ],
  [
    "another key of it",
    "inputSchema:\n  type: object\n  items: 1\n",
    [3, 3],
    'unknown key "items" in inputSchema; expected one of title, type',
  ],
  ["a hook that does not exist", "hooks:\n  scoring: r\n", [2, 3], 'unknown key "scoring" in hooks'],
  [
    "hooks for a list of languages",
    "hooks:\n  score:\n    - r\n",
    [3, 5],
    "hooks.score is a list of 1; expected the name of a language",
  ],
  ["hooks that are not a map", "hooks: python\n", [1, 8], "expected a map of read_input_data, transform"],
  ["a warmup file that does not exist", "warmup: rows.csv\n", [1, 9], "warmup names rows.csv, but the file"],
  [
    "output requirements of a model that is not a transform",
    "targetType: regression\ntypeSchema:\n  output_requirements:\n    - field: sparse\n      condition: EQUALS\n      value: NEVER\n",
    [3, 3],
    "output_requirements are only for the target type transform, got regression; remove them",
  ],
];

describe("findMetadata rejects, with file, line and column,", () => {
  it.each(refusals)("%s", (_title, yaml, [line, column], words) => {
    const message = refusalOf(yaml, { "one.txt": "a\n" });
    expect(message).toMatch(new RegExp(`/model-metadata\\.yaml, line ${line}, column ${column}: `));
    expect(message).toContain(words);
  });

  it.each(["", "# nothing\n"])("an empty file: %j", (yaml) => {
    expect(refusalOf(yaml)).toMatch(/model-metadata\.yaml: the file is empty; describe the model in it/);
  });

  it("a nested value without showing it", () => {
    const yaml = "runtimeParameterDefinitions:\n  a: 1\ndescription:\n  token: hush\n";
    expect(refusalOf(yaml)).not.toContain("hush");
  });
});
