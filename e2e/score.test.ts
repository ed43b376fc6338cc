// `drum score` on real models: compares files and prints with the predictions of the same model in one Python process.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { floatsOf } from "../protocol/table.js";
import { readArrowBytes } from "../supervisor/formats/arrow/arrow.js";
import { codeDirectory, drum, model, pythonModel } from "./drum.js";

const scratch = () => path.join(codeDirectory({}), "out.csv");

/** Header and numeric cells of a CSV without quoting. */
function readCsv(file: string): { columns: string[]; rows: number[][] } {
  const [header = "", ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  return { columns: header.split(","), rows: lines.map((line) => line.split(",").map(Number)) };
}

/** The only column of a file in one of the other formats. */
async function numbersIn(bytes: Buffer, ending: string): Promise<unknown[]> {
  if (ending === ".arrow") return [...floatsOf(readArrowBytes(bytes).columns[0]!)];
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const rows =
    ending === ".parquet"
      ? await parquetReadObjects({ file })
      : bytes
          .toString()
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line));
  return rows.flatMap(Object.values);
}

/** XGBoost predicts in single precision, and CSV has the shortest form of each float32. */
function asWritten(name: string, values: readonly number[]): number[] {
  return name.startsWith("xgboost") ? values.map(Math.fround) : [...values];
}

function expectClose(got: readonly number[], expected: readonly number[]): void {
  expect(got.length).toBe(expected.length);
  const worst = Math.max(...got.map((value, at) => Math.abs(value - expected[at]!)));
  expect(worst).toBeLessThanOrEqual(1e-12);
}

describe("drum score writes what the model itself predicts", () => {
  it.each([
    "sklearn_regression",
    "sklearn_joblib",
    "sklearn_wide",
    "sklearn_anomaly",
    "xgboost_regression",
    "xgboost_booster",
    "python_hooks",
  ])("for %s", async (name) => {
    const { folder, input, expected } = model(name);
    const output = scratch();
    const outcome = await drum(["score", "--code-dir", folder, "--input", input, "--output", output]);
    expect(outcome).toMatchObject({ exitCode: 0, stdout: "" });
    const { columns, rows } = readCsv(output);
    expect(columns).toEqual(["Predictions"]);
    expectClose(asWritten(name, rows.flat()), asWritten(name, expected as number[]));
  });

  it.each(["sklearn_binary", "sklearn_multiclass", "xgboost_binary"])(
    "for the classes of %s",
    async (name) => {
      const { folder, input, expected } = model(name);
      const output = scratch();
      const outcome = await drum(["score", "--code-dir", folder, "--input", input, "--output", output]);
      expect(outcome.exitCode).toBe(0);
      const { columns, rows } = readCsv(output);
      const wanted = expected as Record<string, number>[];
      expect([...columns].sort()).toEqual(Object.keys(wanted[0]!).sort());
      const flat = wanted.flatMap((row) => columns.map((label) => row[label]!));
      expectClose(asWritten(name, rows.flat()), asWritten(name, flat));
    },
  );

  it("for texts", async () => {
    const { folder, input, expected } = model("python_text");
    const output = scratch();
    await drum(["score", "--code-dir", folder, "--input", input, "--output", output], {
      TARGET_NAME: "completion",
    });
    const text = readFileSync(output, "utf8");
    expect(text.split("\n")[0]).toBe("Predictions");
    for (const one of expected as string[])
      expect(text).toContain(one.includes('"') ? one.replaceAll('"', '""') : one);
  });
});

describe("drum score prints a table like pandas", () => {
  it("of all rows, when there are few", async () => {
    const folder = pythonModel(
      "def score(data, model):\n    return pd.DataFrame({'Predictions': data.a / 3})",
    );
    const input = path.join(codeDirectory({ "in.csv": "a\n1\n2\n30\n" }), "in.csv");
    const outcome = await drum([
      "score",
      "--code-dir",
      folder,
      "--input",
      input,
      "--target-type",
      "regression",
    ]);
    expect(outcome.stdout).toBe("   Predictions\n0     0.333333\n1     0.666667\n2    10.000000\n");
    expect(outcome.exitCode).toBe(0);
  });

  it("of the first and last rows, when there are many", async () => {
    const { folder, input, expected } = model("sklearn_regression");
    const { stdout } = await drum(["score", "--code-dir", folder, "--input", input]);
    expect(stdout).toContain(`[${expected.length} rows x 1 columns]`);
    expect(stdout.split("\n").length).toBe(15);
  });
});

