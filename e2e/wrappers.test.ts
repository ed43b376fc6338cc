// Wrapper classes as Seldon's users write them, in every language that runs them: the same class gives the same answers. The answers are
// those that Seldon's own wrapper (1.18.2) gives for the Python classes.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeDirectory, drum, freePort, root, type Server, serve } from "./drum.js";

interface Message {
  class: string;
  route: string;
  body?: string;
  status: number;
  /** Of an answer that is no error, as it is written. */
  answer?: string;
  /** Of an error. */
  reason?: string;
  info?: string;
}

const folder = path.join(root, "e2e", "wrappers");
const messages: Message[] = JSON.parse(readFileSync(path.join(folder, "messages.json"), "utf8"));
const languages = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const variables = { PREDICTIVE_UNIT_ID: "UNIT", PREDICTIVE_UNIT_IMAGE: "img:1" };

async function microservice(
  language: string,
  words: readonly string[],
  more: Record<string, string> = {},
): Promise<Server> {
  const port = { PREDICTIVE_UNIT_METRICS_SERVICE_PORT: String(await freePort()), GRPC_WORKERS: "0" };
  return serve({
    command: "microservice",
    words,
    folder: path.join(folder, language),
    health: "/health/status",
    variables: { ...port, ...more },
  });
}

describe.each(languages.map(({ name }) => name))("wrapper classes in %s", (language) => {
  const running = new Map<string, Promise<Server>>();
  const serverOf = (name: string) => {
    if (!running.has(name)) running.set(name, microservice(language, [name], variables));
    return running.get(name)!;
  };
  afterAll(async () => {
    for (const one of running.values()) await (await one).stop();
  });

  it.each(messages.map((message) => [message.class, message.route, message.body ?? "", message] as const))(
    "%s %s %s",
    async (name, route, _body, { body, status, answer, reason, info }) => {
      const { url } = await serverOf(name);
      const init = body === undefined ? {} : { method: "POST", body, headers: json };
      const response = await fetch(url + route, init);
      const text = await response.text();
      expect([response.status, text]).toEqual([status, expect.any(String)]);
      if (answer !== undefined) expect(text).toBe(`${answer}\n`);
      else
        expect(JSON.parse(text).status).toMatchObject({ status: 1, code: -1, reason, ...(info && { info }) });
      expect(response.headers.get("content-type")).toBe("application/json");
    },
  );
});

const json = { "content-type": "application/json" };

it.each(languages.map(({ name }) => name))("counts the rewards of feedback for %s", async (language) => {
  const metrics = await freePort();
  const port = { PREDICTIVE_UNIT_METRICS_SERVICE_PORT: String(metrics) };
  const rewards = async (more = {}) => {
    const server = await microservice(language, ["Node"], { ...port, ...more });
    try {
      for (const body of ['{"reward":0.5}', '{"reward":"2"}', '{"reward":0}', '{"reward":1,"nope":1}', "{}"])
        await fetch(`${server.url}/send-feedback`, { method: "POST", body, headers: json });
      const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
      return text.match(/^seldon_api_model_feedback.*$/gm);
    } finally {
      await server.stop();
    }
  };
  expect(await rewards()).toEqual([
    expect.stringMatching(/^seldon_api_model_feedback_total\{.*method="feedback".*\} 2$/),
    expect.stringMatching(/^seldon_api_model_feedback_reward_total\{.*method="feedback".*\} 2\.5$/),
  ]);
  expect(await rewards({ SELDON_EXECUTOR_ENABLED: "false" })).toBeNull();
});

it.each(languages.map(({ name }) => name))(
  "tells at debug level that a class in %s measures nothing",
  async (language) => {
    const words = "Echo has no method metrics, so it measures nothing";
    for (const level of ["DEBUG", "INFO"]) {
      const server = await microservice(language, ["Echo"], { SELDON_LOG_LEVEL: level });
      await server.stop();
      if (level === "DEBUG") expect(server.output()).toContain(words);
      else expect(server.output()).not.toContain(words);
    }
  },
);

