// The Open Inference Protocol over REST: Triton's own client against models of all languages, and what no client of its should send.

import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  adminHeaders,
  codeDirectory,
  fourFolder,
  languages,
  model,
  root,
  type Server,
  serve,
} from "./drum.js";

const python = path.join(root, ".setup/clients/bin/python");

/** A folder for --model-dir. */
function modelDirectory(models: Record<string, string>): string {
  const folder = codeDirectory({});
  for (const [name, source] of Object.entries(models))
    cpSync(source, path.join(folder, name), { recursive: true });
  return folder;
}

/** Multiplies the column a. */
const times = (by: number) => `import pandas as pd

def load_model(code_dir):
    return ${by}

def score(data, model):
    return pd.DataFrame({"Predictions": data["a"] * model})
`;
const regression = { "model-metadata.yaml": "targetType: regression\n" };
const multiplying = (by: number) => codeDirectory({ "custom.py": times(by), ...regression });

async function ask(url: string, body?: unknown, headers: Record<string, string> = {}, method = "POST") {
  const content =
    body === undefined || typeof body === "string" || body instanceof Uint8Array
      ? body
      : JSON.stringify(body);
  const answer = await fetch(url, {
    method,
    headers,
    ...(content !== undefined && { body: content as string }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === "" ? undefined : JSON.parse(text) };
}
const column = (name: string, data: unknown[], datatype = "FP64") => ({
  name,
  datatype,
  shape: [data.length, 1],
  data,
});

describe("Triton's client", () => {
  let server: Server;
  let told: Record<string, never>;
  beforeAll(async () => {
    const folders = languages.map((language) => [language, path.join(fourFolder, "multiclass", language)]);
    server = await serve({ words: ["--model-dir", modelDirectory(Object.fromEntries(folders))] });
    const program = path.join(root, "e2e/clients/triton_calls.py");
    const { stdout } = await execa(python, [program, new URL(server.url).host, ...languages]);
    told = JSON.parse(stdout) as typeof told;
  }, 180_000);
  afterAll(() => server?.stop());

  const patients = [
    [23, 21.5, 0, "north", 1],
    [41, 25, 1, "south", 0],
    [67, 30.25, 1, "east", 12],
    [35, 27, 0, "northwest", 0],
    [52, 33.125, 1, "s", 3],
    [19, 25, 0, "Zürich", 0],
    [80, 18.75, 0, "east, coast", 7],
  ] as const;
  /** As load_model of the models does it, a missing number of visits counts as 0. */
  const expected = ({ hasVisits }: { hasVisits: boolean }) => {
    const classes = patients.map(([age, bmi, smoker, region, visits]) => {
      const risk = age / 100 + bmi / 50 + smoker + region.length / 10 + (hasVisits ? visits / 20 : 0);
      const [low, mid, high] = [Math.exp(2 - risk), Math.exp(1), Math.exp(risk)];
      return [low, mid, high].map((one) => one / (low + mid + high));
    });
    // bmi is sent in 32 bits, with which some languages go on.
    return ["low", "mid", "high"].map((name, at) => [name, classes.map((row) => [near(row[at]!)])] as const);
  };
  const near = (value: number) => expect.closeTo(value, 6);

  it.each(languages.flatMap((language) => ["binary", "json"].map((form) => `${form} ${language}`)))(
    "gets the same tensors: %s",
    (call) => expect(told[call]).toEqual(Object.fromEntries(expected({ hasVisits: true }))),
  );

  it.each(languages.flatMap((language) => ["binary", "json"].map((form) => `missing ${form} ${language}`)))(
    "sends NaN for what is missing: %s",
    (call) => expect(told[call]).toEqual({ high: expected({ hasVisits: false })[2]![1] }),
  );

  const outputs = ["low", "mid", "high"].map((name) => ({ name, datatype: "FP64", shape: [-1, 1] }));
  const metadata = { name: "python", versions: ["1"], platform: "python_hooks", inputs: [], outputs };
  const states = { java: "READY", julia: "READY", python: "READY", r: "READY" };
  const labels = patients.map(() => ["high"]);
  it.each<[string, unknown]>([
    ["live", true],
    ["ready", true],
    ["model ready", true],
    ["unknown model ready", false],
    ["server", { name: "drumline", extensions: expect.arrayContaining(["binary_tensor_data"]) }],
    ["metadata", metadata],
    ["metadata of version 1", metadata],
    ["metadata of version 9", { status: "404", message: expect.stringContaining("has no version 9") }],
    [
      "config",
      {
        name: "python",
        backend: "python",
        max_batch_size: 0,
        output: outputs.map(({ name }) => ({ name, data_type: "TYPE_FP64", dims: [-1, 1] })),
        instance_group: [{ name: "python", kind: "KIND_CPU", count: 1 }],
      },
    ],
    ["index", states],
    ["gzip", Object.fromEntries(expected({ hasVisits: true }))],
    ["deflate", Object.fromEntries(expected({ hasVisits: true }))],
    ["chosen", { predict: labels, low: expected({ hasVisits: true })[0]![1] }],
    ["sequence", { predict: labels }],
    ["unknown output", { status: "400", message: expect.stringContaining("no output none") }],
    ["unknown model", { status: "404", message: expect.stringContaining('no model "nobody"') }],
    ["unequal rows", { status: "400", message: expect.stringContaining("has 7 rows, and age has 2") }],
    ["unload", null],
    ["index without it", { ...states, python: "UNAVAILABLE" }],
    ["infer without it", { status: "404", message: expect.stringContaining('no model "python"') }],
    ["ready without it", [true, false]],
    ["load", null],
    ["load again", null],
    ["index with it", states],
    ["infer with it", Object.fromEntries(expected({ hasVisits: true }))],
    [
      "load unknown",
      { status: "404", message: expect.stringContaining("load one of java, julia, python, r") },
    ],
    ["unload unknown", { status: "404", message: expect.stringContaining('no model "nobody"') }],
    [
      "statistics",
      {
        model_stats: [
          {
            name: "python",
            version: "2",
            inference_count: 7,
            execution_count: 1,
            inference_stats: { success: { count: 1, ns: expect.any(Number) }, fail: { count: 0, ns: 0 } },
          },
        ],
      },
    ],
    ["all statistics", ["java", "julia", "r", "python"]],
  ])("understands the answer to %s", (call, answer) => {
    const isObject = typeof answer === "object" && answer !== null && !Array.isArray(answer);
    if (isObject) expect(told[call]).toMatchObject(answer);
    else expect(told[call]).toEqual(answer);
  });
});

describe("a request", () => {
  let server: Server;
  beforeAll(async () => {
    server = await serve({
      words: [
        "--model-dir",
        modelDirectory({ triple: multiplying(3), flowers: model("sklearn_multiclass").folder }),
      ],
      variables: { URL_PREFIX: "/a/b" },
    });
  }, 60_000);
  afterAll(() => server?.stop());
  const infer = (body: unknown, headers = {}) => ask(`${server.url}/v2/models/triple/infer`, body, headers);

  it("needs neither a Content-Type nor an id, and may be nested or have bare NaN", async () => {
    const text = '{"inputs":[{"name":"a","shape":[3],"datatype":"FP64","data":[1,NaN,2]}]}';
    expect((await infer(Buffer.from(text))).body).toEqual({
      model_name: "triple",
      model_version: "1",
      id: expect.stringMatching(/^[\w-]{36}$/),
      outputs: [
        {
          name: "Predictions",
          shape: [3, 1],
          datatype: "FP64",
          parameters: { content_type: "np" },
          data: [3, null, 6],
        },
      ],
    });
    const nested = { id: "mine", inputs: [{ ...column("a", [1, 2]), data: [[1], [2]] }] };
    expect((await infer(nested)).body).toMatchObject({ id: "mine", outputs: [{ data: [3, 6] }] });
  });

  it("gets compressed JSON if it is large", async () => {
    const many = Array.from({ length: 20_000 }, (_, at) => at);
    const { headers, body } = await infer({ inputs: [column("a", many)] }, { "accept-encoding": "gzip" });
    expect(headers.get("content-encoding")).toBe("gzip");
    expect(body.outputs[0].data[19_999]).toBe(59_997);
  });

  const bytes = (json: object, tail: Buffer) => {
    const head = Buffer.from(JSON.stringify(json));
    return [Buffer.concat([head, tail]), { "inference-header-content-length": String(head.length) }] as const;
  };
  const binary = (datatype: string, shape: number[], tail: Buffer) =>
    bytes({ inputs: [{ name: "a", datatype, shape, parameters: { binary_data_size: tail.length } }] }, tail);
  const [one, two] = [column("a", [1]), column("b", [2])];
  it.each<[string, number, string, unknown, object?]>([
    ["nothing", 422, "the body is empty", undefined],
    ["no JSON", 422, "not valid JSON", "{"],
    ["a list", 422, "the body is a list", "[]"],
    ["no inputs", 422, "inputs is missing", {}],
    ["no shape", 422, "shape of a is missing", { inputs: [{ name: "a", datatype: "FP64", data: [1] }] }],
    [
      "a shape beyond 2^53",
      422,
      "shape of a is [90071992547409",
      '{"inputs":[{"name":"a","datatype":"FP64","shape":[9007199254740993],"data":[9007199254740993]}]}',
    ],
    [
      "a shape that nests without end",
      422,
      "shape of a is a list",
      `{"inputs":[{"name":"a","datatype":"FP64","shape":${"[".repeat(1e5)}${"]".repeat(1e5)},"data":[]}]}`,
    ],
    [
      "data that nest without end",
      422,
      "not valid JSON",
      `{"inputs":[{"name":"a","datatype":"FP64","shape":[1],"data":${"[".repeat(1e5)}${"]".repeat(1e5)}}]}`,
    ],
    [
      "no rows, and more columns than memory holds",
      400,
      "no rows; send at least one",
      { inputs: [{ name: "a", datatype: "FP64", shape: [0, 2 ** 40], data: [] }] },
    ],
    ["no data", 422, "the data of a is missing", { inputs: [{ name: "a", datatype: "FP64", shape: [1] }] }],
    ["an unknown datatype", 422, '"FP65", expected one of BOOL', { inputs: [column("a", [1], "FP65")] }],
    ["a datatype in lower case", 422, '"fp64", expected one of BOOL', { inputs: [column("a", [1], "fp64")] }],
    [
      "more data than its shape",
      400,
      "2 elements, but its data are 3",
      { inputs: [{ ...column("a", [1, 2, 3]), shape: [2] }] },
    ],
    ["a text in FP64", 400, 'element 1 of a is "x"', { inputs: [column("a", [1, "x"])] }],
    ["null in BOOL", 400, "is null, expected true or false", { inputs: [column("a", [null], "BOOL")] }],
    ["2.7 in INT64", 400, "is 2.7, expected a whole number", { inputs: [column("a", [2.7], "INT64")] }],
    ["a number in BYTES", 400, "is 1, expected a text", { inputs: [column("a", [1], "BYTES")] }],
    [
      "BYTES that are not UTF-8",
      400,
      "element 0 of a is not UTF-8",
      ...binary("BYTES", [1], Buffer.from([1, 0, 0, 0, 0xff])),
    ],
    [
      "bytes shorter than their header says",
      400,
      "8 bytes are left",
      ...bytes(
        { inputs: [{ name: "a", datatype: "FP64", shape: [2], parameters: { binary_data_size: 16 } }] },
        Buffer.alloc(8),
      ),
    ],
    [
      "JSON shorter than its header says",
      400,
      "says 999, but the body has",
      { inputs: [one] },
      { "inference-header-content-length": "999" },
    ],
    [
      "several inputs as np",
      400,
      "np takes one input, got 2",
      { parameters: { content_type: "np" }, inputs: [one, two] },
    ],
    [
      "an unknown content type",
      400,
      'content type "image" of the request is unknown',
      { parameters: { content_type: "image" }, inputs: [one] },
    ],
    ["an unknown output", 400, "no output none", { inputs: [one], outputs: [{ name: "none" }] }],
    ["an input twice", 400, "the input a is there twice", { inputs: [one, one] }],
    ["an unknown Content-Encoding", 415, "zip", { inputs: [one] }, { "content-encoding": "zip" }],
  ])("with %s is refused", async (_title, status, words, body, headers = {}) => {
    expect(await infer(body, headers)).toMatchObject({
      status,
      body: { error: expect.stringContaining(words) },
    });
  });

  it.each<[string, string, number, string]>([
    ["POST", "/v2/models/nobody/infer", 404, 'there is no model "nobody"'],
    ["POST", "/v2/models/triple/versions/7/infer", 404, "triple has no version 7"],
    ["GET", "/v2/models/nobody", 404, 'there is no model "nobody"'],
    ["GET", "/v2/nothing", 404, "unknown route"],
    ["DELETE", "/v2/models/triple", 405, "does not support DELETE"],
    ["POST", "/v2/models/triple", 405, "does not support POST"],
    ["GET", "/v2/models/%zz", 400, "cannot be decoded"],
    ["GET", "/v1/models/nobody", 404, 'there is no model "nobody"'],
    ["POST", "/v1/models/triple", 405, "does not support POST"],
  ])("%s %s is %d in the protocol's form", async (method, route, status, words) => {
    const answer = await ask(`${server.url}${route}`, undefined, {}, method);
    expect([answer.status, answer.body]).toEqual([status, { error: expect.stringContaining(words) }]);
  });

  it("tells of a failing model with its exception, and no traceback", async () => {
    const { status, body } = await infer({ inputs: [column("b", [1])] });
    expect([status, Object.keys(body), body.error]).toEqual([
      500,
      ["error"],
      expect.stringContaining("KeyError('a')"),
    ]);
    expect(body.error).not.toContain("custom.py");
  });

  it("is answered by V1 too, as lists or objects", async () => {
    const predict = (body: unknown, name = "triple") => ask(`${server.url}/v1/models/${name}:predict`, body);
    for (const body of [{ instances: [{ a: 1 }, { a: 2 }] }, { inputs: [{ a: 1 }, { a: 2 }] }])
      expect(await predict(body)).toMatchObject({ status: 200, body: { predictions: [3, 6] } });
    expect((await predict({ instances: [[5.1, 3.5, 1.4, 0.2]] }, "flowers")).body).toEqual({
      predictions: ["setosa"],
    });
    for (const body of ["{", { rows: [] }, { instances: [] }, { instances: [[1], { a: 1 }] }])
      expect(await predict(body)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
    expect((await predict({ instances: [[1]] }, "nobody")).status).toBe(404);
  });

  it("gets the list of models that clients of OpenAI and of KServe expect", async () => {
    const get = async (route: string) => (await fetch(`${server.url}${route}`)).json();
    expect(await get("/v1/models")).toEqual({ object: "list", data: [], models: ["flowers", "triple"] });
    expect(await get("/v1/models/triple")).toMatchObject({
      id: "triple",
      object: "model",
      name: "triple",
      ready: true,
    });
  });
});

describe("a text", () => {
  let server: Server;
  beforeAll(async () => {
    server = await serve({
      words: ["--code-dir", path.join(fourFolder, "chat/python"), "--target-type", "textgeneration"],
      variables: { TARGET_NAME: "answer" },
    });
  }, 60_000);
  afterAll(() => server?.stop());
  const generate = (text: unknown, route = "generate", more = {}) =>
    fetch(`${server.url}/v2/models/python/${route}`, {
      method: "POST",
      headers: { "x-asker": "me" },
      body: JSON.stringify({ text_input: text, ...more }),
    });
  const head = { model_name: "python", model_version: "1" };

  it("is generated", async () => {
    const answer = await generate("good day", "generate", { id: "7", parameters: { temperature: 0 } });
    expect(await answer.json()).toEqual({ ...head, id: "7", text_output: "good day, me" });
    const chunked = await generate("good day", "generate", { parameters: { stream: true } });
    expect(await chunked.json()).toEqual({ ...head, text_output: "good day, me" });
  });

  it("is streamed word by word", async () => {
    const answer = await generate("good day", "generate_stream");
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    const events = ["good", "day"].map(
      (text) => `data: ${JSON.stringify({ ...head, text_output: text })}\n\n`,
    );
    expect(await answer.text()).toBe(events.join(""));
  });

  it("fails with a status before its first word, and with an event after it", async () => {
    const refused = await generate("teapot", "generate_stream");
    expect([refused.status, await refused.json()]).toEqual([418, { error: "short and stout" }]);
    const broken = await (await generate("a raise", "generate_stream")).text();
    expect(broken).toMatch(/"text_output":"a"}\n\ndata: {"error":"[^"]*lost the thread[^"]*"}\n\n$/);
    for (const text of [undefined, 3]) {
      const answer = await generate(text);
      expect([answer.status, await answer.json()]).toEqual([
        422,
        { error: expect.stringContaining("expected a text") },
      ]);
    }
  });

  it("is no tensor, of which a stream has one event", async () => {
    const inputs = [column("promptText", ["hello"], "BYTES")];
    const own = await ask(`${server.url}/v2/models/python/infer`, { inputs });
    const both = await ask(`${server.url}/v2/models/python/generate`, { inputs });
    expect([both.status, both.body]).toEqual([own.status, own.body]);
  });

  it("has its model in the list of OpenAI", async () => {
    const list: unknown = await (await fetch(`${server.url}/v1/models`)).json();
    expect(list).toMatchObject({ object: "list", data: [{ id: "echo" }], models: ["python"] });
    expect(await (await fetch(`${server.url}/v1/models/echo`)).json()).toMatchObject({
      id: "echo",
      owned_by: "us",
    });
  });
});

it("streams tensors as one event", async () => {
  const server = await serve({ words: ["--code-dir", multiplying(2), "--target-type", "regression"] });
  const { body } = await ask(`${server.url}/v1/models`, undefined, {}, "GET");
  const answer = await fetch(`${server.url}/v2/models/${body.models[0]}/infer_stream`, {
    method: "POST",
    body: JSON.stringify({ id: "s", parameters: { binary_data_output: true }, inputs: [column("a", [4])] }),
  });
  const [event, rest] = (await answer.text()).split("\n\n");
  expect([JSON.parse(event!.replace("data: ", "")), rest]).toMatchObject([
    { id: "s", outputs: [{ data: [8] }] },
    "",
  ]);
  await server.stop();
});

describe("the repository", () => {
  let server: Server;
  let folder: string;
  const start = async (words: string[] = []) => {
    folder = modelDirectory({ calm: multiplying(2), busy: multiplying(3) });
    server = await serve({ words: ["--model-dir", folder, ...words] });
  };
  afterEach(() => server?.stop());
  const control = (name: string, action: string, headers = {}) =>
    ask(`${server.url}/v2/repository/models/${name}/${action}`, {}, headers);
  const predict = async (name: string) =>
    (await ask(`${server.url}/v2/models/${name}/infer`, { inputs: [column("a", [1])] })).body?.outputs?.[0]
      .data[0];
  const index = async () =>
    (await ask(`${server.url}/v2/repository/index`)).body as {
      name: string;
      state: string;
      reason: string;
    }[];

  it("unloads and loads a model while the others answer every request", async () => {
    await start();
    let isOver = false;
    const [answers, failures]: [number[], unknown[]] = [[], []];
    const load = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const answer = await predict("busy").catch((error: unknown) => void failures.push(error));
        answers.push(answer);
      }
    });
    for (let round = 0; round < 3; round++) {
      expect((await control("calm", "unload")).status).toBe(200);
      expect(await predict("calm")).toBeUndefined();
      writeFileSync(path.join(folder, "calm/custom.py"), times(10 + round));
      expect((await control("calm", "load")).status).toBe(200);
      expect(await predict("calm")).toBe(10 + round);
    }
    isOver = true;
    await Promise.all(load);
    expect([failures, new Set(answers)]).toEqual([[], new Set([3])]);
    expect(answers.length).toBeGreaterThan(50);
  });

  it("swaps a loaded model without a failed request, and finds new folders", async () => {
    await start();
    let isOver = false;
    const answers = new Set<number>();
    const load = (async () => {
      while (!isOver) answers.add(await predict("calm"));
    })();
    writeFileSync(path.join(folder, "calm/custom.py"), times(5));
    expect((await control("calm", "load")).status).toBe(200);
    expect(await predict("calm")).toBe(5);
    isOver = true;
    await load;
    expect(answers).toEqual(new Set([2, 5]));
    cpSync(multiplying(7), path.join(folder, "young"), { recursive: true });
    expect((await index()).find(({ name }) => name === "young")).toMatchObject({ state: "UNAVAILABLE" });
    expect((await control("young", "load")).status).toBe(200);
    expect(await predict("young")).toBe(7);
  });

  it("answers why a broken model cannot be loaded, and the old one serves", async () => {
    await start();
    writeFileSync(
      path.join(folder, "calm/custom.py"),
      "def load_model(code_dir):\n    raise ValueError('worn out')\n",
    );
    const failed = await control("calm", "load");
    expect([failed.status, failed.body.error]).toEqual([400, expect.stringContaining("worn out")]);
    expect(await predict("calm")).toBe(2);
    await control("calm", "unload");
    const again = await control("calm", "load");
    expect([again.status, again.body.error]).toEqual([400, expect.stringContaining("worn out")]);
    expect(await index()).toEqual([
      { name: "busy", version: "1", state: "READY", reason: "" },
      { name: "calm", state: "UNAVAILABLE", reason: expect.stringContaining("worn out") },
    ]);
    expect((await ask(`${server.url}/v2/repository/index`, { ready: true })).body).toHaveLength(1);
    // The rest of the server is well.
    expect((await fetch(`${server.url}/health/`)).status).toBe(200);
    expect((await fetch(`${server.url}/v2/health/ready`)).status).toBe(200);
  });

  it("forgets a model that was broken at the start", async () => {
    folder = modelDirectory({ calm: multiplying(2) });
    mkdirSync(path.join(folder, "broken"));
    writeFileSync(path.join(folder, "broken/model-metadata.yaml"), regression["model-metadata.yaml"]);
    server = await serve({ words: ["--model-dir", folder], health: "/v2/models/calm/ready" });
    expect((await fetch(`${server.url}/v2/health/ready`)).status).toBe(400);
    const broken = await ask(`${server.url}/v2/models/broken/infer`, { inputs: [column("a", [1])] });
    expect([broken.status, broken.body]).toEqual([400, { error: expect.any(String) }]);
    expect((await control("broken", "unload")).status).toBe(200);
    expect((await fetch(`${server.url}/v2/health/ready`)).status).toBe(200);
    rmSync(path.join(folder, "broken"), { recursive: true });
    expect((await control("broken", "load")).status).toBe(404);
  });

  it("is open on the loopback, but not to web pages, unless they have the token or it is open to all", async () => {
    await start();
    const page = { origin: "http://page.example" };
    expect((await control("calm", "unload", page)).status).toBe(403);
    expect((await control("calm", "unload", { ...page, ...adminHeaders(server) })).status).toBe(200);
    await server.stop();
    await start(["--repository-control"]);
    expect((await control("calm", "unload", page)).status).toBe(200);
  });

  it("is there for --model-dir alone", async () => {
    server = await serve({ words: ["--code-dir", multiplying(2), "--target-type", "regression"] });
    const answer = await control("any", "load");
    expect([answer.status, answer.body.error]).toEqual([
      400,
      expect.stringContaining("start it with --model-dir"),
    ]);
  });
});

it("tells of a model that could not be started, with --with-error-server", async () => {
  const folder = codeDirectory({
    "custom.py": "def load_model(code_dir):\n    raise ValueError('worn out')\n",
  });
  const words = ["--code-dir", folder, "--target-type", "regression", "--with-error-server"];
  const server = await serve({ words, health: "/health/", until: 513 }).catch((error: Error) => error);
  if (server instanceof Error) throw server;
  const get = async (route: string) => {
    const answer = await fetch(`${server.url}${route}`);
    return [answer.status, await answer.json()];
  };
  const reason = { error: expect.stringContaining("worn out") };
  expect(await get("/v2/health/live")).toEqual([200, { live: true }]);
  for (const route of ["/v2/health/ready", "/v2/models/any", "/v2/models/any/ready"])
    expect(await get(route)).toEqual([400, reason]);
  const answer = await ask(`${server.url}/v2/models/any/infer`, { inputs: [column("a", [1])] });
  expect([answer.status, answer.body]).toEqual([400, reason]);
  await server.stop();
});
