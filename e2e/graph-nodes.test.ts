// What graphs do beside passing messages on: bandits that learn, prepackaged servers, health, limits, metrics, shadows, and faults of nodes.

import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeDirectory, drum, eventually, freePort, model, root, type Server, serve } from "./drum.js";

const json = { "content-type": "application/json" };

interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: messages of any form
  body: any;
}

async function send({ url }: Server, route: string, message: unknown): Promise<Answer> {
  const body = typeof message === "string" ? message : JSON.stringify(message);
  const response = await fetch(`${url}/api/v1.0/${route}`, { method: "POST", body, headers: json });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

const rows = (...ndarray: unknown[][]) => ({ data: { ndarray } });
const metricsOf = async ({ url }: Server) => (await fetch(`${url}/metrics`)).text();

/** A folder for the nodes, with the document beside them. */
function graphFolder(document: object, files: Readonly<Record<string, string>> = {}): string {
  const made = codeDirectory({});
  for (const [name, text] of Object.entries({ "graph.json": JSON.stringify(document), ...files })) {
    mkdirSync(path.dirname(path.join(made, name)), { recursive: true });
    writeFileSync(path.join(made, name), text);
  }
  return made;
}

const deployment = (...predictors: object[]) => ({
  kind: "SeldonDeployment",
  metadata: { name: "test" },
  spec: { predictors },
});
const model_ = (name: string, more = {}) => ({ name, type: "MODEL", ...more });
const wordsFor = (folder: string) => ["--file", path.join(folder, "graph.json"), "--components", folder];
const serveGraph = (folder: string, words: readonly string[] = [], health = "/ready") =>
  serve({ command: "graph", words: [...wordsFor(folder), ...words], health });

/** A router that goes where the tag `to` says. */
const byTag = "class Node:\n    def route(self, X, names, meta=None):\n        return meta['tags']['to']\n";
const to = (branch: unknown, message: object) => ({ ...message, meta: { tags: { to: branch } } });

const times = (by: number) =>
  `class Node:\n    def predict(self, X, names, meta=None):\n        return X * ${by}\n`;

describe.each(["EPSILON_GREEDY", "THOMPSON_SAMPLING"])("%s", (implementation) => {
  const parameters = [
    { name: "n_branches", value: "2", type: "INT" },
    { name: "epsilon", value: "0.2", type: "FLOAT" },
    { name: "seed", value: "3", type: "INT" },
  ];
  const folder = graphFolder(
    deployment({
      name: "main",
      graph: { name: "pick", implementation, parameters, children: [model_("a"), model_("b")] },
    }),
    { "a/Node.py": times(1), "b/Node.py": times(2) },
  );
  const state = path.join(folder, "state", "main.pick.json");
  const start = () => serveGraph(folder, ["--state-dir", path.dirname(state)]);
  const learned = () => JSON.parse(readFileSync(state, "utf8")).branches;

  it("learns which child earns rewards, and still knows it after kill -9", async () => {
    const first = await start();
    let sent = 0;
    for (; sent < 60; sent++) {
      const { body } = await send(first, "predictions", rows([1]));
      const branch = body.meta.routing.pick;
      expect(body.data.ndarray).toEqual([[branch + 1]]);
      const feedback = { request: rows([1], [1]), response: body, reward: branch };
      expect((await send(first, "feedback", feedback)).status).toBe(200);
    }
    const known = learned();
    expect(known[0].tries + known[1].tries).toBe(2 * sent);
    expect([known[0].successes, known[1].successes]).toEqual([0, known[1].tries]);
    expect(known[1].tries).toBeGreaterThan(known[0].tries);
    process.kill(first.pid, "SIGKILL");
    await first.ended;
    const second = await start();
    try {
      expect(await metricsOf(second)).toContain(
        `drum_router_branch_tries{predictor_name="main",router="pick",branch="1"} ${known[1].tries}`,
      );
      const branches = await Promise.all(
        Array.from(
          { length: 40 },
          async () => (await send(second, "predictions", rows([1]))).body.meta.routing.pick,
        ),
      );
      expect(branches.filter((branch) => branch === 1).length).toBeGreaterThan(20);
    } finally {
      await second.stop();
    }
  });

  it("refuses feedback that does not tell the child, a reward that is no share, and another router's state", async () => {
    const server = await start();
    try {
      const before = learned();
      const routed = { meta: { routing: { pick: 0 } } };
      for (const [feedback, words] of [
        [
          { request: rows([1]), reward: 1 },
          "response.meta.routing.pick is missing; send the answer of the prediction",
        ],
        [
          { request: rows([1]), response: routed, reward: 3 },
          "rewards of 0 to 1, the share of successes; got 3",
        ],
      ] as const) {
        const { status, body } = await send(server, "feedback", feedback);
        expect([status, body.status]).toEqual([
          422,
          { status: "FAILURE", code: 422, info: expect.stringContaining(words) },
        ]);
      }
      expect(learned()).toEqual(before);
    } finally {
      await server.stop();
    }
    const other = await serveGraph(folder, ["--state-dir", path.dirname(state)]);
    try {
      const second = await drum(["graph", ...wordsFor(folder), "--state-dir", path.dirname(state)]);
      expect([second.exitCode, second.stderr]).toEqual([
        1,
        expect.stringContaining(`is used by process ${other.pid}; choose another folder`),
      ]);
    } finally {
      await other.stop();
    }
    writeFileSync(state, '{"branches":[]}');
    const { exitCode, stderr } = await drum([
      "graph",
      ...wordsFor(folder),
      "--state-dir",
      path.dirname(state),
    ]);
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining("is not the state of pick, which has 2 children"),
    ]);
  });
});

