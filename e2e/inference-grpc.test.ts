// The Open Inference Protocol over gRPC: Triton's own client on every call and datatype, and a plain client where it has no word.

import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, credentials, Metadata, status } from "@grpc/grpc-js";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  codeDirectory,
  drum,
  eventually,
  fourFolder,
  freePort,
  languages,
  pythonModel,
  root,
  type Server,
  serve,
} from "./drum.js";
import { ask, rowOf, type Stub, stubOf } from "./inference-grpc.js";

/** A folder of models: their hooks and metadata by name. */
function modelDirectory(models: Record<string, { hooks: string; metadata?: string }>): string {
  const folder = codeDirectory({});
  for (const [name, { hooks, metadata = "targetType: regression\n" }] of Object.entries(models)) {
    mkdirSync(path.join(folder, name));
    cpSync(pythonModel(hooks), path.join(folder, name), { recursive: true });
    writeFileSync(path.join(folder, name, "model-metadata.yaml"), metadata);
  }
  return folder;
}

const score = (body: string) => `def score(data, model):\n    ${body.split("\n").join("\n    ")}`;
const plusOne = { hooks: score('return pd.DataFrame({"Predictions": data["a"] + 1.0})') };

async function serveGrpc(folder: string, words: readonly string[] = [], health = "/health/") {
  const port = await freePort();
  const server = await serve({
    words: ["--model-dir", folder, "--grpc-address", `127.0.0.1:${port}`, ...words],
    health,
  });
  return { server, port, stub: stubOf(port) };
}

let server: Server;
let port: number;
let stub: Stub;
const start = async (...given: Parameters<typeof serveGrpc>) => {
  ({ server, port, stub } = await serveGrpc(...given));
};
const stop = async () => {
  stub?.close();
  await server?.stop();
};

/** What a failed call tells. */
const refusal = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (thrown) => thrown,
  );
  return { status: status[error?.code], message: error?.details };
};

/** What a server tells of its services. */
async function reflected(message: object): Promise<Record<string, unknown>> {
  const client = stubOf(port, "grpc.reflection.v1.ServerReflection");
  const stream = client.ServerReflectionInfo();
  const answer = await new Promise<Record<string, unknown>>((resolve, reject) => {
    stream.once("data", resolve).once("error", reject);
    stream.write(message);
  });
  stream.end();
  client.close();
  return answer;
}

