// Real artifacts without hooks, and between hooks of another language; the examples, compared with the true values.

import { cpSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { codeDirectory, drum, root, scored } from "./drum.js";

const jvmModels = path.join(root, "workers/jvm/tests/models");
const jvmNames = readdirSync(jvmModels, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

interface Csv {
  names: string[];
  rows: string[][];
}

function readCsv(file: string): Csv {
  const [header = "", ...lines] = readFileSync(file, "utf8").trim().split(/\r?\n/);
  return { names: header.split(","), rows: lines.map((line) => line.split(",")) };
}

/** H2O returns the chosen class besides the probabilities, and more than the score of an anomaly. */
function expectedOf(name: string): Csv {
  const { names, rows } = readCsv(path.join(jvmModels, name, "expected.csv"));
  const isKept = (column: string) =>
    names.length === 1 || (column === "predict") === name.endsWith("anomaly");
  return {
    names: names.filter(isKept),
    rows: rows.map((cells) => cells.filter((_cell, at) => isKept(names[at]!))),
  };
}

/** --target-type and labels that match the columns of the expected predictions. */
function targetOf(name: string, { names }: Csv): string[] {
  if (names.length === 1) return ["--target-type", name.endsWith("anomaly") ? "anomaly" : "regression"];
  if (names.length > 2) return ["--target-type", "multiclass", "--class-labels", ...names];
  return [
    "--target-type",
    "binary",
    "--positive-class-label",
    names[1]!,
    "--negative-class-label",
    names[0]!,
  ];
}

async function score(folder: string, input: string, words: string[] = []): Promise<Csv> {
  return readCsv(await scored(folder, input, words));
}

describe("an artifact alone, on the JVM", () => {
  it.each(jvmNames)("%s predicts what its own library did", async (name) => {
    const folder = path.join(jvmModels, name);
    const expected = expectedOf(name);
    // The folder also contains the expected values, which do not belong to the model.
    const copy = codeDirectory({});
    for (const file of readdirSync(folder)) {
      if (!file.endsWith(".csv")) cpSync(path.join(folder, file), path.join(copy, file));
    }
    const got = await score(copy, path.join(folder, "input.csv"), targetOf(name, expected));
    expect(got.rows).toHaveLength(expected.rows.length);
    for (const [at, column] of expected.names.entries()) {
      const place = expected.names.length === 1 ? 0 : got.names.indexOf(column);
      for (const [row, cells] of expected.rows.entries()) {
        expect(Number(got.rows[row]![place])).toBeCloseTo(Number(cells[at]), 9);
      }
    }
  });
});

it.each([
  ["h2o_mojo_regression", "model.zip"],
  ["pmml_regression", "model.pmml"],
])("%s stands between hooks of Python", async (name, artifact) => {
  const folder = codeDirectory({
    "custom.py": [
      "def transform(data, model):",
      "    return data.rename(columns=lambda name: name[len('my_'):])",
      "",
      "def post_process(predictions, model):",
      "    return -predictions",
      "",
    ].join("\n"),
  });
  cpSync(path.join(jvmModels, name, artifact), path.join(folder, artifact));
  const { names, rows } = readCsv(path.join(jvmModels, name, "input.csv"));
  const lines = [names.map((one) => `my_${one}`), ...rows].map((cells) => cells.join(","));
  const input = path.join(codeDirectory({ "in.csv": `${lines.join("\n")}\n` }), "in.csv");
  const got = await score(folder, input, ["--target-type", "regression"]);
  const expected = readCsv(path.join(jvmModels, name, "expected.csv"));
  for (const [row, [value]] of expected.rows.entries())
    expect(Number(got.rows[row]![0])).toBeCloseTo(-Number(value), 9);
});

it("the classes of PMML reach a Python post_process under their labels", async () => {
  const from = path.join(jvmModels, "pmml_multiclass");
  const folder = codeDirectory({
    "custom.py": "def post_process(predictions, model):\n    return (predictions > 0.5).astype(float)\n",
  });
  cpSync(path.join(from, "model.pmml"), path.join(folder, "model.pmml"));
  const expected = expectedOf("pmml_multiclass");
  const got = await score(folder, path.join(from, "input.csv"), targetOf("pmml_multiclass", expected));
  for (const [row, cells] of expected.rows.entries()) {
    for (const [at, column] of expected.names.entries()) {
      expect(Number(got.rows[row]![got.names.indexOf(column)])).toBe(Number(cells[at]) > 0.5 ? 1 : 0);
    }
  }
});

describe("an artifact whose framework is nowhere installed", () => {
  it.each([
    ["model.pth", "python3_pytorch"],
    ["model.h5", "python3_keras"],
    ["model.keras", "python3_keras"],
    ["model.onnx", "python3_onnx"],
  ])("%s is refused with the command that installs %s", async (artifact, environment) => {
    const folder = codeDirectory({ [artifact]: "weights", "in.csv": "a\n1\n" });
    const { stderr, exitCode } = await drum(
      ["score", "--code-dir", folder, "--target-type", "regression", "--input", path.join(folder, "in.csv")],
      { DRUM_HOME: codeDirectory({}) },
    );
    expect(stderr).toMatch(/PACKAGE_MISSING: .* needs the package/);
    expect(stderr).toContain(
      `the environment ${environment} is made for such models: run drum environment install ${environment}`,
    );
    expect(exitCode).not.toBe(0);
  });
});

describe("the example", () => {
  const examples = path.join(root, "examples");
  const truthOf = (name: string) =>
    readCsv(path.join(examples, name, "truth.csv")).rows.map(([cell]) => cell!);
  const scoreExample = (name: string) =>
    score(path.join(examples, name), path.join(examples, name, "rows.csv"));

  it.each([
    ["diabetes", 60],
    ["fuel", 2],
  ])("%s predicts about what was measured", async (name, distance) => {
    const { rows } = await scoreExample(name);
    const truth = truthOf(name);
    const apart = rows.map(([value], row) => Math.abs(Number(value) - Number(truth[row])));
    expect(apart).toHaveLength(truth.length);
    expect(apart.reduce((sum, one) => sum + one, 0) / apart.length).toBeLessThan(distance);
  });

  it.each(["flowers", "wine", "tumours"])("%s finds the class of all rows but one at most", async (name) => {
    const { names, rows } = await scoreExample(name);
    const truth = truthOf(name);
    const most = rows.map((cells) => names[cells.map(Number).indexOf(Math.max(...cells.map(Number)))]);
    expect(most).toHaveLength(truth.length);
    expect(most.filter((label, row) => label !== truth[row]).length).toBeLessThanOrEqual(1);
  });
});
