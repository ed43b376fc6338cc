// Comparisons under injected faults: what clients notice of killed, frozen and poisoned workers, of starts, and of large bodies.

import { mkdirSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { interpreterOf } from "../../scripts/setup.mjs";
import { atMost, below, inTurn, median, wallTime } from "./figures.mjs";
import { cache, linearRows } from "./inputs.mjs";
import { root, startDrum } from "./servers.mjs";

export const faults = { kills, restart, poison, freeze, start, bodies, health };

const linear = (name) => path.join(root, "e2e/bench/linear", name);
const oneRow = linearRows(1);
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

/** One prediction: its status, text and milliseconds; status 0 if the connection broke. */
function ask({ url }, body) {
  const begun = performance.now();
  return new Promise((resolve) => {
    const done = (status, text) => resolve({ status, text, took: performance.now() - begun });
    const headers = { "content-type": "text/csv" };
    const asked = request(`${url}/predict/`, { method: "POST", agent, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk) => {
        text += chunk;
      });
      answer.on("end", () => done(answer.statusCode, text));
      answer.on("error", (error) => done(0, error.message));
    });
    asked.on("error", (error) => done(0, error.message));
    asked.end(body);
  });
}

/** Clients that ask for one row after the other, until they are stopped. The first answer is the right one. */
async function startClients(server, count, body = oneRow) {
  const right = await ask(server, body);
  if (right.status !== 200) throw new Error(`no prediction: ${right.text}`);
  const times = [];
  const failures = [];
  let stopped = false;
  const running = Array.from({ length: count }, async () => {
    while (!stopped) {
      const { status, text, took } = await ask(server, body);
      times.push(took);
      if (status !== 200 || text !== right.text) failures.push(`${status} ${text}`);
    }
  });
  return {
    times,
    failures,
    async stop() {
      stopped = true;
      await Promise.all(running);
      return { sent: times.length, failed: failures.length, p99: percentile(times, 0.99), failures };
    },
  };
}

const percentile = (times, share) => times.toSorted((a, b) => a - b)[Math.floor(times.length * share)];

async function workersOf({ url }) {
  return (await (await fetch(`${url}/stats/`)).json()).workers;
}

/** Waits until `holds` is true of the list of workers, and returns the list. */
async function workersWhen(server, holds, limit = 120_000) {
  for (const end = performance.now() + limit; performance.now() < end; await sleep(50)) {
    const workers = await workersOf(server);
    if (holds(workers)) return workers;
  }
  throw new Error("the workers did not come to the expected state");
}

const allReady = (workers) => workers.every(({ state }) => state === "ready");

