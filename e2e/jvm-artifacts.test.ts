// Artifacts on the JVM behind hooks of other languages, and what of them is refused at load: through the command line.

import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { codeDirectory, drum, root, scored } from "./drum.js";

/** An H2O POJO: 1 to 3 for the level of code, 10 or 20 for that of sex, 100 x; nothing for what is missing. */
const pojo = `import hex.ModelCategory;
import hex.genmodel.GenModel;

public class Sum extends GenModel {
  public Sum() {
    super(new String[] {"code", "sex", "x", "y"},
        new String[][] {{"1", "2", "3"}, {"F", "M"}, null, null}, "y");
  }
  public ModelCategory getModelCategory() { return ModelCategory.Regression; }
  public boolean isSupervised() { return true; }
  public int nfeatures() { return 3; }
  public int nclasses() { return 1; }
  public String getUUID() { return "1"; }
  public double[] score0(double[] data, double[] preds) {
    preds[0] = 0;
    if (!Double.isNaN(data[0])) preds[0] += data[0] + 1;
    if (!Double.isNaN(data[1])) preds[0] += 10 * (data[1] + 1);
    if (!Double.isNaN(data[2])) preds[0] += 100 * data[2];
    return preds;
  }
}
`;

const identity = {
  none: {},
  python: { "custom.py": "def transform(data, model):\n    return data\n" },
  r: { "custom.R": "transform <- function(data, model) data\n" },
  julia: { "custom.jl": "transform(data, model) = data\n" },
};

const requests = [
  { csv: "code,sex,x\n1,F,1\n2,M,2\n,F,\n", sums: [111, 222, 10] },
  { csv: "code,sex,x\n3,F,0\n", sums: [13] },
];

it.each(Object.keys(identity) as (keyof typeof identity)[])(
  "levels pass an identity transform unchanged: %s",
  async (language) => {
    const folder = codeDirectory({ "Sum.java": pojo, ...identity[language] });
    for (const { csv, sums } of requests) {
      const input = path.join(codeDirectory({ "in.csv": csv }), "in.csv");
      const [, ...rows] = readFileSync(await scored(folder, input, ["--target-type", "regression"]), "utf8")
        .trim()
        .split(/\r?\n/);
      expect(rows.map(Number)).toEqual(sums);
    }
  },
);

const tree = (
  output: string,
) => `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>
<DataField name="x" optype="continuous" dataType="integer"/><DataField name="y" optype="continuous" dataType="double"/>
</DataDictionary><TreeModel functionName="regression" missingValueStrategy="defaultChild" splitCharacteristic="binarySplit">
<MiningSchema><MiningField name="x"/><MiningField name="y" usageType="target"/></MiningSchema>${output}
<Node id="0" score="5" defaultChild="2"><True/>
<Node id="1" score="1"><SimplePredicate field="x" operator="lessThan" value="30"/></Node>
<Node id="2" score="9"><SimplePredicate field="x" operator="greaterOrEqual" value="30"/></Node></Node></TreeModel></PMML>`;

it("a missing integer of PMML goes to the default child, and what else the document names comes beside", async () => {
  const output =
    '<Output><OutputField name="node" optype="categorical" dataType="string" feature="entityId"/>' +
    '<OutputField name="yhat" optype="continuous" dataType="double" feature="predictedValue"/></Output>';
  const folder = codeDirectory({ "model.pmml": tree(output) });
  const input = path.join(codeDirectory({ "in.csv": "x,z\n20,a\n40,b\n,c\n" }), "in.csv");
  const text = readFileSync(await scored(folder, input, ["--target-type", "regression"]), "utf8");
  expect(text.trim().split(/\r?\n/)).toEqual(["Predictions,node", "1.0,1", "9.0,2", "9.0,2"]);
});

it.each([
  {
    what: "a model of another function",
    files: { "model.pmml": tree("") },
    words: ["--target-type", "binary", "--positive-class-label", "a", "--negative-class-label", "b"],
    told: "is of the function regression, expected classification",
  },
  {
    what: "content that pmml4s passes over",
    files: {
      "model.pmml": tree("").replace(
        "</DataDictionary>",
        "<Extension><DataField name='z'/></Extension></DataDictionary>",
      ),
    },
    words: ["--target-type", "regression"],
    told: "holds the element DataField (name z) inside an Extension of the element DataDictionary",
  },
  {
    what: "a pointer of Git LFS",
    files: { "model.zip": "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1\n" },
    words: ["--target-type", "regression"],
    told: "model.zip is a pointer of Git LFS",
  },
])("$what is refused at load", async ({ files, words, told }) => {
  const input = path.join(codeDirectory({ "in.csv": "x\n1\n" }), "in.csv");
  const { exitCode, stderr } = await drum([
    "score",
    "--code-dir",
    codeDirectory(files),
    "--input",
    input,
    ...words,
  ]);
  expect(stderr).toContain(told);
  expect(exitCode).toBe(3);
});

it("class labels that the model does not have are refused at load", async () => {
  const folder = codeDirectory({});
  cpSync(
    path.join(root, "workers/jvm/tests/models/pmml_multiclass/model.pmml"),
    path.join(folder, "model.pmml"),
  );
  const input = path.join(root, "workers/jvm/tests/models/pmml_multiclass/input.csv");
  const words = ["--target-type", "multiclass", "--class-labels", "low", "middle", "high"];
  const { exitCode, stderr } = await drum(["score", "--code-dir", folder, "--input", input, ...words]);
  expect(stderr).toContain("has the class labels setosa, versicolor, virginica, expected low, middle, high");
  expect(exitCode).toBe(3);
});

it("a MOJO whose name ends in .mojo is known by its content", async () => {
  const from = path.join(root, "workers/jvm/tests/models/h2o_mojo_regression");
  const folder = codeDirectory({});
  cpSync(path.join(from, "model.zip"), path.join(folder, "model.mojo"));
  const lines = (file: string) => readFileSync(file, "utf8").trim().split(/\r?\n/).slice(1).map(Number);
  const got = lines(await scored(folder, path.join(from, "input.csv"), ["--target-type", "regression"]));
  const expected = lines(path.join(from, "expected.csv"));
  expect(got).toHaveLength(expected.length);
  for (const [row, value] of expected.entries()) expect(got[row]).toBeCloseTo(value, 9);
});
