// Comparisons with MLServer over the Open Inference Protocol: the same pipeline of scikit-learn, each trained in its own environment.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { interpreterOf, mlserverPeer } from "../../scripts/setup.mjs";
import { atLeast, atMost, inTurn } from "./figures.mjs";
import { cache } from "./inputs.mjs";
import { load } from "./load.mjs";
import { root, startDrum, startMlServer } from "./servers.mjs";

const type = "application/json";
const columns = 10;
const train = path.join(root, "e2e/bench/inference_model.py");

const cells = (rows) =>
  Array.from({ length: rows * columns }, (_, at) => (((at * 104_729) % 20_011) - 10_000) / 100_000);
const request = (rows, more = {}) => ({
  inputs: [{ name: "rows", shape: [rows, columns], datatype: "FP64", ...more }],
});
const asJson = (rows) => JSON.stringify(request(rows, { data: cells(rows) }));

/** The folders of the model for both, and their programs. */
async function prepared() {
  const theirs = path.join(cache, "mlserver", "diabetes");
  const ours = path.join(cache, "diabetes");
  const python = await mlserverPeer();
  await execa(python, [train, theirs]);
  await execa(await interpreterOf("python3_sklearn"), [train, ours]);
  mkdirSync(ours, { recursive: true });
  writeFileSync(path.join(ours, "model-metadata.yaml"), "targetType: regression\n");
  const settings = {
    name: "diabetes",
    implementation: "mlserver_sklearn.SKLearnModel",
    parameters: { uri: "./model.joblib" },
  };
  writeFileSync(path.join(theirs, "model-settings.json"), JSON.stringify(settings));
  return { ours, theirs: path.dirname(theirs), python };
}

async function inference() {
  const { ours, theirs, python } = await prepared();
  const rows = [];
  for (const workers of [1, 2]) {
    const servers = [
      await startDrum(ours, ["--max-workers", String(workers)]),
      await startMlServer(python, theirs, workers),
    ];
    try {
      const url = (server) => `${server.url}/v2/models/diabetes/infer`;
      await sameAnswer(servers.map(url));
      const of = (connections, figure) =>
        inTurn(
          5,
          ...servers.map((server) => async () => {
            const run = await load(url(server), { body: asJson(1), type, connections, seconds: 3 });
            return run[figure];
          }),
        );
      const what = `V2 infer, one row, ${workers} worker${workers > 1 ? "s" : ""}`;
      const ratio = workers === 1 ? 1.7 : 2.3;
      for (const connections of [8, 64]) {
        const [one, other] = await of(connections, "rate");
        rows.push(
          atLeast(`${what}, ${connections} connections: requests/s against MLServer`, {
            ours: one,
            theirs: other,
            ratio,
          }),
        );
      }
      if (workers > 1) continue;
      const [fast, slow] = await of(1, "median");
      rows.push(
        atMost(`${what}, 1 connection: median against MLServer`, {
          ours: fast,
          theirs: slow,
          unit: "us",
          ratio: 0.6,
        }),
        ...(await many(url(servers[0]), url(servers[1]))),
      );
    } finally {
      for (const one of servers) await one.stop();
    }
  }
  return rows;
}

/** 10,000 rows one request after the other: MLServer reads JSON alone. */
async function many(ours, theirs) {
  const json = { body: asJson(10_000), type };
  const numbers = Float64Array.from(cells(10_000));
  const head = Buffer.from(
    JSON.stringify({
      ...request(10_000, { parameters: { binary_data_size: numbers.byteLength } }),
      parameters: { binary_data_output: true },
    }),
  );
  const binary = {
    body: Buffer.concat([head, Buffer.from(numbers.buffer)]),
    type: "application/octet-stream",
    headers: { "Inference-Header-Content-Length": head.length },
  };
  const rate = async (url, what) => (await load(url, { ...what, connections: 1, seconds: 3 })).rate;
  const [slow, text, bytes] = await inTurn(
    5,
    () => rate(theirs, json),
    () => rate(ours, json),
    () => rate(ours, binary),
  );
  const what = "V2 infer, 10,000 x 10: requests/s";
  return [
    atLeast(`${what} as bytes against MLServer's JSON`, { ours: bytes, theirs: slow, ratio: 15 }),
    atLeast(`${what} as JSON against MLServer's`, { ours: text, theirs: slow, ratio: 2 }),
  ];
}

/** Throws unless both predict the same numbers. */
async function sameAnswer(urls) {
  const answers = urls.map(async (url) => {
    const response = await fetch(url, { method: "POST", body: asJson(3), headers: { "content-type": type } });
    return (await response.json()).outputs[0].data;
  });
  const [ours, theirs] = await Promise.all(answers);
  const isNear = ours.every((one, at) => Math.abs(one - theirs[at]) < 1e-6);
  if (!isNear || ours.length !== theirs.length) throw new Error(`drum answered ${ours}, MLServer ${theirs}`);
}

export const openInference = { inference };
