// Folders written for MLServer, served as they are: saved models of scikit-learn and XGBoost, and classes of one's own.

import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeDirectory, drum, eventually, freePort, Load, root, type Server, serve } from "./drum.js";
import { stubOf } from "./inference-grpc.js";

const classes = path.join(root, "e2e", "mlserver");

interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers of any form
  body: any;
}

async function ask({ url }: Server, route: string, message?: unknown, headers = {}): Promise<Answer> {
  const body = typeof message === "string" ? message : JSON.stringify(message);
  const sent = message === undefined ? {} : { method: "POST", body };
  const response = await fetch(`${url}/v2/${route}`, { ...sent, headers });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

const tensor = (name: string, shape: number[], datatype: string, data: unknown, content_type?: string) => ({
  name,
  shape,
  datatype,
  data,
  ...(content_type && { parameters: { content_type } }),
});
const infer = (server: Server, model: string, inputs: unknown[], more = {}, headers = {}) =>
  ask(server, `models/${model}/infer`, { id: "1", inputs, ...more }, headers);
const iris = [5.1, 3.5, 1.4, 0.2];
const patient = [0.03, 0.05, 0.06, 0.02, -0.04, -0.03, -0.04, 0, 0.01, -0.01];
const np = { content_type: "np" };

function repository(...folders: string[]): string {
  const made = codeDirectory({});
  for (const name of folders) cpSync(path.join(classes, name), path.join(made, name), { recursive: true });
  return made;
}

function settings(folder: string, name: string, content: unknown, files: Record<string, string> = {}): void {
  mkdirSync(path.join(folder, name), { recursive: true });
  const text = typeof content === "string" ? content : JSON.stringify(content);
  for (const [file, written] of Object.entries({ "model-settings.json": text, ...files }))
    writeFileSync(path.join(folder, name, file), written);
}

describe("saved models", () => {
  let server: Server;

  beforeAll(async () => {
    const folder = path.join(codeDirectory({}), "repository");
    const { stdout } = await drum(["environment", "list", "--json"]);
    const listed = JSON.parse(stdout) as { name: string; installed: { interpreter: string } }[];
    const { interpreter } = listed.find(({ name }) => name === "python3_xgboost")!.installed;
    await execa(interpreter, [path.join(classes, "make.py"), folder]);
    server = await serve({ words: ["--model-dir", folder] });
  });
  afterAll(() => server?.stop());

  it.each<[string, string, unknown[], object, unknown]>([
    [
      "a classifier's labels",
      "irises",
      [tensor("x", [2, 4], "FP64", [iris, iris])],
      {},
      { data: [0, 0], shape: [2, 1], datatype: "INT64" },
    ],
    [
      "a regressor of another file",
      "patients",
      [tensor("x", [1, 10], "FP64", patient)],
      {},
      { data: [expect.closeTo(197.7, 1)], datatype: "FP64" },
    ],
    [
      "the method that the settings name",
      "chances",
      [tensor("x", [1, 4], "FP32", iris)],
      {},
      { name: "predict_proba", shape: [1, 3] },
    ],
    [
      "columns as the settings say",
      "people",
      [tensor("age", [2], "INT64", [20, 30]), tensor("city", [2], "BYTES", ["Rome", "Oslo"])],
      {},
      { data: ["no", "yes"], shape: [2, 1], datatype: "BYTES" },
    ],
    [
      "columns in another order",
      "people",
      [tensor("city", [1, 1], "BYTES", ["Oslo"]), tensor("age", [1, 1], "INT64", [30])],
      {},
      { data: ["yes"] },
    ],
    [
      "columns as the request says",
      "irises",
      iris.map((size, at) => tensor(`c${at}`, [1], "FP64", [size])),
      { parameters: { content_type: "pd" } },
      { data: [0] },
    ],
    [
      "a regressor of XGBoost",
      "trees",
      [tensor("x", [1, 10], "FP64", patient)],
      {},
      { datatype: "FP32", shape: [1, 1] },
    ],
    [
      "a classifier of XGBoost",
      "forest",
      [tensor("x", [1, 4], "FP32", iris)],
      {},
      { data: [0], datatype: "INT64" },
    ],
  ])("answer %s", async (_title, model, inputs, more, expected) => {
    const { status, body } = await infer(server, model, inputs, more);
    expect(body.outputs).toEqual([
      expect.objectContaining({ name: "predict", parameters: np, ...(expected as object) }),
    ]);
    expect(status).toBe(200);
    expect(body.model_name).toBe(model);
  });

  it("answer the outputs that a request names, in its order", async () => {
    const outputs = [{ name: "predict_proba" }, { name: "predict" }];
    const inputs = [tensor("x", [1, 4], "FP64", iris)];
    for (const model of ["irises", "forest"]) {
      const { body } = await infer(server, model, inputs, { outputs });
      expect(body.outputs.map(({ name }: { name: string }) => name)).toEqual(["predict_proba", "predict"]);
      const [{ data }] = body.outputs;
      expect(data.reduce((sum: number, one: number) => sum + one)).toBeCloseTo(1, 5);
    }
  });

  it("tell the metadata of their settings, and their version", async () => {
    expect((await ask(server, "models/patients")).body).toEqual({
      name: "patients",
      platform: "sklearn",
      versions: ["scikit-learn/1.9"],
      inputs: [{ name: "x", datatype: "FP64", shape: [-1, 10] }],
      outputs: [{ name: "predict", datatype: "FP64", shape: [-1, 1] }],
      parameters: {},
    });
    expect((await ask(server, "models/people")).body.parameters).toEqual({ content_type: "pd" });
    const inputs = [tensor("x", [1, 10], "FP64", patient)];
    const versioned = await infer(server, "patients/versions/v2", inputs);
    expect(versioned.body).toMatchObject({ model_name: "patients", model_version: "v2" });
    expect((await infer(server, "patients/versions/v1", inputs)).status).toBe(404);
    expect((await infer(server, "irises", [tensor("x", [1, 4], "FP64", iris)])).body).not.toHaveProperty(
      "model_version",
    );
  });

  it("run in an environment that has the library of their implementation", () => {
    const line = (model: string) =>
      server
        .output()
        .split("\n")
        .find((one) => one.startsWith(`${model} was loaded`));
    for (const model of ["trees", "forest"]) expect(line(model)).toContain("python3_xgboost");
    expect(line("irises")).toContain("python3_sklearn");
  });

  it.each<[string, string, unknown[], object, string]>([
    [
      "an output that the model lacks",
      "irises",
      [tensor("x", [1, 4], "FP64", iris)],
      { outputs: [{ name: "odd" }] },
      "(odd was received)",
    ],
    [
      "probabilities of a regressor",
      "patients",
      [tensor("x", [1, 10], "FP64", patient)],
      { outputs: [{ name: "predict_proba" }] },
      "do not support 'predict_proba'",
    ],
    [
      "probabilities of a regressor of XGBoost",
      "trees",
      [tensor("x", [1, 10], "FP64", patient)],
      { outputs: [{ name: "predict_proba" }] },
      "do not support 'predict_proba'",
    ],
    [
      "several inputs without a content type",
      "irises",
      [tensor("a", [1, 2], "FP64", [1, 2]), tensor("b", [1, 2], "FP64", [1, 2])],
      {},
      "only supports a single input tensor (2 were received)",
    ],
    ["rows of another width", "irises", [tensor("x", [1, 3], "FP64", [1, 2, 3])], {}, "expecting 4 features"],
    [
      "rows of another width for XGBoost",
      "forest",
      [tensor("x", [1, 3], "FP64", [1, 2, 3])],
      {},
      "expected: 4, got 3",
    ],
    [
      "columns of different lengths",
      "people",
      [tensor("age", [2], "INT64", [1, 2]), tensor("city", [1], "BYTES", ["Rome"])],
      {},
      "different numbers of rows: age 2, city 1",
    ],
    ["a column that is missing", "people", [tensor("age", [1], "INT64", [1])], {}, "city"],
    ["a column of two dimensions", "people", [tensor("age", [1, 2], "INT64", [1, 2])], {}, "one value a row"],
    [
      "an unknown content type",
      "irises",
      [tensor("x", [1, 4], "FP64", iris, "odd")],
      {},
      "'odd' is unknown; use one of",
    ],
    [
      "a content type that does not hold the output",
      "irises",
      [tensor("x", [1, 4], "FP64", iris)],
      { outputs: [{ name: "predict", parameters: { content_type: "str" } }] },
      "does not hold",
    ],
    [
      "a number that is not whole",
      "irises",
      [tensor("x", [1, 4], "INT64", [5, 3, 1, 2.7])],
      {},
      "element 3 of x is 2.7",
    ],
    [
      "a text in numbers",
      "irises",
      [tensor("x", [1, 4], "FP64", [...iris.slice(1), "a"])],
      {},
      'element 3 of x is "a"',
    ],
    [
      "a number in texts",
      "people",
      [tensor("age", [1], "INT64", [1]), tensor("city", [1], "BYTES", [3])],
      {},
      "element 0 of city is 3",
    ],
  ])("refuse %s", async (_title, model, inputs, more, words) => {
    const { status, body } = await infer(server, model, inputs, more);
    expect(body).toEqual({ error: expect.stringContaining(words) });
    expect(status).toBe(400);
  });
});

describe("V1", () => {
  let server: Server;

  beforeAll(async () => {
    const folder = repository("tensors", "frames", "words");
    server = await serve({ words: ["--model-dir", folder] });
  });
  afterAll(() => server?.stop());

  const predict = async (model: string, body: string, verb = "predict") => {
    const response = await fetch(`${server.url}/v1/models/${model}:${verb}`, { method: "POST", body });
    return [response.status, await response.json()];
  };

  it.each([
    ["lists of numbers", "tensors", "[[1, 2], [3, 4]]", [4, 8]],
    ["single texts", "words", '["good day"]', ["good day"]],
  ])("takes %s for tensors", async (_title, model, instances, predictions) => {
    expect(await predict(model, `{"instances": ${instances}}`)).toEqual([200, { predictions }]);
  });

  it.each([
    ["no rows", "[]", "at least one"],
    ["lists of several lengths", "[[1], [1, 2]]", "all lists of one length"],
    ["lists and objects", '[[1], {"a": 1}]', "all lists of one length"],
    ["objects of other names", '[{"a": 1}, {"b": 1}]', "all objects with the same names"],
    ["numbers and texts in one row", '[[1, "a"]]', "values of several kinds"],
  ])("refuses %s", async (_title, instances, words) => {
    expect(await predict("tensors", `{"instances": ${instances}}`)).toEqual([
      400,
      { error: expect.stringContaining(words) },
    ]);
  });

  it("says that there is no explainer", async () => {
    expect(await predict("tensors", "{}", "explain")).toEqual([
      404,
      { error: expect.stringContaining("no explainer") },
    ]);
    expect(await predict("nobody", "{}", "explain")).toEqual([
      404,
      { error: expect.stringContaining('no model "nobody"') },
    ]);
  });
});

describe("a class with several answers", () => {
  let server: Server;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    const words = ["--model-dir", repository("words"), "--worker-threads", "4"];
    server = await serve({ words: [...words, "--grpc-address", `127.0.0.1:${port}`] });
  });
  afterAll(() => server?.stop());

  const saying = (text: string) => ({ id: "7", inputs: [tensor("text", [1], "BYTES", [text])] });
  const stream = (
    text: string,
    { route = "infer_stream", signal }: { route?: string; signal?: AbortSignal } = {},
  ) =>
    fetch(`${server.url}/v2/models/words/${route}`, {
      method: "POST",
      body: JSON.stringify(saying(text)),
      signal: signal ?? null,
    });
  const eventsIn = (text: string) =>
    text
      .split("\n\n")
      .filter((event) => event !== "")
      .map((event) => JSON.parse(event.replace(/^data: /, "")));
  const answer = (word: string) => ({
    model_name: "words",
    id: "7",
    parameters: {},
    outputs: [{ ...tensor("word", [1, 1], "BYTES", [word]), parameters: { content_type: "str" } }],
  });

  it.each(["infer_stream", "generate_stream"])("sends an event for each over %s", async (route) => {
    const response = await stream("good morning all", { route });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(eventsIn(await response.text())).toEqual(["good", "morning", "all"].map(answer));
  });

  it("answers a request that asks for one answer with predict", async () => {
    for (const route of ["infer", "generate"])
      expect(await (await stream("good morning", { route })).json()).toEqual(answer("good morning"));
  });

  it("fails with a status before the first, and with an event after it", async () => {
    const early = await stream("wrong from the start");
    expect([early.status, await early.json()]).toEqual([400, { error: "a wrong word" }]);
    const late = await stream("right wrong");
    expect(late.status).toBe(200);
    expect(eventsIn(await late.text())).toEqual([answer("right"), { error: "a wrong word" }]);
    expect(eventsIn(await (await stream("still here")).text())).toHaveLength(2);
  });

  it("stops when its caller has left, and answers others meanwhile", async () => {
    const leaving = new AbortController();
    const long = await stream("endless ".repeat(100_000), { signal: leaving.signal });
    const reader = long.body!.getReader();
    await reader.read();
    expect(eventsIn(await (await stream("meanwhile others")).text())).toHaveLength(2);
    leaving.abort();
    await eventually(async () => server.output().includes("closed endless"));
  });

  it("sends an answer for each over gRPC, in the order of the requests", async () => {
    const stub = stubOf(port);
    const call = stub.ModelStreamInfer();
    const messages: { infer_response: { id: string; parameters: object }; error_message: string }[] = [];
    call.on("data", (message) => messages.push(message));
    const ended = new Promise<void>((resolve, reject) => call.once("end", resolve).once("error", reject));
    const send = (id: string, text: string, parameters = {}) =>
      call.write({
        model_name: "words",
        id,
        parameters,
        inputs: [
          { name: "text", datatype: "BYTES", shape: [1], contents: { bytes_contents: [Buffer.from(text)] } },
        ],
      });
    send("a", "one two three");
    send("b", "right wrong");
    send("c", "last", { triton_enable_empty_final_response: { bool_param: true } });
    call.end();
    await ended;
    stub.close();
    const told = messages.map(({ infer_response: { id, parameters }, error_message }) => [
      id,
      error_message || Object.keys(parameters).join(),
    ]);
    expect(told).toEqual([
      ...["a", "a", "a", "b"].map((id) => [id, ""]),
      ["b", "a wrong word"],
      ["c", ""],
      ["c", "triton_final_response"],
    ]);
  });
});

