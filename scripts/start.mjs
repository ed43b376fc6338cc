// `npm start`: sets up, starts a server with the examples, and prints predictions, the workers' cost, and addresses to try next.
// Serves until Ctrl-C; with --once, stops the server after printing.

import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { exitOf, findFreePort, root, say } from "./run.mjs";
import { setup } from "./setup.mjs";

const examples = "examples";
const wantedPort = 8080;
const startLimitSeconds = 120;
const pollMilliseconds = 250;

async function start(once) {
  await setup();
  const port = await findFreePort(wantedPort, 0);
  // Listens for signals before the server starts: it has its own group, so it would survive a Ctrl-C while it loads.
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

/** Resolves on the first signal, with its name. */
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
  say("\nworker             pid  language  state     requests       memory MB  CPU %");
  for (const worker of workers) say(describe(worker));
  say("\nAddresses:");
  const meanings = {
    "/health/": "whether every model is ready",
    "/models/": "the models",
    "/models/fuel/predict/": "POST rows of CSV",
    "/stats/": "memory, CPU, times",
    "/docs": "the API",
  };
  for (const [route, meaning] of Object.entries(meanings)) say(`  ${`${url}${route}`.padEnd(46)} ${meaning}`);
}

/** Prints the model's predictions for the rows in its folder, next to the true values. */
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

/** A number, or the most probable class with its probability. */
function inWords(prediction) {
  if (typeof prediction === "number") return prediction.toFixed(1);
  const [label, share] = Object.entries(prediction).sort(([, one], [, other]) => other - one)[0];
  return `${label} ${(100 * share).toFixed(0)} %`;
}

async function linesOf(name, file) {
  return (await readFile(path.join(root, examples, name, file), "utf8")).trim().split(/\r?\n/);
}

/** Waits up to 10 seconds until no worker is starting. */
async function readWorkers(url) {
  for (const limit = performance.now() + 10_000; ; await sleep(pollMilliseconds)) {
    const { workers = [] } = await readJson(`${url}/stats/`);
    if (performance.now() > limit || !workers.some(({ state }) => state === "starting")) return workers;
  }
}

/** One line per worker. Prefers PSS, which counts shared pages by their share, to RSS, which counts them whole; says which it is. */
function describe({ name, pid, language, state, requests, pss, rss, cpu_percent }) {
  const number = (value, digits) => (typeof value === "number" ? value.toFixed(digits) : "-");
  return [
    String(name ?? "-").padEnd(16),
    String(pid ?? "-").padStart(6),
    String(language ?? "-").padStart(9),
    ` ${String(state ?? "-").padEnd(8)}`,
    number(requests, 0).padStart(9),
    `${number(pss ?? rss, 1)} ${typeof pss === "number" ? "PSS" : "RSS"}`.padStart(14),
    number(cpu_percent, 1).padStart(6),
  ].join(" ");
}

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
  // In its own group, so that Ctrl-C reaches only this script, which then ends the server gracefully.
  const child = spawn(process.execPath, words, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  return { child, ended: exitOf(child) };
}

async function failWhenEnded({ ended }) {
  throw new Error(`the server ended with ${await ended}; see its output above`);
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
  throw new Error(
    `${url}/health/ did not respond with 200 within ${startLimitSeconds} s; the last response: ${last}`,
  );
}

async function predictRows(name, url) {
  const body = await readFile(path.join(root, examples, name, "rows.csv"));
  const { predictions } = await readJson(`${url}/predict/`, {
    method: "POST",
    body,
    headers: { "content-type": "text/csv" },
  });
  if (!Array.isArray(predictions)) throw new Error(`${url}/predict/ responded without predictions`);
  return predictions;
}

async function readJson(url, request) {
  const answer = await fetch(url, request);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} responded with ${answer.status}: ${text}`);
  return JSON.parse(text);
}

/** A server that is ended by SIGTERM exits with 143, as shells report it. */
async function stopServer({ child, ended }) {
  child.kill("SIGTERM");
  const end = await ended;
  if (![0, 143, "SIGTERM"].includes(end)) throw new Error(`the server ended with ${end} after SIGTERM`);
  say("\nThe server has ended.");
}

try {
  const { values } = parseArgs({ options: { once: { type: "boolean", default: false } } });
  await start(values.once);
  process.exitCode = 0;
} catch (error) {
  process.stderr.write(`start: ${error.message}\n`);
  process.exitCode = 1;
}
