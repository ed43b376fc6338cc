// Matrix Market files with names for their columns, with drum score in every language, and which of them are refused.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { codeDirectory, drum, fourFolder, languages, pythonModel } from "./drum.js";

/** Reads columns by name and predicts 2 * u + w. */
const hooks: Record<(typeof languages)[number], Record<string, string>> = {
  python: {
    "custom.py": `import pandas as pd
def load_model(code_dir):
    return 2
def score(data, model):
    return pd.DataFrame({"Predictions": (data["u"] * model + data["w"]).astype(float)})
`,
  },
  r: {
    "custom.R": `load_model <- function(code_dir) 2
score <- function(data, model) data.frame(Predictions = data[, "u"] * model + data[, "w"])
`,
  },
  julia: {
    "custom.jl": `load_model(code_dir) = 2
function score(data, model; sparse_colnames)
    column(name) = Vector(data[:, findfirst(isequal(name), sparse_colnames)])
    return DataFrame(Predictions = column("u") .* model .+ column("w"))
end
`,
  },
  java: {
    "custom.java": `import drumline.Table;
public class Custom {
  public Integer loadModel(String codeDirectory) { return 2; }
  public Table score(Table data, Integer model) {
    double[] u = data.doubles("u");
    double[] w = data.doubles("w");
    for (int row = 0; row < u.length; row++) u[row] = u[row] * model + w[row];
    return Table.of("Predictions", u);
  }
}
`,
  },
};

const matrix = "%%MatrixMarket matrix coordinate real general\n% a comment\n2 3 3\n1 1 1.5\n2 2 4\n2 3 -1\n";
const files = codeDirectory({
  "in.mtx": matrix,
  "in.csv": "u,v,w\n1.5,0,0\n",
  names: "u\n v \nw\n",
  two: "u\nv\n",
  empty: "\n\n",
});
const file = (name: string) => path.join(files, name);

const score = (folder: string, input: string, ...more: string[]) =>
  drum(["score", "--code-dir", folder, "--input", file(input), ...more]);
const names = (name: string) => ["--sparse-column-file", file(name)];

describe.each(languages)("--sparse-column-file in %s", (language) => {
  it("names the columns that the score hook reads", async () => {
    const output = path.join(codeDirectory({}), "out.csv");
    const words = [...names("names"), "--target-type", "regression", "--output", output];
    const { exitCode, stderr } = await score(codeDirectory(hooks[language]), "in.mtx", ...words);
    expect(exitCode, stderr).toBe(0);
    expect(readFileSync(output, "utf8")).toBe("Predictions\n3.0\n-1.0\n");
  });

  it("names the columns that are transformed, and those written with .mtx can be read again", async () => {
    const folder = path.join(fourFolder, "transform", language);
    const output = path.join(codeDirectory({}), "out.mtx");
    const { exitCode, stderr } = await score(folder, "in.mtx", ...names("names"), "--output", output);
    expect(exitCode, stderr).toBe(0);
    expect(readFileSync(output, "utf8")).toBe(
      "%%MatrixMarket matrix coordinate real general\n2 3 3\n1 1 1.5\n2 2 4.0\n2 3 -1.0\n",
    );
    const again = path.join(codeDirectory({}), "again.csv");
    const words = ["--input", output, "--sparse-column-file", output.replace(".mtx", ".colnames")];
    await drum(["score", "--code-dir", folder, ...words, "--output", again]);
    expect(readFileSync(again, "utf8")).toBe("u,v,w\n1.5,0.0,0.0\n0.0,4.0,-1.0\n");
  }, 60_000);
});