describe("Triton's client", () => {
  let told: Record<string, unknown>;
  beforeAll(async () => {
    await start(
      modelDirectory({
        cells: {
          metadata: "targetType: textgeneration\ninferenceModel:\n  targetName: text\n",
          hooks: score(
            [
              "if 13.0 in data.iloc[:, 0].tolist():",
              '    raise ValueError("thirteen")',
              "rows = zip(*(data[name].tolist() for name in data.columns))",
              'texts = ["|".join(f"{name}={cell!r}" for name, cell in zip(data.columns, row)) for row in rows]',
              'return pd.DataFrame({"text": texts})',
            ].join("\n"),
          ),
        },
        classes: {
          metadata:
            "targetType: binary\ninferenceModel:\n  positiveClassLabel: 'yes'\n  negativeClassLabel: 'no'\n",
          hooks: score('return pd.DataFrame({"yes": data["a"], "no": 1 - data["a"]})'),
        },
        extra: {
          hooks: score(
            [
              'big = data["a"].map(lambda a: 2**53 + 1 if a > 0 else None).astype("Int64")',
              'return pd.DataFrame({"Predictions": data["a"], "big": big, "up": data["a"] > 0, "text": "ä"})',
            ].join("\n"),
          ),
        },
      }),
    );
    const { file_descriptor_response: files } = await reflected({
      file_containing_symbol: "inference.GRPCInferenceService",
    });
    const [input] = (files as { file_descriptor_proto: Buffer[] }).file_descriptor_proto;
    const python = path.join(root, ".setup/clients/bin/python");
    const program = path.join(root, "e2e/clients/triton_grpc_calls.py");
    const { stdout } = await execa(python, ["-W", "ignore", program, String(port)], { input: input! });
    told = JSON.parse(stdout) as Record<string, unknown>;
  });
  afterAll(stop);

  it("finds the messages and calls that it knows", () => {
    // Triton does not know what MLServer added.
    expect(told.differences).toEqual(["ModelMetadataResponse.TensorMetadata.parameters"]);
  });

  it("learns of the server and its models", () => {
    const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    expect(told).toMatchObject({
      is_server_live: true,
      is_server_ready: true,
      get_server_metadata: {
        name: "drumline",
        version,
        extensions: expect.arrayContaining(["model_repository", "statistics"]),
      },
      "is_model_ready of classes": true,
      "get_model_metadata of classes": {
        name: "classes",
        versions: ["1"],
        platform: "python_hooks",
        outputs: [
          { name: "no", datatype: "FP64", shape: ["-1", "1"] },
          { name: "yes", datatype: "FP64", shape: ["-1", "1"] },
        ],
      },
      "get_model_config of classes": {
        config: {
          name: "classes",
          backend: "python",
          version_policy: { latest: { num_versions: 1 } },
          output: [{ name: "no", data_type: "TYPE_FP64", dims: ["-1", "1"] }, { name: "yes" }],
          instance_group: [{ count: 1, kind: "KIND_CPU" }],
        },
      },
      "get_inference_statistics of classes": { model_stats: [{ name: "classes", version: "1" }] },
    });
    const { model_stats } = told.get_inference_statistics as { model_stats: { name: string }[] };
    expect(model_stats.map(({ name }) => name).sort()).toEqual(["cells", "classes", "extra"]);
    expect(told["is_model_ready of nothing"]).toBe(false);
    for (const call of ["get_model_metadata", "get_model_config", "get_inference_statistics"])
      expect(told[`${call} of nothing`]).toMatchObject({ status: "StatusCode.NOT_FOUND" });
  });

  const texts = (...values: string[]) => values.map((value) => `x=${value}`);
  const cells: Record<string, string[]> = {
    BOOL: texts("True", "False"),
    INT8: texts("-128", "127"),
    INT16: texts("-32768", "32767"),
    INT32: texts("-2147483648", "2147483647"),
    INT64: texts("-9223372036854775808", "9007199254740993"),
    UINT8: texts("0", "255"),
    UINT16: texts("0", "65535"),
    UINT32: texts("0", "4294967295"),
    UINT64: texts("9007199254740993", "9223372036854775807"),
    FP16: texts("1.5", "-65504.0"),
    BF16: texts("1.5", "-3.0"),
    FP32: texts("0.10000000149011612", "inf"),
    FP64: texts("0.1", "-inf"),
    BYTES: texts("'a|b'", "'Zürich'"),
  };
  const typedTexts = (values: string[]) => ({
    model_name: "cells",
    model_version: "1",
    id: expect.any(String),
    outputs: [
      {
        name: "Predictions",
        datatype: "BYTES",
        shape: [String(values.length), "1"],
        parameters: { content_type: { string_param: "str" } },
        contents: { bytes_contents: values.map((text) => Buffer.from(text).toString("base64")) },
      },
    ],
  });

  it.each(Object.keys(cells))("sends %s raw", (datatype) => {
    expect(told[`raw ${datatype}`]).toEqual(cells[datatype]);
  });

  it.each(Object.keys(cells).filter((name) => !/16$/.test(name) || /INT/.test(name)))(
    "has stubs that send %s in lists, and get lists",
    (datatype) => {
      expect(told[`typed ${datatype}`]).toEqual(typedTexts(cells[datatype]!));
    },
  );

  it("sends matrices, columns, compressed messages, ids and versions", () => {
    const matrix = ["0=1.0|1=2.0", "0=3.0|1=4.0"];
    expect(told).toMatchObject({
      matrix,
      columns: ["a=0.25|b='x'", "a=1.0|b='y'"],
      gzip: matrix,
      "id and version": "7",
      base64: typedTexts(["x='ab'"]),
    });
  });

  it("gets the outputs that it names, of every datatype", () => {
    expect(told).toMatchObject({
      classes: { yes: [[0.25], [1]], no: [[0.75], [0]] },
      wanted: {
        predict: [["no"], ["yes"]],
        predict_proba: [
          [0.25, 0.75],
          [1, 0],
        ],
        yes: [[0.25], [1]],
      },
      extra: { Predictions: [[0.25], [1]], up: [[true], [true]] },
    });
    expect(told["extra typed"]).toMatchObject({
      id: "7",
      outputs: [
        { name: "Predictions", datatype: "FP64", contents: { fp64_contents: [1] } },
        { name: "big", datatype: "INT64", contents: { int64_contents: ["9007199254740993"] } },
        { name: "up", datatype: "BOOL", contents: { bool_contents: [true] } },
        { name: "text", datatype: "BYTES", contents: { bytes_contents: ["w6Q="] } },
      ],
    });
  });

  it.each<[string, string, string]>([
    ["no model", "StatusCode.NOT_FOUND", 'there is no model "nothing"; name one of cells, classes, extra'],
    ["no version", "StatusCode.NOT_FOUND", "cells has no version 9; it serves version 1"],
    ["no output", "StatusCode.INVALID_ARGUMENT", "the model has no output other; name one of"],
    ["hook fails", "StatusCode.UNKNOWN", "thirteen"],
    ["missing in INT64", "StatusCode.UNKNOWN", "the output big has no value in row 0"],
    ["no inputs", "INVALID_ARGUMENT", "the request has no inputs"],
    ["twice", "INVALID_ARGUMENT", "the input x is there twice"],
    ["no parts", "INVALID_ARGUMENT", "raw_input_contents has 2 parts for 1 input"],
    ["both forms", "INVALID_ARGUMENT", "x has fp64_contents, and there are raw_input_contents"],
    ["short raw", "INVALID_ARGUMENT", "[1] of FP64, 8 bytes, but its raw contents have 4"],
    ["cut text", "INVALID_ARGUMENT", "the bytes of x do not hold 1 elements"],
    ["other bytes", "INVALID_ARGUMENT", "element 0 of x is not UTF-8"],
    ["boolean 2", "INVALID_ARGUMENT", "element 0 of x is 2, expected 0 or 1"],
    ["no name", "INVALID_ARGUMENT", "inputs[0] has no name"],
    ["datatype", "INVALID_ARGUMENT", 'the datatype of x is "fp64", expected one of BOOL'],
    ["shape", "INVALID_ARGUMENT", "the shape of x is [-1], expected whole numbers"],
    ["too few", "INVALID_ARGUMENT", "[2], 2 elements, but fp64_contents has 1"],
    [
      "other list",
      "INVALID_ARGUMENT",
      "x is FP64 and has fp32_contents; its elements belong in fp64_contents",
    ],
    ["typed FP16", "INVALID_ARGUMENT", "x is FP16, which is read from raw_input_contents alone"],
    ["INT8 300", "INVALID_ARGUMENT", "element 0 of x is 300, expected a whole number from -128 to 127"],
    ["UINT64 2^63", "INVALID_ARGUMENT", "expected one below 2^63"],
  ])("is told what is wrong: %s", (call, code, words) => {
    expect(told[call]).toEqual({ status: code, message: expect.stringContaining(words) });
  });

  it("sends several requests over one stream, and gets answers and errors in their order", () => {
    const expected: unknown[] = Array.from({ length: 40 }, (_, at) => [String(at), [`x=${at}`], null]);
    expected[13] = expect.stringContaining("thirteen");
    expected[20] = expect.stringContaining('there is no model "nothing"');
    expect(told.stream).toEqual([...expected, ["last", ["0=1.0|1=2.0", "0=3.0|1=4.0"], true]]);
  });

  it("unloads and loads a model while others serve", () => {
    const others = [
      ["cells", "READY", "1"],
      ["extra", "READY", "1"],
    ];
    const all = [others[0], ["classes", "READY", "1"], others[1]];
    expect(told).toMatchObject({
      index: all,
      unload: null,
      "index without": [others[0], ["classes", "UNAVAILABLE", ""], others[1]],
      "infer without": { status: "StatusCode.NOT_FOUND" },
      load: null,
      "index with": all,
      "infer with": { yes: [[0.25], [1]] },
      "load of nothing": {
        status: "StatusCode.NOT_FOUND",
        message: expect.stringMatching(
          /there is no model "nothing" in .*; load one of cells, classes, extra/,
        ),
      },
    });
  });
});

