// `warmup` in model-metadata.yaml: every worker predicts these rows before it is ready.

import { cpSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { codeDirectory, drum, eventually, languages, model, post, type Server, serve } from "./drum.js";

let server: Server;
afterEach(async () => {
  await server?.stop();
});

/** Each prints `scored N rows` and the sum of column a. */
const hooks: Record<(typeof languages)[number], Record<string, string>> = {
  python: {
    "custom.py": `import pandas as pd
def load_model(code_dir): return 1
def score(data, model, **kwargs):
    print("scored", len(data), "rows, sum", int(data.a.sum()))
    return pd.DataFrame({"Predictions": data.a * 1.0})
`,
  },
  r: {
    "custom.R": `load_model <- function(code_dir) 1
score <- function(data, model, ...) {
  cat("scored", nrow(data), "rows, sum", sum(data$a), "\\n")
  data.frame(Predictions = data$a * 1.0)
}
`,
  },
  julia: {
    "custom.jl": `load_model(code_dir) = 1
function score(data, model)
    println("scored ", length(data.a), " rows, sum ", sum(data.a))
    return DataFrame(Predictions = data.a .* 1.0)
end
`,
  },
  java: {
    "custom.java": `import drumline.*;
public class custom implements Hooks {
    public Object loadModel(String codeDirectory) { return 1; }
    public Table score(Table data, Object model, ScoreParameters parameters) {
        double[] a = data.column("a").doubles();
        long sum = 0;
        for (double value : a) sum += (long) value;
        System.out.println("scored " + data.rows() + " rows, sum " + sum);
        return Table.of(Column.of("Predictions", a));
    }
}
`,
  },
};

const rows = "a\n1\n2\n4\n";
const metadata = "targetType: regression\nwarmup: rows.csv\n";
const warmed = (output: string) => output.match(/scored 3 rows, sum 7/g)?.length ?? 0;

interface Stats {
  workers: { pid: number; state: string }[];
}

const workers = async () => ((await (await fetch(`${server.url}/stats/`)).json()) as Stats).workers;

describe.each(languages)("in %s", (language) => {
  it("every worker predicts the rows before it is ready, one that replaces another too", async () => {
    const folder = codeDirectory({
      ...hooks[language],
      "model-metadata.yaml": metadata,
      "rows.csv": rows,
    });
    server = await serve({ words: ["--code-dir", folder] });
    await eventually(() => warmed(server.output()) === 1);
    const { pid } = (await workers())[0]!;
    process.kill(pid, "SIGKILL");
    await eventually(
      async () => (await workers()).some((worker) => worker.pid !== pid && worker.state === "ready"),
      60_000,
    );
    await eventually(() => warmed(server.output()) === 2);
    const answer = await post(`${server.url}/predict/`, "a\n5\n");
    expect(await answer.json()).toEqual({ predictions: [5] });
  });
});

it("gives a read_input_data hook the file as it is, whatever its kind", async () => {
  const reader = `import json
def read_input_data(data):
    print("read", data.decode()[:1])
    return pd.DataFrame(json.loads(data))
`;
  const folder = codeDirectory({
    "custom.py": `${hooks.python["custom.py"]}${reader}`,
    "model-metadata.yaml": metadata.replace("rows.csv", "rows.json"),
    "rows.json": '[{"a": 1}, {"a": 2}, {"a": 4}]',
  });
  server = await serve({ words: ["--code-dir", folder] });
  await eventually(() => server.output().includes("read [") && warmed(server.output()) === 1);
});

it("goes through every stage of a mixed folder", async () => {
  const folder = codeDirectory({
    ...hooks.r,
    "custom.py": `def transform(data, model):\n    print("transformed", len(data), "rows")\n    return data\n`,
    "model-metadata.yaml": metadata,
    "rows.csv": rows,
  });
  server = await serve({ words: ["--code-dir", folder] });
  await eventually(() => warmed(server.output()) === 1 && server.output().includes("transformed 3 rows"));
});

it("is not for drum score, which has rows of its own", async () => {
  const folder = codeDirectory({
    ...hooks.python,
    "model-metadata.yaml": metadata,
    "rows.csv": rows,
    "input.csv": "a\n9\n",
  });
  const { exitCode, stderr } = await drum([
    "score",
    "--code-dir",
    folder,
    "--input",
    `${folder}/input.csv`,
    "--verbose",
  ]);
  expect(exitCode, stderr).toBe(0);
  expect(warmed(stderr)).toBe(0);
});

it("tells of rows that cannot be predicted, and serves all the same", async () => {
  const folder = codeDirectory({
    ...hooks.python,
    "model-metadata.yaml": metadata,
    "rows.csv": "b\n1\n",
  });
  server = await serve({ words: ["--code-dir", folder] });
  expect(server.output()).toMatch(/WARN.*the rows of warmup \(.*rows\.csv\) could not be predicted: .*'a'/);
  expect(await (await post(`${server.url}/predict/`, "a\n5\n")).json()).toEqual({ predictions: [5] });
});

it.each([
  ["that is not there", {}, "warmup names rows.csv, but the file"],
  ["that is too large", { "rows.csv": `a\n${"1\n".repeat(2 ** 20)}` }, "more than the maximum of 1048576"],
])("refuses a file %s", async (_title, files, words) => {
  const folder = codeDirectory({ ...hooks.python, "model-metadata.yaml": metadata, ...files });
  const { exitCode, stderr } = await drum([
    "server",
    "--code-dir",
    folder,
    "--address",
    "127.0.0.1:0",
    "--target-type",
    "regression",
  ]);
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain(words);
});

describe("without rows of its own", () => {
  const served = (folder: string) =>
    serve({ words: ["--code-dir", folder, "--target-type", "regression", "--logging-level", "info"] });

  it("a model that a built-in predictor answers for predicts a row made of its columns", async () => {
    server = await served(model("sklearn_regression").folder);
    expect(server.output()).toMatch(/warmed up in \d+ ms/);
    expect(server.output()).not.toMatch(/could not be predicted/);
  });

  it.each([
    ["score", "def score(data, model, **kwargs):\n    print('seen')\n    return data"],
    ["post_process", "def post_process(predictions, model):\n    print('seen')\n    return predictions"],
    ["transform", "def transform(data, model):\n    print('seen')\n    return data"],
  ])("a model with the hook %s sees no row but its clients'", async (_hook, text) => {
    const folder = codeDirectory({});
    cpSync(model("sklearn_regression").folder, folder, { recursive: true });
    writeFileSync(path.join(folder, "custom.py"), text);
    server = await served(folder);
    expect(server.output()).not.toMatch(/warmed up|seen/);
  });
});