describe("drum score", () => {
  it("appends extra columns of the hook to the predictions", async () => {
    const folder = pythonModel(
      "def score(data, model):\n    return pd.DataFrame({'note': ['x', None], 'Predictions': [1.5, 2], 'count': [7, 8]}, index=[10, 20])",
    );
    const input = path.join(codeDirectory({ "in.csv": "a\n1\n2\n" }), "in.csv");
    const output = scratch();
    await drum(["score", "-cd", folder, "--inp", input, "--output", output, "--target-type", "regression"]);
    expect(readFileSync(output, "utf8")).toBe("Predictions,note,count\n1.5,x,7\n2.0,,8\n");
  });

  it("takes its options from variables", async () => {
    const { folder, input } = model("sklearn_multiclass");
    const outcome = await drum(["score", "--input", input], {
      CODE_DIR: folder,
      TARGET_TYPE: "multiclass",
      CLASS_LABELS: "setosa versicolor virginica",
    });
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stdout).toContain("setosa");
  });

  it("reports times with --show-perf", async () => {
    const { folder, input } = model("python_constant");
    const { stdout } = await drum(["score", "--code-dir", folder, "--input", input, "--show-perf"]);
    expect(stdout).toMatch(/^total: min \d+\.\d\d avg \d+\.\d\d max \d+\.\d\d s$/m);
    expect(stdout).toMatch(/^init, with loading the model: /m);
    expect(stdout).toMatch(/^run, with reading the data: /m);
  });

  it.each([
    ["with --show-stacktrace", ["--show-stacktrace"], {}],
    ["with the variable SHOW_STACKTRACE", [], { SHOW_STACKTRACE: "true" }],
  ])("prints drum's own stack trace with an error %s, and only then", async (_title, words, variables) => {
    const { folder } = model("python_constant");
    const wrong = ["score", "--code-dir", folder, "--input", "/nowhere"];
    expect((await drum([...wrong, ...words], variables)).stderr).toMatch(/^ {4}at readConfig /m);
    expect((await drum(wrong, { SHOW_STACKTRACE: "no" })).stderr).not.toContain("    at ");
  });

  it("says with --verbose which interpreter it took and why", async () => {
    const { folder, input } = model("xgboost_regression");
    const { stderr } = await drum(["score", "--code-dir", folder, "--input", input, "--verbose"]);
    expect(stderr).toContain(
      "(the installed environment python3_xgboost has sklearn and xgboost, which the model names)",
    );
  });

  it("logs what user code prints, in every way there is, under the worker's name", async () => {
    const { folder, input, expected } = model("python_prints");
    const output = scratch();
    const { stderr, stdout, exitCode } = await drum([
      "score",
      "--code-dir",
      folder,
      "--input",
      input,
      "--output",
      output,
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toBe("");
    const lines = stderr.split("\n").filter((line) => line.includes("[python-1]"));
    expect(lines.length).toBeGreaterThanOrEqual(4);
    expectClose(readCsv(output).rows.flat(), expected as number[]);
  });

  it.each([".jsonl", ".arrow", ".parquet"])("writes %s by the ending", async (ending) => {
    const { folder, input, expected } = model("python_constant");
    const output = scratch() + ending;
    const words = ["score", "--code-dir", folder, "--input", input, "--output", output];
    const { exitCode, stdout, stderr } = await drum(words);
    expect([exitCode, stdout], stderr).toEqual([0, ""]);
    const bytes = readFileSync(output);
    expect(await numbersIn(bytes, ending)).toEqual(expected);
  });

  it("leaves no half of an output file when the hook fails", async () => {
    const folder = pythonModel("def score(data, model):\n    raise ValueError('no')");
    const input = path.join(codeDirectory({ "in.csv": "a\n1\n" }), "in.csv");
    const output = scratch();
    const { exitCode } = await drum([
      "score",
      "-cd",
      folder,
      "--input",
      input,
      "--output",
      output,
      "--target-type",
      "regression",
    ]);
    expect(exitCode).toBe(1);
    expect(existsSync(output)).toBe(false);
  });

  it("reads Matrix Market by the ending .mtx", async () => {
    const folder = pythonModel(
      "def score(data, model):\n    return pd.DataFrame({'Predictions': data.sum(axis=1).astype(float)})",
    );
    const matrix = "%%MatrixMarket matrix coordinate real general\n2 3 3\n1 1 1.5\n1 3 2\n2 2 4\n";
    const input = path.join(codeDirectory({ "in.mtx": matrix }), "in.mtx");
    const { stdout } = await drum(["score", "-cd", folder, "--input", input, "--target-type", "regression"]);
    expect(stdout).toBe("   Predictions\n0          3.5\n1          4.0\n");
  });
});

describe("the command line", () => {
  it("without a command prints the help and exits with 1", async () => {
    const outcome = await drum([]);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stdout).toContain("Usage: drum");
  });

  it.each([
    ["an unknown command", ["guess"], "unknown command"],
    ["an unknown option", ["score", "--guess"], "unknown option"],
    ["a missing required option", ["score", "--code-dir", "/tmp"], "--input is required"],
  ])("exits with 2 for %s", async (_title, words, text) => {
    const outcome = await drum(words);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain(text);
  });

  it("prints its version", async () => {
    expect((await drum(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("drum score without a target type", () => {
  const labels = ["--positive-class-label", "yes", "--negative-class-label", "no"];
  it.each([
    ["regression", [], "pd.DataFrame({'p': [0.25] * len(data)})", "Predictions\n0.25\n"],
    ["binary", labels, "pd.DataFrame({'yes': [0.25] * len(data), 'no': 0.75})", "yes,no\n0.25,0.75\n"],
  ])("assumes %s with the labels %j, and says so once", async (type, words, result, expected) => {
    const folder = pythonModel(`def score(data, model, **kwargs): return ${result}`);
    const input = path.join(codeDirectory({ "in.csv": "a\n1\n" }), "in.csv");
    const output = scratch();
    const command = ["score", "--code-dir", folder, "--input", input, "--output", output, ...words];
    const { exitCode, stdout, stderr } = await drum(command);
    expect([exitCode, stdout, readFileSync(output, "utf8")], stderr).toEqual([0, "", expected]);
    expect(stderr.trim()).toBe(
      `drum score: no target type was given, so ${type} is assumed; set --target-type to say it`,
    );
    expect((await drum([...command, "--target-type", type])).stderr).not.toContain("assumed");
  });
});
