// Chat with OpenAI's API: through its public clients for Python and JavaScript, and through plain HTTP for details.

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  codeDirectory,
  eventually,
  fourFolder,
  languages,
  model,
  modelsFolder,
  post,
  root,
  type Server,
  serve,
} from "./drum.js";

const json = { "content-type": "application/json" };
const clientsPython = path.join(root, ".setup", "clients", "bin", "python");
const textgeneration = { TARGET_NAME: "answer", TARGET_TYPE: "textgeneration" };

const saying = (content: string, more: object = {}) => ({
  model: "any",
  messages: [{ role: "user" as const, content }],
  ...more,
});

const ask = (server: Server, content: string, more: object = {}) =>
  post(`${server.url}/chat/completions`, JSON.stringify(saying(content, more)), json);

/** The data of every event. */
const eventsIn = (text: string) =>
  text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => event.replace(/^data: /, ""));

async function wordsOf(stream: AsyncIterable<OpenAI.ChatCompletionChunk>) {
  const words: unknown[] = [];
  for await (const { choices } of stream) words.push(choices[0]!.delta.content);
  return words;
}

const servers: Server[] = [];
async function serving(folder: string, words: string[] = [], variables = {}): Promise<Server> {
  const server = await serve({
    words: ["--code-dir", folder, "--logging-level", "info", ...words],
    variables: { ...textgeneration, ...variables },
  });
  servers.push(server);
  return server;
}
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
});

/** How each language words what a hook raised or returned. All else is the same. */
const told: Record<(typeof languages)[number], { raised(text: string): string; text: string }> = {
  python: { raised: (text) => `ValueError('${text}')`, text: "str" },
  r: { raised: (text) => `simpleError: ${text}`, text: "a value of class character" },
  julia: { raised: (text) => `ErrorException: ${text}`, text: "a String" },
  java: { raised: (text) => `IllegalStateException: ${text}`, text: "a java.lang.String" },
};

