// drum compare: two models or two runtimes on one file.

import path from "node:path";
import { describe, expect, it } from "vitest";
import { codeDirectory, drum, model, pythonModel } from "./drum.js";

const input = path.join(codeDirectory({ "in.csv": "a\n1\n2\n3\n" }), "in.csv");
const scoring = (expression: string) =>
  pythonModel(`def score(data, model):\n    return pd.DataFrame({"Predictions": ${expression}})`);
const compare = (...words: string[]) =>
  drum(["compare", "--target-type", "regression", "--input", input, ...words]);

describe("drum compare", () => {
  it("prints the largest differences first, speed and memory of two models", async () => {
    const [one, other] = [scoring('data["a"] * 2.0'), scoring('data["a"] * 2.0 + [0, 0.5, 0.25]')];
    const { stdout, exitCode } = await compare("--code-dir", one, "--code-dir", other);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("3 rows, 2 differ; largest difference 0.5 (row 1, Predictions)");
    expect(stdout).toMatch(/^model +load +predict +memory$/m);
    expect(stdout).toContain(
      [
        "row  column       first  second  difference",
        "1    Predictions  4      4.5     0.5",
        "2    Predictions  6      6.25    0.25\n",
      ].join("\n"),
    );
    for (const folder of [one, other]) {
      expect(stdout).toMatch(new RegExp(`${folder}( +\\d+(\\.\\d)? ms){2} +\\d+\\.\\d MB`));
    }
  });

  it("says so when all predictions are equal, NaN and all", async () => {
    const folder = scoring('[1.0, float("nan"), 3.0]');
    const { stdout } = await compare("--code-dir", folder, folder);
    expect(stdout).toContain("3 rows, all predictions equal");
  });

  it("counts rows whose difference cannot be computed", async () => {
    const { stdout } = await compare(
      "--code-dir",
      scoring('[1.0, float("nan"), 3.0]'),
      scoring("[1.0, 2.0, 5.0]"),
    );
    expect(stdout).toContain(
      "2 differ; largest difference 2 (row 2, Predictions); in 1 row it cannot be computed",
    );
    expect(stdout).toMatch(/^row .*\n1 +Predictions +missing +2\n2 +Predictions +3 +5 +2$/m);
  });

  it.each([
    ["0.6", 0],
    ["0.5", 0],
    ["0.4", 1],
    ["0", 1],
  ])("with --max-diff %s exits with %i", async (most, code) => {
    const words = [
      "--code-dir",
      scoring('data["a"]'),
      scoring('data["a"] + [0, 0.5, 0]'),
      "--max-diff",
      most,
    ];
    const { exitCode, stdout } = await compare(...words, "--json");
    expect(exitCode).toBe(code);
    expect(JSON.parse(stdout)).toMatchObject({
      rows: 3,
      differing: 1,
      unlike: 0,
      largest: 0.5,
      at: { row: 1, column: "Predictions", first: 2, second: 2.5 },
      models: [{ title: words[1], loadMs: expect.any(Number) }, { title: words[2] }],
    });
  });

  it("with --max-diff refuses what has no difference", async () => {
    const words = ["--code-dir", scoring("[1.0, 2.0, 3.0]"), scoring('[1.0, float("nan"), 3.0]')];
    expect((await compare(...words, "--max-diff", "100")).exitCode).toBe(1);
    expect((await compare(...words)).exitCode).toBe(0);
  });

  it.each([
    ["cannot be loaded", "1 / 0", "def load_model(code_dir):\n    return 1 / 0"],
    ["cannot predict", "1 / 0", "def score(data, model):\n    return 1 / 0"],
  ])("says which side %s", async (_title, _fault, hooks) => {
    const [good, bad] = [scoring('data["a"]'), pythonModel(hooks)];
    for (const pair of [
      [good, bad],
      [bad, good],
    ]) {
      const { stderr, exitCode } = await compare("--code-dir", ...pair);
      expect(exitCode).toBeGreaterThan(0);
      expect(stderr).toContain(`: ${bad}: `);
      expect(stderr).not.toContain(`: ${good}: `);
    }
  });

  it("takes two runtimes of one model", async () => {
    const { folder, input: rows } = model("sklearn_regression");
    const { stderr } = await drum(["score", "--code-dir", folder, "--input", rows, "--verbose"]);
    const python = /python at (\S+)/.exec(stderr)![1]!;
    const runtimes = ["--runtime", `python=${python}`, "--runtime", `python=${python}`];
    const { stdout, exitCode } = await drum(["compare", "--code-dir", folder, "--input", rows, ...runtimes]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("442 rows, all predictions equal");
  });

  it.each([
    ["nothing to compare with", ["--code-dir", "ONE"], 2, "give --code-dir twice"],
    ["three models", ["--code-dir", "ONE", "ONE", "ONE"], 2, "give it at most twice"],
    ["a folder that is not there", ["--code-dir", "ONE", "/nowhere"], 2, "found nothing at /nowhere"],
  ])("refuses %s", async (_title, words, code, message) => {
    const folder = scoring('data["a"]');
    const { exitCode, stderr } = await compare(...words.map((word) => (word === "ONE" ? folder : word)));
    expect(exitCode).toBe(code);
    expect(stderr).toContain(message);
  });

  it("tells which of them fails", async () => {
    const { exitCode, stderr } = await compare("--code-dir", scoring('data["a"]'), scoring('data["b"]'));
    expect(exitCode).toBe(1);
    expect(stderr).toContain("KeyError: 'b'");
  });
});