describe("classes", () => {
  let server: Server;

  beforeAll(async () => {
    const folder = repository("tensors", "arguments", "frames");
    server = await serve({ words: ["--model-dir", folder, "--worker-threads", "4"] });
  });
  afterAll(() => server?.stop());

  it("get tensors as they were sent, and headers", async () => {
    const inputs = [
      tensor("a", [2, 2], "INT64", [
        [1, 2],
        [3, 4],
      ]),
      tensor("b", [2, 2], "FP32", [0.1, 0.2, 0.3, 0.4]),
      tensor("c", [1], "BYTES", ["é"], "str"),
    ];
    const { body, headers } = await infer(server, "tensors", inputs, {}, { "X-Sender": "me" });
    expect(headers.get("x-seen")).toBe("me");
    expect(body.parameters).toEqual({ note: "made here" });
    expect(body.id).toBe("1");
    expect(body.outputs).toEqual([
      { ...tensor("a", [2, 1], "INT64", [4, 8]), parameters: np },
      tensor("seen", [1], "BYTES", ["[1, 2]"]),
      { ...tensor("b", [2, 1], "FP32", [expect.closeTo(1.3, 6), expect.closeTo(1.7, 6)]), parameters: np },
      tensor("seen", [1], "BYTES", ["0.1"]),
      { ...tensor("c", [1, 1], "BYTES", ["É"]), parameters: { content_type: "str" } },
      tensor("seen", [1], "BYTES", ["'é'"]),
    ]);
  });

  it.each([
    ["INT64", "9007199254740993", "9007199254740994"],
    ["UINT64", "18446744073709551614", "18446744073709551615"],
    ["INT8", "-128", "-127"],
    ["FP64", "null", "null"],
    ["FP16", "65504", "65504"],
    ["BOOL", "true", "2"],
  ])("keep %s exact", async (datatype, sent, expected) => {
    const json = `{"inputs": [{"name": "a", "shape": [1, 1], "datatype": "${datatype}", "data": [${sent}]}]}`;
    const response = await fetch(`${server.url}/v2/models/tensors/infer`, { method: "POST", body: json });
    expect(/"data":\[([^\]]*)\]/.exec(await response.text())?.[1]).toBe(expected);
  });

  it("take and answer tensors as bytes", async () => {
    const data = Buffer.alloc(16);
    data.writeBigInt64LE(2n ** 60n + 1n, 0);
    data.writeBigInt64LE(4n, 8);
    const head = Buffer.from(
      JSON.stringify({
        inputs: [{ name: "a", shape: [1, 2], datatype: "INT64", parameters: { binary_data_size: 16 } }],
        parameters: { binary_data_output: true },
      }),
    );
    const response = await fetch(`${server.url}/v2/models/tensors/infer`, {
      method: "POST",
      body: Buffer.concat([head, data]),
      headers: { "Inference-Header-Content-Length": String(head.length) },
    });
    const body = Buffer.from(await response.arrayBuffer());
    const length = Number(response.headers.get("Inference-Header-Content-Length"));
    const { outputs } = JSON.parse(body.toString("utf8", 0, length));
    expect(outputs.map(({ parameters }: { parameters: object }) => parameters)).toEqual([
      { ...np, binary_data_size: 8 },
      { binary_data_size: 4 + "1152921504606846977".length },
    ]);
    expect(body.readBigInt64LE(length)).toBe(2n ** 60n + 6n);
    expect(body.toString("utf8", length + 12)).toBe("1152921504606846977");
  });

  it("answer with their own errors, and go on", async () => {
    const inputs = [tensor("a", [1], "INT64", [1])];
    const refused = await infer(server, "tensors", inputs, { parameters: { wrong: "request" } });
    expect(refused).toMatchObject({ status: 400, body: { error: "such a request is not answered" } });
    const failed = await infer(server, "tensors", inputs, { parameters: { wrong: "class" } });
    expect(failed.status).toBe(500);
    expect(failed.body.error).toBe("models.Sums.predict raised RuntimeError('a fault of the class')");
    expect(server.output()).toContain('raise RuntimeError("a fault of the class")');
    expect((await infer(server, "tensors", inputs)).status).toBe(200);
  });

  it("run coroutines of several requests in one event loop", async () => {
    const inputs = [tensor("a", [1], "INT64", [1])];
    const all = Array.from({ length: 4 }, () =>
      infer(server, "tensors", inputs, { parameters: { seconds: 0.05 } }),
    );
    for (const { status } of await Promise.all(all)) expect(status).toBe(200);
  });

  it("take inputs as arguments", async () => {
    const word = tensor("word", [1], "BYTES", ["abc"]);
    const numbers = tensor("numbers", [2], "INT64", [1, 2]);
    const { body } = await infer(server, "arguments", [numbers, word]);
    expect(body.outputs).toEqual([{ ...tensor("output-0", [2, 1], "INT64", [3, 6]), parameters: np }]);
    const missing = await infer(server, "arguments", [word]);
    expect(missing).toMatchObject({ status: 400, body: { error: expect.stringContaining("numbers") } });
    const unknown = await infer(server, "arguments", [word, tensor("odd", [1], "INT64", [1])]);
    expect(unknown.body.error).toBe("Input 'odd' was not found. Available inputs are 'word', 'numbers'.");
    expect(unknown.status).toBe(400);
  });

  it("work on data frames", async () => {
    const { body } = await infer(server, "frames", [
      tensor("n", [2, 1], "FP64", [1.5, null]),
      tensor("text", [2], "BYTES", ["u", "v"]),
      tensor("when", [2], "BYTES", ["2024-01-02T03:04:05", "2024-01-03"], "datetime"),
      tensor("bytes", [2], "BYTES", ["aGk=", "eW8="], "base64"),
    ]);
    expect(body.parameters).toEqual({ content_type: "pd" });
    const str = { content_type: "str" };
    expect(body.outputs).toEqual([
      tensor("n", [2, 1], "FP64", [1.5, null]),
      { ...tensor("text", [2, 1], "BYTES", ["u", "v"]), parameters: str },
      {
        ...tensor("when", [2, 1], "BYTES", ["2024-01-02T03:04:05", "2024-01-03T00:00:00"]),
        parameters: { content_type: "datetime" },
      },
      { ...tensor("bytes", [2, 1], "BYTES", ["hi", "yo"]), parameters: str },
      tensor("row", [2, 1], "INT64", [0, 1]),
    ]);
    for (const [content, sent, words] of [
      ["base64", "no base64!", "is not base64"],
      ["datetime", "yesterday", "is no time in ISO 8601"],
    ]) {
      const refused = await infer(server, "frames", [tensor("a", [1], "BYTES", [sent], content)]);
      expect(refused).toMatchObject({ status: 400, body: { error: expect.stringContaining(words!) } });
    }
  });

  it("refuse rows, which they do not take", async () => {
    for (const route of ["predict", "predictUnstructured"]) {
      const response = await fetch(`${server.url}/models/tensors/${route}/`, { method: "POST", body: "a" });
      expect(response.status).toBe(422);
      expect(await response.text()).toContain("POST them to /v2/models/tensors/infer");
    }
  });
});

