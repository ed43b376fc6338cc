// The servers to put under load: drum, Seldon's wrapper, bare fastify, and the echo, which is fastify with one Python process behind a pipe.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { findFreePort } from "../../scripts/run.mjs";
import { interpreterOf } from "../../scripts/setup.mjs";

export const root = path.resolve(import.meta.dirname, "../..");
const models = path.join(root, "e2e/models");

/** The program of the build in `folder`, a clone that is set up. */
export function programOf(folder) {
  return path.join(folder, "dist/supervisor/main.js");
}

/** Starts `drum server` for a model's folder and waits until it is healthy. `build` is the clone whose program is used. */
export async function startDrum(name, words, build = root) {
  const address = `127.0.0.1:${await findFreePort(0)}`;
  const server = start([
    programOf(build),
    "server",
    "--code-dir",
    path.resolve(models, name),
    "--address",
    address,
    ...words,
  ]);
  return answering(server, `http://${address}`, "/health/");
}

/** Starts `drum hub` with its first user's token, and waits until it listens. */
export async function startHub(words, token) {
  const address = `127.0.0.1:${await findFreePort(0)}`;
  const env = { ...process.env, DRUM_TOKEN: token };
  const server = start([programOf(root), "hub", "--address", address, ...words], { env });
  return answering(server, `http://${address}`, "/ping/");
}

/** Starts `drum graph` for a document, with the nodes in a folder, and waits until all are ready. */
export async function startGraph(document, components) {
  const address = `127.0.0.1:${await findFreePort(0)}`;
  const file = ["--file", document, "--components", components];
  const server = start([programOf(root), "graph", ...file, "--address", address]);
  return answering(server, `http://${address}`, "/ready");
}

/**
 * Starts a wrapper class on free ports, with drum or the command `program` of Seldon, and waits until it is ready. `grpc` is the address
 * of its calls over gRPC. Neither's log is read.
 */
export async function startWrapper(name, folder, program) {
  const [http, grpc, metrics] = [await findFreePort(0), await findFreePort(0), await findFreePort(0)];
  const ports = ["--http-port", http, "--grpc-port", grpc, "--metrics-port", metrics].map(String);
  const words = program ? [name, ...ports] : [programOf(root), "microservice", name, ...ports];
  const server = start(words, { program, cwd: folder, stderr: "ignore", detached: program !== undefined });
  const answered = await answering(server, `http://127.0.0.1:${http}`, "/health/status");
  return { grpc: `127.0.0.1:${grpc}`, ...answered };
}

/** Starts MLServer with the interpreter of its environment for a folder of models, and waits until they are ready. */
export async function startMlServer(python, folder, workers) {
  const [http, grpc, metrics] = [await findFreePort(0), await findFreePort(0), await findFreePort(0)];
  const settings = { http_port: http, grpc_port: grpc, metrics_port: metrics };
  writeFileSync(
    path.join(folder, "settings.json"),
    JSON.stringify({ ...settings, host: "127.0.0.1", parallel_workers: workers, debug: false }),
  );
  const program = path.join(path.dirname(python), "mlserver");
  const server = start(["start", folder], { program, stderr: "ignore", detached: true });
  return answering(server, `http://127.0.0.1:${http}`, "/v2/health/ready");
}

/** The server once `GET` on a path succeeds. */
async function answering(server, url, health) {
  for (let tries = 0; tries < 6000 && server.child.exitCode === null; tries++) {
    const answer = await fetch(`${url}${health}`).catch(() => undefined);
    if (answer?.ok) return { url, ...server };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await server.stop();
  throw new Error(`${url}${health} did not become healthy (exit code ${server.child.exitCode})`);
}

/** Starts fastify that responds to every POST with `answer`. */
export async function startBare(answer) {
  return ready("bare_fastify.mjs", answer);
}

/** Starts fastify that passes every body to a Python process and responds with what comes back. */
export async function startEcho() {
  return ready("echo.mjs", await interpreterOf("python3_sklearn"));
}

async function ready(program, word) {
  const port = await findFreePort(0);
  const server = start([path.join(root, "e2e/bench", program), String(port), word], { stdout: "pipe" });
  await new Promise((resolve) => server.child.stdout.once("data", resolve));
  return { url: `http://127.0.0.1:${port}`, ...server };
}

function start(words, { program = process.execPath, ...options } = {}) {
  const child = execa(program, words, { reject: false, stdout: "ignore", stderr: "inherit", ...options });
  return {
    child,
    /** Seconds of processor time so far: `own`, and `all` with the processes it started. */
    cpu: () => ({ own: ownCpu(child.pid), all: cpuOf(child.pid) }),
    async stop() {
      child.kill("SIGTERM");
      await child;
      if (options.detached) endGroup(child.pid);
    },
  };
}

/** Seldon's wrapper leaves processes behind. */
function endGroup(leader) {
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

const ticksPerSecond = 100;

function cpuOf(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean),
  );
  return children.reduce((sum, child) => sum + cpuOf(child), ownCpu(pid));
}

function ownCpu(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The JSON response of a server to a CSV body. */
export async function predict({ url }, body) {
  const headers = { "content-type": "text/csv" };
  return (await fetch(`${url}/predict/`, { method: "POST", body, headers })).json();
}
