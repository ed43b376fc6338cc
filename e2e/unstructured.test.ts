// Unstructured models in every language: what a hook gets, and what its result becomes, over HTTP and in a file.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Body,
  codeDirectory,
  drum,
  eventually,
  fourFolder,
  languages,
  post,
  pythonModel,
  root,
  type Server,
  serve,
} from "./drum.js";

const folderOf = (language: string) => path.join(fourFolder, "unstructured", language);

let server: Server;
beforeAll(async () => {
  server = await serve({ words: languages.flatMap((language) => ["--code-dir", folderOf(language)]) });
}, 120_000);
afterAll(async () => {
  await server?.stop();
});

async function ask(language: string, query: string, body: Body = "", headers: Record<string, string> = {}) {
  const url = `${server.url}/models/${language}/predictUnstructured/?${query}`;
  const answer = await post(url, body, { "x-asked": "yes", ...headers });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, type: answer.headers.get("content-type"), bytes, answer };
}

describe.each(languages)("in %s, the hook", (language) => {
  it.each([
    ["text without a type", "grüße", "", "text of 5, text/plain utf8"],
    [
      "text in its charset",
      Buffer.from("grüße", "latin1"),
      "text/html; charset=latin1",
      "text of 5, text/html latin1",
    ],
    ["text without a charset", "abc", "text/csv", "text of 3, text/csv utf8"],
    ["JSON as text", "{}", "application/json", "text of 2, application/json utf8"],
    ["another type as bytes", "grüße", "application/xml", "bytes of 7, application/xml utf8"],
    ["bytes with a charset", "abc", "application/xml; charset=koi8-r", "bytes of 3, application/xml koi8-r"],
    ["types in other letters as bytes", "abc", "TEXT/PLAIN", "bytes of 3, TEXT/PLAIN utf8"],
    [
      "a form as bytes",
      "a=1",
      "application/x-www-form-urlencoded",
      "bytes of 3, application/x-www-form-urlencoded utf8",
    ],
    [
      "multipart as bytes",
      "--x--\r\n",
      "multipart/form-data; boundary=x",
      "bytes of 7, multipart/form-data utf8",
    ],
    ["nothing", "", "text/plain", "text of 0, text/plain utf8"],
  ])("gets %s", async (_title, body, type, words) => {
    const { status, bytes } = await ask(language, "a=first&a=second", Buffer.from(body), {
      "content-type": type,
    });
    expect([status, bytes.toString()]).toEqual([200, `model ${words}, a first, asked yes`]);
  });

  const some = Buffer.from([0, 255, 10]);
  it.each([
    ["text", "echo", Buffer.from("grüße"), "text/plain;charset=utf8"],
    ["bytes", "bytes", some, "application/octet-stream;charset=utf8"],
    ["nothing", "nothing", Buffer.alloc(0), "text/plain;charset=utf8"],
    ["text and its type", "named text", Buffer.from("grüße", "latin1"), "text/html;charset=latin1"],
    ["bytes and their type", "named bytes", some, "image/png;charset=utf8"],
    ["text and a charset", "charset alone", Buffer.from("grüße", "utf16le"), "text/plain;charset=utf-16le"],
    ["text and nothing", "nothing beside", Buffer.from("text"), "text/plain;charset=utf8"],
  ])("returns %s", async (_title, what, expected, type) => {
    const answer = await ask(language, new URLSearchParams({ do: what }).toString(), "grüße", {
      "content-type": "text/plain",
    });
    expect([answer.status, answer.type, answer.bytes]).toEqual([200, type, expected]);
  });

  const hook = language === "java" ? "scoreUnstructured" : "score_unstructured";
  it.each([
    ["a number", "number", 500, `${hook} returned`],
    ["a number for its type", "number beside", 500, `${hook} returned`],
    ["a text beyond its charset", "beyond charset", 500, 'cannot be encoded in its charset "latin1"'],
    ["an error", "raise", 500, "no luck with 42"],
  ])("that gives %s is told", async (_title, what, status, words) => {
    const answer = await ask(language, new URLSearchParams({ do: what }).toString(), "x");
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.bytes.toString()).message).toContain(words);
  });

  it("that refuses chooses status and words", async () => {
    const { status, bytes, answer } = await ask(language, "do=refuse", "x");
    expect([status, JSON.parse(bytes.toString())]).toEqual([418, { message: "no tea" }]);
    expect(answer.headers.get("x-drum-user-http-error")).toBe("true");
  });

  it("scores a file, text or bytes", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "drum-unstructured-"));
    const [input, output] = [path.join(folder, "in.txt"), path.join(folder, "out")];
    writeFileSync(input, "grüße");
    const words = ["score", "--code-dir", folderOf(language), "--input", input];
    const printed = await drum([...words, "--query", "a=1&a=2"]);
    expect(printed.stdout, printed.stderr).toBe("model text of 5, text/plain utf8, a 2, asked none");
    const written = await drum([
      ...words,
      "--content-type",
      "image/png",
      "--query",
      "do=bytes",
      "--output",
      output,
    ]);
    expect([written.exitCode, written.stdout, readFileSync(output)]).toEqual([0, "", some]);
    const failed = await drum([...words, "--query", "do=raise"]);
    expect([failed.exitCode, failed.stderr]).toEqual([1, expect.stringContaining("no luck with 42")]);
  });
});