describe("prepackaged servers", () => {
  const irises = model("sklearn_multiclass");
  const diabetes = model("sklearn_regression");
  const booster = model("xgboost_booster");
  const saved = codeDirectory({});
  const server = (name: string, implementation: string, folder: string, method?: string) => ({
    name,
    implementation,
    modelUri: `file:${path.join(saved, folder)}`,
    parameters: method ? [{ name: "method", value: method, type: "STRING" }] : [],
  });
  const folder = graphFolder(
    deployment({
      name: "main",
      graph: {
        name: "choose",
        type: "ROUTER",
        children: [
          server("classes", "SKLEARN_SERVER", "iris"),
          server("numbers", "SKLEARN_SERVER", "diabetes", "predict"),
          server("boosted", "XGBOOST_SERVER", "boosted"),
          server("own", "SKLEARN_SERVER", "own"),
        ],
      },
    }),
    { "choose/Node.py": byTag },
  );
  let served: Server;
  beforeAll(async () => {
    for (const name of ["iris", "diabetes", "boosted"]) mkdirSync(path.join(saved, name));
    copyFileSync(path.join(irises.folder, "model.pkl"), path.join(saved, "iris", "model.pkl"));
    copyFileSync(path.join(diabetes.folder, "model.pkl"), path.join(saved, "diabetes", "model.joblib"));
    // A folder that says itself how it is served is a code directory.
    mkdirSync(path.join(saved, "own"));
    for (const file of ["model.pkl", "model-metadata.yaml"])
      copyFileSync(path.join(irises.folder, file), path.join(saved, "own", file));
    const { stdout } = await drum(["environment", "list", "--json"]);
    const listed = JSON.parse(stdout) as { name: string; installed: { interpreter: string } }[];
    const { interpreter } = listed.find(({ name }) => name === "python3_xgboost")!.installed;
    const save = "import pickle, sys; pickle.load(open(sys.argv[1], 'rb')).save_model(sys.argv[2])";
    await execa(interpreter, [
      "-c",
      save,
      path.join(booster.folder, "model.pkl"),
      path.join(saved, "boosted", "model.bst"),
    ]);
    served = await serveGraph(folder, ["--runtime", "python=python3_xgboost"]);
  }, 120_000);
  afterAll(() => served?.stop());

  const cells = (csv: string) =>
    csv
      .trim()
      .split("\n")
      .slice(1, 4)
      .map((line) => line.split(",").map(Number));
  const ask = (branch: number, csv: string) => send(served, "predictions", to(branch, rows(...cells(csv))));

  it("answer what their models do, by their method", async () => {
    const species = await ask(0, irises.csv);
    const first = irises.expected[0] as Record<string, number>;
    expect([species.status, species.body.data.ndarray[0]]).toEqual([200, Object.values(first)]);
    const progression = await ask(1, diabetes.csv);
    expect(progression.body.data.ndarray[0]).toBeCloseTo(diabetes.expected[0] as number, 6);
    const boosted = await ask(2, booster.csv);
    expect(boosted.body.data.ndarray[1]).toBeCloseTo(booster.expected[1] as number, 3);
  });

  it("take a folder that says itself how it is served as a code directory", async () => {
    const { body } = await ask(3, irises.csv);
    expect(body.data.names).toEqual(["setosa", "versicolor", "virginica"]);
    expect(body.data.ndarray).toHaveLength(3);
  });

  it("refuse rows that the model cannot take, and go on", async () => {
    const { status, body } = await send(served, "predictions", to(0, rows([1, 2])));
    expect([status, body.status.info]).toEqual([400, expect.stringContaining("X has 2 features")]);
    expect((await ask(0, irises.csv)).status).toBe(200);
  });

  it("say what a folder without a model lacks", async () => {
    const empty = codeDirectory({});
    const graph = { ...server("bare", "SKLEARN_SERVER", ""), modelUri: `file:${empty}` };
    const { exitCode, stderr } = await drum([
      "graph",
      ...wordsFor(graphFolder(deployment({ name: "p", graph }))),
    ]);
    expect([exitCode, stderr]).toEqual([
      3,
      expect.stringContaining(`${empty} has no model; expected one of model.joblib, model.pickle, model.pkl`),
    ]);
  });
});

