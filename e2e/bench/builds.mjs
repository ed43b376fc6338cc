// This build against another one, measured in turn: the ratio of each pair, its median, and the interval that holds the true median
// with 95 % or more. Where the interval is wide, processor time a request decides.

import { readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { linearRows, wideModel } from "./inputs.mjs";
import { ensureWrk, load } from "./load.mjs";
import { programOf, root, startDrum } from "./servers.mjs";

const pairs = 11;
const languages = ["python", "r", "julia", "java"];

/** Prints the ratios of `other`, the folder of another clone that was set up. `names` choose comparisons, none means all. */
export async function compareBuilds(other, names) {
  await ensureWrk();
  const builds = [root, path.resolve(other)];
  console.log("| what | this build | the other | ratio | interval |");
  console.log("|---|---|---|---|---|");
  for (const [name, measure] of Object.entries(measures())) {
    if (names.length > 0 && !names.some((one) => name.startsWith(one))) continue;
    for (const row of await inPairs(builds, measure)) console.log(`| ${name}${row}`);
  }
}

/** Each starts what it measures in the build that it is given, and returns a function that measures once: figures by name. */
function measures() {
  const wide = path.join(root, "e2e/models/sklearn_wide");
  const all = {
    help: timed(["--help"]),
    "score of one row": timed(["score", "--code-dir", wide, "--input", path.join(wide, "input.csv")]),
    hop: served("python_constant", () => "a\n1\n", [1, 8, 64]),
    row: served(wide, async () => (await wideModel()).body, [1, 8, 64]),
    memory: idle("python_constant"),
    swap: swapped("python_constant"),
  };
  for (const language of languages) {
    const folder = path.join(root, "e2e/bench/linear", language);
    all[`one row in ${language}`] = served(folder, () => linearRows(1), [1]);
    all[`100,000 rows in ${language}`] = served(folder, () => linearRows(100_000), [1]);
  }
  return all;
}

/** Every round measures both, and the second first in every other round. */
async function inPairs(builds, measure) {
  const runs = [];
  for (const build of builds) runs.push(await measure(build));
  const seen = [[], []];
  for (let round = 0; round < pairs; round++) {
    for (const at of round % 2 === 0 ? [0, 1] : [1, 0]) seen[at].push(await runs[at].once());
  }
  for (const { stop } of runs) await stop();
  return Object.keys(seen[0][0]).map((figure) => {
    const [ours, theirs] = seen.map((one) => one.map((figures) => figures[figure]));
    const ratios = ours.map((value, at) => value / theirs[at]).toSorted((a, b) => a - b);
    // With 11 pairs the second and the last but one enclose the median with a probability of 98.8 %.
    const interval = `${ratios[1].toFixed(3)} to ${ratios.at(-2).toFixed(3)}`;
    const [mine, others] = [ours, theirs].map((values) => median(values).toPrecision(4));
    return `: ${figure} | ${mine} | ${others} | ${median(ratios).toFixed(3)} | ${interval} |`;
  });
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

function timed(words) {
  return async (build) => ({
    async once() {
      const start = performance.now();
      await execa(process.execPath, [programOf(build), ...words], { stdout: "ignore" });
      return { ms: performance.now() - start };
    },
    stop() {},
  });
}

/**
 * Latency of one connection, time a request of several; processor time a request for all. Each round starts the server anew: two
 * processes of the same build may differ by a tenth for as long as they live.
 */
function served(model, bodyOf, connections) {
  return async (build) => {
    const body = await bodyOf();
    return {
      stop() {},
      async once() {
        const server = await startDrum(model, [], build);
        try {
          return await figuresOf(server, body, connections);
        } finally {
          await server.stop();
        }
      },
    };
  };
}

const seconds = 3;

async function figuresOf(server, body, connections) {
  const run = (count) => load(`${server.url}/predict/`, { body, connections: count, seconds });
  await run(Math.max(...connections));
  const figures = {};
  for (const count of connections) {
    const before = server.cpu().all;
    const { median, rate } = await run(count);
    const used = (server.cpu().all - before) / (rate * seconds);
    if (count === 1) figures["p50 at 1, us"] = median;
    else figures[`us a request at ${count}`] = 1e6 / rate;
    figures[`processor us a request at ${count}`] = used * 1e6;
  }
  return figures;
}

/** The supervisor alone, with two workers that wait. */
function idle(model) {
  return async (build) => {
    const server = await startDrum(model, ["--max-workers", "2"], build);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return {
      stop: server.stop,
      async once() {
        const status = readFileSync(`/proc/${server.child.pid}/status`, "utf8");
        return { "RSS, MB": Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024 };
      },
    };
  };
}

/** 8 connections, while another release takes over. */
function swapped(model) {
  return async (build) => {
    const server = await startDrum(model, ["--max-workers", "2"], build);
    return {
      stop: server.stop,
      async once() {
        const running = load(`${server.url}/predict/`, { body: "a\n1\n", connections: 8, seconds: 4 });
        const start = performance.now();
        await execa(process.execPath, [programOf(build), "swap", "--address", server.url]);
        const took = performance.now() - start;
        return { "p99 at 8, us": (await running).p99, "swap, ms": took };
      },
    };
  };
}