it("a class is unloaded when the server ends", async () => {
  const server = await serve({ words: ["--model-dir", repository("tensors")] });
  await server.stop();
  expect((await server.ended).exitCode).toBe(0);
  expect(server.output()).toContain("tensors were unloaded");
});

const echo = (text: string) => `
from mlserver import MLModel
from mlserver.codecs import StringCodec
from mlserver.types import InferenceResponse


class Echo(MLModel):
    async def predict(self, payload):
        output = StringCodec.encode_output("text", [${JSON.stringify(text)}])
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=[output])
`;
const any = [tensor("a", [1], "INT64", [1])];
const textOf = async (server: Server, model: string) =>
  (await infer(server, model, any)).body.outputs?.[0].data[0];

it("of several versions the newest answers, and the others by their numbers", async () => {
  const folder = repository();
  for (const version of ["2", "10"])
    settings(
      folder,
      `echo/${version}`,
      { name: "echo", implementation: "own.Echo", parameters: { version } },
      { "own.py": echo(version) },
    );
  const server = await serve({ words: ["--model-dir", folder] });
  try {
    expect(await textOf(server, "echo")).toBe("10");
    expect(await textOf(server, "echo/versions/10")).toBe("10");
    expect(await textOf(server, "echo/versions/2")).toBe("2");
    const { body } = await infer(server, "echo/versions/2", any);
    expect(body).toMatchObject({ model_name: "echo", model_version: "2" });
    const index = (await ask(server, "repository/index", {})).body as { name: string; version: string }[];
    expect(index.map(({ name, version }) => `${name} ${version}`).sort()).toEqual(["echo 10", "echo 2"]);
  } finally {
    await server.stop();
  }
});

