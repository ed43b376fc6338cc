// Inference graphs: one over four languages, built-in nodes, code directories as nodes, and documents that are wrong.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeDirectory, drum, eventually, root, type Server, serve } from "./drum.js";

const folder = path.join(root, "e2e", "graphs");
const variables = { SELDON_ENABLE_ROUTING_INJECTION: "1" };
const json = { "content-type": "application/json" };

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: messages of any form
  body: any;
  text: string;
}

async function post({ url }: Server, route: string, message: unknown): Promise<Answer> {
  const body = typeof message === "string" ? message : JSON.stringify(message);
  const response = await fetch(`${url}/api/v1.0/${route}`, { method: "POST", body, headers: json });
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) };
}

const rows = (ndarray: unknown[][]) => ({ data: { ndarray } });
const graphServer = (file: string, components: string) =>
  serve({
    command: "graph",
    words: ["--file", file, "--components", components],
    health: "/ready",
    variables,
  });

describe("a graph over four languages", () => {
  let server: Server;
  beforeAll(async () => {
    server = await graphServer(path.join(folder, "four.yaml"), path.join(folder, "nodes"));
  }, 120_000);
  afterAll(() => server.stop());

  it.each<[number[], number[], Record<string, number>, object]>([
    [[1, 2], [30, 60], { tenfold: -1, pick: 0, double: -1 }, { by: 3, fed: 0 }],
    [[10.04, 20], [101, 201], { tenfold: -1, pick: 1, plus: -1 }, { by: "plus" }],
  ])("takes %j along its route to %j", async (given, answered, routing, tags) => {
    const { status, body } = await post(server, "predictions", rows([given]));
    expect([status, body.data.ndarray]).toEqual([200, [answered]]);
    expect(body.meta.routing).toMatchObject(routing);
    expect(body.meta.tags).toEqual(tags);
    expect(Object.keys(body.meta.requestPath).toSorted()).toEqual(
      ["rounded", "tenfold", Object.keys(routing).at(-1)].toSorted(),
    );
  });

  it("gives feedback to the router and the model that were asked", async () => {
    const answered = await post(server, "predictions", rows([[1, 2]]));
    const feedback = { reward: 2, request: rows([[1, 2]]), response: answered.body };
    expect((await post(server, "feedback", feedback)).status).toBe(200);
    const again = await post(server, "predictions", rows([[1, 2]]));
    expect(again.body.meta.tags).toEqual({ by: 3, fed: 1 });
  });

  it("passes on what a node refuses", async () => {
    const { status, body, text } = await post(server, "predictions", rows([[-1]]));
    const told = { status: 1, code: -1, info: "no <negative> numbers", reason: "NEGATIVE" };
    expect([status, body]).toEqual([422, { status: told }]);
    expect(text).toContain("no \\u003cnegative\\u003e numbers");
    expect((await post(server, "predictions", rows([[1]]))).status).toBe(200);
  });

  it("loses no request while the worker of a node is killed", async () => {
    const workers = async () => {
      const stats = (await (await fetch(`${server.url}/stats/`)).json()) as {
        workers: { pid: number; model: string }[];
      };
      return stats.workers;
    };
    let isOver = false;
    const answers: number[] = [];
    const clients = Array.from({ length: 4 }, async () => {
      while (!isOver) answers.push((await post(server, "predictions", rows([[1, 2]]))).status);
    });
    for (let kill = 0; kill < 3; kill++) {
      const { pid } = (await workers()).find(({ model }) => model === "double")!;
      process.kill(pid, "SIGKILL");
      await sleep(1500);
    }
    isOver = true;
    await Promise.all(clients);
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(answers.length).toBeGreaterThan(20);
  });

  it("tells the health of each node, and whether all can answer", async () => {
    expect((await fetch(`${server.url}/live`)).status).toBe(200);
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    const node = await fetch(`${server.url}/api/v1.0/status/plus`);
    expect([node.status, await node.json()]).toMatchObject([200, { strData: "healthy" }]);
    const unknown = await fetch(`${server.url}/api/v1.0/status/nobody`);
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { status: { status: "FAILURE" } }]);
  });
});

