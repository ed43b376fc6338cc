// drum perf-test: its report in all languages, failed cases, a baseline, exit codes, an end by signal. Does not test how fast anything is.

import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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
  pythonModel,
} from "./drum.js";

interface Case {
  name: string;
  bytes: number;
  samples: number;
  iterations: number;
  times: Record<"min" | "avg" | "max" | "p50" | "p90" | "p99" | "total", number> | null;
  prediction: number | null;
  memory: { used: number; totalPhysical: number; curve: { at: number; used: number }[] };
  ratios: { median: number; memory: number } | null;
  failure: string | null;
}

interface Report {
  model: string;
  targetType: string;
  features: number;
  workers: number;
  passed: boolean;
  regressions: string[];
  cases: Case[];
}

const fourInput = path.join(fourFolder, "input.csv");
const scratch = () => mkdtempSync(path.join(tmpdir(), "drum-scratch-"));
const csv = (text: string) => path.join(codeDirectory({ "in.csv": text }), "in.csv");
const three = csv("a,b\n1,2\n3,4\n5,6\n");
/** Rows of 128 bytes. */
const wide = csv(`a,b\n${[1, 2, 3].map((a) => `${a},${"x".repeat(125)}\n`).join("")}`);
const regression = (hooks: string) => ["--code-dir", pythonModel(hooks), "--target-type", "regression"];
const scoring = "def score(data, model):\n    return pd.DataFrame({'Predictions': data.a})";
const identity = regression(scoring);