it("a model is unloaded and loaded while another one answers", async () => {
  const folder = repository();
  for (const name of ["steady", "coming"])
    settings(folder, name, { implementation: "own.Echo" }, { "own.py": echo(name) });
  const server = await serve({ words: ["--model-dir", folder] });
  const load = new Load(`${server.url}/v2/models/steady/infer`, 4, JSON.stringify({ inputs: any }));
  try {
    const send = (action: string) =>
      fetch(`${server.url}/v2/repository/models/coming/${action}`, { method: "POST" });
    expect((await send("unload")).status).toBe(200);
    expect((await infer(server, "coming", any)).status).toBe(404);
    expect((await ask(server, "repository/index", {})).body).toContainEqual(
      expect.objectContaining({ name: "coming", state: "UNAVAILABLE" }),
    );
    settings(folder, "coming", { implementation: "own.Echo", parameters: { version: "2" } });
    expect((await send("load")).status).toBe(200);
    expect((await infer(server, "coming/versions/2", any)).status).toBe(200);
    settings(folder, "coming", { implementation: "absent.Echo" });
    expect((await send("load")).status).toBeGreaterThan(399);
    expect(await textOf(server, "coming")).toBe("coming");
  } finally {
    await load.stop();
    await server.stop();
  }
  expect(load.failures).toEqual([]);
  expect(load.answers.length).toBeGreaterThan(20);
});