async function withServer(name, words, work) {
  const server = await startDrum(name, words);
  try {
    await workersWhen(server, allReady);
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** 20 times `kill -9`, the next after the replacement is ready, while 32 connections send at least 10,000 requests. */
async function kills() {
  const rows = [];
  for (const name of ["python", "r", "julia", "java", "mixed"]) {
    const { sent, failed, failures } = await withServer(
      linear(name),
      ["--max-workers", "2"],
      async (server) => {
        const clients = await startClients(server, 32);
        for (let kill = 0; kill < 20; kill++) {
          const workers = await workersWhen(server, allReady);
          const { pid } = workers[kill % workers.length];
          process.kill(pid, "SIGKILL");
          await workersWhen(server, (now) => allReady(now) && now.every((one) => one.pid !== pid));
        }
        while (clients.times.length < 10_000) await sleep(100);
        return clients.stop();
      },
    );
    if (failed > 0) process.stderr.write(`${[...new Set(failures)].slice(0, 3).join("\n")}\n`);
    rows.push(below(`${name}, 20 kills, ${sent} requests at 32 connections: failed`, failed, { limit: 0 }));
  }
  return rows;
}

/** Programs that do without drum what a fresh worker does for its first row: start, import, load, predict. */
const barePrograms = {
  python: ["python3_sklearn", "linear.py"],
  r: ["r_caret", "linear.R"],
  julia: ["julia_mlj", "--startup-file=no", "linear.jl"],
  java: ["java", "-XX:+UseSerialGC", "-cp", cache, "Linear"],
};

async function bareStart(language) {
  const [environment, ...words] = barePrograms[language];
  const native = path.join(root, "e2e/bench/native");
  mkdirSync(cache, { recursive: true });
  const [input, output] = [path.join(cache, "one-row.csv"), path.join(cache, "one-row-out.csv")];
  writeFileSync(input, oneRow);
  const program = await interpreterOf(environment);
  if (language === "java") await wallTime("javac", ["-d", cache, path.join(native, "Linear.java")]);
  const found = words.map((word) => (/^linear\./.test(word) ? path.join(native, word) : word));
  return () => wallTime(program, [...found, "score", input, output]);
}

/** From the death of the only worker to the next answer. */
async function restart() {
  const rows = [];
  for (const language of Object.keys(barePrograms)) {
    const bare = await bareStart(language);
    await withServer(linear(language), ["--max-workers", "1"], async (server) => {
      const killed = async () => {
        await ask(server, oneRow);
        const [{ pid }] = await workersWhen(server, allReady);
        process.kill(pid, "SIGKILL");
        const { status, text, took } = await ask(server, oneRow);
        if (status !== 200) throw new Error(text);
        // Deaths in quick succession delay the next start, which is not what is measured here.
        await sleep(5000);
        return took;
      };
      const [ours, theirs] = await inTurn(3, killed, bare);
      const what = `${language}, the only worker is killed: next answer beyond a bare process`;
      rows.push(atMost(what, { ours, theirs, unit: "ms", difference: 200 }));
    });
  }
  return rows;
}

/** A hook that ends its process for some rows. */
function poisonable() {
  const folder = path.join(cache, "poisonable");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "model-metadata.yaml"), "targetType: regression\n");
  writeFileSync(
    path.join(folder, "custom.py"),
    `import os
import pandas as pd

def load_model(code_dir):
    return "nothing to load"

def score(data, model, **kwargs):
    if (data["a"] < 0).any():
        os._exit(1)
    return pd.DataFrame({"Predictions": data["a"] * 2.0})
`,
  );
  return folder;
}

/** Four good clients beside 13 poison requests in 25 s. */
async function poison() {
  const good = "a\n1\n";
  const load = median([await (await bareStart("python"))(), await (await bareStart("python"))()]);
  const during = (server, poisons) => async () => {
    const clients = await startClients(server, 4, good);
    for (const body of poisons) {
      const asked = ask(server, body);
      await sleep(25_000 / 13);
      await asked;
    }
    return clients.stop();
  };
  const many = Array.from({ length: 13 }, (_, at) => `a\n${-1 - at}\n`);
  const cases = [
    ["one poison row 13 times", many.map(() => "a\n-99\n"), (steady) => ({ ratio: 3, theirs: steady })],
    ["13 different poison rows", many, () => ({ difference: 200, theirs: load })],
  ];
  const rows = [];
  for (const [title, poisons, bar] of cases) {
    await withServer(poisonable(), ["--max-workers", "2"], async (server) => {
      const steady = await startClients(server, 4, good);
      await sleep(5000);
      const { p99 } = await steady.stop();
      const { failed, p99: ours, sent, failures } = await during(server, poisons)();
      if (failed > 0) process.stderr.write(`${[...new Set(failures)].slice(0, 3).join("\n")}\n`);
      rows.push(below(`${title}: failed of ${sent} good requests`, failed, { limit: 0 }));
      rows.push(atMost(`${title}: 99th percentile of good requests`, { ours, unit: "ms", ...bar(p99) }));
    });
  }
  return rows;
}