describe("health", () => {
  const sick = `import os
class Node:
    def predict(self, X, names, meta=None):
        return X

    def health_status(self):
        if os.path.exists(os.environ["SICK"]):
            raise ValueError("out of order")
        return "well"
`;
  const container = (probes: object, file: string) => ({
    spec: {
      containers: [{ name: "m", image: "org/m:1.2", env: [{ name: "SICK", value: file }], ...probes }],
    },
  });
  const probe = { httpGet: { path: "/health/status", port: 9000 }, periodSeconds: 1, failureThreshold: 2 };
  const graph = { name: "m", type: "MODEL" };

  it.each<[string, object, object]>([
    ["executor.fullHealthChecks", { executor: { fullHealthChecks: true } }, {}],
    ["a readiness probe", {}, { readinessProbe: probe }],
  ])("is asked for by %s", async (_title, more, probes) => {
    const file = path.join(codeDirectory({}), "sick");
    const predictor = { name: "main", graph, componentSpecs: [container(probes, file)] };
    const server = await serveGraph(
      graphFolder({ ...deployment(predictor), ...more }, { "m/Node.py": sick }),
    );
    const ready = async () => (await fetch(`${server.url}/ready`)).status;
    try {
      writeFileSync(file, "");
      await eventually(async () => (await ready()) === 503);
      const told = (await (await fetch(`${server.url}/ready`)).json()) as { status: { info: string } };
      expect(told.status.info).toMatch(/^m: .*out of order/);
      // It is not asked before each request.
      expect((await send(server, "predictions", rows([1]))).status).toBe(200);
      await execa("rm", [file]);
      await eventually(async () => (await ready()) === 200);
    } finally {
      await server.stop();
    }
  });

  it("is nobody's business by default, and a liveness probe starts the node anew", async () => {
    const file = path.join(codeDirectory({}), "sick");
    const predictor = { name: "main", graph, componentSpecs: [container({ livenessProbe: probe }, file)] };
    const server = await serveGraph(graphFolder(deployment(predictor), { "m/Node.py": sick }));
    try {
      writeFileSync(file, "");
      expect((await fetch(`${server.url}/ready`)).status).toBe(200);
      await eventually(() => server.output().includes("m was reloaded"));
      expect(server.output()).toContain("m: its liveness probe failed 2 times in a row");
    } finally {
      await server.stop();
    }
  });

  it("is not judged by the silence of a node at work", async () => {
    const slow =
      "import time\nclass Node:\n    def predict(self, X, names, meta=None):\n        time.sleep(8)\n        return X\n\n    def health_status(self):\n        return 'well'\n";
    const impatient = { ...probe, timeoutSeconds: 3, failureThreshold: 1 };
    const predictor = { name: "main", graph, componentSpecs: [container({ livenessProbe: impatient }, "x")] };
    const server = await serveGraph(graphFolder(deployment(predictor), { "m/Node.py": slow }));
    try {
      expect((await send(server, "predictions", rows([1]))).status).toBe(200);
      expect(server.output()).not.toContain("probe failed");
    } finally {
      await server.stop();
    }
  });
});