it("a class and its settings are read again on SIGHUP", async () => {
  const folder = repository();
  settings(folder, "echo", { implementation: "own.Echo" }, { "own.py": echo("before") });
  const server = await serve({ words: ["--model-dir", folder] });
  try {
    expect(await textOf(server, "echo")).toBe("before");
    settings(
      folder,
      "echo",
      { implementation: "new.Echo", parameters: { version: "3" } },
      { "new.py": echo("after") },
    );
    process.kill(server.pid, "SIGHUP");
    await eventually(async () => (await textOf(server, "echo")) === "after");
    expect((await infer(server, "echo/versions/3", any)).body.model_version).toBe("3");
  } finally {
    await server.stop();
  }
});

it("variables name the class of a folder without settings, and --model_name its model", async () => {
  const folder = codeDirectory({ "own.py": echo("by variables") });
  const variables = { MLSERVER_MODEL_IMPLEMENTATION: "own.Echo", MLSERVER_MODEL_VERSION: "9" };
  const server = await serve({ words: ["--model_dir", folder, "--model_name=told"], variables });
  try {
    expect((await infer(server, "told", any)).body).toMatchObject({
      model_name: "told",
      model_version: "9",
      outputs: [{ data: ["by variables"] }],
    });
  } finally {
    await server.stop();
  }
});

