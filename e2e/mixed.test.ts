// Code directories with hooks in several languages: every pair of stages, every type of column, and errors between them.

import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  codeDirectory,
  drum,
  eventually,
  fourFolder,
  Load,
  languages,
  post,
  type Server,
  scored,
  serve,
} from "./drum.js";

let server: Server;
afterEach(async () => {
  await server?.stop();
});

/** The hook files of several languages in one folder, and the metadata that assigns hooks to languages. */
function mixed(kind: string, hooks: Record<string, string>, targetType: string, more = ""): string {
  const lines = Object.entries(hooks).map(([hook, language]) => `  ${hook}: ${language}\n`);
  const folder = codeDirectory({
    "model-metadata.yaml": `targetType: ${targetType}\nhooks:\n${lines.join("")}${more}`,
  });
  for (const language of new Set(Object.values(hooks))) {
    const from = path.join(fourFolder, kind, language);
    for (const file of readdirSync(from)) {
      if (file.startsWith("custom.")) cpSync(path.join(from, file), path.join(folder, file));
    }
  }
  return folder;
}

const input = path.join(fourFolder, "input.csv");
const csv = readFileSync(input);
const expected = [104.63, 108.23, 110.825, 106.37, 108.2975, 104.87, 108.875];
const pairs = languages.flatMap((first) =>
  languages.filter((second) => second !== first).map((second) => [first, second] as const),
);

async function predictions(folder: string, body: Buffer | string = csv) {
  server = await serve({ words: ["--code-dir", folder] });
  const answer = await post(`${server.url}/predict/`, body);
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return (JSON.parse(text) as { predictions: (number | string)[] }).predictions;
}

const get = async (route: string) =>
  (await (await fetch(`${server.url}/${route}/`)).json()) as {
    language: string;
    stages: { stage: string; language: string }[];
    workers: { language: string; pid: number; restarts: number }[];
  };

describe("transform in one language, score in another, post_process in the first", () => {
  it.each(pairs)("%s, %s", async (first, second) => {
    const folder = mixed(
      "regression",
      { transform: first, score: second, post_process: first },
      "regression",
    );
    const got = await predictions(folder);
    for (const [row, value] of got.entries()) expect(value).toBeCloseTo(expected[row]!, 9);
    const info = await get("info");
    expect(info.language).toBe(second);
    expect(info.stages.map(({ stage, language }) => `${stage} in ${language}`)).toEqual([
      `transform in ${first}`,
      `predict in ${second}`,
      `post_process in ${first}`,
    ]);
    expect((await get("stats")).workers.map(({ language }) => language).sort()).toEqual(
      [first, second].sort(),
    );
  });
});

describe("types and missing values come through whole", () => {
  it.each(pairs)("from %s to %s", async (first, second) => {
    const folder = mixed(
      "types",
      { transform: first, score: second },
      "textgeneration",
      "inferenceModel:\n  targetName: answer\n",
    );
    expect(await predictions(folder, "x\n1\n2\n3\n")).toEqual([
      "i=1 f=0.50 b=true s=Zürich d=2020-02-29 t=2020-01-02T03:04:05.250",
      "i=missing f=missing b=missing s=missing d=missing t=missing",
      "i=-1099511627776 f=-2.00 b=false s= d=1969-12-31 t=1999-12-31T00:00:00.000",
    ]);
  });
});