it("measures nothing twice, and lists it for Prometheus", async () => {
  const metrics = await freePort();
  const server = await microservice("python", ["Node"], {
    PREDICTIVE_UNIT_METRICS_SERVICE_PORT: String(metrics),
  });
  try {
    const body = '{"data":{"ndarray":[[1,2]]}}';
    for (const route of ["/predict", "/predict", "/transform-input"])
      await fetch(server.url + route, { method: "POST", body, headers: json });
    const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    const of = (name: string, method: string) =>
      text.split("\n").find((line) => line.startsWith(`${name}{`) && line.includes(`method="${method}"`));
    expect(of("asked_total", "predict")).toMatch(/ 2$/);
    expect(of("asked_total", "inputtransform")).toMatch(/ 1$/);
    expect(of("level", "predict")).toMatch(/part="a".* 2\.5$/);
    expect(of("took_sum", "predict")).toMatch(/ 0\.04$/);
    expect(of("took_count", "predict")).toMatch(/ 2$/);
    const bucket = (bound: RegExp) =>
      Number(/ (\d+)$/.exec(text.split("\n").find((line) => bound.test(line))!)![1]);
    expect(bucket(/^took_bucket\{le="\+Inf".*method="predict"/)).toBe(2);
    expect(text.match(/^took_bucket\{.*method="predict"/gm)).toHaveLength(51);
  } finally {
    await server.stop();
  }
});

describe("with --threads 8", () => {
  let server: Server;
  beforeAll(async () => {
    const threaded = codeDirectory({
      "Slow.py": `
import threading

from seldon_core.user_model import SeldonResponse


class Slow:
    def __init__(self):
        self.barrier = threading.Barrier(8)

    def answered(self, of, data):
        self.barrier.wait(60)
        counter = {"type": "COUNTER", "key": "of_" + of, "value": 1}
        return SeldonResponse(data, tags={"of": of}, metrics=[counter])

    def predict(self, X, names, meta=None):
        return self.answered(X, X)

    transform_input = transform_output = predict

    def route(self, X, names, meta=None):
        return self.answered(X, 1)

    def aggregate(self, Xs, names):
        return self.answered(Xs[0], Xs[0])

    def send_feedback(self, X, names, reward, truth, routing=None):
        return self.answered("call%d" % reward, [[1]])

    def metrics(self):
        return []
`,
    });
    server = await serve({
      command: "microservice",
      words: ["Slow", "--threads", "8", "--grpc-workers", "0", "--metrics-port", String(await freePort())],
      folder: threaded,
      health: "/health/status",
    });
  });
  afterAll(() => server.stop());

  it.each<[string, (name: string, at: number) => object]>([
    ["/predict", (strData) => ({ strData })],
    ["/transform-input", (strData) => ({ strData })],
    ["/transform-output", (strData) => ({ strData })],
    ["/route", (strData) => ({ strData })],
    ["/aggregate", (strData) => [{ strData }]],
    ["/send-feedback", (_name, reward) => ({ reward })],
  ])("%s keeps tags and metrics of calls that run at once apart", async (route, messageOf) => {
    const names = Array.from({ length: 8 }, (_, at) => `call${at}`);
    const answers = await Promise.all(
      names.map(async (name, at) => {
        const body = JSON.stringify(messageOf(name, at));
        return (await fetch(server.url + route, { method: "POST", body, headers: json })).json();
      }),
    );
    const metas = names.map((of) => ({
      tags: { of },
      metrics: [expect.objectContaining({ key: `of_${of}`, value: 1 })],
    }));
    expect(answers).toEqual(metas.map((meta) => expect.objectContaining({ meta })));
  });
});

it.each<[string[], boolean]>([
  [[], false],
  [["--access-log"], true],
])("logs responses with %j: %s", async (words, isLogged) => {
  const server = await microservice("python", ["Echo", ...words]);
  await fetch(`${server.url}/predict?json=${encodeURIComponent('{"strData":"x"}')}`);
  await server.stop();
  expect(server.output()).toContain("Echo was loaded");
  expect(/GET \/predict.* 200 /.test(server.output())).toBe(isLogged);
});

describe("a message", () => {
  let server: Server;
  beforeAll(async () => {
    server = await microservice("python", ["Echo"]);
  });
  afterAll(() => server.stop());

  const data = '{"ndarray":[[1.0]]}';
  const answer = '{"data":{"names":["t:0"],"ndarray":[[1.0]]},"meta":{}}\n';
  const form = (fields: Record<string, string>) => {
    const made = new FormData();
    for (const [name, value] of Object.entries(fields)) made.append(name, value);
    return made;
  };

  it.each<[string, string, RequestInit]>([
    ["a JSON body", "", { body: `{"data":${data}}`, headers: json }],
    [
      "a JSON body of a subtype",
      "",
      { body: `{"data":${data}}`, headers: { "content-type": "application/x+json" } },
    ],
    ["the field json", "", { body: new URLSearchParams({ json: `{"data":${data}}` }) }],
    ["the query parameter json", `?json=${encodeURIComponent(`{"data":${data}}`)}`, {}],
    ["the parts of a form", "", { body: form({ data }) }],
  ])("may come as %s", async (_title, query, init) => {
    const method = init.body === undefined ? "GET" : "POST";
    const response = await fetch(`${server.url}/predict${query}`, { method, ...init });
    expect([response.status, await response.text()]).toEqual([200, answer]);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("may have bytes and text as parts of a form", async () => {
    const bytes = new FormData();
    bytes.append("binData", new Blob(["abc"]), "file");
    const sent = await fetch(`${server.url}/predict`, { method: "POST", body: bytes });
    expect(await sent.text()).toBe('{"binData":"YWJj","meta":{}}\n');
    const text = await fetch(`${server.url}/predict`, { method: "POST", body: form({ strData: '"x"' }) });
    expect(await text.text()).toBe('{"meta":{},"strData":"\\"x\\""}\n');
  });

  it.each<[string, string, RequestInit, number, string]>([
    [
      "text that is no JSON in a part",
      "/predict",
      { body: form({ data: "{" }) },
      500,
      "the part data is not JSON",
    ],
    [
      "a body of another type",
      "/predict",
      { body: "{}", headers: { "content-type": "text/plain" } },
      400,
      "Can't find JSON in data",
    ],
    ["an unknown route", "/nothing", { body: "{}", headers: json }, 500, "404 Not Found"],
    [
      "a method that is not allowed",
      "/api/v1.0/predictions",
      { method: "GET" },
      500,
      "405 Method Not Allowed",
    ],
  ])("that is %s is refused in Seldon's form", async (_title, route, init, status, info) => {
    const response = await fetch(server.url + route, { method: "POST", ...init });
    expect(response.status).toBe(status);
    const told = ((await response.json()) as { status: { info: string } }).status;
    expect(told).toMatchObject({ status: 1, code: -1, info: expect.stringContaining(info) });
  });
});

describe("drum microservice", () => {
  it.each<[string, string[], number, string]>([
    ["a class without a file", ["Nowhere"], 3, "there is no file for the class Nowhere"],
    ["parameters that are no JSON", ["Echo", "--parameters", "{"], 2, "--parameters is not JSON"],
    [
      "a parameter that is not of its type",
      ["Echo", "--parameters", '[{"name":"a","value":"x","type":"INT"}]'],
      2,
      'gives a the value "x", which is no INT',
    ],
    [
      "parameters that the class does not take",
      ["Echo", "--parameters", '[{"name":"a","value":"1","type":"INT"}]'],
      3,
      "Echo",
    ],
    ["an unknown option", ["Echo", "REST"], 2, "too many arguments"],
  ])("ends for %s, and says why", async (_title, words, code, said) => {
    const { exitCode, stderr } = await drum(["microservice", ...words], {}, path.join(folder, "python"));
    expect([exitCode, stderr]).toEqual([code, expect.stringContaining(said)]);
  });
});

it.each([
  ["pkg/mod.py", "class Cls:\n    def predict(self, X, names):\n        return '.py'\n"],
  ["pkg/mod.R", "Cls <- function() list(predict = function(X, names) '.R')\n"],
  ["pkg/mod.jl", 'struct Cls end\npredict(model::Cls, X, names) = ".jl"\n'],
  [
    "pkg/mod/Cls.java",
    'package pkg.mod;\n\npublic class Cls {\n  public Object predict(Object X) {\n    return ".java";\n  }\n}\n',
  ],
])("drum microservice finds pkg.mod.Cls in %s", async (file, text) => {
  const made = codeDirectory({});
  mkdirSync(path.dirname(path.join(made, file)), { recursive: true });
  writeFileSync(path.join(made, file), text);
  const words = ["pkg.mod.Cls", "--grpc-workers", "0", "--metrics-port", String(await freePort())];
  const server = await serve({ command: "microservice", words, folder: made, health: "/health/status" });
  try {
    const body = '{"data":{"ndarray":[[1]]}}';
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${server.url}/predict`, { method: "POST", body, headers });
    expect(await answer.text()).toContain(`"${path.extname(file)}"`);
  } finally {
    await server.stop();
  }
});