async function measure(words: readonly string[], variables: Record<string, string> = {}) {
  const { exitCode, stdout, stderr } = await drum(["perf-test", "--json", ...words], variables);
  expect(stdout, stderr).toMatch(/^\{/);
  return { exitCode, report: JSON.parse(stdout) as Report, stderr };
}

describe.each(languages)("drum perf-test in %s", (language) => {
  it("measures times and memory of the model's own server", async () => {
    const folder = path.join(fourFolder, "binary", language);
    const words = ["--code-dir", folder, "--input", fourInput, "-s", "20", "-i", "5", "--in-server"];
    const { exitCode, report, stderr } = await measure([...words, "--max-workers", "2"]);
    expect(exitCode, stderr).toBe(0);
    expect(report).toMatchObject({ model: language, targetType: "binary", features: 5, workers: 2 });
    const [one, ...others] = report.cases;
    expect(others).toEqual([]);
    expect(one).toMatchObject({ name: "20 rows", samples: 20, iterations: 5, failure: null, ratios: null });
    const { min, avg, max, p50, p90, p99, total } = one!.times!;
    expect([min, p50, p90, p99].toSorted((a, b) => a - b)).toEqual([min, p50, p90, p99]);
    expect([p90, p99]).toEqual([max, max]);
    expect(avg).toBeCloseTo(total / 5);
    // These times are not rounded to milliseconds, unlike those.
    expect(one!.prediction).toBeLessThanOrEqual(avg + 0.001);
    const { used, totalPhysical, curve } = one!.memory;
    expect(used).toBe(Math.max(...curve.map((point) => point.used)));
    expect(used).toBeLessThan(totalPhysical);
    // A supervisor and two workers.
    expect(used).toBeGreaterThan(50);
    expect(curve[0]!.at).toBeLessThan(curve.at(-1)!.at);
  });
});

describe("drum perf-test", () => {
  it("has four cases, from a row to 50 MB, and tells them as a table", async () => {
    const file = path.join(scratch(), "report.json");
    const words = ["perf-test", ...identity, "--input", wide, "--report", file];
    const { exitCode, stdout, stderr } = await drum(words);
    expect(exitCode, stderr).toBe(0);
    const lines = stdout.split("\n");
    expect(lines.slice(0, 3)).toEqual([
      `model     ${path.basename(identity[1]!)}, regression`,
      `data      ${wide}`,
      "features  2",
    ]);
    expect(lines[4]).toMatch(
      /^size +samples +iters +min +avg +max +p50 +p90 +p99 +total \(s\) +used \(MB\) +over time( +container .*)? +total physical \(MB\)$/,
    );
    const { cases } = JSON.parse(readFileSync(file, "utf8")) as Report;
    expect(cases.map(({ name, samples, iterations }) => [name, samples, iterations])).toEqual([
      ["1 row", 1, 100],
      ["0.1MB", Math.ceil((0.1 * 2 ** 20 - 4) / 128), 50],
      ["10MB", 10 * 2 ** 13, 5],
      ["50MB", 50 * 2 ** 13, 1],
    ]);
    expect(cases[3]!.bytes).toBe(50 * 2 ** 20 + 4);
    for (const [at, { times }] of cases.entries()) {
      expect(lines[5 + at]).toContain(`${times!.min.toFixed(4)} `);
    }
  });

  it.each([
    [["-s", "5"], 5, 1],
    [["-i", "4"], 3, 4],
    [["--samples", "2", "--iterations", "3"], 2, 3],
  ])("with %j has one case", async (words, samples, iterations) => {
    const { report } = await measure([...identity, "--input", three, ...words]);
    expect(report.cases).toMatchObject([{ samples, iterations }]);
  });

  it("measures /transform/ of a model of that target type", async () => {
    const folder = pythonModel("def transform(data, model): return data * 2");
    const words = ["--code-dir", folder, "--target-type", "transform", "--input", three, "-i", "2"];
    const { exitCode, report } = await measure(words);
    expect([exitCode, report.cases.length]).toEqual([0, 1]);
    expect(report.cases[0]).toMatchObject({ samples: 3, iterations: 2, failure: null });
    const broken = pythonModel("def transform(data, model): return data.iloc[1:]");
    const failed = await measure(["--code-dir", broken, ...words.slice(2)]);
    expect(failed.exitCode).toBe(1);
    expect(failed.report.cases[0]!.failure).toContain("returned 2 rows for 3 input rows");
  });

  it("takes target type and labels as options, and runs whatever the variables say of other servers", async () => {
    const folder = pythonModel(
      "def score(data, model):\n    return pd.DataFrame({'-1': [0.25] * len(data), 'not it': [0.75] * len(data)})",
    );
    const labels = ["--positive-class-label=-1", "--negative-class-label", "not it"];
    const { exitCode, report } = await measure(
      ["--input", three, "-s", "2", "--production", "--max-workers", "1", "--url", "anything", ...labels],
      {
        CODE_DIR: folder,
        TARGET_TYPE: "binary",
        URL_PREFIX: "/a/b",
        WITH_ERROR_SERVER: "1",
        DRUM_MODEL_DIR: fourFolder,
        ADDRESS: "0.0.0.0:1",
      },
    );
    expect([exitCode, report.targetType]).toEqual([0, "binary"]);
  });
});

describe("a case fails", () => {
  const fails = (hooks: string, ...words: string[]) =>
    drum(["perf-test", ...regression(hooks), "--input", three, "-i", "2", ...words]);

  it.each([
    ["when the hook does", "def score(data, model):\n    raise ValueError('no luck')", "no luck"],
    [
      "when there are fewer predictions than rows",
      `def read_input_data(data):\n    return pd.DataFrame({'a': [1.0]})\n\n${scoring}`,
      "got 1 prediction for 3 rows",
    ],
    ["when a worker dies", "import os\n\ndef score(data, model):\n    os._exit(7)", "exit code 7"],
  ])("%s", async (_title, hooks, words) => {
    const { exitCode, stdout } = await fails(hooks);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^\d+ bytes +3 +2( +Fail){7} /m);
    expect(stdout).toMatch(new RegExp(`^3 rows failed: .*${words}.*, after 0 of 2 requests$`, "m"));
  });

  it("when it takes longer than --timeout, and the next one has another server", async () => {
    // The worker keeps sleeping, which would block all other requests.
    const hooks = `import time\n\ndef score(data, model):\n    if len(data) == 1:\n        time.sleep(600)\n    return pd.DataFrame({'Predictions': data.a})`;
    const { exitCode, report } = await measure([...regression(hooks), "--input", wide, "--timeout", "10"]);
    expect(exitCode).toBe(1);
    const [first, second] = report.cases;
    expect(first!.failure).toBe("not finished within 10 s (the limit of --timeout), after 0 of 100 requests");
    expect(second!.failure).toBe(null);
    expect(report.cases).toHaveLength(4);
  });
});

describe("a baseline", () => {
  const words = [...identity, "--input", three, "-i", "20"];
  const baseline = (change: (one: Case) => void, report: Report) => {
    const file = path.join(scratch(), "baseline.json");
    const changed = structuredClone(report);
    for (const one of changed.cases) change(one);
    writeFileSync(file, JSON.stringify(changed));
    return file;
  };

  it("that was a thousand times faster, or used a tenth of the memory, is a regression", async () => {
    const { report } = await measure(words);
    const faster = baseline(({ times }) => {
      times!.p50 /= 1000;
    }, report);
    const { exitCode, stdout } = await drum(["perf-test", ...words, "--baseline", faster]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/ p50 ratio +used ratio\n/);
    expect(stdout).toMatch(
      /^3 rows: the median is \d+\.\d\d times the baseline's; the limit of --max-ratio is 1\.5$/m,
    );

    const leaner = baseline(({ memory }) => {
      memory.used /= 10;
    }, report);
    const second = await measure([...words, "--baseline", leaner, "--max-ratio", "5"]);
    expect([second.exitCode, second.report.passed]).toEqual([1, false]);
    expect(second.report.regressions).toContainEqual(
      expect.stringMatching(/^3 rows: memory is .* --max-ratio is 5$/),
    );
    expect(second.report.cases[0]!.ratios!.memory).toBeGreaterThan(5);
  });

  it("that was a thousand times slower is none", async () => {
    const { report } = await measure(words);
    const slower = baseline(({ times, memory }) => {
      times!.p50 *= 1000;
      memory.used *= 2;
    }, report);
    const { exitCode, report: now } = await measure([...words, "--baseline", slower]);
    expect([exitCode, now.passed, now.regressions]).toEqual([0, true, []]);
    expect(now.cases[0]!.ratios!.median).toBeLessThan(1);
  });

  it.each([
    ["that is not there", "/nowhere.json", "INPUT_FILE_MISSING"],
    ["that is no JSON", three, "is not JSON"],
    ["that is another report", csv('{"checks": []}'), "has no list of cases"],
    [
      "of other cases",
      csv('{"cases": [{"name": "1 row", "times": {"p50": 1}}]}'),
      "no figures for the cases 3 rows (it has: 1 row)",
    ],
  ])("%s is refused before anything is measured", async (_title, file, message) => {
    const { exitCode, stderr, stdout } = await drum(["perf-test", ...words, "--baseline", file]);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });
});

