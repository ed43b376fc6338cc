// The servers to put under load: drum, bare fastify, and the echo, which is fastify with one Python process behind a pipe.

import { readdirSync, readFileSync } from "node:fs";
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
  const port = await findFreePort(0);
  const address = `127.0.0.1:${port}`;
  const server = start([
    programOf(build),
    "server",
    "--code-dir",
    path.resolve(models, name),
    "--address",
    address,
    ...words,
  ]);
  for (let tries = 0; tries < 6000; tries++) {
    const answer = await fetch(`http://${address}/health/`).catch(() => undefined);
    if (answer?.ok) return { url: `http://${address}`, ...server };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await server.stop();
  throw new Error("drum server did not become healthy");
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
  const server = start([path.join(root, "e2e/bench", program), String(port), word], "pipe");
  await new Promise((resolve) => server.child.stdout.once("data", resolve));
  return { url: `http://127.0.0.1:${port}`, ...server };
}

function start(words, stdout = "ignore") {
  const child = execa(process.execPath, words, { reject: false, stdout, stderr: "inherit" });
  return {
    child,
    /** Seconds of processor time so far: `own`, and `all` with the processes it started. */
    cpu: () => ({ own: ownCpu(child.pid), all: cpuOf(child.pid) }),
    async stop() {
      child.kill("SIGTERM");
      await child;
    },
  };
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
