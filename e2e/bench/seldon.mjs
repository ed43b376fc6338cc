// Comparisons with Seldon's wrapper, for one class file that both serve, and what a graph costs beyond its nodes.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { credentials, loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { seldonPeer } from "../../scripts/setup.mjs";
import { atLeast, atMost, below, inTurn, median, told } from "./figures.mjs";
import { cache } from "./inputs.mjs";
import { load } from "./load.mjs";
import { root, startGraph, startWrapper } from "./servers.mjs";

export const seldon = { wrapper, graph };

const folder = path.join(root, "e2e/bench/seldon");
const type = "application/json";

/** A message of rows with ten numbers. */
function message(count) {
  const cell = (row, at) => ((row * 7919 + at * 104729) % 20011) / 128;
  const ndarray = Array.from({ length: count }, (_, row) =>
    Array.from({ length: 10 }, (_, at) => cell(row, at)),
  );
  return { data: { ndarray } };
}

/** Both with one worker and one thread: Seldon's own defaults. */
async function wrapper() {
  const program = await seldonPeer();
  const servers = [await startWrapper("Model", folder), await startWrapper("Model", folder, program)];
  try {
    const rest = (count, connections) => {
      const body = JSON.stringify(message(count));
      return ({ url }) =>
        () =>
          load(`${url}/predict`, { body, type, connections, seconds: 3 });
    };
    const compare = async (measure, figure) => {
      const runs = servers.map((server) => measure(server));
      for (const run of runs) await run();
      return inTurn(5, ...runs.map((run) => async () => (await run())[figure]));
    };
    await sameAnswer(servers);
    const [ours, theirs] = await compare(rest(1, 8), "rate");
    const [fast, slow] = await compare(rest(1, 1), "median");
    const [many, others] = await compare(rest(1000, 8), "rate");
    const [called, calls] = await compare(overGrpc(8), "rate");
    const [soon, later] = await compare(overGrpc(1), "median");
    const what = "wrapper class, one row";
    const at8 = "8 connections: requests/s against Seldon's wrapper";
    const at1 = "1 connection: median against Seldon's wrapper";
    return [
      atLeast(`${what}, ${at8}`, { ours, theirs, ratio: 4 }),
      atMost(`${what}, ${at1}`, { ours: fast, theirs: slow, unit: "us", ratio: 0.4 }),
      told(`wrapper class, 1,000 x 10, ${at8}`, { ours: many, theirs: others, unit: "/s" }),
      told(`${what} over gRPC, ${at8}`, { ours: called, theirs: calls, unit: "/s" }),
      told(`${what} over gRPC, ${at1}`, { ours: soon, theirs: later, unit: "us" }),
    ];
  } finally {
    for (const one of servers) await one.stop();
  }
}

/** Throws unless the answers have the same bytes. */
async function sameAnswer(servers) {
  const answers = servers.map(({ url }) => post(`${url}/predict`, message(3)));
  const [ours, theirs] = await Promise.all(answers);
  if (ours !== theirs) throw new Error(`drum answered ${ours}, Seldon's wrapper ${theirs}`);
}

async function post(url, content) {
  const body = JSON.stringify(content);
  const answer = await fetch(url, { method: "POST", body, headers: { "content-type": type } });
  return answer.text();
}

/** Calls from this process, one after the other on each of several connections. */
function overGrpc(connections) {
  const { seldon: services } = loadPackageDefinition(loadSync(path.join(root, "protos/seldon.proto")));
  const values = message(1).data.ndarray.flat();
  const request = { data: { tensor: { shape: [1, values.length], values } } };
  return ({ grpc }) =>
    async () => {
      const times = [];
      const end = performance.now() + 3000;
      const running = Array.from({ length: connections }, async () => {
        // Otherwise the clients of one address share a connection.
        const client = new services.protos.Model(grpc, credentials.createInsecure(), {
          "grpc.use_local_subchannel_pool": 1,
        });
        while (performance.now() < end) {
          const start = performance.now();
          await new Promise((resolve, reject) => {
            client.predict(request, (error, answer) => (error ? reject(error) : resolve(answer)));
          });
          times.push((performance.now() - start) * 1000);
        }
        client.close();
      });
      await Promise.all(running);
      return { rate: times.length / 3, median: median(times) };
    };
}

const node = (name, kind, ...children) => ({ name, type: kind, children });

/** Three nodes in three languages against each of them alone; two children that sleep. */
async function graph() {
  const alone = [
    node("shifted", "TRANSFORMER"),
    node("scaled", "OUTPUT_TRANSFORMER"),
    node("weighted", "MODEL"),
  ];
  const [shifted, scaled, weighted] = alone;
  const chain = { ...shifted, children: [{ ...scaled, children: [weighted] }] };
  const sleepers = node("joined", "COMBINER", node("slow-one", "MODEL"), node("slow-two", "MODEL"));
  const servers = [];
  try {
    for (const one of [chain, ...alone, sleepers]) servers.push(await served(one));
    const body = JSON.stringify(message(1));
    const measures = servers.map(({ url }) => async () => {
      const target = `${url}/api/v1.0/predictions`;
      return (await load(target, { body, type, connections: 1, seconds: 2 })).median;
    });
    for (const measure of measures) await measure();
    const [ours, first, second, third, parallel] = await inTurn(5, ...measures);
    const theirs = first + second + third;
    return [
      atMost("graph of 3 nodes in Java, Python and Julia: median beyond the sum of each node alone, 2 hops", {
        ours,
        theirs,
        unit: "us",
        difference: 1000,
      }),
      below("graph, 2 children that sleep 50 ms under a combiner: median", parallel / 1000, {
        unit: "ms",
        limit: 70,
      }),
    ];
  } finally {
    for (const one of servers) await one.stop();
  }
}

function served(root) {
  mkdirSync(cache, { recursive: true });
  const file = path.join(cache, `${root.name}-${root.children.length}.json`);
  const predictors = [{ name: "main", graph: root }];
  writeFileSync(
    file,
    JSON.stringify({ kind: "SeldonDeployment", metadata: { name: "bench" }, spec: { predictors } }),
  );
  return startGraph(file, path.join(folder, "nodes"));
}