it("ends a node's work at the time limit of the document, and says so", async () => {
  const slow =
    "import time\nclass Node:\n    def predict(self, X, names, meta=None):\n        time.sleep(float(X[0][0]))\n        return X\n";
  const predictor = { name: "main", graph: model_("m"), annotations: { "seldon.io/rest-timeout": "5000" } };
  const server = await serveGraph(graphFolder(deployment(predictor), { "m/Node.py": slow }));
  try {
    expect((await send(server, "predictions", rows([0.01]))).status).toBe(200);
    const { status, body } = await send(server, "predictions", rows([60]));
    expect([status, body.status]).toMatchObject([
      504,
      { status: "FAILURE", info: expect.stringContaining("5 s, the limit of seldon.io/rest-timeout") },
    ]);
    await eventually(async () => (await send(server, "predictions", rows([0.01]))).status === 200);
  } finally {
    await server.stop();
  }
});

it("measures requests and nodes, and tells what the graph takes and answers", async () => {
  const measured = `class Node:
    def predict(self, X, names, meta=None):
        return X

    def metrics(self):
        return [{"type": "COUNTER", "key": "asked", "value": 2}]

    def init_metadata(self):
        return {"name": "m", "versions": ["3"], "inputs": [{"name": "x", "datatype": "FP32", "shape": [1]}]}
`;
  const predictor = {
    name: "main",
    annotations: { version: "v7" },
    componentSpecs: [{ spec: { containers: [{ name: "m", image: "host:5000/m:1.2" }] } }],
    graph: model_("m", { children: [model_("n")] }),
  };
  const server = await serveGraph(
    graphFolder(deployment(predictor), { "m/Node.py": measured, "n/Node.py": times(2) }),
  );
  try {
    await send(server, "predictions", rows([1]));
    await send(server, "predictions", "{");
    await fetch(`${server.url}/api/v1.0/metadata/m`);
    const text = await metricsOf(server);
    const shared = 'deployment_name="test",predictor_name="main",predictor_version="v7"';
    const seconds = "seldon_api_executor_server_requests_seconds";
    for (const line of [
      `${seconds}_count{${shared},service="predictions",method="post",code="200"} 1`,
      `${seconds}_count{${shared},service="predictions",method="post",code="400"} 1`,
      `${seconds}_count{${shared},service="metadata",method="get",code="200"} 1`,
      `${seconds}_bucket{le="+Inf",${shared},service="predictions",method="post",code="200"} 1`,
      `${seconds}_summary_count{${shared},service="predictions",method="post",code="200"} 1`,
      `seldon_api_executor_client_requests_seconds_count{${shared},model_name="m",model_image="host:5000/m",model_version="1.2",service="/predict",method="post",code="200"} 1`,
    ])
      expect(text).toContain(line);
    expect(text).toMatch(/asked_total\{(?=.*model_name="m")(?=.*method="predict").*\} 2/);
    const metadata = await (await fetch(`${server.url}/api/v1.0/metadata`)).json();
    expect(metadata).toMatchObject({
      name: "main",
      models: { m: { name: "m", versions: ["3"] }, n: { versions: [""] } },
      graphinputs: [{ name: "x", datatype: "FP32", shape: [1] }],
      graphoutputs: [],
    });
  } finally {
    await server.stop();
  }
});

