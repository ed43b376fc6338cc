// `npm start`: set-up, then a server with the examples, first predictions, what the workers cost, and where to look next.
// Serves until Ctrl-C; with --once it stops the server after that.

import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exitOf, findFreePort, root, say } from "./run.mjs";
import { setup } from "./setup.mjs";

const examples = "examples";
const wantedPort = 8080;
const startLimitSeconds = 120;
const pollMilliseconds = 250;

async function start(once) {
  await setup();
  const port = await findFreePort(wantedPort, 0);
  // Heard from now on: the server, in a group of its own, would outlive a Ctrl-C while it loads.
  const asked = stopRequest();
  const server = startServer(port);
  try {
    const ended = failWhenEnded(server);
    const wasAsked = await Promise.race([demonstrate(`http://127.0.0.1:${port}`), asked, ended]);
    if (!once && !wasAsked) {
      say("\nServing until Ctrl-C.");
      await Promise.race([asked, ended]);
    }
    await stopServer(server);
  } finally {
    server.child.kill("SIGKILL");
  }
}

/** Resolves with the name of the first signal. */
function stopRequest() {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, resolve);
  });
}

async function demonstrate(url) {
  await waitForHealth(url);
  const { models } = await readJson(`${url}/models/`);
  for (const { name } of models) await show(name, `${url}/models/${name}`);
  const workers = await readWorkers(url);
  say("\nworker             pid  language  state     requests  memory MB  CPU %");
  for (const worker of workers) say(describe(worker));
  say("\nAddresses:");
  const meanings = {
    "/health/": "is every model up",
    "/models/": "the models",
    "/models/fuel/predict/": "POST rows of CSV",
    "/stats/": "memory, CPU, times",
    "/docs": "the API",
  };
  for (const [route, meaning] of Object.entries(meanings)) say(`  ${`${url}${route}`.padEnd(46)} ${meaning}`);
}

/** What it predicts for the rows of its folder, beside what is true. */
async function show(name, url) {
  const predictions = await predictRows(name, url);
  const truth = await linesOf(name, "truth.csv");
  if (predictions.length !== truth.length - 1) {
    throw new Error(
      `sent ${truth.length - 1} rows of ${name}/rows.csv, got ${predictions.length} predictions`,
    );
  }
  const { stages } = await readJson(`${url}/info/`);
  const way = stages.map(
    ({ stage, language, predictor }) =>
      `${stage} in ${language}${predictor && stage === "predict" ? ` (${predictor})` : ""}`,
  );
  say(`\n${name}: ${way.join(", then ")}\n`);
  say(`  predicted               ${truth[0]} in truth`);
  for (const [at, value] of predictions.entries()) say(`  ${inWords(value).padEnd(22)}  ${truth[at + 1]}`);
}

/** A number, or the most probable class. */
function inWords(prediction) {
  if (typeof prediction === "number") return prediction.toFixed(1);
  const [label, share] = Object.entries(prediction).sort(([, one], [, other]) => other - one)[0];
  return `${label} ${(100 * share).toFixed(0)} %`;
}

async function linesOf(name, file) {
  return (await readFile(path.join(root, examples, name, file), "utf8")).trim().split(/\r?\n/);
}

/** Once all of them have loaded the model, or will not. */
async function readWorkers(url) {
  for (const limit = performance.now() + 10_000; ; await sleep(pollMilliseconds)) {
    const { workers = [] } = await readJson(`${url}/stats/`);
    if (performance.now() > limit || !workers.some(({ state }) => state === "starting")) return workers;
  }
}

/** One line a worker; PSS counts shared pages by their share, so it is preferred. */
function describe({ name, pid, language, state, requests, pss, rss, cpu_percent }) {
  const number = (value, digits) => (typeof value === "number" ? value.toFixed(digits) : "-");
  return [
    String(name ?? "-").padEnd(16),
    String(pid ?? "-").padStart(6),
    String(language ?? "-").padStart(9),
    ` ${String(state ?? "-").padEnd(8)}`,
    number(requests, 0).padStart(9),
    number(pss ?? rss, 1).padStart(10),
    number(cpu_percent, 1).padStart(6),
  ].join(" ");
}

/** The usual port, or any other when that is taken. */
function startServer(port) {
  const words = [
    "dist/supervisor/main.js",
    "server",
    "--model-dir",
    examples,
    "--address",
    `127.0.0.1:${port}`,
  ];
  say(`\n$ drum ${words.slice(1).join(" ")}`);
  // A group of its own: Ctrl-C reaches this script only, which then ends the server in order.
  const child = spawn(process.execPath, words, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  return { child, ended: exitOf(child) };
}

async function failWhenEnded({ ended }) {
  throw new Error(`the server ended with ${await ended}; what it said is above`);
}

async function waitForHealth(url) {
  const start = performance.now();
  let last = "";
  while (performance.now() - start < startLimitSeconds * 1000) {
    const answer = await fetch(`${url}/health/`).catch((error) => ({ error }));
    if (answer.ok) {
      say(`ready after ${((performance.now() - start) / 1000).toFixed(1)} s`);
      return;
    }
    last = answer.error
      ? String(answer.error.cause ?? answer.error)
      : `${answer.status} ${await answer.text()}`;
    await sleep(pollMilliseconds);
  }
  throw new Error(`${url}/health/ did not answer 200 within ${startLimitSeconds} s; last: ${last}`);
}

async function predictRows(name, url) {
  const body = await readFile(path.join(root, examples, name, "rows.csv"));
  const { predictions } = await readJson(`${url}/predict/`, {
    method: "POST",
    body,
    headers: { "content-type": "text/csv" },
  });
  if (!Array.isArray(predictions)) throw new Error(`${url}/predict/ answered without predictions`);
  return predictions;
}

async function readJson(url, request) {
  const answer = await fetch(url, request);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

/** A server that was asked to end with SIGTERM says 143, as shells do. */
async function stopServer({ child, ended }) {
  child.kill("SIGTERM");
  const end = await ended;
  if (![0, 143, "SIGTERM"].includes(end)) throw new Error(`the server ended with ${end} after SIGTERM`);
  say("\nThe server has ended.");
}

try {
  await start(process.argv.includes("--once"));
  process.exitCode = 0;
} catch (error) {
  process.stderr.write(`start: ${error.message}\n`);
  process.exitCode = 1;
}
