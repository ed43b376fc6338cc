// drum validation: what its test cases find in all languages, which data sets it keeps, exit codes, an end by signal.

import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  codeDirectory,
  drum,
  eventually,
  fourFolder,
  interrupted,
  isAlive,
  languages,
  model,
  pythonModel,
} from "./drum.js";

interface Finding {
  subject: string;
  code: string | null;
  message: string;
  traceback: string | null;
  file: string;
}

interface Report {
  model: string;
  passed: boolean;
  kept: string | null;
  checks: { name: string; status: string; details: string; findings: Finding[] }[];
}

const fourInput = path.join(fourFolder, "input.csv");
const scratch = () => mkdtempSync(path.join(tmpdir(), "drum-scratch-"));
const csv = (text: string) => path.join(codeDirectory({ "in.csv": text }), "in.csv");

/** The report of `--json`, with its own folder for temporary files. */
async function validate(...words: string[]) {
  const temporary = scratch();
  const { exitCode, stdout, stderr } = await drum(["validation", "--json", ...words], { TMPDIR: temporary });
  expect(stdout, stderr).toMatch(/^\{/);
  const report = JSON.parse(stdout) as Report;
  const statuses = Object.fromEntries(report.checks.map(({ name, status }) => [name, status]));
  const check = (name: string) => report.checks.find((one) => one.name === name)!;
  return { exitCode, report, statuses, check, left: readdirSync(temporary) };
}

const allPassed = {
  "basic batch prediction": "PASSED",
  "repeated prediction": "PASSED",
  "null value imputation": "PASSED",
  "prediction in halves": "PASSED",
  "prediction of single rows": "PASSED",
  "column order": "PASSED",
  "prediction from Arrow": "PASSED",
  "missing cells": "PASSED",
  "unknown levels": "PASSED",
  "text in numbers": "PASSED",
};

describe.each(languages)("drum validation in %s", (language) => {
  it("tells which columns may not be missing in the hook's own words, outlives dead workers, and keeps what failed", async () => {
    const folder = path.join(fourFolder, "missing", language);
    const { exitCode, report, statuses, check } = await validate("--code-dir", folder, "--input", fourInput);
    expect([exitCode, report.passed]).toEqual([1, false]);
    expect(statuses).toEqual({
      ...allPassed,
      "null value imputation": "FAILED",
      "prediction in halves": "FAILED",
      "prediction of single rows": "FAILED",
      "missing cells": "FAILED",
      "unknown levels": "FAILED",
      "text in numbers": "FAILED",
    });
    const imputation = check("null value imputation");
    expect(imputation.details).toBe("2 of 5 columns may not be missing");
    expect(imputation.findings).toMatchObject([
      {
        subject: "region",
        code: "HOOK_FAILED",
        message: expect.stringContaining("the region must be known"),
      },
      { subject: "visits", code: "WORKER_DIED", message: expect.stringContaining("exit code 7") },
    ]);
    expect(imputation.findings[0]!.traceback).toContain("custom.");
    expect(readFileSync(imputation.findings[0]!.file, "utf8")).toBe(
      readFileSync(fourInput, "utf8").replaceAll(
        /(north|south|east|northwest|s|Zürich|"east, coast")(,\d*\n)/g,
        "$2",
      ),
    );
    expect(check("prediction in halves").findings).toMatchObject([
      {
        subject: "rows 0 to 3",
        code: null,
        message: "4 of 4 rows differ (row 0, Predictions: -10.125 in the batch, -7.25 now)",
      },
    ]);
    const files = report.checks.flatMap(({ findings }) => findings.map(({ file }) => file));
    for (const file of files.filter((one) => one !== fourInput))
      expect([path.dirname(file), existsSync(file)]).toEqual([report.kept, true]);
  });

  it("passes the same model on data that it puts up with, and leaves nothing", async () => {
    const folder = path.join(fourFolder, "missing", language);
    const input = csv("age,name\n23,Ann\n41,Bob\n67,Cyd\n");
    const { exitCode, report, statuses, left } = await validate("--code-dir", folder, "--input", input);
    expect([exitCode, report.passed, report.kept]).toEqual([0, true, null]);
    // Only Java's columns name themselves in the error of a hook that wants numbers.
    expect(statuses).toEqual({ ...allPassed, "text in numbers": language === "java" ? "PASSED" : "NOTICE" });
    expect(left).toEqual([]);
  });

  it("asks an unstructured model twice", async () => {
    const folder = path.join(fourFolder, "unstructured", language);
    const words = ["--code-dir", folder, "--input", fourInput];
    const { exitCode, statuses } = await validate(
      ...words,
      "--query",
      "do=echo",
      "--content-type",
      "text/csv",
    );
    expect([exitCode, statuses]).toEqual([
      0,
      { "basic prediction": "PASSED", "repeated prediction": "PASSED" },
    ]);
    const failed = await validate(...words, "--query", "do=raise");
    expect([failed.exitCode, failed.statuses]).toEqual([
      1,
      { "basic prediction": "FAILED", "repeated prediction": "SKIPPED" },
    ]);
    expect(failed.check("basic prediction").findings[0]!.message).toContain("no luck with 42");
  });
});

describe("drum validation", () => {
  it("prints a table, writes the same as JSON, and leaves nothing when all pass", async () => {
    const { folder, input } = model("python_hooks");
    const [temporary, file] = [scratch(), path.join(scratch(), "report.json")];
    const words = ["validation", "--code-dir", folder, "--input", input, "--report", file];
    const { exitCode, stdout, stderr } = await drum(words, { TMPDIR: temporary });
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(
      /^test case +status +details\nbasic batch prediction +PASSED +4 rows in \d+\.\d\d s\n/,
    );
    expect(stdout).toMatch(/^null value imputation +PASSED +each of 2 columns may be missing$/m);
    const report = JSON.parse(readFileSync(file, "utf8")) as Report;
    expect(report).toMatchObject({
      model: "python_hooks",
      targetType: "regression",
      passed: true,
      kept: null,
    });
    expect(report.checks.map(({ name }) => name)).toEqual(Object.keys(allPassed));
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("prints what failed, on which data, and where they are kept", async () => {
    const folder = pythonModel(
      "def score(data, model):\n    assert data.b.notna().any(), 'b is missing'\n    return pd.DataFrame({'Predictions': data.a})",
    );
    const { exitCode, stdout } = await drum([
      ...["validation", "--code-dir", folder, "--target-type", "regression"],
      ...["--input", csv("a,b\n1,2\n3,4\n")],
    ]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^null value imputation +FAILED +1 of 2 columns may not be missing$/m);
    const [, file] = /^b +HOOK_FAILED: .*b is missing.* (\/\S+)$/m.exec(stdout)!;
    expect(readFileSync(file!, "utf8")).toBe("a,b\n1,\n3,\n");
    expect(stdout).toContain(`kept in ${path.dirname(file!)}\n`);
  });

  it("tells of a column order that matters, and keeps nothing for it", async () => {
    const folder = pythonModel(
      "def score(data, model):\n    assert list(data) == ['a', 'b'], 'order'\n    return pd.DataFrame({'Predictions': data.a})",
    );
    const input = csv("a,b\n1,2\n3,4\n5,6\n7,8\n");
    const { exitCode, statuses, check, report, left } = await validate(
      ...["--code-dir", folder, "--target-type", "regression", "--input", input],
    );
    expect([exitCode, statuses]).toMatchObject([0, { "column order": "NOTICE" }]);
    expect(check("column order").findings[0]).toMatchObject({ code: "HOOK_FAILED", file: input });
    expect([report.kept, left]).toEqual([null, []]);
  });

  it.each([
    ["regression", "random.random()", "FAILED", 1],
    ["textgeneration", "str(random.random())", "NOTICE", 0],
  ])("finds %s that is not the same twice", async (type, value, status, code) => {
    const folder = pythonModel(
      `import random\n\ndef score(data, model):\n    return pd.DataFrame({"Predictions": [${value} for _ in data.a]})`,
    );
    const outcome = await drum(
      ["validation", "--json", "-cd", folder, "--target-type", type, "--input", csv("a\n1\n2\n")],
      { TARGET_NAME: "Predictions" },
    );
    const { checks } = JSON.parse(outcome.stdout) as Report;
    expect(outcome.exitCode).toBe(code);
    expect(checks[1]).toMatchObject({ name: "repeated prediction", status });
    expect(checks[1]!.findings[0]!.message).toMatch(/^2 of 2 rows differ \(row \d, Predictions: /);
  });

  it("skips what cannot be told of a model that fails on the data as they are", async () => {
    const folder = pythonModel("def score(data, model):\n    raise ValueError('no luck')");
    const { exitCode, statuses, check, report } = await validate(
      ...["--code-dir", folder, "--target-type", "regression", "--input", fourInput],
    );
    const skipped = Object.fromEntries(Object.keys(allPassed).map((name) => [name, "SKIPPED"]));
    expect([exitCode, statuses]).toEqual([1, { ...skipped, "basic batch prediction": "FAILED" }]);
    expect(check("basic batch prediction").findings[0]).toMatchObject({
      file: fourInput,
      code: "HOOK_FAILED",
    });
    expect(report.kept).toBe(null);
  });

  it("skips the cases that need rows where the input is no CSV, or is read in another way", async () => {
    const matrix = "%%MatrixMarket matrix coordinate real general\n2 3 3\n1 1 1.5\n1 3 2\n2 2 4\n";
    const sum = pythonModel(
      "def score(data, model):\n    return pd.DataFrame({'Predictions': data.sum(axis=1) + 0.0})",
    );
    const sparse = path.join(codeDirectory({ "in.mtx": matrix }), "in.mtx");
    const own = pythonModel(
      "def read_input_data(data):\n    return pd.DataFrame({'a': [1.0]})\n\ndef score(data, model):\n    return pd.DataFrame({'Predictions': data.a})",
    );
    for (const [folder, input, words] of [
      [sum, sparse, "a Matrix Market file is not split into rows"],
      [own, csv("a\n1\n2\n"), "the input has 2 rows, and the model returned 1 prediction"],
    ] as const) {
      const { exitCode, report } = await validate(
        "-cd",
        folder,
        "--target-type",
        "regression",
        "--input",
        input,
      );
      expect(exitCode).toBe(0);
      expect(report.checks.slice(0, 2).map(({ status }) => status)).toEqual(["PASSED", "PASSED"]);
      expect(report.checks.slice(2).map(({ status, details }) => [status, details])).toEqual(
        Array(8).fill(["SKIPPED", words]),
      );
    }
  });

  it("compares what a transform makes of rows, and finds columns that depend on which rows came", async () => {
    const folder = pythonModel("def transform(data, model): return data.select_dtypes('number')");
    const input = csv("n,t\n1,\n2,x\n");
    const words = ["--code-dir", folder, "--input", input, "--target-type", "transform"];
    const { exitCode, statuses, check } = await validate(...words);
    expect([exitCode, statuses]).toEqual([
      1,
      {
        ...allPassed,
        "prediction in halves": "FAILED",
        "prediction of single rows": "FAILED",
        "missing cells": "FAILED",
        "text in numbers": "NOTICE",
      },
    ]);
    expect(check("prediction of single rows").findings[0]).toMatchObject({
      subject: "row 0",
      code: "PREDICTIONS_DIFFER",
      message: expect.stringContaining("2 rows of n on one side, 1 row of n, t on the other"),
    });
  });

  it("gives up a prediction that takes longer than --request-timeout, and goes on", async () => {
    const folder = pythonModel(
      "import time\n\ndef score(data, model):\n    if data.a.isna().all():\n        time.sleep(60)\n    return pd.DataFrame({'Predictions': data.b})",
    );
    const { check, statuses } = await validate(
      ...["-cd", folder, "--target-type", "regression", "--input", csv("a,b\n1,2\n3,4\n")],
      ...["--request-timeout", "15"],
    );
    expect(check("null value imputation").findings).toMatchObject([
      { subject: "a", code: "DEADLINE_PASSED" },
    ]);
    expect(statuses["prediction of single rows"]).toBe("PASSED");
  });

  it("when interrupted ends with 130 and leaves neither processes nor files", async () => {
    const folder = pythonModel(
      "import os, sys, time\n\ndef score(data, model):\n    if data.b.isna().all():\n        print(f'asked in {os.getpid()}', flush=True)\n        time.sleep(60)\n    assert data.a.notna().all(), 'a is missing'\n    return pd.DataFrame({'Predictions': data.b})",
    );
    const temporary = scratch();
    const { exitCode, stdout, stderr } = await interrupted(
      ["validation", "-cd", folder, "--target-type", "regression", "--input", csv("a,b\n1,2\n3,4\n")],
      { variables: { TMPDIR: temporary }, when: (printed) => printed.includes("asked in") },
    );
    expect([exitCode, stdout, stderr]).toEqual([
      130,
      "",
      expect.stringContaining("drum validation: ended by SIGINT"),
    ]);
    expect(readdirSync(temporary)).toEqual([]);
    const pid = Number(/asked in (\d+)/.exec(stderr)![1]);
    await eventually(() => !isAlive(pid));
  });

  it.each([
    ["an input that is not there", ["--input", "/nowhere"], 2, "INPUT_FILE_MISSING"],
    ["an empty input", ["--input", csv("")], 2, "is empty; expected a header and rows"],
    ["no input", [], 2, "--input is required"],
    [
      "a report that cannot be written",
      ["--input", fourInput, "--report", "/nowhere/r.json"],
      2,
      "--report: /nowhere",
    ],
    [
      "a query for a structured model",
      ["--input", fourInput, "--query", "a=1"],
      2,
      "--query is for the target type",
    ],
    ["an option of another command", ["--input", fourInput, "--address", "1"], 2, "unknown option"],
  ])("refuses %s", async (_title, words, code, message) => {
    const { folder } = model("python_hooks");
    const { exitCode, stderr } = await drum(["validation", "--code-dir", folder, ...words]);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(message);
  });

  it("ends with 3 when the model cannot be loaded", async () => {
    const folder = codeDirectory({
      "custom.py": "def load_model(code_dir):\n    raise ValueError('no model')",
    });
    const words = ["validation", "-cd", folder, "--target-type", "regression", "--input", fourInput];
    const { exitCode, stderr, stdout } = await drum(words);
    expect([exitCode, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("no model");
  });
});