describe("the four languages", () => {
  beforeAll(() => start(path.join(fourFolder, "binary")));
  afterAll(stop);

  it("answer the same", async () => {
    const columns = [
      { name: "age", datatype: "INT64", contents: { int64_contents: [23, 67] } },
      { name: "bmi", datatype: "FP64", contents: { fp64_contents: [21.5, 30.25] } },
      { name: "smoker", datatype: "BOOL", contents: { bool_contents: [false, true] } },
      { name: "region", datatype: "BYTES", contents: { bytes_contents: ["Zürich", "s"].map(Buffer.from) } },
      { name: "visits", datatype: "INT32", contents: { int_contents: [1, 12] } },
    ].map((input) => ({ ...input, shape: [2, 1] }));
    const risks = [0.23 + 0.43 + 0.6 + 0.05, 0.67 + 0.605 + 1 + 0.1 + 0.6];
    const yes = risks.map((risk) => 1 / (1 + Math.exp(1.5 - risk)));
    for (const language of languages) {
      const message = { model_name: language, inputs: columns };
      const { outputs } = await ask<{ outputs: { name: string; contents: { fp64_contents: number[] } }[] }>(
        stub,
        "ModelInfer",
        message,
      );
      const got = Object.fromEntries(outputs.map(({ name, contents }) => [name, contents.fp64_contents]));
      expect(Object.keys(got).sort(), language).toEqual(["no", "yes"]);
      for (const row of [0, 1]) expect(got.yes![row], language).toBeCloseTo(yes[row]!, 12);
      const labels = await ask<{ outputs: { contents: { bytes_contents: Buffer[] } }[] }>(
        stub,
        "ModelInfer",
        { ...message, outputs: [{ name: "predict" }] },
      );
      expect(labels.outputs[0]!.contents.bytes_contents.map(String), language).toEqual(["no", "yes"]);
    }
  });
});