it("what cannot be served says why, and other models go on", async () => {
  const folder = repository("frames");
  settings(folder, "tracked", { implementation: "mlserver_mlflow.MLflowRuntime" });
  settings(folder, "nothing", { name: "nothing" });
  settings(folder, "broken", "{");
  settings(folder, "module", { implementation: "absent.Model" });
  settings(folder, "without", {
    implementation: "mlserver_sklearn.SKLearnModel",
    parameters: { uri: "./no.joblib" },
  });
  settings(folder, "boosted", { implementation: "mlserver_lightgbm.LightGBMModel" }, { "model.bst": "" });
  settings(
    folder,
    "unready",
    { implementation: "own.Own" },
    {
      "own.py":
        "from mlserver import MLModel\n\nclass Own(MLModel):\n    async def load(self):\n        pass\n",
    },
  );
  const server = await serve({ words: ["--model-dir", folder], until: 513 });
  try {
    await eventually(async () => (await ask(server, "models/frames/ready")).status === 200);
    const reasons: Record<string, string> = {
      tracked: "MLflowRuntime of model-settings.json is not served by itself",
      nothing: "implementation is missing",
      broken: "is not valid JSON",
      module: "there is no module absent",
      without: "Invalid URI specified for model without",
      boosted: "needs the package lightgbm",
      unready: "returned None, so the model is not ready; return True",
    };
    for (const [model, words] of Object.entries(reasons)) {
      await eventually(async () => JSON.stringify(await ask(server, "repository/index", {})).includes(words));
      expect((await infer(server, model, any)).body.error).toContain(words);
    }
    expect((await infer(server, "frames", any)).status).toBe(200);
  } finally {
    await server.stop();
  }
});

it("drum migrate says what serves a repository", async () => {
  const folder = repository("tensors", "frames");
  const { exitCode, stdout } = await drum(["migrate", folder]);
  expect(stdout).toContain(`${folder} has 2 models for MLServer.`);
  expect(stdout).toContain("tensors: the class models.Sums");
  expect(exitCode).toBe(0);
  const nothing = await drum(["migrate", codeDirectory({})]);
  expect(nothing.stderr).toContain("has neither a model-settings.json of MLServer nor a model of Triton");
  expect(nothing.exitCode).toBe(2);
});
