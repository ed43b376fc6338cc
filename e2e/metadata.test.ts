// model-metadata.yaml as its author sees it: errors in it are reported with file and line before anything starts.

import path from "node:path";
import { afterEach, expect, it } from "vitest";
import { codeDirectory, drum, post, type Server, serve } from "./drum.js";

const custom = `import pandas as pd
def load_model(code_dir): return 1
def score(data, model, **kwargs): return pd.DataFrame({"Predictions": data["a"]})
`;

const metadata = `name: tides
type: inference
targetType: regression
inferenceModel:
  targetName: height
  predictionThreshold: 0.5
typeSchema:
  input_requirements:
    - field: data_types
      condition: IN
      value:
        - NUM
    - field: contains_missing
      condition: EQUALS
      value: FORBIDDEN
inputSchema:
  title: Tide
  type: object
  properties:
    a:
      type: number
`;

function folderWith(yaml: string): string {
  return codeDirectory({ "custom.py": custom, "model-metadata.yaml": yaml, "rows.csv": "a,b\n1,x\n2,\n" });
}

let server: Server | undefined;
afterEach(() => server?.stop());

it.each([
  ["that is no YAML", "hooks: [1\n", "line 23, column 1: this is not valid YAML"],
  ["with a key twice", "name: other\n", "line 22, column 1: this key appears twice; keep one"],
  [
    "with a mistyped key",
    "discription: a\n",
    'line 22, column 1: unknown key "discription"; did you mean description?',
  ],
  ["with a key that DRUM refuses as well", "userProvidedId: a\n", 'unknown key "userProvidedId"'],
  [
    "with a hyperparameter that cannot be",
    "hyperparameters:\n  - name: depth\n    type: int\n    min: 9\n    max: 2\n",
    'line 26, column 10: hyperparameters[0].max is "2"; expected a number above min, which is 9',
  ],
  [
    "with a parameter of another type",
    "runtimeParameterDefinitions:\n  - fieldName: A\n    type: text\n",
    'line 24, column 11: runtimeParameterDefinitions[0].type is "text"; expected one of string',
  ],
])("a file %s ends drum score with 1, file and line", async (_title, more, words) => {
  const folder = folderWith(metadata + more);
  const { exitCode, stdout, stderr } = await drum([
    "score",
    "--code-dir",
    folder,
    "--input",
    path.join(folder, "rows.csv"),
  ]);
  expect([exitCode, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(`METADATA_INVALID: ${path.join(folder, "model-metadata.yaml")}, `);
  expect(stderr).toContain(words);
});

it("a typeSchema that asks for what there is not ends drum server with 1 as well", async () => {
  const folder = folderWith(metadata.replace("IN", "AMONG"));
  const { exitCode, stderr } = await drum(["server", "--code-dir", folder, "--address", "127.0.0.1:0"]);
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining('line 10, column 18: typeSchema.input_requirements[0].condition is "AMONG"'),
  ]);
});

it("/info/ shows the whole file, and typeSchema refuses no prediction", async () => {
  server = await serve({ words: ["--code-dir", folderWith(metadata)] });
  const info = (await (await fetch(`${server.url}/info/`)).json()) as Record<string, unknown>;
  expect(info.modelMetadata).toEqual({
    name: "tides",
    type: "inference",
    targetType: "regression",
    inferenceModel: { targetName: "height", predictionThreshold: "0.5" },
    typeSchema: {
      input_requirements: [
        { field: "data_types", condition: "IN", value: ["NUM"] },
        { field: "contains_missing", condition: "EQUALS", value: "FORBIDDEN" },
      ],
    },
    inputSchema: { title: "Tide", type: "object", properties: { a: { type: "number" } } },
  });
  const answer = await post(`${server.url}/predict/`, "a,b\n1,x\n2,\n");
  expect([answer.status, await answer.json()]).toEqual([200, { predictions: [1, 2] }]);
});