describe.each(languages)("a chat model in %s", (language) => {
  const { raised, text } = told[language];
  let server: Server;
  let client: OpenAI;
  beforeAll(async () => {
    server = await serving(path.join(fourFolder, "chat", language));
    client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
  });

  it("is used by the openai client for Python", async () => {
    const { stdout } = await execa(clientsPython, [
      path.join(root, "e2e", "clients", "openai_chat.py"),
      `${server.url}/v1`,
    ]);
    const got = JSON.parse(stdout);
    expect(got).toEqual({
      models: ["echo"],
      completion: "hello, python",
      association: expect.stringMatching(/^[0-9a-f-]{36}$/),
      stream: ["one", "two", null],
      nothing: [],
      raised: ["InternalServerError", 500, expect.stringContaining(raised("nothing to say"))],
      chosen: ["APIStatusError", 418, expect.stringContaining("short and stout")],
      broken: ["APIError", null, expect.stringContaining("lost the thread")],
    });
  });

  it("is used by the openai client for JavaScript", async () => {
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toEqual(["echo"]);
    const completion = await client.chat.completions.create(saying("hello"));
    expect(completion.choices[0]!.message.content).toBe("hello, nobody");
    const stream = await client.chat.completions.create({ ...saying("one two"), stream: true });
    expect(await wordsOf(stream)).toEqual(["one", "two", undefined]);
    await expect(client.chat.completions.create(saying("teapot"))).rejects.toMatchObject({ status: 418 });
    const broken = await client.chat.completions.create({ ...saying("one raise"), stream: true });
    await expect(wordsOf(broken)).rejects.toThrow("lost the thread");
  });

  it.each(["/chat/completions", "/v1/chat/completions"])("answers on %s", async (url) => {
    const answer = await post(server.url + url, JSON.stringify(saying("hi")), { ...json, "x-asker": "me" });
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: "hi, me" } }] });
  });

  it.each(["/models", "/v1/models"])("lists what get_supported_llm_models names on %s", async (url) => {
    const answer = await fetch(server.url + url);
    expect(await answer.json()).toMatchObject({
      object: "list",
      data: [{ id: "echo", object: "model", created: 1700000000, owned_by: "us" }],
    });
  });

  it("puts the association id of the request into the answer and every chunk", async () => {
    const more = { datarobot_association_id: "mine" };
    expect(await (await ask(server, "hi", more)).json()).toMatchObject(more);
    const events = eventsIn(await (await ask(server, "one two", { ...more, stream: true })).text());
    expect(events.at(-1)).toBe("[DONE]");
    for (const event of events.slice(0, -1)) expect(JSON.parse(event)).toMatchObject(more);
  });

  it("ends an empty stream with [DONE] alone", async () => {
    const answer = await ask(server, "nothing", { stream: true });
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(await answer.text()).toBe("data: [DONE]\n\n");
  });

  it("has a status of its own for what fails before the first chunk, and an event without [DONE] for what fails later", async () => {
    const before = await ask(server, "raise now", { stream: true });
    expect(before.status).toBe(500);
    expect(await before.json()).toEqual({ message: expect.stringContaining("lost the thread") });
    const later = await ask(server, "one raise", { stream: true });
    expect(later.status).toBe(200);
    expect(eventsIn(await later.text()).at(-1)).toBe(
      JSON.stringify({ error: { message: `the hook chat raised ${raised("lost the thread")}` } }),
    );
  });

  it("tells the hook to stop when the client has left", async () => {
    const stream = await client.chat.completions.create({ ...saying("forever"), stream: true });
    for await (const _ of stream) break;
    await eventually(() => server.output().includes("ended after forever"));
    expect((await ask(server, "next")).status).toBe(200);
  });

  it.each([
    [
      "a body that is no JSON",
      '{"messages": ',
      json,
      400,
      { error: expect.stringContaining("is not valid JSON") },
    ],
    ["no body", "", json, 400, { error: expect.stringContaining("is not valid JSON") }],
    ["JSON that is no object", "[1]", json, 400, { error: expect.stringContaining("send an object") }],
    [
      "JSON that nests too deep",
      `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
      json,
      400,
      { error: expect.stringContaining("nests more than") },
    ],
    [
      "another content type",
      "a,b\n1,2\n",
      { "content-type": "text/csv" },
      422,
      { message: expect.stringContaining("expected application/json") },
    ],
    [
      "a hook's result that is neither completion nor chunks",
      JSON.stringify(saying("nonsense")),
      json,
      500,
      { message: expect.stringContaining(`chat returned ${text};`) },
    ],
  ])("refuses %s, and goes on", async (_, body, headers, status, expected) => {
    const answer = await post(`${server.url}/chat/completions`, body, headers);
    expect([answer.status, await answer.json()]).toEqual([status, expected]);
    expect((await ask(server, "next")).status).toBe(200);
  });

  it("says that it chats, and that it does nothing else", async () => {
    const capabilities = await (await fetch(`${server.url}/capabilities/`)).json();
    expect(capabilities).toMatchObject({ supported_methods: { chat: true } });
    const answer = await post(`${server.url}/predict/`, "a\n1\n");
    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({ message: expect.stringContaining("POST to /chat/completions") });
  });
});

it("takes the openai package's own objects from a hook, in an environment without pandas", async () => {
  const server = await serving(path.join(modelsFolder, "openai_objects"), [
    "--runtime",
    `python=${clientsPython}`,
  ]);
  const client = new OpenAI({ baseURL: server.url, apiKey: "none", maxRetries: 0 });
  const completion = await client.chat.completions.create(saying("hello"));
  expect(completion.choices[0]!.message.content).toBe("hello");
  const stream = await client.chat.completions.create({ ...saying("one two"), stream: true });
  expect(await wordsOf(stream)).toEqual(["one", "two"]);
  expect((await client.models.list()).data[0]).toMatchObject({ id: "objects", object: "model" });
});

it("sends the first chunk as soon as the hook yields it", async () => {
  const permit = path.join(mkdtempSync(path.join(tmpdir(), "drum-chat-")), "permit");
  const hook = `
import os, time

def chat(request, model):
    chunk = {"object": "chat.completion.chunk", "choices": []}
    yield {**chunk, "id": "first"}
    while not os.path.exists(${JSON.stringify(permit)}):
        time.sleep(0.01)
    yield {**chunk, "id": "second"}
`;
  const server = await serving(codeDirectory({ "custom.py": hook }));
  const client = new OpenAI({ baseURL: server.url, apiKey: "none", maxRetries: 0 });
  const ids: string[] = [];
  const stream = await client.chat.completions.create({ ...saying("go"), stream: true });
  for await (const { id } of stream) {
    ids.push(id);
    if (id === "first") await execa("touch", [permit]);
  }
  expect(ids).toEqual(["first", "second"]);
});

it("answers chat beside score, also when they are in two languages", async () => {
  const files = {
    "custom.py":
      "def chat(request, model):\n    return {'object': 'chat.completion', 'said': request['said']}\n",
    "custom.R":
      "load_model <- function(dir) 1\nscore <- function(data, model, ...) data.frame(Predictions = data$n * 2)\n",
  };
  const server = await serving(codeDirectory(files), [], { TARGET_TYPE: "regression" });
  const chat = await post(`${server.url}/chat/completions`, '{"said": 1.5}', json);
  expect(await chat.json()).toMatchObject({ said: 1.5 });
  const answer = await post(`${server.url}/predict/`, "n\n21\n");
  expect(await answer.json()).toEqual({ predictions: [42] });
  // No text generation model, and so no language model.
  expect(await (await fetch(`${server.url}/v1/models`)).json()).toMatchObject({ object: "list", data: [] });
});

it("refuses to chat with a model that cannot, in two ways", async () => {
  const regression = await serving(model("sklearn_regression").folder, [], { TARGET_TYPE: "regression" });
  const refusal = await ask(regression, "hi");
  expect(refusal.status).toBe(404);
  expect(await refusal.json()).toEqual({ message: expect.stringContaining("POST rows to /predict/") });
  const list = await fetch(`${regression.url}/v1/models`);
  expect([list.status, await list.json()]).toEqual([
    200,
    { object: "list", data: [], models: ["sklearn_regression"] },
  ]);
  const capabilities = await (await fetch(`${regression.url}/capabilities/`)).json();
  expect(capabilities).toMatchObject({ supported_methods: { chat: false } });

  const scoring = "import pandas as pd\ndef load_model(d): return 1\ndef score(data, model): return data\n";
  const text = await serving(codeDirectory({ "custom.py": scoring }), [], {
    MLOPS_RUNTIME_PARAM_LLM_ID: '{"type": "string", "payload": "the-one"}',
  });
  const other = await ask(text, "hi");
  expect([other.status, await other.json()]).toEqual([
    404,
    { message: expect.stringContaining("define chat(completion_create_params, model)") },
  ]);
  expect(await (await fetch(`${text.url}/models`)).json()).toEqual({
    object: "list",
    data: [{ id: "the-one", object: "model", created: 1735689600, owned_by: "DataRobot" }],
  });
});

/** For each language with threads: hooks that wait for each other, and hooks that never return. */
const threaded = {
  python: {
    meeting: {
      "custom.py": `
import threading
meeting = threading.Barrier(3, timeout=60)

def chat(request, model):
    meeting.wait()
    return {"object": "chat.completion", "id": request["id"]}
`,
    },
    hanging: {
      "custom.py": `
import os, time

def chat(request, model):
    if request["said"] == "hang":
        time.sleep(600)
    return {"object": "chat.completion", "pid": os.getpid()}
`,
    },
  },
  java: {
    meeting: {
      "custom.java": `
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

public class Custom {
  private final CyclicBarrier meeting = new CyclicBarrier(3);

  public Object chat(Map<String, Object> request) throws Exception {
    meeting.await(60, TimeUnit.SECONDS);
    return Map.of("object", "chat.completion", "id", request.get("id"));
  }
}
`,
    },
    hanging: {
      "custom.java": `
import java.util.Map;

public class Custom {
  public Object chat(Map<String, Object> request) throws Exception {
    if (request.get("said").equals("hang")) Thread.sleep(600_000);
    return Map.of("object", "chat.completion", "pid", ProcessHandle.current().pid());
  }
}
`,
    },
  },
};

describe("with --worker-threads 3, one worker", () => {
  describe.each(Object.entries(threaded))("in %s", (_, { meeting, hanging }) => {
    it("runs three hooks side by side, whose meeting would not come about otherwise", async () => {
      const server = await serving(codeDirectory(meeting), ["--worker-threads", "3"]);
      const answers = ["a", "b", "c"].map(async (id) => {
        const answer = await post(`${server.url}/chat/completions`, JSON.stringify({ id }), json);
        return ((await answer.json()) as { id: string }).id;
      });
      expect(await Promise.all(answers)).toEqual(["a", "b", "c"]);
    });

    it("is replaced when requests that are too late hold all of its threads, not before", async () => {
      const words = ["--worker-threads", "3", "--request-timeout", "4"];
      const server = await serving(codeDirectory(hanging), words);
      const say = (said: string) => post(`${server.url}/chat/completions`, JSON.stringify({ said }), json);
      const pid = async () => ((await (await say("hi")).json()) as { pid: number }).pid;
      const first = await pid();
      const late = await Promise.all([say("hang"), say("hang")]);
      expect(late.map(({ status }) => status)).toEqual([504, 504]);
      expect(await pid()).toBe(first);
      expect((await say("hang")).status).toBe(504);
      await eventually(async () => (await pid()) !== first);
    });
  });

  it("has other languages say that they run one at a time", async () => {
    const folder = path.join(fourFolder, "regression", "r");
    const server = await serving(folder, ["--worker-threads", "3"], { TARGET_TYPE: "regression" });
    expect(server.output()).toContain("a r worker runs 1 request at a time, whatever --worker-threads says");
  });
});

it("leaves a client that does not read, and tells the hook to stop", async () => {
  const hook = `
def chat(request, model):
    try:
        while True:
            yield {"object": "chat.completion.chunk", "text": "x" * 2 ** 20}
    finally:
        print("told to stop")
`;
  const server = await serving(codeDirectory({ "custom.py": hook }));
  const { hostname, port } = new URL(server.url);
  const asking = request({ hostname, port, method: "POST", path: "/chat/completions", headers: json });
  const ended = new Promise((resolve) => {
    asking.on("response", (answer) => answer.pause().on("close", resolve)).on("error", resolve);
  });
  asking.end("{}");
  await eventually(() => server.output().includes("told to stop"));
  asking.destroy();
  await ended;
});

it("counts the limit of a request from its last chunk", async () => {
  const hook = `
import time

def chat(request, model):
    for number in range(7):
        time.sleep(0.5)
        yield {"object": "chat.completion.chunk", "number": number}
`;
  const server = await serving(codeDirectory({ "custom.py": hook }), ["--request-timeout", "3"]);
  const events = eventsIn(await (await post(`${server.url}/chat/completions`, "{}", json)).text());
  expect(events).toHaveLength(8);
});

it("chooses among several models by the field model", async () => {
  const answering = (words: string) => `
def chat(request, model):
    message = {"role": "assistant", "content": "${words}"}
    return {"object": "chat.completion", "model": request["model"], "choices": [{"message": message}]}
`;
  const offering = `
def get_supported_llm_models(model):
    return [{"id": "large", "object": "model"}]
`;
  const folder = codeDirectory({});
  const models = {
    first: { "custom.py": answering("of first") },
    second: { "custom.py": answering("of second") + offering },
    rows: {
      "custom.py": "def load_model(code_dir):\n    return 1\n\ndef score(data, model):\n    return data\n",
    },
  };
  for (const [name, files] of Object.entries(models)) {
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, "custom.py"), files["custom.py"]);
    const type = name === "rows" ? "regression" : "textgeneration";
    writeFileSync(path.join(folder, name, "model-metadata.yaml"), `targetType: ${type}\n`);
  }
  const server = await serve({ words: ["--model-dir", folder], variables: { TARGET_NAME: "answer" } });
  servers.push(server);
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
  const said = async (name: string) =>
    (await client.chat.completions.create({ ...saying("hello"), model: name })).choices[0]!.message.content;
  expect(await said("first")).toBe("of first");
  expect(await said("second")).toBe("of second");
  for await (const { id } of client.models.list()) expect(await said(id)).toBe("of second");
  for (const [model, status, words] of [
    ["third", 404, 'no model "third"'],
    ["rows", 404, "without a chat hook"],
    [undefined, 400, "the field model must name one of"],
  ] as const) {
    const refused = await post(`${server.url}/v1/chat/completions`, JSON.stringify({ model }), json);
    const { message, error } = (await refused.json()) as { message?: string; error?: string };
    expect([refused.status, message ?? error]).toEqual([status, expect.stringContaining(words)]);
  }
});

it("shows the routes in the OpenAPI document", async () => {
  const server = await serving(path.join(fourFolder, "chat", "python"));
  const { paths } = (await (await fetch(`${server.url}/docs/json`)).json()) as { paths: object };
  for (const url of ["/chat/completions", "/v1/chat/completions", "/models", "/v1/models"])
    expect(paths).toHaveProperty([url]);
});
