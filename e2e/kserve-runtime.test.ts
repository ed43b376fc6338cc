// The command line of deploy/kserve serves a model that is mounted as one folder, over all of its protocols.

import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { codeDirectory, freePort, pythonModel, root, type Server, serve } from "./drum.js";
import { ask, stubOf } from "./inference-grpc.js";

const runtime = parse(readFileSync(path.join(root, "deploy/kserve/serving-runtime.yaml"), "utf8"));
const [container] = runtime.spec.containers;

/** As KServe starts it, with ports of this test. */
async function start(folder: string, variables: Record<string, string>) {
  const grpcPort = await freePort();
  const [command, ...given] = container.args as string[];
  const words = given
    .map((word) => word.replace("{{.Name}}", "mounted").replace("/mnt/models", folder))
    .map((word) => word.replace("0.0.0.0:9000", `127.0.0.1:${grpcPort}`))
    .filter((word) => !word.startsWith("--address"));
  const health = container.readinessProbe.httpGet.path as string;
  const server = await serve({ command: command!, words, variables, health });
  return { server, grpcPort };
}

const post = async (url: string, body: object) => {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  return JSON.parse(await response.text());
};

it("listens where the runtime says", () => {
  expect(container.args).toEqual(
    expect.arrayContaining(["--address=0.0.0.0:8080", "--grpc-address=0.0.0.0:9000"]),
  );
  expect(container.ports.map(({ containerPort }: { containerPort: number }) => containerPort)).toEqual([
    8080,
  ]);
  expect(runtime.spec.annotations).toEqual({
    "prometheus.kserve.io/path": "/metrics",
    "prometheus.kserve.io/port": "8080",
  });
});

describe("a code directory", () => {
  let server: Server;
  let grpcPort: number;

  beforeAll(async () => {
    const folder = pythonModel(
      'def score(data, model):\n    return pd.DataFrame({"Predictions": data["a"] + 1.0})',
    );
    ({ server, grpcPort } = await start(folder, { TARGET_TYPE: "regression" }));
  });
  afterAll(() => server?.stop());

  const inputs = [{ name: "a", shape: [2], datatype: "FP64", data: [1, 2] }];

  it("is served under the name of its InferenceService, over V1 and V2", async () => {
    expect(
      await post(`${server.url}/v1/models/mounted:predict`, { instances: [{ a: 1 }, { a: 2 }] }),
    ).toEqual({
      predictions: [2, 3],
    });
    const answer = await post(`${server.url}/v2/models/mounted/infer`, { inputs });
    expect(answer).toMatchObject({ model_name: "mounted", outputs: [{ name: "Predictions", data: [2, 3] }] });
  });

  it("is served over gRPC", async () => {
    const stub = stubOf(grpcPort);
    const contents = { fp64_contents: [1] };
    const request = {
      model_name: "mounted",
      inputs: [{ name: "a", shape: [1], datatype: "FP64", contents }],
    };
    const answer = await ask(stub, "ModelInfer", request);
    expect(answer).toMatchObject({ outputs: [{ contents: { fp64_contents: [2] } }] });
    stub.close();
  });

  it("tells Prometheus of its requests", async () => {
    const url = server.url + runtime.spec.annotations["prometheus.kserve.io/path"];
    const count = async (metric: string) =>
      Number(
        new RegExp(`^${metric}\\{model="mounted",version="1"\\} (.*)$`, "m").exec(
          await (await fetch(url)).text(),
        )?.[1],
      );
    const [succeeded, failed, rows] = [
      await count("model_infer_request_success_total"),
      await count("model_infer_request_failure_total"),
      await count("model_inferences_total"),
    ];
    await post(`${server.url}/v2/models/mounted/infer`, { inputs });
    await post(`${server.url}/v2/models/mounted/infer`, { inputs: [{ ...inputs[0], name: "b" }] });
    expect(await count("model_infer_request_success_total")).toBe(succeeded + 1);
    expect(await count("model_infer_request_failure_total")).toBe(failed + 1);
    expect(await count("model_inferences_total")).toBe(rows + 2);
    expect(await count("model_infer_request_duration_seconds_total")).toBeGreaterThan(0);
    expect(await count("model_requests_running")).toBe(0);
    expect(await count("model_workers_ready")).toBe(1);
  });
});

it("a class of MLServer is served over gRPC too", async () => {
  const folder = codeDirectory({
    "model-settings.json": JSON.stringify({
      name: "told",
      implementation: "own.Own",
      parameters: { version: "2" },
    }),
    "own.py": `
from mlserver import MLModel, types
from mlserver.codecs import NumpyCodec, StringCodec


class Own(MLModel):
    async def predict(self, payload):
        first, second = payload.inputs
        numbers = self.decode(first, default_codec=NumpyCodec)
        texts = self.decode(second, default_codec=StringCodec)
        outputs = [NumpyCodec.encode_output("sum", numbers.sum(axis=1)), StringCodec.encode_output("text", texts)]
        sender = payload.parameters.headers["user-agent"].split("/")[0]
        parameters = types.Parameters(sender=sender)
        return types.InferenceResponse(model_name=self.name, outputs=outputs, parameters=parameters)
`,
  });
  const { server, grpcPort } = await start(folder, {});
  const stub = stubOf(grpcPort);
  try {
    const metadata = await ask(stub, "ModelMetadata", { name: "mounted" });
    expect(metadata).toMatchObject({ name: "mounted", platform: "" });
    const answer = await ask(stub, "ModelInfer", {
      model_name: "mounted",
      model_version: "2",
      inputs: [
        {
          name: "a",
          shape: [1, 2],
          datatype: "INT64",
          contents: { int64_contents: ["9007199254740993", 1] },
        },
        { name: "b", shape: [1], datatype: "BYTES", contents: { bytes_contents: [Buffer.from("é")] } },
      ],
    });
    expect(answer).toMatchObject({
      model_name: "mounted",
      parameters: { sender: { string_param: "grpc-node-js" } },
      outputs: [
        { name: "sum", shape: ["1", "1"], contents: { int64_contents: ["9007199254740994"] } },
        { name: "text", contents: { bytes_contents: [Buffer.from("é")] } },
      ],
    });
  } finally {
    stub.close();
    await server.stop();
  }
});
