// drum fit: what it trains in Python and R, what it writes to the output folder, what it refuses, and what it leaves behind.

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { codeDirectory, drum, fourFolder, interrupted, root, scored as scoreFile } from "./drum.js";

const place = path.join(root, "e2e", "fit");
const csv = (name: string) => path.join(place, `${name}.csv`);
const scratch = () => mkdtempSync(path.join(tmpdir(), "drum-scratch-"));
const file = (name: string, text: string) => path.join(codeDirectory({ [name]: text }), name);
const asClasses = ["--class-labels", "setosa", "versicolor", "virginica"];

interface Given {
  words?: readonly string[];
  variables?: Record<string, string>;
}

/** Runs one fit with its own folder for temporary files, and returns what it left there. */
async function train(folder: string, input: string, { words = [], variables = {} }: Given = {}) {
  const temporary = scratch();
  const given = ["fit", "--code-dir", folder, "--input", input, ...words];
  const outcome = await drum(given, { TMPDIR: temporary, ...variables });
  return { ...outcome, left: readdirSync(temporary), temporary };
}

/** The rows of a CSV file by column. */
function rowsOf(name: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(name, "utf8").trimEnd().split("\n");
  const names = header!.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [names[at]!, cell])));
}

/** The input without the column that was trained on. */
function features(input: string, target: string): string {
  const rows = rowsOf(input).map(({ [target]: _, ...rest }) => rest);
  const lines = [Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))];
  return file("rows.csv", `${lines.map((cells) => cells.join(",")).join("\n")}\n`);
}

/** Scores the input's features with the model that a fit has written to `folder`. */
async function scored(folder: string, data: string, words: readonly string[], target = "target") {
  const input = features(data, target);
  return rowsOf(await scoreFile(folder, input, words));
}

