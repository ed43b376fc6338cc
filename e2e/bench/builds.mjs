// Compares this build with another one, measured in turn: the ratios of pairs, their median, and an interval that contains the true
// median with a probability of at least 95 %. If the interval is wide, look at the processor time per request.

import { readFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { linearRows, wideModel } from "./inputs.mjs";
import { ensureWrk, load } from "./load.mjs";
import { programOf, root, startDrum } from "./servers.mjs";

const pairs = 11;
const languages = ["python", "r", "julia", "java"];

/** Prints the ratios to the build in `other`, the folder of another clone that is set up. Without `names`, runs all comparisons. */
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

/** Each measure starts what it needs from a build, and returns functions to measure once (figures by name) and to stop. */
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

/** Measures both builds in every round, in alternating order. */
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
    // With 11 pairs, the second and the second-last ratio enclose the median with a probability of 98.8 %.
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
 * For one connection the latency, for several the time per request; for all the processor time per request. Each round starts the
 * server anew, because two processes of the same build may differ by 10 % as long as they run.
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

/** 8 connections during a swap. */
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
