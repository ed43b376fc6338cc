// Seldon's own client and stubs (seldon-core 1.18.2) call a wrapper class, over REST and gRPC. The answers are those of its own wrapper.

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

it("ends every one of its servers at a signal", async () => {
  const own = await serve({
    command: "microservice",
    words: ["Echo", "--grpc-port", String(await freePort()), "--metrics-port", String(await freePort())],
    folder: path.join(root, "e2e/wrappers/python"),
    health: "/health/status",
  });
  expect((await own.stop()).exitCode).toBe(0);
});
