// The comparisons: which two things are measured in turn, and the limit for their ratio or difference.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { interpreterOf } from "../../scripts/setup.mjs";
import { faults } from "./faults.mjs";
import { atLeast, atMost, below, inTurn, median, wallTime } from "./figures.mjs";
import { hubs } from "./hub.mjs";
import { openInference } from "./inference.mjs";
import { cache, linearRows, wideModel } from "./inputs.mjs";
import { ensureWrk, load } from "./load.mjs";
import { seldon } from "./seldon.mjs";
import { predict, programOf, root, startBare, startDrum, startEcho } from "./servers.mjs";

const main = programOf(root);
const models = path.join(root, "e2e/models");

/** A plain program per language, and how much longer one row may take with drum, in microseconds. */
const natives = {
  python: { environment: "python3_sklearn", words: ["linear.py"], beyond: 1000 },
  r: { environment: "r_caret", words: ["linear.R"], beyond: 1000 },
  julia: { environment: "julia_mlj", words: ["--startup-file=no", "linear.jl"], beyond: 1000 },
  java: { environment: "java", words: ["-XX:+UseSerialGC", "-cp", cache, "Linear"], beyond: 300 },
};

const comparisons = {
  help,
  memory,
  hop,
  row,
  score,
  languages,
  swap,
  ...seldon,
  ...openInference,
  ...hubs,
  ...faults,
};

/** Runs the named comparisons, `faults` for all that inject one; all without names. */
export async function bench(names) {
  await ensureWrk();
  const rows = [];
  const isWanted = (name) =>
    names.length === 0 || names.includes(name) || (names.includes("faults") && name in faults);
  for (const [name, compare] of Object.entries(comparisons)) {
    if (!isWanted(name)) continue;
    process.stderr.write(`${name} …\n`);
    rows.push(...(await compare()));
  }
  console.log("\n| what | drum | against | bar | ratio or difference | |");
  console.log("|---|---|---|---|---|---|");
  for (const { what, ours, theirs, bar, value, holds } of rows) {
    const verdict = holds === undefined ? "-" : holds ? "holds" : "FALLS SHORT";
    console.log(`| ${what} | ${ours} | ${theirs} | ${bar} | ${value} | ${verdict} |`);
  }
}

async function help() {
  const [ours, bare] = await inTurn(
    11,
    () => wallTime(process.execPath, [main, "--help"]),
    () => wallTime(process.execPath, ["-e", "0"]),
  );
  return [atMost("drum --help beyond node -e 0", { ours, theirs: bare, unit: "ms", difference: 120 })];
}

async function memory() {
  const server = await startDrum("python_constant", ["--max-workers", "2"]);
  try {
    await predict(server, "a\n1\n");
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const stats = await (await fetch(`${server.url}/stats/`)).json();
    const own = stats.drum_info[0].mem;
    return [below("supervisor's RSS, two workers idle", own, { unit: "MB", limit: 100 })];
  } finally {
    await server.stop();
  }
}

async function hop() {
  const body = "a\n1\n";
  const server = await startDrum("python_constant", []);
  const bare = await startBare(JSON.stringify(await predict(server, body)));
  const echo = await startEcho();
  try {
    const at = (url, connections, seconds) => () => load(`${url}/predict/`, { body, connections, seconds });
    const latency =
      ({ url }) =>
      async () =>
        (await at(url, 1, 3)()).median;
    const rate =
      ({ url }) =>
      async () =>
        (await at(url, 64, 4)()).rate;
    for (const one of [server, bare, echo]) await at(one.url, 8, 2)();
    const [ours, theirs] = await inTurn(5, latency(server), latency(bare));
    const [fast, faster, echoed] = await inTurn(7, rate(server), rate(bare), rate(echo));
    const what = "constant hook, 64 connections: requests/s against";
    return [
      atMost("constant hook, 1 connection: median beyond bare fastify", {
        ours,
        theirs,
        unit: "us",
        difference: 120,
      }),
      atLeast(`${what} bare fastify`, { ours: fast, theirs: faster, ratio: 0.5 }),
      atLeast(`${what} fastify, a pipe and Python`, { ours: fast, theirs: echoed, ratio: 0.75 }),
    ];
  } finally {
    for (const one of [server, bare, echo]) await one.stop();
  }
}

async function row() {
  const { python, model, body, file } = await wideModel();
  const server = await startDrum("sklearn_wide", []);
  try {
    const inProcess = async () =>
      Number((await execa(python, [path.join(root, "e2e/bench/native_row.py"), model, file])).stdout);
    const served = async () =>
      (await load(`${server.url}/predict/`, { body, connections: 1, seconds: 3 })).median;
    await served();
    const [ours, theirs] = await inTurn(5, served, inProcess);
    return [
      atMost("one row, scikit-learn pipeline: median against read_csv + predict + json.dumps", {
        ours,
        theirs,
        unit: "us",
        ratio: 1,
      }),
    ];
  } finally {
    await server.stop();
  }
}

