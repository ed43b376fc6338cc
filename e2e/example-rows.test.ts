// The example rows of /openapi.json and /docs: the model of each language takes its own.

import { cpSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeDirectory, fourFolder, model, post, root, type Server, serve } from "./drum.js";

const tree = `<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/>
<DataDictionary>
  <DataField name="years" optype="continuous" dataType="integer"/>
  <DataField name="colour" optype="categorical" dataType="string"><Value value="dark, red"/><Value value="blue"/></DataField>
  <DataField name="y" optype="continuous" dataType="double"/>
</DataDictionary>
<TreeModel functionName="regression" splitCharacteristic="binarySplit">
  <MiningSchema><MiningField name="years"/><MiningField name="colour"/><MiningField name="y" usageType="target"/></MiningSchema>
  <Node score="0"><True/>
    <Node score="10"><SimplePredicate field="colour" operator="equal" value="dark, red"/></Node>
    <Node score="90"><SimplePredicate field="colour" operator="notEqual" value="dark, red"/></Node>
  </Node>
</TreeModel></PMML>
`;

/** A copy of the regression hooks of a language, with rows to warm up with. */
function withWarmup(language: string, rows: string): string {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), "drum-example-")), language);
  cpSync(path.join(fourFolder, "regression", language), folder, { recursive: true });
  writeFileSync(path.join(folder, "model-metadata.yaml"), "targetType: regression\nwarmup: rows.csv\n");
  writeFileSync(path.join(folder, "rows.csv"), rows);
  return folder;
}

const row = 'age,bmi,smoker,region,visits\n23,21.5,FALSE,"Zürich, west",1\n';
const { folder: sklearn } = model("sklearn_regression");
const pmml = codeDirectory({ "model.pmml": tree, "model-metadata.yaml": "targetType: regression\n" });
const folders: readonly (readonly [title: string, folder: string, example: RegExp])[] = [
  ["a Python model that knows its columns", sklearn, /^\w+(,\w+)+\n1\.5(,1\.5)+\n$/],
  [
    "an R model that knows its columns",
    path.join(root, "examples/flowers"),
    /^sepal_length,sepal_width,petal_length,petal_width\n1.5,1.5,1.5,1.5\n$/,
  ],
  ["a PMML model with levels", pmml, /^years,colour\n1,"dark, red"\n$/],
  ["hooks in Julia with warmup rows", withWarmup("julia", `${row}9,,TRUE,s,\n`), new RegExp(`^${row}$`)],
  ["hooks in R with warmup rows", withWarmup("r", `${row}9,,TRUE,s,\n`), new RegExp(`^${row}$`)],
];

/** Hooks that read CSV themselves. */
const reader = codeDirectory({
  "custom.py": `import io
import pandas as pd

def load_model(code_dir): return 1

def read_input_data(data): return pd.read_csv(io.BytesIO(data))

def score(data, model): return pd.DataFrame({"Predictions": data["a"] * 1.0})
`,
  "model-metadata.yaml": "targetType: regression\nwarmup: rows.csv\n",
  "rows.csv": "a\n7\n",
});

let server: Server;
beforeAll(async () => {
  const all = [...folders.map(([, folder]) => folder), reader];
  server = await serve({ words: all.flatMap((folder) => ["--code-dir", folder]) });
});
afterAll(async () => {
  await server?.stop();
});

interface Shown {
  schema: { example?: string };
  examples?: Record<string, { value: unknown }>;
}

interface Document {
  paths: Record<string, { post?: { requestBody?: { content: Record<string, Shown> } } }>;
}

describe("the example row", () => {
  it.each(folders)("of %s is one that the model takes", async (_title, folder, example) => {
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
    const name = path.basename(folder);
    const shown = paths[`/models/${name}/predict/`]!.post!.requestBody!.content["text/csv"]!.schema.example!;
    expect(shown).toMatch(example);
    const answer = await post(`${server.url}/models/${name}/predict/`, shown, { "content-type": "text/csv" });
    expect([answer.status, await answer.json()]).toMatchObject([200, { predictions: [expect.anything()] }]);
  });

  it.each(folders)("of %s is the same in JSON, and other formats are listed", async (_title, folder) => {
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
    const route = `/models/${path.basename(folder)}/predict/`;
    const { content } = paths[route]!.post!.requestBody!;
    expect(Object.keys(content)).toEqual([
      "text/csv",
      "text/plain",
      "application/json",
      "application/x-ndjson",
      "application/vnd.apache.parquet",
      "application/x-apache-arrow-stream",
      "text/mtx",
      "multipart/form-data",
    ]);
    const predicted = async (body: string, type: string) => {
      const answer = await post(server.url + route, body, { "content-type": type });
      return [answer.status, await answer.json()];
    };
    const expected = await predicted(content["text/csv"]!.schema.example!, "text/csv");
    const { examples } = content["application/json"]!;
    expect(Object.keys(examples!)).toEqual([
      "records",
      "split",
      "dataframe_split",
      "dataframe_records",
      "instances",
      "lists by column",
    ]);
    for (const { value } of Object.values(examples!))
      expect(await predicted(JSON.stringify(value), "application/json")).toEqual(expected);
    const lines = content["application/x-ndjson"]!.schema.example!;
    expect(await predicted(lines, "application/x-ndjson")).toEqual(expected);
  });

  it("of a hook that reads the body itself is CSV alone", async () => {
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
    const { content } = paths[`/models/${path.basename(reader)}/predict/`]!.post!.requestBody!;
    expect(content["text/csv"]!.schema.example).toBe("a\n7\n");
    expect(content["application/json"]!.examples).toBeUndefined();
  });
});