describe("a folder of several languages", () => {
  const reader =
    "import io\nimport pandas as pd\ndef read_input_data(data):\n    return pd.read_csv(io.BytesIO(data), sep=';')\n";

  it("is scored from the command line as it is served", async () => {
    const folder = mixed(
      "regression",
      { transform: "julia", score: "r", post_process: "python" },
      "regression",
    );
    const output = await scored(folder, input);
    const values = readFileSync(output, "utf8").trim().split("\n").slice(1).map(Number);
    for (const [row, value] of values.entries()) expect(value).toBeCloseTo(expected[row]!, 9);
  });

  it("needs no map where each hook is there once, and reads in the language of read_input_data", async () => {
    const folder = codeDirectory({
      "model-metadata.yaml": "targetType: regression\n",
      "custom.py": reader,
      "custom.R":
        "load_model <- function(d) 2\nscore <- function(data, model, ...) data.frame(Predictions = data$a * model)\n",
    });
    expect(await predictions(folder, "a;b\n1;2\n3;4\n")).toEqual([2, 6]);
    expect((await get("info")).stages.map(({ stage, language }) => `${stage} in ${language}`)).toEqual([
      "transform in python",
      "predict in r",
    ]);
  });

  it.each([
    ["python", "r", "julia"],
    ["julia", "java", "python"],
  ])(
    "of %s, %s and %s answers 32 connections while workers of each are killed and a swap runs, without a failure",
    async (transform, score, after) => {
      const folder = mixed("regression", { transform, score, post_process: after }, "regression");
      server = await serve({ words: ["--code-dir", folder, "--max-workers", "2"] });
      const load = new Load(`${server.url}/predict/`, 32, csv);
      await eventually(() => load.answers.length > 100);
      for (const language of [transform, score, after]) {
        const victim = (await get("stats")).workers.find((one) => one.language === language && one.pid)!;
        process.kill(victim.pid, "SIGKILL");
        const seen = load.answers.length;
        await eventually(() => load.answers.length > seen + 50);
      }
      const swap = await drum(["swap", "--address", server.url, "--replay", "10", "--max-diff", "1e-9"]);
      expect(swap.exitCode, swap.stderr).toBe(0);
      await load.stop();
      expect(load.failures).toEqual([]);
      expect(new Set(load.answers).size).toBe(1);
    },
    180_000,
  );

  it("that loses all workers of one language says so, and recovers", async () => {
    const folder = mixed(
      "regression",
      { transform: "python", score: "r", post_process: "python" },
      "regression",
    );
    server = await serve({ words: ["--code-dir", folder] });
    process.kill((await get("stats")).workers.find(({ language }) => language === "r")!.pid, "SIGKILL");
    await eventually(async () => (await fetch(`${server.url}/health/`)).status === 503);
    const answer = await post(`${server.url}/predict/`, csv);
    expect(answer.status).toBe(200);
    await eventually(async () => (await fetch(`${server.url}/health/`)).status === 200);
  });
});

describe("what goes wrong between languages is told", () => {
  const metadata = "targetType: regression\n";
  const rScore =
    "score <- function(data, model, ...) data.frame(Predictions = data$a)\nload_model <- function(d) 1\n";

  it.each([
    [
      "the same hook in two",
      { "custom.py": "def score(data, model):\n    pass\n", "custom.R": rScore },
      ["HOOK_AMBIGUOUS", "score is defined in python and in r", "e.g. hooks.score as python"],
    ],
    [
      "nothing that scores",
      {
        "custom.py": "def transform(data, model):\n    pass\n",
        "custom.R": "post_process <- function(p, m) p\n",
      },
      ["ARTIFACT_MISSING", "nothing scores"],
    ],
    [
      "a hook that is not where the map says",
      {
        "custom.py": "x = 1\n",
        "custom.R": rScore,
        "model-metadata.yaml": `${metadata}hooks:\n  transform: python\n`,
      },
      ["METADATA_INVALID", "assigns transform to python"],
    ],
    [
      "a hook file of one language that does not parse",
      { "custom.py": "def (\n", "custom.R": rScore },
      ["HOOK_FILE_BROKEN", "custom.py does not parse"],
    ],
  ])("%s", async (_title, files, words) => {
    const folder = codeDirectory({ "model-metadata.yaml": metadata, ...files } as Record<string, string>);
    const { exitCode, stderr } = await drum(["score", "--code-dir", folder, "--input", input]);
    for (const word of words) expect(stderr).toContain(word);
    expect(exitCode).toBe(3);
  });

  it.each([
    [
      "a language that the folder has nothing of",
      "score: julia",
      "line 3, column 3: hooks assigns score to julia",
    ],
    ["a hook that does not exist", "scoring: r", 'line 3, column 3: unknown key "scoring" in hooks'],
  ])("a map with %s, before anything starts", async (_title, hooks, words) => {
    const folder = codeDirectory({
      "custom.R": rScore,
      "model-metadata.yaml": `${metadata}hooks:\n  ${hooks}\n`,
    });
    const { exitCode, stderr } = await drum(["score", "--code-dir", folder, "--input", input]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(words)]);
  });

  it.each([
    ["with other rows", "data.iloc[1:]", "transform in python returned 6 rows for 7 input rows"],
    ["that is no table", "'a text'", "transform returned a str"],
  ])("a stage that returns a table %s", async (_title, expression, words) => {
    const folder = codeDirectory({
      "model-metadata.yaml": metadata,
      "custom.py": `def transform(data, model):\n    return ${expression}\n`,
      "custom.R": rScore,
    });
    server = await serve({ words: ["--code-dir", folder] });
    const answer = await post(`${server.url}/predict/`, csv);
    expect(answer.status).toBe(500);
    expect(((await answer.json()) as { message: string }).message).toContain(words);
    expect((await fetch(`${server.url}/health/`)).status).toBe(200);
    writeFileSync(
      path.join(folder, "custom.py"),
      "def transform(data, model):\n    return data.rename(columns={'age': 'a'})\n",
    );
    expect((await drum(["swap", "--address", server.url])).exitCode).toBe(0);
    expect((await post(`${server.url}/predict/`, csv)).status).toBe(200);
  });
});