it("compares a shadow, and keeps what it answered", async () => {
  const predictors = [
    { name: "main", traffic: 100, graph: model_("m") },
    { name: "canary", shadow: true, graph: model_("m") },
  ];
  // One folder serves both: the shadow adds to numbers above 5.
  const files = {
    "m/Node.py": `class Node:
    def __init__(self, more=0):
        self.more = more

    def predict(self, X, names, meta=None):
        if (X > 100).any() and self.more:
            raise ValueError("too large")
        return X + self.more * (X > 5)
`,
  };
  (predictors[1]!.graph as { parameters?: object[] }).parameters = [
    { name: "more", value: "0.5", type: "FLOAT" },
  ];
  const folder = graphFolder(deployment(...predictors), files);
  const server = await serveGraph(folder, ["--state-dir", path.join(folder, "state")]);
  try {
    for (const value of [1, 7, 101]) {
      const { body } = await send(server, "predictions", rows([value]));
      expect(body.data.ndarray).toEqual([[value]]);
    }
    const report = async () => (await fetch(`${server.url}/shadow/`)).json();
    await eventually(async () => ((await report()) as { failed: number }).failed === 1);
    expect(await report()).toMatchObject({
      shadow: "canary",
      equal: 1,
      different: 1,
      largestDifference: 0.5,
      differing: [{ difference: 0.5, request: JSON.stringify(rows([7])) }],
    });
    const records = path.join(folder, "state", "canary.shadow.jsonl");
    await eventually(
      () => existsSync(records) && readFileSync(records, "utf8").trim().split("\n").length === 3,
    );
  } finally {
    await server.stop();
  }
});

describe("a faulty node", () => {
  const children = ["fine", "dies", "odd", "measures", "joins", "table"];
  const folder = graphFolder(
    deployment({
      name: "main",
      graph: {
        name: "choose",
        type: "ROUTER",
        children: [
          ...children.slice(0, 4).map((name) => model_(name)),
          { name: "joins", implementation: "AVERAGE_COMBINER", children: [model_("narrow"), model_("wide")] },
          model_("table"),
        ],
      },
    }),
    {
      "choose/Node.py": byTag,
      "fine/Node.py": times(1),
      "narrow/Node.py": times(1),
      "wide/Node.py":
        "import numpy as np\nclass Node:\n    def predict(self, X, names, meta=None):\n        return np.hstack([X, X]) if X[0][0] > 0 else X * float('nan')\n",
      "dies/Node.py":
        "import os\nclass Node:\n    def predict(self, X, names, meta=None):\n        os._exit(3)\n",
      "odd/Node.py":
        "class Odd(Exception):\n    def __str__(self):\n        raise TypeError('no words')\n\nclass Node:\n    def predict(self, X, names, meta=None):\n        raise Odd(object())\n",
      "measures/Node.py":
        "class Node:\n    def predict(self, X, names, meta=None):\n        return X\n\n    def metrics(self):\n        return ({'type': 'COUNTER', 'key': 'a', 'value': 1},)\n",
      "table/custom.py":
        'import pandas as pd\n\ndef load_model(code_dir):\n    return 1\n\ndef score(data, model, **kwargs):\n    return pd.DataFrame({"Predictions": data["a"] * 2})\n',
      "table/model-metadata.yaml": "targetType: regression\n",
    },
  );
  let server: Server;
  beforeAll(async () => {
    server = await serveGraph(folder);
  }, 60_000);
  afterAll(() => server?.stop());

  const one = rows([1]);
  it.each<[string, unknown, number, string]>([
    [
      "a router that chooses a child that is not there",
      to(9, one),
      500,
      "choose routed to the child 9, it has 6",
    ],
    ["a router that answers no int", to("x", one), 400, "Routing response must be int but got x"],
    ["a node that dies", to(1, one), 500, "worker"],
    ["an exception without words", to(2, one), 500, ""],
    ["metrics that are no list", to(3, one), 500, "Bad metric created during request"],
    [
      "children whose arrays have other shapes",
      to(4, one),
      500,
      "joins averages arrays of numbers of one shape; narrow answered [1,1], wide answered [1,2]",
    ],
    [
      "a child that answers NaN",
      to(4, rows([0])),
      500,
      "joins got a message that is not JSON: NaN is no number of JSON",
    ],
    ["a ragged array", to(0, rows([1, 2], [3])), 500, ""],
    ["base64 that is not", to(0, { binData: "abcde" }), 500, ""],
    ["a message without data", to(0, {}), 400, "Invalid request data type"],
    [
      "text for a table",
      to(5, { strData: "a" }),
      422,
      "table takes rows: an ndarray or tensor of two dimensions",
    ],
    ["a table without its column", to(5, { data: { names: ["b"], ndarray: [[1]] } }), 500, "KeyError"],
    ["what is no JSON", "{", 400, ""],
    ["nothing", "", 422, "the body is empty"],
  ])("is told of: %s", async (_title, message, status, words) => {
    const { status: got, body } = await send(server, "predictions", message);
    expect([got, body.status.info]).toEqual([status, expect.stringContaining(words)]);
    const fine = await send(server, "predictions", to(0, rows([2])));
    expect([fine.status, fine.body.data.ndarray]).toEqual([200, [[2]]]);
  });

  it("tells a code directory what is wrong with a message that is no JSON", async () => {
    const alone = graphFolder(deployment({ name: "main", graph: model_("table") }), {
      "table/custom.py": readFileSync(path.join(folder, "table", "custom.py"), "utf8"),
      "table/model-metadata.yaml": "targetType: regression\n",
    });
    const other = await serveGraph(alone);
    try {
      const { status, body } = await send(other, "predictions", "{");
      expect([status, body.status.info]).toEqual([
        422,
        expect.stringContaining("table got a message that is not JSON"),
      ]);
    } finally {
      await other.stop();
    }
  });
});