/** One worker of two is stopped while 64 connections ask. */
async function freeze() {
  return withServer("python_constant", ["--max-workers", "2"], async (server) => {
    const clients = await startClients(server, 64, "a\n1\n");
    await sleep(2000);
    const [{ pid }] = await workersOf(server);
    const begun = performance.now();
    process.kill(pid, "SIGSTOP");
    await workersWhen(server, (now) => now.every((one) => one.pid !== pid));
    const noticed = performance.now() - begun;
    await sleep(1000);
    const { failed, sent } = await clients.stop();
    return [
      below(`a frozen worker of two: failed of ${sent} at 64 connections`, failed, { limit: 1 }),
      below("a frozen worker of two: noticed after", noticed / 1000, { unit: "s", limit: 5 }),
    ];
  });
}

/** From the command to the first healthy answer. */
async function start() {
  const bare = await bareStart("python");
  const started = async () => {
    const begun = performance.now();
    const server = await startDrum(linear("python"), []);
    const took = performance.now() - begun;
    await server.stop();
    return took;
  };
  const [ours, theirs] = await inTurn(7, started, bare);
  const what = "python, start to healthy beyond a bare process";
  return [atMost(what, { ours, theirs, unit: "ms", difference: 150 })];
}

/** Twelve clients that have each sent all but the end of 100 MB. */
async function bodies() {
  const size = 100 * 2 ** 20;
  return withServer("python_constant", [], async (server) => {
    const { hostname, port } = new URL(server.url);
    let most = 0;
    const refused = [];
    const sockets = Array.from({ length: 12 }, () => {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => {});
      socket.on("data", (chunk) => refused.push(chunk.toString("latin1").slice(9, 12)));
      socket.write(
        `POST /predict/ HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: ${size}\r\n\r\na\n`,
      );
      const piece = Buffer.alloc(2 ** 20, "1\n");
      let sent = 2;
      const more = () => {
        while (sent + piece.length < size && !socket.destroyed) {
          sent += piece.length;
          if (!socket.write(piece)) return void socket.once("drain", more);
        }
      };
      more();
      return socket;
    });
    for (let second = 0; second < 100; second++) {
      const { drum_info: processes } = await (await fetch(`${server.url}/stats/`)).json();
      most = Math.max(most, processes[0].mem);
      await sleep(100);
    }
    for (const socket of sockets) socket.destroy();
    const others = refused.filter((status) => status !== "503");
    return [
      below(`12 bodies of 100 MB under way, ${refused.length} of them refused: RSS of the supervisor`, most, {
        unit: "MB",
        limit: 300,
      }),
      below("12 bodies of 100 MB under way: refusals other than 503", others.length, { limit: 0 }),
    ];
  });
}

/** Whether /health/ and a prediction sent at the same moment agree, while workers are killed for 30 s. */
async function health() {
  return withServer("python_constant", ["--max-workers", "2"], async (server) => {
    const steady = await startClients(server, 1, "a\n1\n");
    await sleep(3000);
    const { p99 } = await steady.stop();
    const end = performance.now() + 30_000;
    const killing = (async () => {
      while (performance.now() < end) {
        const ready = (await workersOf(server)).filter(({ state }) => state === "ready");
        if (ready.length > 0) process.kill(ready[Math.floor(Math.random() * ready.length)].pid, "SIGKILL");
        await sleep(1000 + Math.random() * 2000);
      }
    })();
    const samples = [];
    while (performance.now() < end) {
      const asked = [fetch(`${server.url}/health/`).then(({ status }) => status), ask(server, "a\n1\n")];
      samples.push(Promise.all(asked));
      await sleep(20);
    }
    await killing;
    const seen = await Promise.all(samples);
    const apart = seen.filter(([said, { status, took }]) => {
      const isAnswered = status === 200 && took <= p99 + 200;
      return (said === 200) !== isAnswered;
    });
    const wrongly = apart.filter(([said]) => said === 200).length;
    const percent = (100 * apart.length) / seen.length;
    return [
      below(
        `workers killed for 30 s, ${seen.length} samples: /health/ is wrong, ${wrongly} times with 200`,
        percent,
        {
          unit: "%",
          limit: 1,
        },
      ),
    ];
  });
}