async function score() {
  const { python, model } = await wideModel();
  const input = path.join(cache, "rows.csv");
  await execa(python, [path.join(root, "e2e/bench/data.py"), input]);
  const folder = path.join(models, "sklearn_wide");
  const ours = () =>
    wallTime(process.execPath, [
      main,
      "score",
      "--code-dir",
      folder,
      "--input",
      input,
      "--output",
      path.join(cache, "drum.csv"),
    ]);
  const theirs = () =>
    wallTime(python, [
      path.join(root, "e2e/bench/native_score.py"),
      model,
      input,
      path.join(cache, "native.csv"),
    ]);
  const [mine, other] = await inTurn(5, ours, theirs);
  if (
    readFileSync(path.join(cache, "drum.csv"), "utf8") !==
    readFileSync(path.join(cache, "native.csv"), "utf8")
  ) {
    throw new Error("drum score and the Python script wrote different files");
  }
  return [
    atMost("drum score, 838,861 x 13: wall time against a Python script", {
      ours: mine,
      theirs: other,
      unit: "ms",
      ratio: 1,
    }),
  ];
}

/** The same ten multiplications in each language, through drum and in a plain program. */
async function languages() {
  mkdirSync(cache, { recursive: true });
  const [one, many] = [path.join(cache, "linear-row.csv"), path.join(cache, "linear-100k.csv")];
  writeFileSync(one, linearRows(1));
  writeFileSync(many, linearRows(100_000));
  await execa("javac", ["-d", cache, path.join(root, "e2e/bench/native/Linear.java")]);
  const rows = [];
  for (const [language, { environment, words, beyond }] of Object.entries(natives)) {
    const interpreter = await interpreterOf(environment);
    const program = words.map((word) =>
      /^linear\./.test(word) ? path.join(root, "e2e/bench/native", word) : word,
    );
    const folder = path.join(root, "e2e/bench/linear", language);
    const inProcess = (file, rounds) => async () =>
      Number((await execa(interpreter, [...program, "rows", file, String(rounds)])).stdout);
    const server = await startDrum(folder, []);
    try {
      const body = readFileSync(one, "utf8");
      const served = async () =>
        (await load(`${server.url}/predict/`, { body, connections: 1, seconds: 3 })).median;
      await served();
      const [ours, theirs] = await inTurn(3, served, inProcess(one, 5000));
      const title = `${language}, one row: median beyond the same in one process`;
      rows.push(atMost(title, { ours, theirs, unit: "us", difference: beyond }));
      const table = readFileSync(many, "utf8");
      const whole = () => medianPost(server, table, 9);
      const [mine, other] = await inTurn(3, whole, inProcess(many, 9));
      const what = `${language}, 100,000 x 10 sent to a server: median against the same in one process`;
      rows.push(atMost(what, { ours: mine / 1000, theirs: other / 1000, unit: "ms", ratio: 1.2 }));
    } finally {
      await server.stop();
    }
    const [wall, native] = await inTurn(
      5,
      () =>
        wallTime(process.execPath, [
          main,
          "score",
          "--code-dir",
          folder,
          "--input",
          many,
          "--output",
          path.join(cache, "linear-drum.csv"),
        ]),
      () => wallTime(interpreter, [...program, "score", many, path.join(cache, "linear-native.csv")]),
    );
    sameNumbers(path.join(cache, "linear-drum.csv"), path.join(cache, "linear-native.csv"));
    rows.push(
      atMost(
        `${language}, drum score of 100,000 x 10, start and all: wall time against the same in one process`,
        {
          ours: wall,
          theirs: native,
          unit: "ms",
          ratio: 1.2,
        },
      ),
    );
  }
  return rows;
}

/** Median microseconds of sequential requests. */
async function medianPost({ url }, body, rounds) {
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const answer = await fetch(`${url}/predict/`, {
      method: "POST",
      body,
      headers: { "content-type": "text/csv" },
    });
    await answer.arrayBuffer();
    times.push((performance.now() - start) * 1000);
  }
  return median(times);
}

/** The 99th percentile of predictions during a swap, against a steady server. */
async function swap() {
  const server = await startDrum("python_constant", ["--max-workers", "2"]);
  try {
    const during = async (work) => {
      const clients = new AbortController();
      const times = [];
      const running = Array.from({ length: 8 }, async () => {
        while (!clients.signal.aborted) {
          const start = performance.now();
          const answer = await fetch(`${server.url}/predict/`, {
            method: "POST",
            body: "a\n1\n",
            headers: { "content-type": "text/csv" },
          });
          await answer.arrayBuffer();
          if (!answer.ok) throw new Error(`a prediction failed with ${answer.status}`);
          times.push(performance.now() - start);
        }
      });
      await work();
      clients.abort();
      await Promise.all(running);
      return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] * 1000;
    };
    const steady = () => during(() => new Promise((resolve) => setTimeout(resolve, 2000)));
    const swapping = () => during(() => execa(process.execPath, [main, "swap", "--address", server.url]));
    await steady();
    const [ours, theirs] = await inTurn(5, swapping, steady);
    return [
      atMost("8 connections while a swap runs: 99th percentile against a steady server, no failure", {
        ours,
        theirs,
        unit: "us",
        ratio: 2,
      }),
    ];
  } finally {
    await server.stop();
  }
}

function sameNumbers(...files) {
  const [ours, theirs] = files.map((file) =>
    readFileSync(file, "utf8").trim().split("\n").slice(1).map(Number),
  );
  const apart = ours.findIndex((value, at) => !(Math.abs(value - theirs[at]) <= 1e-6));
  if (ours.length !== theirs.length || apart !== -1)
    throw new Error(`${files.join(" and ")} differ in row ${apart}`);
}