it("asks children in parallel", async () => {
  const slow =
    "import time\nclass Node:\n    def predict(self, X, names, meta=None):\n        time.sleep(0.5)\n        return X\n";
  const graph = {
    name: "mean",
    implementation: "AVERAGE_COMBINER",
    children: [model_("a"), model_("b"), model_("c")],
  };
  const server = await serveGraph(
    graphFolder(deployment({ name: "main", graph }), {
      "a/Node.py": slow,
      "b/Node.py": slow,
      "c/Node.py": slow,
    }),
  );
  try {
    await send(server, "predictions", rows([1]));
    const startedAt = performance.now();
    const { body } = await send(server, "predictions", rows([1]));
    expect(body.data.ndarray).toEqual([[1]]);
    expect(performance.now() - startedAt).toBeLessThan(1400);
  } finally {
    await server.stop();
  }
});

it("keeps apart what the routers of two predictors learn, and takes a folder of its own before the shared one", async () => {
  const predictor = (name: string) => ({
    name,
    traffic: 50,
    graph: { name: "pick", implementation: "EPSILON_GREEDY", children: [model_("a")] },
  });
  const files = { "a/Node.py": times(1), "new.a/Node.py": times(5) };
  const folder = graphFolder(deployment(predictor("old"), predictor("new")), files);
  const server = await serveGraph(folder, ["--state-dir", path.join(folder, "state")]);
  try {
    const found = new Set<number>();
    await eventually(async () => {
      const { body } = await send(server, "predictions", rows([1]));
      found.add(body.data.ndarray[0][0]);
      await send(server, "feedback", { request: rows([1]), response: body, reward: 1 });
      return found.size === 2;
    });
    expect([...found].toSorted()).toEqual([1, 5]);
    const text = await metricsOf(server);
    for (const name of ["old", "new"])
      expect(text).toContain(`drum_router_branch_tries{predictor_name="${name}",router="pick",branch="0"}`);
  } finally {
    await server.stop();
  }
});

it("shares requests between predictors by their traffic, with nodes of the same name", async () => {
  const by = (value: string) => [{ name: "by", value, type: "INT" }];
  const predictors = [
    { name: "old", traffic: 75, graph: model_("m", { parameters: by("1") }) },
    { name: "new", traffic: 25, graph: model_("m", { parameters: by("2") }) },
  ];
  const file =
    "class Node:\n    def __init__(self, by):\n        self.by = by\n\n    def predict(self, X, names, meta=None):\n        return X * self.by\n";
  const server = await serveGraph(graphFolder(deployment(...predictors), { "m/Node.py": file }));
  try {
    let isNew = 0;
    for (let at = 0; at < 400; at++)
      isNew += (await send(server, "predictions", rows([1]))).body.data.ndarray[0][0] - 1;
    expect(isNew).toBeGreaterThan(60);
    expect(isNew).toBeLessThan(140);
    const { models } = (await (await fetch(`${server.url}/models/`)).json()) as {
      models: { name: string }[];
    };
    expect(models.map(({ name }) => name)).toEqual(["old.m", "new.m"]);
  } finally {
    await server.stop();
  }
});