it("lets a bandit learn over four languages while workers of every node are killed", async () => {
  const state = codeDirectory({});
  const words = ["--file", path.join(folder, "bandit.yaml"), "--components", path.join(folder, "nodes")];
  const server = await serve({
    command: "graph",
    words: [...words, "--state-dir", state],
    health: "/ready",
  });
  try {
    let isOver = false;
    const answers: Answer[] = [];
    const clients = Array.from({ length: 4 }, async () => {
      while (!isOver) answers.push(await post(server, "predictions", rows([[1, 2]])));
    });
    for (const node of ["double", "plus", "rounded", "tenfold"]) {
      const stats = await (await fetch(`${server.url}/stats/`)).json();
      const { pid } = (stats as { workers: { pid: number; model: string }[] }).workers.find(
        ({ model }) => model === node,
      )!;
      const before = answers.length;
      process.kill(pid, "SIGKILL");
      await eventually(async () => answers.length > before + 20);
    }
    isOver = true;
    await Promise.all(clients);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    // The Julia model earns the rewards.
    const fed = answers.slice(0, 60).map(({ body }) => {
      const reward = body.meta.routing.pick;
      return post(server, "feedback", { request: rows([[1, 2]]), response: body, reward });
    });
    expect(new Set((await Promise.all(fed)).map(({ status }) => status))).toEqual(new Set([200]));
    const { branches } = JSON.parse(readFileSync(path.join(state, "main.pick.json"), "utf8"));
    expect(branches[0].tries + branches[1].tries).toBe(60);
    expect([branches[0].successes, branches[1].successes]).toEqual([0, branches[1].tries]);
    const counts = [0, 0];
    for (let at = 0; at < 30; at++)
      counts[(await post(server, "predictions", rows([[1, 2]]))).body.meta.routing.pick]! += 1;
    expect(counts[1]).toBeGreaterThan(counts[0]!);
  } finally {
    await server.stop();
  }
}, 180_000);

/** A document with one predictor, and a folder for its nodes. */
function documentOf(graph: object, predictor = {}): string {
  const spec = { predictors: [{ name: "main", graph, ...predictor }] };
  return JSON.stringify({ kind: "SeldonDeployment", metadata: { name: "test" }, spec });
}

function nodes(files: Readonly<Record<string, string>>): string {
  const made = codeDirectory({});
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(made, name)), { recursive: true });
    writeFileSync(path.join(made, name), text);
  }
  return made;
}

const times = (by: number) =>
  `class Node:\n    def predict(self, X, names, meta=None):\n        return X * ${by}\n`;

it("averages and splits without code, and takes code directories as nodes", async () => {
  const components = nodes({
    "one/Node.py": times(1),
    "three/Node.py": times(3),
    "sums/custom.py":
      'import pandas as pd\n\ndef load_model(code_dir):\n    return 1\n\ndef score(data, model, **kwargs):\n    return pd.DataFrame({"Predictions": data.sum(axis=1)})\n',
    "sums/model-metadata.yaml": "targetType: regression\n",
  });
  const graph = {
    name: "mean",
    implementation: "AVERAGE_COMBINER",
    children: [
      { name: "one", type: "MODEL", children: [{ name: "sums", type: "MODEL" }] },
      {
        name: "split",
        implementation: "RANDOM_ABTEST",
        parameters: [{ name: "ratioA", value: "0", type: "FLOAT" }],
        children: [
          { name: "sums2", type: "MODEL" },
          { name: "three", type: "MODEL" },
        ],
      },
    ],
  };
  writeFileSync(path.join(components, "graph.json"), documentOf(graph));
  mkdirSync(path.join(components, "sums2"));
  writeFileSync(path.join(components, "sums2", "Node.py"), times(0));
  const server = await graphServer(path.join(components, "graph.json"), components);
  try {
    const { status, body } = await post(server, "predictions", rows([[4]]));
    // The first child answers 4, the second one 12.
    expect([status, body.data.ndarray]).toEqual([200, [[8]]]);
    const { text } = await post(server, "predictions", rows([[4]]));
    expect(text).toContain('"ndarray":[[8.0]]');
    const wide = await post(server, "predictions", rows([[4, 2]]));
    expect([wide.status, wide.body.status.info]).toEqual([
      500,
      expect.stringContaining("mean averages arrays of numbers of one shape; one answered [1,1]"),
    ]);
  } finally {
    await server.stop();
  }
});