describe("drum perf-test refuses", () => {
  it.each([
    [
      "rows of Matrix Market",
      ["--input", path.join(codeDirectory({ "in.mtx": "%%MatrixMarket" }), "in.mtx")],
      "the rows of a Matrix Market file cannot be repeated; give another kind",
    ],
    ["a header alone", ["--input", csv("a,b\n")], "has a header but no rows"],
    ["no input", [], "--input is required"],
    ["no samples", ["--input", three, "-s", "0"], "--samples must be a whole number above 0"],
    ["no time", ["--input", three, "--timeout", "0"], "--timeout must be a number of seconds above 0"],
    ["a ratio without a baseline", ["--input", three, "--max-ratio", "2"], "--max-ratio needs --baseline"],
    [
      "a report that cannot be written",
      ["--input", three, "--report", "/nowhere/r.json"],
      "--report: /nowhere",
    ],
  ])("%s", async (_title, words, message) => {
    const { exitCode, stderr } = await drum(["perf-test", ...identity, ...words]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  it("an unstructured model, with exit code 1", async () => {
    const folder = path.join(fourFolder, "unstructured", "python");
    const { exitCode, stderr } = await drum(["perf-test", "--code-dir", folder, "--input", three]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("TARGET_TYPE_REFUSED: drum perf-test varies the number of rows");
  });

  it("a model that cannot be loaded, with the server's own words and exit code", async () => {
    const folder = codeDirectory({
      "custom.py": "def load_model(code_dir):\n    raise ValueError('no model')",
    });
    const words = ["perf-test", "-cd", folder, "--target-type", "regression", "--input", three];
    const { exitCode, stderr, stdout } = await drum(words);
    expect([exitCode, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(/^drum: HOOK_FAILED: .*no model/m);
  });
});

describe("drum perf-test, when interrupted,", () => {
  const hooks = `import os, time\n\nimport pandas as pd\n\nprint(f'worker {os.getpid()} of {os.getppid()}', flush=True)\n`;
  const asked = "def score(data, model):\n    print('asked', flush=True)";
  it.each([
    ["while the model is loaded", "def load_model(code_dir):\n    time.sleep(600)", "worker"],
    ["between short requests", `${asked}\n    return pd.DataFrame({'Predictions': data.a})`, "asked"],
    ["in a long request", `${asked}\n    time.sleep(600)`, "asked"],
  ])("%s ends with 130 and leaves neither processes nor files", async (_title, hook, printed) => {
    const temporary = scratch();
    const { exitCode, stdout, stderr } = await interrupted(
      ["perf-test", ...regression(hooks + hook), "--input", three, "-i", "1000000"],
      { variables: { TMPDIR: temporary }, when: (all) => all.includes(printed) },
    );
    expect([exitCode, stdout, stderr]).toEqual([
      130,
      "",
      expect.stringContaining("drum perf-test: ended by SIGINT"),
    ]);
    expect(readdirSync(temporary)).toEqual([]);
    const [, worker, server] = /worker (\d+) of (\d+)/.exec(stderr)!;
    await eventually(() => !isAlive(Number(worker)) && !isAlive(Number(server)));
  });

  it("from outside and at once leaves no processes either", async () => {
    const { stderr } = await interrupted(
      ["perf-test", ...regression(`${hooks}${asked}\n    time.sleep(600)`), "--input", three],
      { signal: "SIGKILL", when: (all) => all.includes("asked") },
    );
    const [, worker, server] = /worker (\d+) of (\d+)/.exec(stderr)!;
    await eventually(() => !isAlive(Number(worker)) && !isAlive(Number(server)));
  });
});
