// drum validation: each of its test cases has models that it fails, and the rows that show why.

import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { codeDirectory, drum, pythonModel } from "./drum.js";

interface Check {
  name: string;
  status: string;
  details: string;
  findings: { subject: string; code: string | null; message: string; file: string }[];
}

/** The results by test case, and the exit code. */
async function validate(folder: string, text: string, target: readonly string[] = ["regression"]) {
  const input = path.join(codeDirectory({ "in.csv": text }), "in.csv");
  const { exitCode, stdout, stderr } = await drum(
    ["validation", "--json", "-cd", folder, "--target-type", ...target, "--input", input],
    { TMPDIR: mkdtempSync(path.join(tmpdir(), "drum-scratch-")) },
  );
  expect(stdout, stderr).toMatch(/^\{/);
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  const check = (name: string) => checks.find((one) => one.name === name)!;
  const failed = checks.filter(({ status }) => status === "FAILED").map(({ name }) => name);
  return { exitCode, check, failed, input };
}

/** A hook in Python that returns what the lines make of `data`. */
const scores = (expression: string, before = "") =>
  pythonModel(
    `${before}def score(data, model):\n    return pd.DataFrame({'Predictions': (${expression}).astype(float)})`,
  );

const numbers = "a,b\n1,10\n2,20\n3,30\n4,40\n";

describe("drum validation fails", () => {
  it.each([
    ["a file without rows", scores("data.a"), "a,b\n", "the input has no rows; give --input rows to predict"],
    [
      "a model that answers nothing",
      pythonModel("def score(data, model):\n    return pd.DataFrame({'Predictions': data.a / 0 * 0})"),
      numbers,
      "the prediction of every row is missing",
    ],
  ])("%s", async (_title, folder, text, details) => {
    const { exitCode, check, failed } = await validate(folder, text);
    expect([exitCode, failed]).toEqual([1, ["basic batch prediction"]]);
    expect(check("basic batch prediction").details).toBe(details);
    expect(check("missing cells").status).toBe("SKIPPED");
  });

  it("or tells of probabilities that look like labels", async () => {
    const labels = pythonModel(
      "def score(data, model):\n    one = (data.a > 2) * 1.0\n    return pd.DataFrame({'yes': one, 'no': 1 - one})",
    );
    const words = ["--positive-class-label", "yes", "--negative-class-label", "no"];
    const { check } = await validate(labels, numbers, ["binary", ...words]);
    expect(check("basic batch prediction")).toMatchObject({
      status: "NOTICE",
      details: "every probability is 0 or 1; check that the model does not return labels",
    });
  });

  it("a row that is answered by the look of its column, though it comes late in the file", async () => {
    const rows = Array.from({ length: 20 }, (_, row) => (row === 17 ? "x" : String(row))).join("\n");
    const byLook = scores("data.a.map(lambda cell: 1 if isinstance(cell, str) else 0)");
    const { failed, check } = await validate(byLook, `a\n${rows}\n`);
    expect(failed).toContain("prediction of single rows");
    const { findings } = check("prediction of single rows");
    expect(findings[0]).toMatchObject({
      subject: "row 0",
      message: expect.stringContaining("1 in the batch, 0 now"),
    });
  });

  it("rows from Arrow whose answer is another, and keeps them as Arrow", async () => {
    // R reads a column of T and F as logical. From Arrow, they are texts.
    const spelled = codeDirectory({
      "custom.R": `load_model <- function(code_dir) "model"\n\nscore <- function(data, model, ...) data.frame(Predictions = as.numeric(data$on == "T"))\n`,
    });
    const { exitCode, check } = await validate(spelled, "on,n\nT,1\nF,2\n");
    expect([exitCode, check("prediction from Arrow").status]).toEqual([1, "FAILED"]);
    const [finding] = check("prediction from Arrow").findings;
    expect(finding!.message).toBe("1 of 2 rows differs (row 0, Predictions: 0 from CSV, 1 from Arrow)");
    expect(finding!.file).toMatch(/\.arrow$/);
    const { stdout } = await drum([
      ...["score", "-cd", spelled, "--target-type", "regression", "--input", finding!.file],
    ]);
    expect(stdout).toContain("1");
    const codes = scores("data.code.fillna(0) + data.n");
    expect((await validate(codes, "code,n\n1,5\n,5\n2,5\n")).check("prediction from Arrow").status).toBe(
      "PASSED",
    );
  });

  it.each([
    [
      "scores by position",
      scores("data.iloc[:, 0]"),
      "FAILED",
      "another order changes predictions without an error",
    ],
    [
      "refuses another order",
      pythonModel(
        "def score(data, model):\n    assert list(data) == ['a', 'b'], 'order'\n    return pd.DataFrame({'Predictions': data.a * 1.0})",
      ),
      "NOTICE",
      "columns must keep their order",
    ],
  ])("or tells of a hook that %s", async (_title, folder, status, details) => {
    const { check } = await validate(folder, numbers);
    expect(check("column order")).toMatchObject({ status, details });
  });

  it("a missing cell that changes the other rows, or is answered otherwise alone", async () => {
    const imputesFromBatch = scores("data.a.fillna(data.a.mean())");
    const one = await validate(imputesFromBatch, numbers);
    expect(one.failed).toEqual(["missing cells"]);
    const { findings } = one.check("missing cells");
    expect(findings).toMatchObject([
      { subject: "a", message: expect.stringMatching(/^1 of 1 row differs \(row 0/) },
    ]);
    expect(readFileSync(findings[0]!.file, "utf8")).toBe("a,b\n,10\n2,20\n3,30\n4,40\n");
    const dependsOnGaps = scores("data.a.fillna(0) + data.b.isna().any()");
    const other = await validate(dependsOnGaps, numbers);
    expect(other.check("missing cells").findings).toMatchObject([
      {
        subject: "b",
        message: "3 of 4 rows differ (row 1, Predictions: 2 in the file, 3 beside the changed cell)",
      },
    ]);
  });

  it("a missing cell that becomes a huge number", async () => {
    const { check } = await validate(scores("data.a.fillna(-(2.0**63)) + data.b.fillna(0)"), numbers);
    expect(check("missing cells")).toMatchObject({
      status: "FAILED",
      findings: [
        { subject: "a", message: expect.stringContaining("row 0 gets 9223372036854776000, and no row") },
      ],
    });
  });

  it("a missing cell that ends the worker", async () => {
    const before = "import os\n\n";
    const dies = scores("data.a if data.a.notna().all() else os._exit(3)", before);
    const { check } = await validate(dies, numbers);
    expect(check("missing cells").findings).toMatchObject([{ subject: "a", code: "WORKER_DIED" }]);
  });

  const texts = "size,color\n1,red\n2,blue\n3,red\n4,green\n";

  it("a level that is coded by the levels of the request", async () => {
    const coded = scores("data['size'].fillna(0) * 0 + data.color.astype('category').cat.codes");
    const { check, failed } = await validate(coded, texts);
    expect(failed).toContain("unknown levels");
    expect(check("unknown levels").findings[0]!.message).toMatch(/rows? differs? \(row/);
  });

  it("or tells of two unknown levels that have two answers", async () => {
    const { check, failed } = await validate(
      scores("data.color.str.len().fillna(0) + data.color.fillna('').str.startswith('z')"),
      texts,
    );
    expect(failed).not.toContain("unknown levels");
    expect(check("unknown levels")).toMatchObject({
      status: "NOTICE",
      findings: [
        { subject: "color", message: expect.stringContaining('for "AA unknown", 11 for "zz unknown"') },
      ],
    });
  });

  it("text among numbers that changes the other rows, and passes what names the column", async () => {
    const gives =
      "(pd.to_numeric(data.a, errors='coerce').fillna(0) + (not pd.api.types.is_numeric_dtype(data.a)))";
    const { check } = await validate(scores(gives), numbers);
    expect(check("text in numbers")).toMatchObject({ status: "FAILED", findings: [{ subject: "a" }] });
    const refuses = pythonModel(
      "def score(data, model):\n    for name in data:\n        if not pd.api.types.is_numeric_dtype(data[name]):\n            raise ValueError(f'the column {name} has text')\n    return pd.DataFrame({'Predictions': data.a.fillna(0) + data.b.fillna(0)})",
    );
    const whole = await validate(refuses, numbers);
    expect([whole.exitCode, whole.failed, whole.check("text in numbers").status]).toEqual([0, [], "PASSED"]);
  });
});
