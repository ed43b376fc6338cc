// Comparisons of drum hub: a prediction with drum server's, one page of many deployments, and its start with that of Node.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { atLeast, atMost, below, inTurn, median, told, wallTime } from "./figures.mjs";
import { load } from "./load.mjs";
import { root, startDrum, startHub } from "./servers.mjs";

const token = "the-token-of-this-bench";
const headers = { Authorization: `Bearer ${token}` };
const modelId = "a".repeat(24);
const deploymentId = "b".repeat(24);
const model = "sklearn_regression";
const manyDeployments = 10_000;

function importFile(folder) {
  const file = path.join(folder, "models.yaml");
  const codeDirectory = path.join(root, "e2e/models", model);
  writeFileSync(
    file,
    `projects: [{name: bench, models: [{id: "${modelId}", codeDirectory: ${codeDirectory}}]}]
deployments: [{id: "${deploymentId}", label: bench, modelId: "${modelId}"}]
`,
  );
  return file;
}

async function hub() {
  const folder = mkdtempSync(path.join(tmpdir(), "drum-bench-hub-"));
  const words = ["--data-dir", path.join(folder, "data")];
  const server = await startDrum(model, []);
  const ours = await startHub([...words, "--import", importFile(folder)], token);
  const rows = [];
  try {
    const [header, first] = readFileSync(path.join(root, "e2e/models", model, "input.csv"), "utf8").split(
      "\n",
    );
    const body = `${header}\n${first}\n`;
    await ready(`${ours.url}/models/${deploymentId}/predict/`, body);
    const urls = [
      `/models/${deploymentId}/predict/`,
      `/predApi/v1.0/deployments/${deploymentId}/predictions`,
    ];
    const measures = [...urls.map((url) => ours.url + url), `${server.url}/predict/`];
    const of = (connections, figure) =>
      inTurn(
        7,
        ...measures.map(
          (url) => async () => (await load(url, { body, connections, seconds: 3, headers }))[figure],
        ),
      );
    const [rate, predRate, theirRate] = await of(8, "rate");
    const [time, predTime, theirTime] = await of(1, "median");
    const what = "one CSV row through drum hub";
    rows.push(
      atLeast(`${what}, 8 connections: requests/s against drum server`, {
        ours: rate,
        theirs: theirRate,
        ratio: 0.95,
      }),
      atMost(`${what}, 1 connection: median beyond drum server`, {
        ours: time,
        theirs: theirTime,
        unit: "us",
        difference: 100,
      }),
      told("the same as DataRobot's prediction server answers: requests/s", {
        ours: predRate,
        theirs: theirRate,
        unit: "/s",
      }),
      told("the same: median", { ours: predTime, theirs: theirTime, unit: "us" }),
    );
    await fill(ours.url);
    rows.push(
      below(`one page of ${manyDeployments} deployments: median`, await pageTime(ours.url), {
        unit: "ms",
        limit: 50,
      }),
    );
    const body2 = JSON.stringify({ status: "inactive" });
    await fetch(`${ours.url}/api/v2/deployments/${deploymentId}/status/`, {
      method: "PATCH",
      headers,
      body: body2,
    });
  } finally {
    await Promise.all([server.stop(), ours.stop()]);
  }
  const [started, node] = await inTurn(
    7,
    async () => {
      const begun = performance.now();
      const again = await startHub(words, token);
      const time = performance.now() - begun;
      await again.stop();
      return time;
    },
    () => wallTime(process.execPath, ["-e", "0"]),
  );
  rows.push(
    atMost("start of drum hub with 10,000 deployments beyond node -e 0", {
      ours: started,
      theirs: node,
      unit: "ms",
      difference: 500,
    }),
  );
  return rows;
}

async function ready(url, body) {
  for (let tries = 0; tries < 600; tries++) {
    const { ok } = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "text/csv" },
      body,
    });
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not predict`);
}

async function fill(url) {
  let left = manyDeployments;
  const make = async () => {
    while (left-- > 0) {
      const body = JSON.stringify({ modelId, label: `Deployment ${left}`, status: "inactive" });
      const { status } = await fetch(`${url}/api/v2/deployments/fromLearningModel/`, {
        method: "POST",
        headers,
        body,
      });
      if (status !== 202) throw new Error(`a deployment was answered with ${status}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, make));
}

/** Milliseconds for a page in the middle, in several orders. */
async function pageTime(url) {
  const times = [];
  for (const query of [
    "",
    "&orderBy=-createdAtTimestamp",
    "&search=ment%207",
    "&role=OWNER&orderBy=importance",
  ])
    for (let round = 0; round < 10; round++) {
      const begun = performance.now();
      const answer = await fetch(`${url}/api/v2/deployments/?offset=500&limit=100${query}`, { headers });
      const { data } = await answer.json();
      times.push(performance.now() - begun);
      if (data.length !== 100) throw new Error(`a page has ${data.length} deployments`);
    }
  return median(times);
}

export const hubs = { hub };
