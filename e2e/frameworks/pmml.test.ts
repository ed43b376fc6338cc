// PMML with Python hooks of which one scores: the model is read by the package pypmml, and no worker of Java is needed.

import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { codeDirectory, drum, root } from "../drum.js";

const hooks = `import os

from pypmml import Model


def load_model(code_dir):
    return Model.load(os.path.join(code_dir, "model.pmml"))


def score(data, model, positive_class_label, negative_class_label):
    predictions = model.predict(data).rename(columns=lambda name: name[len("probability("):-1])
    return predictions[[positive_class_label, negative_class_label]]
`;

async function interpreter(): Promise<string> {
  const { stdout } = await drum(["environment", "list", "--json"]);
  const all: { name: string; installed: { interpreter: string } | null }[] = JSON.parse(stdout);
  return all.find(({ name }) => name === "python3_onnx")!.installed!.interpreter;
}

it("load_model and score of custom.py may use pypmml", async () => {
  const from = path.join(root, "workers/jvm/tests/models/pmml_binary");
  const folder = codeDirectory({ "custom.py": hooks });
  cpSync(path.join(from, "model.pmml"), path.join(folder, "model.pmml"));
  const python = await interpreter();
  const packages = codeDirectory({});
  await execa(python, ["-m", "pip", "install", "--quiet", "--target", packages, "pypmml==1.5.8"]);
  const output = path.join(packages, "out.csv");
  const { exitCode, stderr } = await drum(
    [
      ...["score", "--code-dir", folder, "--input", path.join(from, "input.csv"), "--output", output],
      ...["--language", "python", "--runtime", `python=${python}`, "--target-type", "binary"],
      ...["--positive-class-label", "Malignant", "--negative-class-label", "Benign"],
    ],
    { PYTHONPATH: packages },
  );
  expect(exitCode, stderr).toBe(0);
  const rows = (file: string) => readFileSync(file, "utf8").trim().split(/\r?\n/).slice(1);
  const [got, expected] = [rows(output), rows(path.join(from, "expected.csv"))].map((lines) =>
    lines.map((line) => line.split(",").map(Number)),
  ) as [number[][], number[][]];
  expect(got).toHaveLength(expected.length);
  for (const [row, [malignant, benign]] of got.entries()) {
    expect(benign).toBeCloseTo(expected[row]![0]!, 9);
    expect(malignant).toBeCloseTo(expected[row]![1]!, 9);
  }
});
