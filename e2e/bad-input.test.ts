// The user's mistakes: each case has its status or exit code, and a message with what happened, what was expected, what came and the
// remedy. The server keeps serving.

import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Body, codeDirectory, drum, model, post, pythonModel, type Server, serve } from "./drum.js";

const regression = ["--target-type", "regression"];

const message = async (answer: Response) => ((await answer.json()) as { message: string }).message;

describe("a code directory that does not become a model ends drum server and drum score alike:", () => {
  const artifact = "not a pickle";
  it.each<[string, () => string, number, string[]]>([
    ["a missing one", () => "/nowhere/at/all", 2, ["--code-dir must name a folder", "found nothing"]],
    [
      "an empty one",
      () => codeDirectory({}),
      3,
      ["has neither a hook file nor an artifact", "found no files at all"],
    ],
    [
      "one without hooks or artifact",
      () => codeDirectory({ "a.txt": "" }),
      3,
      ["expected one of java: custom.java *.jar", "python: custom.py *.pkl", "a.txt"],
    ],
    [
      "hooks without artifact or load_model",
      () => codeDirectory({ "custom.py": "def score(data, model):\n    return data\n" }),
      3,
      ["ARTIFACT_MISSING", "load_model"],
    ],
    [
      "two artifacts",
      () => codeDirectory({ "a.pkl": artifact, "b.pkl": artifact }),
      3,
      ["ARTIFACT_AMBIGUOUS", "a.pkl", "b.pkl", "load_model"],
    ],
    ["an unreadable pickle", () => codeDirectory({ "a.pkl": artifact }), 3, ["ARTIFACT_UNREADABLE", "a.pkl"]],
    ["an empty pickle", () => codeDirectory({ "a.pkl": "" }), 3, ["ARTIFACT_UNREADABLE", "a.pkl"]],
    [
      "a hook file with a syntax error",
      () => codeDirectory({ "custom.py": "def score(data, model)\n    pass\n" }),
      3,
      ["HOOK_FILE_BROKEN", "custom.py", "line 1"],
    ],
    [
      "a hook file that raises",
      () => codeDirectory({ "custom.py": "raise RuntimeError('at import')\n" }),
      3,
      ["HOOK_FILE_BROKEN", "at import", "line 1"],
    ],
    [
      "a hook file that needs a missing package",
      () => codeDirectory({ "custom.py": "import andas\n" }),
      3,
      ["PACKAGE_MISSING", "andas", "--install-deps"],
    ],
    [
      "a load_model that raises",
      () => codeDirectory({ "custom.py": "def load_model(code_dir):\n    raise OSError('no disk')\n" }),
      3,
      ["load_model", "no disk", "line 2"],
    ],
    [
      "a load_model that returns nothing",
      () => codeDirectory({ "custom.py": "def load_model(code_dir):\n    pass\n" }),
      3,
      ["load_model", "None"],
    ],
    [
      "a load_model that ends the process",
      () => codeDirectory({ "custom.py": "import os\ndef load_model(code_dir):\n    os._exit(11)\n" }),
      3,
      ["exit code 11", "while it was loading the model"],
    ],
    ["two hook files", () => twoHookFiles(), 3, ["HOOK_FILE_AMBIGUOUS", "remove the others"]],
  ])("%s", async (_title, folder, exitCode, words) => {
    const directory = folder();
    const input = path.join(codeDirectory({ "in.csv": "a\n1\n" }), "in.csv");
    const scored = await drum(["score", "--code-dir", directory, "--input", input, ...regression]);
    const served = await drum(["server", "--address", "127.0.0.1:0", "--code-dir", directory, ...regression]);
    for (const outcome of [scored, served]) {
      expect(outcome.exitCode).toBe(exitCode);
      for (const word of words) expect(outcome.stderr).toContain(word);
      // No stack of our own, unless requested.
      expect(outcome.stderr).not.toContain("node:internal");
    }
  });

  function twoHookFiles(): string {
    const folder = codeDirectory({ "custom.py": "" });
    mkdirSync(path.join(folder, "sub"));
    writeFileSync(path.join(folder, "sub", "custom.py"), "");
    return folder;
  }
});

