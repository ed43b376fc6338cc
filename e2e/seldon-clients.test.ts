// Seldon's own client and stubs (seldon-core 1.18.2) call a wrapper class, over REST and gRPC. The answers are those of its own wrapper.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, root, type Server, serve } from "./drum.js";

type Told = Record<string, Record<string, unknown>>;

let server: Server;
let told: Told;
beforeAll(async () => {
  const [grpc, metrics] = [String(await freePort()), String(await freePort())];
  server = await serve({
    command: "microservice",
    words: ["Node", "--grpc-port", grpc, "--metrics-port", metrics],
    folder: path.join(root, "e2e/wrappers/python"),
    health: "/health/status",
    variables: { PREDICTIVE_UNIT_ID: "UNIT", PREDICTIVE_UNIT_IMAGE: "img:1" },
  });
  const python = path.join(root, ".setup/seldon/bin/python");
  const program = path.join(root, "e2e/clients/seldon_calls.py");
  const { stdout } = await execa(python, [program, new URL(server.url).port, grpc]);
  told = JSON.parse(stdout) as Told;
}, 120_000);
afterAll(() => server.stop());

const names = ["low", "high"];
const metaOf = (label: string, more = {}) => ({
  tags: { count: 1, from: "node", ...more },
  requestPath: { UNIT: "img:1" },
  metrics: [
    { key: "asked", value: 1 },
    { key: "level", type: "GAUGE", value: 2.5, tags: { method: label, part: "a" } },
    { key: "took", type: "TIMER", value: 20 },
  ],
});
const tensor = (values: number[], shape = [1, values.length]) => ({ names, tensor: { shape, values } });

describe("stubs over gRPC", () => {
  it.each<[string, object]>([
    ["tensor", { meta: metaOf("predict"), data: tensor([1, 2]) }],
    ["ndarray", { meta: { ...metaOf("predict", { a: 1 }), puid: "p" }, data: { names, ndarray: [[1, 2]] } }],
    ["text", { meta: metaOf("predict"), strData: "x" }],
    ["bytes", { meta: metaOf("predict"), binData: "YWJj" }],
    [
      "json",
      {
        meta: metaOf("predict"),
        jsonData: { got: { a: [1, { b: null }, true] }, label: "none", loaded: true, meta: {}, names: [] },
      },
    ],
    ["nothing", { code: "UNKNOWN", details: expect.stringContaining("Invalid request data type") }],
    ["route", { meta: metaOf("router"), data: tensor([1]) }],
    ["aggregate", { meta: metaOf("aggregate"), data: tensor([1, 2]) }],
    ["transform_input", { meta: metaOf("inputtransform"), data: tensor([2, 3]) }],
    ["transform_output", { meta: metaOf("outputtransform"), data: { names, ndarray: [["a", 1]] } }],
    ["generic", { meta: metaOf("inputtransform"), data: tensor([2, 3]) }],
    ["feedback", { meta: metaOf("feedback"), data: { tensor: { shape: [2], values: [0.5, -5] } } }],
    ["metadata", { name: "node", versions: ["1"], custom: { author: "a" } }],
    ["seldon", { meta: metaOf("predict"), data: tensor([1, 2]) }],
  ])("call %s", (name, answer) => {
    expect(told[name]).toEqual(answer);
  });
});

describe.each(["rest", "grpc"])("SeldonClient over %s", (transport) => {
  it.each<[string, number[]]>([
    ["predict", [1, 2]],
    ["transform-input", [2, 3]],
    ["route", [1]],
  ])("calls %s", (method, values) => {
    const of = (payload: string) => told[`client ${transport} ${method} ${payload}`];
    expect(of("ndarray")).toEqual({ success: true, data: { names, ndarray: [values] } });
    expect(of("tensor")).toEqual({ success: true, data: tensor(values) });
  });
});

describe("the document at /seldon.json", () => {
  const clients = path.join(root, ".setup/clients/bin");

  it("is one of OpenAPI 3, with every route", async () => {
    const text = await (await fetch(`${server.url}/seldon.json`)).text();
    const program = path.join(root, "e2e/clients/openapi_faults.py");
    const { stdout } = await execa(path.join(clients, "python"), [program], { input: text });
    expect(stdout).toBe("");
    const { paths } = JSON.parse(text) as { paths: Record<string, object> };
    const methods = Object.entries(paths).map(([route, operations]) => [route, Object.keys(operations)]);
    expect(Object.fromEntries(methods)).toEqual({
      ...Object.fromEntries(
        ["predict", "transform-input", "transform-output", "route", "aggregate", "send-feedback"].map(
          (name) => [`/${name}`, ["get", "post"]],
        ),
      ),
      ...Object.fromEntries(
        ["v0.1", "v1.0"].flatMap((version) =>
          ["predictions", "feedback"].map((name) => [`/api/${version}/${name}`, ["post"]]),
        ),
      ),
      ...Object.fromEntries(
        ["/health/status", "/api/v1.0/health/status", "/metadata", "/api/v1.0/metadata"].map((name) => [
          name,
          ["get"],
        ]),
      ),
      "/health/ping": ["get"],
      "/seldon.json": ["get"],
    });
  });

  it("allows every answer to the requests that it allows", async () => {
    const { exitCode, stdout } = await execa(
      path.join(clients, "schemathesis"),
      [
        ["run", `${server.url}/seldon.json`, "--url", server.url, "--phases", "coverage,fuzzing"],
        ["--checks", "status_code_conformance,content_type_conformance,response_schema_conformance"],
        ["--mode", "positive", "--seed", "1", "--max-examples", "3", "--generation-database", "none"],
        ["--no-color", "--warnings", "off"],
      ].flat(),
      { cwd: mkdtempSync(path.join(tmpdir(), "drum-schemathesis-")), reject: false },
    );
    expect(exitCode === 0 ? "" : stdout).toBe("");
    expect(stdout).toMatch(/\d{3} generated/);
  });
});

it("ends every one of its servers at a signal", async () => {
  const own = await serve({
    command: "microservice",
    words: ["Echo", "--grpc-port", String(await freePort()), "--metrics-port", String(await freePort())],
    folder: path.join(root, "e2e/wrappers/python"),
    health: "/health/status",
  });
  expect((await own.stop()).exitCode).toBe(0);
});