describe("--sparse-column-file is refused", () => {
  const folder = codeDirectory(hooks.python);
  it.each([
    ["with another number of names", "in.mtx", "two", "regression", ["has 2 names for the 3 columns of"]],
    ["without a name", "in.mtx", "empty", "regression", ["is empty", "one column name per line"]],
    ["beside CSV", "in.csv", "names", "regression", ["does not end in .mtx", "leave it out"]],
    ["for unstructured models", "in.mtx", "names", "unstructured", ["the target type unstructured has none"]],
    ["where there is no such file", "in.mtx", "none", "regression", ["--sparse-column-file"]],
  ])("%s", async (_title, input, given, type, words) => {
    const outcome = await score(folder, input, ...names(given), "--target-type", type);
    expect(outcome.exitCode, outcome.stderr).toBe(2);
    for (const word of words) expect(outcome.stderr).toContain(word);
  });

  it("for a broken matrix by the reader's own words", async () => {
    const input = path.join(codeDirectory({ "in.mtx": "%%MatrixMarket nonsense\n" }), "in.mtx");
    const words = ["--input", input, ...names("names"), "--target-type", "regression"];
    const outcome = await drum(["score", "--code-dir", folder, ...words]);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain("INPUT_UNREADABLE: the Matrix Market text cannot be read");
  });
});

describe("--output of a transform", () => {
  const folder = pythonModel("def transform(data, model):\n    return data");
  const words = ["--target-type", "transform"];

  it.each([
    ["whole numbers as integers", "u,v\n0,7\n-3,0\n", "integer", "2 1 -3\n1 2 7\n"],
    ["missing numbers as nan", "u,v\n0.5,\n0,0\n", "real", "1 1 0.5\n1 2 nan\n"],
    ["truth values as numbers", "u,v\nTrue,0\nFalse,0\n", "real", "1 1 1.0\n"],
  ])("writes into .mtx %s", async (_title, csv, field, entries) => {
    const place = codeDirectory({ "in.csv": csv });
    const [input, output] = [path.join(place, "in.csv"), path.join(place, "out.MTX")];
    const outcome = await drum(["score", "-cd", folder, "--input", input, "--output", output, ...words]);
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    const count = entries.split("\n").length - 1;
    expect(readFileSync(output, "utf8")).toBe(
      `%%MatrixMarket matrix coordinate ${field} general\n2 2 ${count}\n${entries}`,
    );
    expect(readFileSync(path.join(place, "out.colnames"), "utf8")).toBe("u\nv");
  });

  it("refuses .mtx for what is no number, and writes nothing", async () => {
    const place = codeDirectory({ "in.csv": "u,v\n1,text\n" });
    const output = path.join(place, "out.mtx");
    const input = path.join(place, "in.csv");
    const outcome = await drum(["score", "-cd", folder, "--input", input, "--output", output, ...words]);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain(
      'OUTPUT_UNWRITABLE: Matrix Market holds only numbers, but the column "v"',
    );
    expect([output, path.join(place, "out.colnames")].map((one) => existsSync(one))).toEqual([false, false]);
  });

  it("prints a matrix with its zeros where no file is asked for", async () => {
    const { stdout, stderr } = await score(folder, "in.mtx", ...names("names"), ...words);
    expect(stdout, stderr).toBe("     u    v    w\n0  1.5  0.0  0.0\n1  0.0  4.0 -1.0\n");
  });

  it.each([
    ["csv", 1, "takes 2516582400 bytes with its zeros"],
    ["mtx", 0, ""],
  ])("a matrix too large with its zeros, into .%s, exits with %i", async (ending, exitCode, told) => {
    const large = pythonModel(`import scipy.sparse

def read_input_data(data):
    return [data]

def transform(data, model):
    return scipy.sparse.coo_matrix(([1.0], ([0], [0])), shape=(2**20, 300))
`);
    const output = path.join(codeDirectory({}), `out.${ending}`);
    const outcome = await score(large, "in.csv", "--output", output, ...words);
    expect(outcome.exitCode, outcome.stderr).toBe(exitCode);
    expect(outcome.stderr).toContain(told);
    expect(existsSync(output)).toBe(exitCode === 0);
  });
});
