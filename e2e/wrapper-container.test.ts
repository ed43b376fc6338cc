// The container of a wrapper class: what its script starts, and what its health check asks. Needs no docker daemon: the script runs here.

import { once } from "node:events";
import { symlinkSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { codeDirectory, eventually, freePort, main, post, root } from "./drum.js";

const folder = path.join(root, "e2e/wrappers/python");
const script = path.join(root, "container/start_server.sh");

/** The commands of an image. */
function commands(): string {
  const made = codeDirectory({});
  for (const name of ["drum", "seldon-core-microservice"]) symlinkSync(main, path.join(made, name));
  return made;
}

const scale = JSON.stringify([{ name: "scale", value: "3", type: "INT" }]);

/** Free ports, and the variables of a container that listens on them. */
async function container() {
  const [http, grpc, metrics] = [await freePort(), await freePort(), await freePort()];
  const env = {
    MODEL_NAME: "Node",
    SERVICE_TYPE: "MODEL",
    PERSISTENCE: "0",
    PREDICTIVE_UNIT_HTTP_SERVICE_PORT: String(http),
    PREDICTIVE_UNIT_GRPC_SERVICE_PORT: String(grpc),
    PREDICTIVE_UNIT_METRICS_SERVICE_PORT: String(metrics),
    PREDICTIVE_UNIT_PARAMETERS: scale,
    PATH: [commands(), process.env.PATH].join(path.delimiter),
  };
  return { http, grpc, metrics, env };
}

/** Only a server that listens on all interfaces answers here. */
const host = "127.0.0.2";

/** Undefined if nothing answers. */
async function predicted(port: number): Promise<string | undefined> {
  const headers = { "content-type": "application/json" };
  const answer = await post(`http://${host}:${port}/predict`, '{"data":{"ndarray":[[1,2]]}}', headers).catch(
    () => undefined,
  );
  return answer?.ok ? answer.text() : undefined;
}

const tripled = expect.stringContaining('"ndarray":[[3,6]]');

it("serves the class of MODEL_NAME on Seldon's ports, to other machines", async () => {
  const { http, grpc, metrics, env } = await container();
  const child = execa("sh", [script], { reject: false, env: { ...env, CODE_DIR: folder } });
  const health = () =>
    execa(process.execPath, [path.join(root, "container/healthcheck.mjs")], { reject: false, env });
  const before = await health();
  const asked = `http://127.0.0.1:${http}/health/status: `;
  expect([before.exitCode, before.stdout]).toEqual([1, expect.stringContaining(asked)]);
  await eventually(async () => (await health()).exitCode === 0);
  expect(await predicted(http)).toEqual(tripled);
  expect(await (await fetch(`http://${host}:${metrics}/metrics`)).text()).toMatch(/^asked_total/m);
  const connection = connect(grpc, host);
  await once(connection, "connect");
  connection.destroy();
  child.kill("SIGTERM");
  expect((await child).exitCode).toBe(0);
});

it("takes options as arguments", async () => {
  const { env } = await container();
  const words = ["--parameters", scale.replace("scale", "size")];
  const options = { reject: false, env: { ...env, CODE_DIR: folder } };
  const { exitCode, stderr } = await execa("sh", [script, ...words], options);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("size")]);
});

it("runs the last line of a Dockerfile that was written for Seldon", async () => {
  const { http, env } = await container();
  const command = "exec seldon-core-microservice $MODEL_NAME --service-type $SERVICE_TYPE";
  const child = execa("sh", [script, "/bin/sh", "-c", command], { reject: false, cwd: folder, env });
  await eventually(async () => (await predicted(http)) !== undefined);
  expect(await predicted(http)).toEqual(tripled);
  child.kill("SIGTERM");
  expect((await child).exitCode).toBe(0);
});