it.each(["python", "julia"])(
  "in %s, a query without the parameter that the hook needs is refused",
  async (language) => {
    const { status, bytes } = await ask(language, "do=absent", "x");
    expect([status, JSON.parse(bytes.toString())]).toEqual([
      400,
      { message: "the query has no parameter absent; add it to the URL" },
    ]);
  },
);

describe("a body", () => {
  it.each([
    ["that is not UTF-8", Buffer.from([0xff, 0xfe, 0xfa]), "text/plain", "not valid utf8 text"],
    ["in a charset that nobody knows", "abc", "text/plain; charset=klingon", '"klingon"'],
  ])("%s is refused", async (_title, body, type, words) => {
    const { status, bytes } = await ask("python", "", body, { "content-type": type });
    expect([status, JSON.parse(bytes.toString()).message]).toEqual([422, expect.stringContaining(words)]);
  });
});

describe("the route for the other kind of model", () => {
  it("is named", async () => {
    const answer = await post(`${server.url}/models/python/predict/`, "a\n1\n");
    expect([answer.status, await answer.json()]).toEqual([
      422,
      { message: expect.stringContaining("POST the body to /predictUnstructured/") },
    ]);
    const structured = await serve({
      words: [
        "--code-dir",
        pythonModel("def score(data, model): return pd.DataFrame({'Predictions': [1.0] * len(data)})"),
        "--target-type",
        "regression",
      ],
    });
    const other = await post(`${structured.url}/predictionsUnstructured/`, "x");
    expect([other.status, await other.json()]).toEqual([
      422,
      { message: expect.stringContaining("POST rows to /predict/") },
    ]);
    await structured.stop();
  });

  it("serves text generation that has the hook too", async () => {
    const hooks = `def score(data, model): return pd.DataFrame({"answer": ["a"] * len(data)})
def score_unstructured(model, data): return data + "!"`;
    const both = await serve({
      words: ["--code-dir", pythonModel(hooks), "--target-type", "textgeneration"],
      variables: { TARGET_NAME: "answer" },
    });
    const text = await post(`${both.url}/predictUnstructured/`, "x", { "content-type": "text/plain" });
    expect([text.status, await text.text()]).toEqual([200, "x!"]);
    const rows = await post(`${both.url}/invocations`, "a\n1\n");
    expect(await rows.json()).toEqual({ predictions: ["a"] });
    await both.stop();
  });

  it("is refused with its options", async () => {
    const folder = pythonModel("def score(data, model): return data");
    const input = path.join(codeDirectory({ "in.csv": "a\n1\n" }), "in.csv");
    const words = [
      "score",
      "--code-dir",
      folder,
      "--input",
      input,
      "--target-type",
      "regression",
      "--query",
      "a=1",
    ];
    const { exitCode, stderr } = await drum(words);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining("--query is for the target type unstructured"),
    ]);
  });
});

it("a model without the hook is told so", async () => {
  const folder = codeDirectory({ "custom.py": "def load_model(code_dir): return 1\n", "in.txt": "x" });
  const words = [
    "score",
    "--code-dir",
    folder,
    "--input",
    path.join(folder, "in.txt"),
    "--target-type",
    "unstructured",
  ];
  const { exitCode, stderr } = await drum(words);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("needs the hook score_unstructured")]);
});

it("what a hook did is not done again when its worker dies", async () => {
  const folder = codeDirectory({
    "custom.py": `import os
def load_model(code_dir): return 1
def score_unstructured(model, data):
    print("asked", data)
    if data == "die": os._exit(3)
    return data
`,
  });
  const single = await serve({ words: ["--code-dir", folder, "--target-type", "unstructured"] });
  const answer = await post(`${single.url}/predictUnstructured/`, "die", { "content-type": "text/plain" });
  expect(answer.status).toBe(500);
  await eventually(async () => (await fetch(`${single.url}/health/`)).status === 200);
  expect(await (await post(`${single.url}/predictUnstructured/`, "live", {})).text()).toBe("live");
  expect(single.output().match(/\] asked die/g)).toHaveLength(1);
  await single.stop();
});

it("the example of docs/hooks.md answers as it says", async () => {
  const docs = readFileSync(path.join(root, "docs", "hooks.md"), "utf8");
  const example = /## Unstructured models.*?```python\n(.*?)```/s.exec(docs)![1]!;
  const server = await serve({
    words: ["--code-dir", codeDirectory({ "custom.py": example }), "--target-type", "unstructured"],
  });
  try {
    for (const type of ["text/plain", "application/octet-stream"]) {
      const answer = await post(`${server.url}/predictUnstructured/`, "hello", { "content-type": type });
      expect([answer.status, await answer.text()]).toEqual([200, "HELLO"]);
    }
  } finally {
    await server.stop();
  }
});