/** The share of rows whose most probable label is the target. */
function accuracy(predictions: Record<string, string>[], input: string): number {
  const truth = rowsOf(input).map((row) => row.target);
  const right = predictions.filter((row, at) => {
    const [best] = Object.entries(row).toSorted(([, one], [, other]) => Number(other) - Number(one))[0]!;
    return best === truth[at];
  });
  return right.length / truth.length;
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** R squared: 1 for perfect predictions, 0 for predictions no better than the mean. */
function determination(predictions: readonly number[], truth: readonly number[]): number {
  const middle = mean(truth);
  const squares = (of: (row: number) => number) => mean(truth.map((_, row) => of(row) ** 2));
  return 1 - squares((row) => truth[row]! - predictions[row]!) / squares((row) => truth[row]! - middle);
}

describe.each(["python", "r"])("drum fit in %s", (language) => {
  const folder = path.join(place, language);
  const artifact = language === "python" ? "model.pkl" : "model.rds";

  it("trains a regression, copies the code beside it, and the folder is scored like any other", async () => {
    const output = path.join(scratch(), "new");
    const words = ["--target", "target", "--target-type", "regression", "--output", output];
    const { exitCode, stdout, stderr, left } = await train(folder, csv("diabetes"), { words });
    expect([exitCode, left], stderr).toEqual([0, []]);
    expect(stdout).toMatch(
      /^training (python|r) on 442 rows, 10 columns\ntrained in [\d.]+ s; the model is in /,
    );
    expect(stdout).toContain("\npredicting with the trained model\n");
    expect(stdout).toMatch(/predicted 442 rows, and 44 of them again: the predictions agree\n$/);
    // Prints of the hook go to standard error.
    expect(stderr).toMatch(/fit of .*442,? 10/);
    expect(stdout).not.toContain("fit of");
    const hooks = readdirSync(folder).filter((name) => name.startsWith("custom."));
    expect(readdirSync(output).sort()).toEqual(
      ["README.md", "model-metadata.yaml", ...hooks, artifact].sort(),
    );
    const predictions = await scored(output, csv("diabetes"), []);
    const truth = rowsOf(csv("diabetes")).map((row) => Number(row.target));
    expect(
      determination(
        predictions.map((row) => Number(row.Predictions)),
        truth,
      ),
    ).toBeGreaterThan(0.5);
  });

  it("takes the second of two target values in rising order for the positive class", async () => {
    const output = scratch();
    const words = ["--target", "target", "--target-type", "binary", "--output", output];
    const { exitCode, stderr } = await train(folder, csv("cancer"), { words });
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/classes .*malignant.*benign/);
    const labels = ["--positive-class-label", "malignant", "--negative-class-label", "benign"];
    const predictions = await scored(output, csv("cancer"), ["--target-type", "binary", ...labels]);
    expect(accuracy(predictions, csv("cancer"))).toBeGreaterThan(0.9);
    expect(readFileSync(path.join(output, "README.md"), "utf8")).toContain(
      "--positive-class-label 'malignant'",
    );
  });

  it("gives the hook the labels that were given, the positive one first", async () => {
    const labels = ["--positive-class-label", "benign", "--negative-class-label", "malignant"];
    const words = ["--target", "target", "--target-type", "binary", ...labels];
    const { exitCode, stderr } = await train(folder, csv("cancer"), { words });
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/classes .*benign.*malignant/);
  });

  it("trains many classes, whose labels are the target's values", async () => {
    const output = scratch();
    const words = ["--target", "target", "--target-type", "multiclass", "--output", output];
    const { exitCode, stderr } = await train(folder, csv("iris"), { words });
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(/classes .*setosa.*versicolor.*virginica/);
    const predictions = await scored(output, csv("iris"), ["--target-type", "multiclass", ...asClasses]);
    expect(accuracy(predictions, csv("iris"))).toBeGreaterThan(0.95);
  });

  it("trains anomalies without a target, and without --output leaves nothing", async () => {
    const input = features(csv("iris"), "target");
    const folder = path.join(place, language === "python" ? "python" : "r_anomaly");
    const { exitCode, stdout, stderr, left } = await train(folder, input, {
      words: ["--target-type", "anomaly"],
    });
    expect([exitCode, left], stderr).toEqual([0, []]);
    expect(stdout).toContain("on 150 rows, 4 columns");
    expect(stdout).not.toContain("the model is in");
  });

  it("weighs rows by a column, which is no feature then, or by a file", async () => {
    const lines = readFileSync(csv("diabetes"), "utf8").trimEnd().split("\n");
    const weights = lines.map((_, row) => (row === 0 ? "weight" : row <= 221 ? "1" : "0"));
    const input = file("in.csv", `${lines.map((line, row) => `${line},${weights[row]}`).join("\n")}\n`);
    const results = [];
    for (const words of [
      ["--row-weights", "weight", "--target", "target"],
      ["--row-weights-csv", file("w.csv", `${weights.join("\n")}\n`), "--target", "target"],
      ["--target", "target"],
    ]) {
      const output = scratch();
      const data = words[0] === "--row-weights" ? input : csv("diabetes");
      const { exitCode, stdout, stderr } = await train(folder, data, {
        words: [...words, "--output", output, "--target-type", "regression", "--skip-predict"],
      });
      expect([exitCode, stdout], stderr).toEqual([0, expect.stringContaining("442 rows, 10 columns")]);
      results.push(await scored(output, csv("diabetes"), ["--target-type", "regression"]));
    }
    expect(results[0]).toEqual(results[1]);
    expect(results[0]).not.toEqual(results[2]);
  });

  it("takes the target from a file of its own, with what is missing where it is", async () => {
    const rows = rowsOf(csv("diabetes"));
    const target = file("y.csv", `y\n${rows.map((row) => row.target).join("\n")}\n`);
    const words = ["--target-csv", target, "--target-type", "regression", "--skip-predict"];
    const { exitCode, stdout, stderr } = await train(folder, csv("diabetes"), { words });
    expect([exitCode, stdout], stderr).toEqual([0, expect.stringContaining("442 rows, 11 columns")]);
  });

  it("trains on so many rows of the input as --num-rows says", async () => {
    const words = ["--target", "target", "--target-type", "regression", "--num-rows"];
    const some = await train(folder, csv("diabetes"), { words: [...words, "100"] });
    expect([some.exitCode, some.stdout], some.stderr).toEqual([0, expect.stringContaining("on 100 rows")]);
    expect(some.stdout).toContain("predicted 100 rows, and 10 of them again");
    const most = await train(folder, csv("diabetes"), { words: [...words, "ALL", "--skip-predict"] });
    expect(most.stdout).toContain("on 442 rows");
    expect(most.stdout).not.toContain("predict");
  });

  it("tells the hook's own error with its own lines alone, and exits with 1", async () => {
    const hook =
      language === "python"
        ? {
            "custom.py":
              "def fit(X, y, output_dir):\n    deeper()\n\ndef deeper():\n    raise KeyError('spam')\n",
          }
        : {
            "custom.R":
              "fit <- function(X, y, output_dir, ...) deeper()\ndeeper <- function() stop('spam')\n",
          };
    const words = ["--target", "target", "--target-type", "regression"];
    const { exitCode, stderr, left } = await train(codeDirectory(hook), csv("diabetes"), { words });
    expect([exitCode, left]).toEqual([1, []]);
    expect(stderr).toMatch(/drum: HOOK_FAILED: the hook fit raised .*spam/);
    expect(stderr).toContain("deeper");
    expect(stderr).not.toMatch(/fitting\.(py|R)/);
  });

  it("exits with 3 where the hook file defines no fit", async () => {
    const hook =
      language === "python"
        ? { "custom.py": "def score(data, model): return data\n" }
        : { "custom.R": "score <- function(data, model, ...) data\n" };
    const words = ["--target", "target", "--target-type", "regression"];
    const { exitCode, stderr } = await train(codeDirectory(hook), csv("diabetes"), { words });
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/HOOK_MISSING: .*defines no fit/)]);
  });

  it("warns where a prediction depends on the rows beside it, keeps the sample, and exits with 0", async () => {
    const hook =
      language === "python"
        ? {
            "custom.py":
              "def fit(X, output_dir): open(output_dir + '/model.txt', 'w').close()\ndef load_model(code_dir): return 1\n" +
              "def score(data, model): return (data[['bmi']] * 0 + len(data)).rename(columns={'bmi': 'Predictions'})\n",
          }
        : {
            "custom.R":
              "fit <- function(X, output_dir, ...) file.create(paste0(output_dir, 'model.txt'))\nload_model <- function(code_dir) 1\n" +
              "score <- function(data, model, ...) data.frame(Predictions = rep(nrow(data), nrow(data)))\n",
          };
    const words = ["--target", "target", "--target-type", "regression"];
    const outcome = await train(codeDirectory(hook), csv("diabetes"), { words });
    expect(outcome.exitCode, outcome.stderr).toBe(0);
    expect(outcome.stderr).toMatch(
      /warning: the model predicted 442 rows, then 44 of them again.*; the sample is .*the first 10 of 44 differences/,
    );
    expect(outcome.stderr).toMatch(/Predictions +442 +44\n/);
    expect(outcome.left).toEqual([expect.stringMatching(/^drum_fit_sample_/)]);
    const sample = path.join(outcome.temporary, outcome.left[0]!, "sample.csv");
    expect(rowsOf(sample)).toHaveLength(44);
  });
});