it("answers Seldon's own client, over REST and gRPC", async () => {
  const double = `import numpy as np
from seldon_core.flask_utils import SeldonMicroserviceException

class Node:
    def predict(self, X, names, meta=None):
        if (X < 0).any():
            raise SeldonMicroserviceException("no negative numbers", status_code=422)
        return X * 2

    def init_metadata(self):
        return {"name": "double", "versions": ["1"]}
`;
  const graph = { name: "pick", implementation: "EPSILON_GREEDY", children: [model_("double")] };
  const grpc = String(await freePort());
  const server = await serveGraph(
    graphFolder(deployment({ name: "main", graph }), { "double/Node.py": double }),
    ["--grpc-port", grpc],
  );
  try {
    const program = path.join(root, "e2e/clients/seldon_graph_calls.py");
    const python = path.join(root, ".setup/seldon/bin/python");
    const { stdout } = await execa(python, [program, new URL(server.url).port, grpc, "test"]);
    const told = JSON.parse(stdout);
    for (const transport of ["rest", "grpc"]) {
      const names = ["t:0", "t:1"];
      expect(told[`${transport} ndarray`]).toMatchObject({
        success: true,
        response: { meta: { routing: { double: -1 } }, data: { names, ndarray: [[2, 4]] } },
      });
      expect(told[`${transport} tensor`]).toMatchObject({
        success: true,
        response: { data: { names, tensor: { shape: [1, 2], values: [2, 4] } } },
      });
      expect(told[`${transport} feedback`]).toEqual({ success: true });
      expect(told[`${transport} refused`]).toMatchObject({
        success: false,
        words: expect.stringMatching(transport === "rest" ? /422/ : /no negative numbers/),
      });
    }
    expect(told["graph metadata"]).toMatchObject({ name: "main", models: { double: { name: "double" } } });
    expect(told["model metadata"]).toMatchObject({ name: "double", versions: ["1"] });
    expect(told.unknown).toEqual({ code: "NOT_FOUND", details: "the graph has no node nobody" });
    const text = await metricsOf(server);
    expect(text).toMatch(
      /server_requests_seconds_count\{.*service="\/seldon.protos.Seldon\/Predict",method="unary",code="OK"\} 2/,
    );
    expect(text).toMatch(/service="\/seldon.protos.Seldon\/Predict",method="unary",code="Unknown"\} 1/);
    const page = await fetch(`${server.url}/api/v1.0/doc/`);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("swagger-ui")]);
    const input = await (await fetch(`${server.url}/api/v1.0/doc/seldon.json`)).text();
    const faults = path.join(root, "e2e/clients/openapi_faults.py");
    expect((await execa(path.join(root, ".setup/clients/bin/python"), [faults], { input })).stdout).toBe("");
    const other = await fetch(`${server.url}/seldon/default/other/api/v1.0/predictions`, {
      method: "POST",
      body: "{}",
    });
    expect([other.status, await other.text()]).toEqual([404, expect.stringContaining("it is named test")]);
  } finally {
    await server.stop();
  }
});

it("prints what a deployment needs with drum migrate", async () => {
  const folder = graphFolder(deployment({ name: "main", replicas: 2, graph: model_("m") }));
  const file = path.join(folder, "graph.json");
  const { exitCode, stdout } = await drum(["migrate", file, "--components", "parts"]);
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringContaining(`drum graph --file ${file} --components parts`),
  ]);
  const missing = await drum(["migrate", "nothing.yaml"]);
  expect([missing.exitCode, missing.stderr]).toEqual([
    2,
    expect.stringContaining("INPUT_FILE_MISSING: there is no file"),
  ]);
  const other = await drum([
    "migrate",
    path.join(folder, "..", path.basename(folder), "graph.json"),
    "--parts",
  ]);
  expect(other.exitCode).toBe(2);
});