describe("drum graph check", () => {
  const model = (name: string) => ({ name, type: "MODEL" });
  it.each<[string, object, string]>([
    ["a router without children", { name: "r", type: "ROUTER" }, "node r: a ROUTER needs a child, it has 0"],
    [
      "an A/B test with one child",
      { name: "r", implementation: "RANDOM_ABTEST", children: [model("a")] },
      "needs 2 children, it has 1",
    ],
    [
      "a node that is there twice",
      { name: "t", type: "TRANSFORMER", children: [model("a"), model("a")] },
      "the node a is there twice",
    ],
    [
      "an unknown implementation",
      { name: "x", implementation: "MAGIC" },
      "the implementation MAGIC is not served",
    ],
    ["a node without a type", { name: "a" }, "it has neither a type nor methods"],
    ["an unknown type", { name: "a", type: "MODLE" }, "the type MODLE is unknown"],
    [
      "a prepackaged server without a model",
      { name: "s", implementation: "SKLEARN_SERVER" },
      "needs modelUri",
    ],
    ["a folder that is not there", model("nowhere"), "there is no folder"],
  ])("finds %s", async (_title, graph, words) => {
    const components = nodes({ "a/Node.py": times(1), "t/Node.py": times(1), "r/Node.py": times(1) });
    const file = path.join(components, "graph.json");
    writeFileSync(file, documentOf(graph));
    const checked = await drum(["graph", "check", "--file", file, "--components", components]);
    expect([checked.exitCode, checked.stdout]).toEqual([1, expect.stringContaining(words)]);
    const served = await drum([
      "graph",
      "--file",
      file,
      "--components",
      components,
      "--address",
      "127.0.0.1:1",
    ]);
    expect([served.exitCode, served.stderr]).toEqual([2, expect.stringContaining(words)]);
  });

  it("refuses a file without a document, and a port that is none", async () => {
    const file = path.join(codeDirectory({ "graph.yaml": "" }), "graph.yaml");
    const empty = await drum(["graph", "check", "--file", file]);
    expect([empty.exitCode, empty.stderr]).toEqual([
      2,
      expect.stringContaining("must have one SeldonDeployment or InferenceGraph, got an empty file"),
    ]);
    const { exitCode, stderr } = await drum(["graph", "--file", file, "--port", "99999"]);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining('--port must be a port from 1 to 65535, got "99999"'),
    ]);
  });

  it("finds a node that an alias makes its own child", async () => {
    const file = path.join(codeDirectory({}), "graph.yaml");
    const text =
      "kind: SeldonDeployment\nspec:\n  predictors:\n    - name: p\n      graph: &g\n        name: a\n        type: MODEL\n        children:\n          - *g\n";
    writeFileSync(file, text);
    const { exitCode, stdout } = await drum(["graph", "check", "--file", file]);
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining("the node is its own descendant")]);
  });

  it("has nothing to say of a document that is right, and draws it", async () => {
    const words = ["--file", path.join(folder, "four.yaml")];
    const checked = await drum(["graph", "check", ...words, "--components", path.join(folder, "nodes")]);
    expect([checked.exitCode, checked.stdout]).toEqual([
      0,
      "four-languages: 1 predictor, 5 nodes, nothing is wrong\n",
    ]);
    const drawn = await drum(["graph", "draw", ...words]);
    expect(drawn.stdout).toContain('n2["pick<br/>ROUTER"]');
    expect(drawn.stdout).toContain("n2 -->|1| n4");
  });
});