describe("drum fit", () => {
  it("trains with caret on R's own data, with the metadata's defaults as parameters", async () => {
    const output = scratch();
    const words = ["--target", "mpg", "--output", output];
    const { exitCode, stderr } = await train(path.join(place, "caret"), csv("cars"), { words });
    expect(exitCode, stderr).toBe(0);
    const predictions = await scored(output, csv("cars"), [], "mpg");
    const truth = rowsOf(csv("cars")).map((row) => Number(row.mpg));
    expect(
      determination(
        predictions.map((row) => Number(row.Predictions)),
        truth,
      ),
    ).toBeGreaterThan(0.5);
  });

  it("gives parameters of a file, or those of the metadata, floats as floats", async () => {
    const folder = scratch();
    cpSync(path.join(place, "python"), folder, { recursive: true });
    const metadata =
      "name: m\ntype: training\ntargetType: regression\nhyperparameters:\n" +
      "  - name: n_estimators\n    type: int\n    min: 5\n    max: 50\n    default: 7\n" +
      "  - name: subsample\n    type: float\n    min: 0.5\n    max: 1\n    default: 1\n";
    writeFileSync(path.join(folder, "model-metadata.yaml"), metadata);
    const parametersOf = async (...words: string[]) => {
      const given = ["--target", "target", "--skip-predict", ...words];
      const { exitCode, stderr } = await train(folder, csv("diabetes"), { words: given });
      expect(exitCode, stderr).toBe(0);
      return /parameters (\{.*\})/.exec(stderr)![1];
    };
    expect(await parametersOf()).toBe("{'n_estimators': 7, 'subsample': 1.0}");
    expect(await parametersOf("--parameter-file", file("p.json", "{}"))).toBe(
      "{'n_estimators': 7, 'subsample': 1.0}",
    );
    expect(
      await parametersOf("--parameter-file", file("p.json", '{"min_samples_split": 1.0, "n_estimators": 3}')),
    ).toBe("{'min_samples_split': 1.0, 'n_estimators': 3}");
  });

  it("trains and scores a CustomTask in place of hooks", async () => {
    const output = scratch();
    const folder = path.join(place, "task");
    const words = ["--target", "target", "--target-type", "multiclass", "--output", output];
    const { exitCode, stdout, stderr } = await train(folder, csv("iris"), { words });
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain("the predictions agree");
    expect(stderr).toContain("fitting (150, 4) for ['setosa', 'versicolor', 'virginica']");
    expect(readdirSync(output).filter((name) => name !== "__pycache__")).toEqual([
      "README.md",
      "custom.py",
      "drum_artifact.pkl",
      "model-metadata.yaml",
    ]);
    expect(readdirSync(folder).filter((name) => name !== "__pycache__")).toEqual(["custom.py"]);
    const predictions = await scored(output, csv("iris"), ["--target-type", "multiclass", ...asClasses]);
    expect(accuracy(predictions, csv("iris"))).toBeGreaterThan(0.9);
  });

  it("trains a transform without a target, in Python, R and as a CustomTask, and tries what it makes of rows", async () => {
    const input = features(csv("iris"), "target");
    const scaling = {
      "custom.py":
        "import pickle\ndef fit(X, y, output_dir): assert y is None; pickle.dump(X.mean(), open(output_dir + '/mean.bin', 'wb'))\n" +
        "def load_model(code_dir): return pickle.load(open(code_dir + '/mean.bin', 'rb'))\ndef transform(data, model): return data - model\n",
      "custom.R":
        "fit <- function(X, y, output_dir, ...) { stopifnot(is.null(y)); saveRDS(colMeans(X), paste0(output_dir, 'mean.rds')) }\n" +
        "load_model <- function(code_dir) readRDS(file.path(code_dir, 'mean.rds'))\n" +
        "transform <- function(data, model, ...) as.data.frame(sweep(as.matrix(data), 2, model))\n",
    };
    const task =
      "from datarobot_drum.custom_task_interfaces import TransformerInterface\nclass CustomTask(TransformerInterface):\n" +
      "    def fit(self, X, y, **kwargs): self.mean = X.mean()\n    def transform(self, X, **kwargs): return X - self.mean\n";
    const files = Object.entries({ ...scaling, task }).map(([name, text]) => ({
      [name === "task" ? "custom.py" : name]: text,
    }));
    for (const model of files) {
      const output = scratch();
      const words = ["--target-type", "transform", "--output", output];
      const { exitCode, stdout, stderr } = await train(codeDirectory(model), input, { words });
      expect([exitCode, stdout], stderr).toEqual([0, expect.stringContaining("the predictions agree")]);
      const rows = await scored(output, csv("iris"), ["--target-type", "transform"]);
      const middle = mean(rows.map((row) => Number(row["petal width (cm)"])));
      expect([rows.length, Math.abs(middle) < 1e-9]).toEqual([150, true]);
    }
    // Without typeSchema, drum fit uses a default one for transforms, which forbids missing values in the input.
    const missing = file("in.csv", "a,b\n1,2\n,3\n");
    const words = ["--target-type", "transform"];
    const refused = await train(codeDirectory(files[0]!), missing, { words });
    expect([refused.exitCode, refused.stderr]).toEqual([3, expect.stringContaining("contains_missing")]);
  });

  it("trains on Matrix Market with a target of its own file, its columns named by another", async () => {
    const matrix = "%%MatrixMarket matrix coordinate real general\n4 2 4\n1 1 1\n2 2 2\n3 1 3\n4 2 4\n";
    const input = file("in.mtx", matrix);
    const folder = codeDirectory({
      "custom.py":
        "import pickle\nfrom sklearn.linear_model import Ridge\ndef fit(X, y, output_dir):\n    print('columns', list(X.columns), list(y))\n" +
        "    pickle.dump(Ridge().fit(X.sparse.to_coo(), y), open(output_dir + '/model.pkl', 'wb'))\n",
    });
    const names = ["--sparse-column-file", file("names.txt", "first\nsecond\n")];
    const target = ["--target-csv", file("y.csv", "y\n1.5\n2.5\n3.5\n4.5\n"), "--target-type", "regression"];
    const { exitCode, stdout, stderr } = await train(folder, input, { words: [...names, ...target] });
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("columns ['first', 'second'] [1.5, 2.5, 3.5, 4.5]");
    expect(stdout).toContain("predicted 4 rows, and 4 of them again: the predictions agree");
    for (const [words, message] of [
      [["--target", "first"], "--target is for CSV"],
      [["--num-rows", "2", ...target.slice(0, 2)], "--num-rows is for CSV"],
      [["--target-csv", file("y.csv", "y\n1\n")], "has 1 row, but the input has 4"],
    ] as const) {
      const refused = await train(folder, input, { words: [...words, "--target-type", "regression"] });
      expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });

  it("exits with 3 where the features are not what typeSchema asks for, before any hook, and only warns when asked", async () => {
    const metadata =
      "name: m\ntype: training\ntargetType: regression\ntypeSchema:\n  input_requirements:\n" +
      "    - field: number_of_columns\n      condition: EQUALS\n      value: 3\n";
    const folder = codeDirectory({
      "custom.py": "print('loaded')\ndef fit(X): print('ran')\n",
      "model-metadata.yaml": metadata,
    });
    const words = ["--target", "target", "--skip-predict"];
    const strict = await train(folder, csv("diabetes"), { words });
    expect(strict.exitCode).toBe(3);
    expect(strict.stderr).toMatch(/TYPE_SCHEMA_VIOLATED: .*number_of_columns EQUALS 3.*got 10 columns/);
    expect(strict.stderr).not.toContain("loaded");
    const lax = await train(folder, csv("diabetes"), { words: [...words, "--disable-strict-validation"] });
    expect([lax.exitCode, lax.stderr]).toEqual([
      0,
      expect.stringMatching(/warning: .*number_of_columns[\s\S]*ran/),
    ]);
  });

  it("keeps what the hook wrote, and tells what it has overwritten with the code directory's files", async () => {
    const [folder, output] = [scratch(), scratch()];
    cpSync(path.join(place, "python"), folder, { recursive: true });
    writeFileSync(path.join(folder, "model.pkl"), "an older model");
    writeFileSync(path.join(folder, "README.md"), "mine");
    writeFileSync(path.join(output, "custom.py"), "an older hook");
    const words = [
      "--target",
      "target",
      "--target-type",
      "regression",
      "--output",
      output,
      "--enable-fit-metadata",
    ];
    const { exitCode, stdout, stderr } = await train(folder, csv("diabetes"), { words });
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/overwritten in .*: custom\.py\n/);
    expect(stdout).toMatch(/kept the files that the fit wrote.*: model\.pkl\n/);
    expect(readFileSync(path.join(output, "custom.py"), "utf8")).toContain("def fit");
    expect(readFileSync(path.join(output, "README.md"), "utf8")).toBe("mine");
    const told = JSON.parse(readFileSync(path.join(output, "fit_runtime_data.json"), "utf8"));
    expect(told.fit_memory_usage).toBeGreaterThan(20);
    expect(told.fit_duration).toBeGreaterThan(0);
  });

  it("applies the transform hook to the features before it trains", async () => {
    const folder = codeDirectory({
      "custom.py":
        "def transform(data, model): return data.assign(twice=data['bmi'] * 2)[['twice']]\n" +
        "def fit(X, y): print('columns', list(X.columns), y.name, type(y).__name__)\n",
    });
    const words = ["--target", "target", "--target-type", "regression", "--skip-predict"];
    const { exitCode, stderr } = await train(folder, csv("diabetes"), { words });
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining("columns ['twice'] target Series")]);
  });

  it("asks for variables in place of options", async () => {
    const variables = {
      TARGET_TYPE: "regression",
      CODE_DIR: path.join(place, "python"),
      SKIP_PREDICT: "true",
    };
    const { exitCode, stdout } = await drum(
      ["fit", "--input", csv("diabetes"), "--target", "target"],
      variables,
    );
    expect([exitCode, stdout]).toEqual([0, expect.not.stringContaining("predict")]);
  });

  it("refuses languages that cannot train", async () => {
    for (const language of ["julia", "java"]) {
      const folder = path.join(fourFolder, "regression", language);
      const words = ["--target", "target", "--target-type", "regression"];
      const { exitCode, stderr } = await train(folder, csv("diabetes"), { words });
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`a ${language} worker cannot fit`)]);
    }
  });

  const regression = ["--target-type", "regression"];
  const y = ["--target", "target"];
  it.each([
    ["without a target", regression, "needs a target; add --target COLUMN or --target-csv FILE"],
    ["anomalies with a target", [...y, "--target-type", "anomaly"], "anomaly is trained without a target"],
    [
      "two targets",
      [...y, "--target-csv", csv("cars"), ...regression],
      "--target and --target-csv were both given",
    ],
    [
      "an unknown target",
      ["--target", "nothing", ...regression],
      "--target nothing: no column has this name; the columns of the input are age",
    ],
    [
      "unknown weights",
      [...y, "--row-weights", "nothing", ...regression],
      "--row-weights nothing: no column has this name",
    ],
    ["weights that are the target", [...y, "--row-weights", "target", ...regression], "must differ"],
    ["negative weights", [...y, "--row-weights", "age", ...regression], 'the column "age" cannot be weights'],
    [
      "a target of several columns",
      ["--target-csv", csv("cars"), ...regression],
      "has 11 columns; expected one",
    ],
    [
      "a target of other rows",
      ["--target-csv", file("y.csv", "y\n1\n2\n"), ...regression],
      "has 2 rows, but the input has 442",
    ],
    ["more rows than there are", [...y, "--num-rows", "443", ...regression], "the input has 442 rows"],
    [
      "rows that are no number",
      [...y, "--num-rows", "many", ...regression],
      "--num-rows must be a whole number above 0",
    ],
    [
      "parameters that are not JSON",
      [...y, "--parameter-file", csv("cars"), ...regression],
      "is not valid JSON",
    ],
    [
      "parameters without names",
      [...y, "--parameter-file", file("p.json", "[1]"), ...regression],
      "must be a JSON object",
    ],
    [
      "an output in a folder that is not there",
      [...y, "--output", "/nowhere/at/all", ...regression],
      "found no folder at /nowhere/at",
    ],
    [
      "the code directory as output",
      [...y, "--output", path.join(place, "python"), ...regression],
      "must not be the code directory",
    ],
    [
      "too many values for two classes",
      [...y, "--target-type", "binary"],
      "the target type binary needs two",
    ],
    ["no target type", y, "no target type was given"],
    [
      "one label of two",
      [...y, "--target-type", "binary", "--positive-class-label", "1"],
      "--negative-class-label",
    ],
  ])("refuses %s, exit code 2", async (_title, words, message) => {
    const { exitCode, stderr, left } = await train(path.join(place, "python"), csv("diabetes"), { words });
    expect([exitCode, stderr, left]).toEqual([2, expect.stringContaining(message), []]);
  });

  it("refuses labels that the target's values are not among, and unstructured models", async () => {
    const words = [...y, "--target-type", "multiclass", "--class-labels", "setosa", "virginica"];
    const labels = await train(path.join(place, "python"), csv("iris"), { words });
    expect([labels.exitCode, labels.stderr]).toEqual([
      2,
      expect.stringContaining("not among the labels setosa, virginica: versicolor"),
    ]);
    const unstructured = ["--target-type", "unstructured"];
    const refused = await train(path.join(place, "python"), csv("iris"), { words: unstructured });
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining("TARGET_TYPE_REFUSED")]);
  });

  it("leaves nothing after Ctrl-C", async () => {
    const pid = path.join(scratch(), "pid");
    const folder = codeDirectory({
      "custom.py":
        "import os, time\ndef fit(X, output_dir):\n    open(output_dir + '/half', 'w').close()\n" +
        `    open(${JSON.stringify(pid)}, 'w').write(str(os.getpid()))\n    print('training now')\n    time.sleep(600)\n`,
    });
    const temporary = scratch();
    const { exitCode, stdout, stderr } = await interrupted(
      ["fit", "--code-dir", folder, "--input", csv("diabetes"), ...y, ...regression],
      { variables: { TMPDIR: temporary }, when: (printed) => printed.includes("training now") },
    );
    expect([exitCode, stdout, stderr]).toEqual([
      130,
      expect.not.stringContaining("ended by"),
      expect.stringContaining("drum fit: ended by SIGINT"),
    ]);
    expect(readdirSync(temporary)).toEqual([]);
    expect(existsSync(`/proc/${readFileSync(pid, "utf8")}`)).toBe(false);
  });
});