describe("a server", () => {
  afterEach(stop);

  it("tells its services by reflection, and its health", async () => {
    await start(modelDirectory({ plus: plusOne }));
    const { list_services_response: list } = await reflected({ list_services: "" });
    expect((list as { service: { name: string }[] }).service).toEqual([
      { name: "inference.GRPCInferenceService" },
    ]);
    const health = stubOf(port, "grpc.health.v1.Health");
    for (const service of ["", "inference.GRPCInferenceService"])
      expect(await ask(health, "Check", { service })).toEqual({ status: "SERVING" });
    expect(await refusal(ask(health, "Check", { service: "nothing" }))).toEqual({
      status: "NOT_FOUND",
      message: 'there is no service "nothing"',
    });
    health.close();
  });

  it("is not ready while a model loads or has failed, and says why", async () => {
    const go = path.join(codeDirectory({}), "go");
    const waits = `def load_model(code_dir):\n    import os, time\n    while not os.path.exists("${go}"):\n        time.sleep(0.02)\n    return 1\n`;
    const fails = `def load_model(code_dir):\n    raise ValueError("not today")\n`;
    await start(
      modelDirectory({ waits: { hooks: `${waits}\n${plusOne.hooks}` }, fails: { hooks: fails } }),
      [],
      "/ping/",
    );
    const health = stubOf(port, "grpc.health.v1.Health");
    const seen: string[] = [];
    const watch = health.Watch({ service: "" }).on("data", (answer) => seen.push(answer.status));
    watch.on("error", () => {});
    const isReady = async (name: string) =>
      (await ask<{ ready: boolean }>(stub, "ModelReady", { name })).ready;
    expect(await ask(stub, "ServerLive")).toEqual({ live: true });
    expect(await ask(stub, "ServerReady")).toEqual({ ready: false });
    expect(await isReady("waits")).toBe(false);
    expect(await ask(health, "Check", {})).toEqual({ status: "NOT_SERVING" });
    const answered = ask(stub, "ModelInfer", rowOf("waits", 1));
    writeFileSync(go, "");
    expect(await answered).toMatchObject({ outputs: [{ contents: { fp64_contents: [2] } }] });
    await eventually(() => isReady("waits"));
    expect(await isReady("fails")).toBe(false);
    expect(await refusal(ask(stub, "ModelInfer", rowOf("fails", 1)))).toEqual({
      status: "UNAVAILABLE",
      message: expect.stringContaining("not today"),
    });
    expect(await ask(stub, "ServerReady")).toEqual({ ready: false });
    await ask(stub, "RepositoryModelUnload", { model_name: "fails" });
    await eventually(() => seen.includes("SERVING"));
    expect(seen).toEqual(["NOT_SERVING", "SERVING"]);
    watch.cancel();
    health.close();
  });

  it("refuses what is too large or too much, and forgets calls past their deadline", async () => {
    const file = path.join(codeDirectory({}), "seen");
    const slow = score(
      [
        "import time",
        `with open("${file}", "a") as seen:`,
        "    seen.write(f\"{data['a'].iloc[0]:.0f} \")",
        "time.sleep(data['a'].iloc[0])",
        'return pd.DataFrame({"Predictions": data["a"]})',
      ].join("\n"),
    );
    await start(modelDirectory({ slow: { hooks: slow } }), ["--queue-size", "2", "--max-body-size", "100KB"]);
    const large = { ...rowOf("slow", 0), id: "x".repeat(100 * 1024) };
    expect(await refusal(ask(stub, "ModelInfer", large))).toMatchObject({
      status: "RESOURCE_EXHAUSTED",
      message: expect.stringMatching(/larger than max \(\d+ vs\.? 102400\)/),
    });
    const first = ask(stub, "ModelInfer", rowOf("slow", 2));
    await eventually(() => existsSync(file) && readFileSync(file, "utf8").includes("2"));
    const late = Promise.all(
      [7, 8].map((value) =>
        refusal(ask(stub, "ModelInfer", rowOf("slow", value), { deadline: Date.now() + 500 })),
      ),
    );
    await sleep(200);
    expect(await refusal(ask(stub, "ModelInfer", rowOf("slow", 9)))).toMatchObject({
      status: "RESOURCE_EXHAUSTED",
      message: expect.stringContaining("--queue-size"),
    });
    for (const one of await late) expect(one.status).toBe("DEADLINE_EXCEEDED");
    await first;
    await ask(stub, "ModelInfer", rowOf("slow", 0));
    expect(readFileSync(file, "utf8")).toMatch(/2 0 $/);
  });

  it("answers every call while its workers are killed", async () => {
    await start(modelDirectory({ plus: plusOne }), ["--max-workers", "2"]);
    let isOver = false;
    const failures: string[] = [];
    let answers = 0;
    const clients = Array.from({ length: 8 }, async (_, client) => {
      while (!isOver) {
        const answer = await ask<{ outputs: { contents: { fp64_contents: number[] } }[] }>(
          stub,
          "ModelInfer",
          rowOf("plus", client),
        ).catch((error: Error) => error);
        if (answer instanceof Error) failures.push(answer.message);
        else if (answer.outputs[0]!.contents.fp64_contents[0] === client + 1) answers++;
        else failures.push(JSON.stringify(answer));
      }
    });
    const workersNow = async () => {
      const { workers } = (await (await fetch(`${server.url}/models/plus/stats/`)).json()) as {
        workers: { pid: number; state: string }[];
      };
      return workers;
    };
    for (let round = 0; round < 3; round++) {
      const { pid } = (await workersNow())[0]!;
      process.kill(pid, "SIGKILL");
      await eventually(async () =>
        (await workersNow()).every((worker) => worker.state === "ready" && worker.pid !== pid),
      );
    }
    isOver = true;
    await Promise.all(clients);
    expect(failures).toEqual([]);
    expect(answers).toBeGreaterThan(100);
  });

  it("answers at SIGTERM what it has, ends idle streams, and ends", async () => {
    const slow = score('import time\ntime.sleep(1)\nreturn pd.DataFrame({"Predictions": data["a"]})');
    await start(modelDirectory({ slow: { hooks: slow } }));
    const stream = stub.ModelStreamInfer();
    const ended = new Promise<{ code?: number }>((resolve) => stream.once("error", resolve));
    const messages: Record<string, unknown>[] = [];
    stream.on("data", (message) => messages.push(message));
    stream.write({ ...rowOf("slow", 5), id: "in the stream" });
    const answered = ask(stub, "ModelInfer", rowOf("slow", 3));
    await sleep(500);
    const stopped = server.stop();
    await eventually(
      async () => (await refusal(ask(stub, "ModelInfer", rowOf("slow", 4)))).status === "UNAVAILABLE",
    );
    expect(await answered).toMatchObject({ outputs: [{ contents: { fp64_contents: [3] } }] });
    expect((await ended).code).toBe(status.UNAVAILABLE);
    expect(messages).toMatchObject([{ error_message: "", infer_response: { id: "in the stream" } }]);
    expect((await stopped).exitCode).toBe(0);
  });

  it("whose address is taken is told who has it", async () => {
    await start(modelDirectory({ plus: plusOne }));
    const folder = modelDirectory({ plus: plusOne });
    const words = ["--address", `127.0.0.1:${await freePort()}`, "--grpc-address", `127.0.0.1:${port}`];
    const { exitCode, stderr } = await drum(["server", "--model-dir", folder, ...words]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}: .*by process ${server.pid} .*--grpc-address`),
    );
  });

  it("of fixed models refuses to load others, and bytes that are no message", async () => {
    port = await freePort();
    server = await serve({
      words: ["--code-dir", pythonModel(plusOne.hooks), "--target-type", "regression"],
      variables: { DRUM_GRPC_ADDRESS: `:${port}` },
    });
    stub = stubOf(port);
    expect(await refusal(ask(stub, "RepositoryModelLoad", { model_name: "plus" }))).toEqual({
      status: "UNIMPLEMENTED",
      message: expect.stringContaining("start it with --model-dir"),
    });
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    const keep = (bytes: Buffer) => bytes;
    const place = "/inference.GRPCInferenceService";
    const noMessage = Buffer.from([0xff, 0xff]);
    const unary = new Promise((resolve, reject) => {
      client.makeUnaryRequest(`${place}/ModelInfer`, keep, keep, noMessage, (error, answer) =>
        error ? reject(error) : resolve(answer),
      );
    });
    const stream = client.makeBidiStreamRequest(`${place}/ModelStreamInfer`, keep, keep);
    const streamed = new Promise((_, reject) => stream.on("data", () => {}).once("error", reject));
    for (let count = 0; count < 3; count++) stream.write(noMessage);
    for (const call of [unary, streamed])
      expect(await refusal(call)).toEqual({
        status: "INTERNAL",
        message: expect.stringContaining("the message cannot be read"),
      });
    client.close();
    expect(await ask(stub, "ServerReady")).toEqual({ ready: true });
  });

  it("with an address for everyone lets callers with its token load and unload", async () => {
    const folder = modelDirectory({ plus: plusOne });
    port = await freePort();
    server = await serve({
      words: ["--model-dir", folder, "--grpc-address", `0.0.0.0:${port}`],
      variables: { DRUM_TOKEN: "secret" },
    });
    stub = stubOf(port);
    const unload = { model_name: "plus" };
    expect(await refusal(ask(stub, "RepositoryModelUnload", unload))).toEqual({
      status: "PERMISSION_DENIED",
      message: expect.stringContaining("--repository-control"),
    });
    const metadata = new Metadata();
    metadata.set("authorization", "Bearer secret");
    const allowed = new Promise((resolve, reject) => {
      const call = stub.RepositoryModelUnload as unknown as (...words: unknown[]) => unknown;
      call.call(stub, unload, metadata, (error: Error | null) => (error ? reject(error) : resolve(true)));
    });
    expect(await allowed).toBe(true);
  });
});