const hooks = `
def score(data, model, **kwargs):
    deed = str(data.iloc[0, 0]) if len(data) else "header only"
    if deed == "raise":
        raise ValueError("the hook's own words")
    if deed == "none":
        return None
    if deed == "list":
        return [1.0]
    if deed == "more rows":
        return pd.DataFrame({"Predictions": [1.0, 2.0, 3.0]})
    if deed == "other columns":
        return pd.DataFrame({"a": [1.0], "b": [2.0]})
    if deed == "words":
        return pd.DataFrame({"Predictions": ["many"]})
    if deed == "exit":
        import os
        os._exit(1)
    if deed == "sys.exit":
        raise SystemExit(3)
    return pd.DataFrame({"Predictions": [1.0] * len(data)})
`;

describe("a request that cannot be answered", () => {
  let server: Server;
  const folder = pythonModel(hooks);
  beforeAll(async () => {
    server = await serve({ words: ["--code-dir", folder, "--max-body-size", "1KB", ...regression] });
  });
  afterAll(() => server.stop());

  const csv = { "content-type": "text/csv" };
  const multipart = (name: string, value: Blob | string, file?: string) => {
    const form = new FormData();
    if (value instanceof Blob) form.append(name, value, file);
    else form.append(name, value);
    return form;
  };

  it.each<[string, Body, Record<string, string>, number, string[]]>([
    ["a hook that raises", "a\nraise\n", csv, 500, ["score", "ValueError", "the hook's own words"]],
    ["a hook that returns None", "a\nnone\n", csv, 500, ["score", "DataFrame", "None"]],
    ["a hook that returns a list", "a\nlist\n", csv, 500, ["score", "DataFrame", "list"]],
    ["a wrong number of rows", "a\nmore rows\n", csv, 500, ["3 rows for 1 row"]],
    ["wrong columns", "a\nother columns\n", csv, 500, ["Predictions", '"a", "b"']],
    ["words where numbers are due", "a\nwords\n", csv, 500, ["many"]],
    ["a hook that ends the process", "a\nexit\n", csv, 500, ["exit code 1", "a second worker died"]],
    ["a hook that calls sys.exit", "a\nsys.exit\n", csv, 500, ["exit code 3"]],
    ["an empty body", "", csv, 422, ["the body is empty", "send rows"]],
    ["only newlines", "\n\n", csv, 422, ["no columns"]],
    ["invalid UTF-8", Buffer.from([0x61, 0x0a, 0xff, 0xfe, 0x0a]), csv, 422, ["UTF-8"]],
    ["a broken CSV", "a,b\n1,2\n3,4,5\n", csv, 422, ["line 3"]],
    ["an unclosed quote", 'a,b\n"1,2\n', csv, 422, ["CSV"]],
    [
      "a media type that is not read",
      "<a/>",
      { "content-type": "application/xml" },
      422,
      ["application/xml", "expected text/csv"],
    ],
    ["JSON without rows", "{}", { "content-type": "application/json" }, 422, ["the object is empty"]],
    ["a form", "X=1", { "content-type": "application/x-www-form-urlencoded" }, 422, ["curl --data-binary"]],
    ["a body over the limit", `a\n${"1\n".repeat(1000)}`, csv, 413, ["1024 bytes", "--max-body-size"]],
    [
      "multipart without a part X",
      multipart("Y", new Blob(["a\n1\n"]), "rows.csv"),
      {},
      422,
      ["no file part named X"],
    ],
    ["multipart with X as a plain field", multipart("X", "a\n1\n"), {}, 422, ["no file part named X"]],
    [
      "multipart with a file over the limit",
      multipart("X", new Blob(["1\n".repeat(1000)]), "rows.csv"),
      {},
      413,
      ["--max-body-size"],
    ],
    ...["X", "y", "X.colnames"].map((name): [string, Body, Record<string, string>, number, string[]] => {
      const form = multipart("X", new Blob(["a\nfine\n"]), "rows.csv");
      for (const cells of name === "X" ? ["a\n1\n"] : ["a\n1\n", "a\n2\n"])
        form.append(name, new Blob([cells]), "more.csv");
      return [`a form with two parts ${name}`, form, {}, 422, [`several parts named ${name}`]];
    }),
    [
      "a form with X as a field too",
      (() => {
        const form = multipart("X", "a\n1\n");
        form.append("X", new Blob(["a\nfine\n"]), "rows.csv");
        return form;
      })(),
      {},
      422,
      ["several parts named X"],
    ],
    ["what curl -d leaves of rows", "a,b1,23,4", csv, 422, ["no rows", "no line end", "--data-binary"]],
    ["what curl -d leaves of one column", "afinefine", csv, 422, ["no rows", "--data-binary"]],
    ["the same as plain text", "a,b1,2", { "content-type": "text/plain" }, 422, ["--data-binary"]],
    [
      "a JSON number that is none",
      '[{"a": 1}, {"a": 1e400}]',
      { "content-type": "application/json" },
      422,
      ["the number 1e400 is beyond"],
    ],
    ["multipart without a boundary", "x", { "content-type": "multipart/form-data" }, 422, ["multipart"]],
    [
      "a truncated Arrow stream",
      Buffer.from([255, 255, 255, 255, 16]),
      { "content-type": "application/x-apache-arrow-stream" },
      422,
      ["Arrow"],
    ],
    [
      "a broken Matrix Market text",
      "%%MatrixMarket nonsense\n",
      { "content-type": "text/mtx" },
      422,
      ["Matrix Market"],
    ],
  ])("because of %s is told so", async (_title, body, headers, status, words) => {
    const answer = await post(`${server.url}/predict/`, body, headers);
    const text = await message(answer);
    expect(`${answer.status} ${text}`).toMatch(new RegExp(`^${status} ERROR: `));
    for (const word of words) expect(text).toContain(word);
    const next = await post(`${server.url}/predict/`, "a\nfine\n");
    expect(await next.json()).toEqual({ predictions: [1] });
  });

  it("has its traceback in the log, with the user's frames alone", async () => {
    await post(`${server.url}/predict/`, "a\nraise\n");
    expect(server.output()).toContain('raise ValueError("the hook\'s own words")');
    expect(server.output()).toContain(path.join(folder, "custom.py"));
    expect(server.output()).not.toContain("workers/python/");
  });

  it("with a header only reaches the hook as no rows, and gets no predictions", async () => {
    for (const text of ["a,b\n", "a,b\r\n", "a\r"])
      expect(await (await post(`${server.url}/predict/`, text)).json()).toEqual({ predictions: [] });
    const form = multipart("X", new Blob(["a,b\n"]), "rows.csv");
    expect(await (await post(`${server.url}/predict/`, form, {})).json()).toEqual({ predictions: [] });
  });

  it.each([
    ["GET", "/predict/", 405],
    ["PUT", "/predict", 405],
    ["POST", "/info/", 405],
    ["DELETE", "/", 405],
    ["GET", "/nothing/here", 404],
    ["POST", "/predictt/", 404],
  ])("of the wrong method or path (%s %s) is told so in JSON", async (method, url, status) => {
    const answer = await fetch(server.url + url, { method });
    expect(answer.status).toBe(status);
    expect(await message(answer)).toContain(status === 405 ? `does not support ${method}` : "unknown route");
    if (status === 405) expect(answer.headers.get("allow")).toContain("OPTIONS");
  });

  it("OPTIONS tells the methods", async () => {
    const answer = await fetch(`${server.url}/predict/`, { method: "OPTIONS" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("allow")).toBe("OPTIONS, POST");
  });

  it("whose client leaves in the middle of the body harms nobody", async () => {
    await new Promise<void>((resolve) => {
      const sent = request(`${server.url}/predict/`, {
        method: "POST",
        headers: { "content-length": "500", ...csv },
      });
      sent.on("error", () => resolve());
      sent.write("a\n1\n");
      setTimeout(() => sent.destroy(), 100);
    });
    expect((await post(`${server.url}/predict/`, "a\nfine\n")).status).toBe(200);
  });
});

describe("predictions that do not fit the target type", () => {
  it.each([
    ["probabilities that do not add up", "pd.DataFrame({'no': [0.5], 'yes': [0.6]})", "1.1"],
    ["a probability over 1", "pd.DataFrame({'no': [-0.5], 'yes': [1.5]})", "values from 0 to 1"],
    ["a probability that is missing", "pd.DataFrame({'no': [float('nan')], 'yes': [1.0]})", "NaN"],
    ["other labels", "pd.DataFrame({'a': [0.5], 'b': [0.5]})", '"no", "yes"'],
  ])("%s, are refused with both sides named", async (_title, frame, words) => {
    const folder = pythonModel(`def score(data, model, **kwargs):\n    return ${frame}`);
    const input = path.join(codeDirectory({ "in.csv": "a\n1\n" }), "in.csv");
    const labels = [
      "--positive-class-label",
      "yes",
      "--negative-class-label",
      "no",
      "--target-type",
      "binary",
    ];
    const outcome = await drum(["score", "--code-dir", folder, "--input", input, ...labels]);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain("PREDICTIONS_INVALID");
    expect(outcome.stderr).toContain(words);
  });
});

describe("drum score with bad input", () => {
  const { folder } = model("sklearn_regression");
  it.each([
    ["an empty file", "", "INPUT_EMPTY"],
    ["a file of other columns", "a,b\n1,2\n", "INPUT_INVALID"],
    ["a header without rows", "a,b\n", "INPUT_EMPTY"],
    ["a broken file", "a,b\n1,2\n1,2,3\n", "INPUT_UNREADABLE"],
  ])("%s exits with 1 and the reason", async (_title, content, code) => {
    const input = path.join(codeDirectory({ "in.csv": content }), "in.csv");
    const outcome = await drum(["score", "--code-dir", folder, "--input", input]);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain(code);
  });

  it("an output folder that does not exist is refused before the model is loaded", async () => {
    const { input } = model("sklearn_regression");
    const outcome = await drum([
      "score",
      "--code-dir",
      folder,
      "--input",
      input,
      "--output",
      "/nowhere/out.csv",
    ]);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain("/nowhere cannot be written to");
  });
});

describe("cells that commas do not separate", () => {
  const file = (name: string, text: string) => path.join(codeDirectory({ [name]: text }), name);
  const hook = pythonModel(
    'def score(data, model, **kwargs):\n    return pd.DataFrame({"Predictions": data["x"]})',
  );
  const builtIn = model("sklearn_regression");

  it.each([
    ["semicolons", "x;y\n1;2\n", true],
    ["tabs", "x\ty\n1\t2\n", true],
    ["a wrong column", "z,y\n1,2\n", false],
    ["one column", "z\n1\n", false],
  ])("are noticed once a column is missing: %s", async (words, text, isTold) => {
    for (const folder of [hook, builtIn.folder]) {
      const { stderr, exitCode } = await drum([
        "score",
        ...["--code-dir", folder, "--input", file("in.csv", text), "--target-type", "regression"],
      ]);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/drum: (HOOK_FAILED|INPUT_INVALID): /);
      const hint = `; the CSV seems to be separated by ${words}; separate its cells by commas`;
      expect(stderr.includes(hint)).toBe(isTold);
      expect(stderr.match(/separated by/g)?.length ?? 0).toBe(isTold ? 1 : 0);
    }
  });

  it.each(["x,y", "x,y\n"])("header-only input %j is an answer without rows from a hook", async (text) => {
    const words = ["--code-dir", hook, "--input", file("in.csv", text), "--target-type", "regression"];
    const { stdout, exitCode } = await drum(["score", ...words]);
    expect([exitCode, stdout]).toEqual([0, "Empty DataFrame\nColumns: [Predictions]\nIndex: []\n"]);
  });

  it("header-only input is refused in words by a built-in predictor", async () => {
    const header = builtIn.csv.split("\n")[0]!;
    const { stderr, exitCode } = await drum([
      "score",
      ...[
        "--code-dir",
        builtIn.folder,
        "--input",
        file("in.csv", `${header}\n`),
        "--target-type",
        "regression",
      ],
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("INPUT_EMPTY: the data has columns but no rows");
  });
});

describe("a slip in the code directory", () => {
  const rows = codeDirectory({ "in.csv": "x\n1\n" });
  const score = (folder: string) =>
    drum(["score", "--code-dir", folder, "--input", `${rows}/in.csv`, "--target-type", "regression"]);

  it("is told above the error that it causes", async () => {
    const folder = codeDirectory({ "custom.py": "def load_modle(code_dir):\n    return 1\n" });
    const { stderr, exitCode } = await score(folder);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(
      /WARN: \S+: custom\.py defines load_modle, which is no hook; did you mean load_model\?\n.*drum: /s,
    );
  });

  it("is told even if the model answers", async () => {
    const hooks =
      "def load_model(code_dir):\n    return 1\ndef score(data, model, **kwargs):\n    return data.rename(columns={'x': 'Predictions'})\n";
    const folder = codeDirectory({ "custom.py": hooks, "model-metadata.yml": "name: a\n" });
    const { stderr, exitCode } = await score(folder);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("model-metadata.yml is not read; did you mean model-metadata.yaml?");
  });

  it("is told where nothing else is found", async () => {
    const { stderr } = await score(codeDirectory({ "Custom.py": "" }));
    expect(stderr).toContain("did you mean custom.py?");
  });
});
