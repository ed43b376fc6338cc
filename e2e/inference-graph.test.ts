// KServe's inference graphs: over folders of four languages and addresses, wrong rows, and a worker that is killed under load.

import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server as HttpServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adminHeaders, codeDirectory, drum, modelsFolder, root, type Server, serve } from "./drum.js";

const json = { "content-type": "application/json" };

/** A folder with the services, by their names. */
function components(folders: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(path.join(tmpdir(), "drum-graph-"));
  for (const [name, folder] of Object.entries(folders)) symlinkSync(folder, path.join(made, name));
  return made;
}

function withDocument(folder: string, nodes: object, spec = {}): string[] {
  const file = path.join(folder, "graph.json");
  const head = {
    apiVersion: "serving.kserve.io/v1alpha1",
    kind: "InferenceGraph",
    metadata: { name: "test" },
  };
  writeFileSync(file, JSON.stringify({ ...head, spec: { nodes, ...spec } }));
  return ["--file", file, "--components", folder];
}

async function post({ url }: Server, body: unknown, route = "/") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { ...json, "x-request-id": "seven", "x-other": "1" };
  const response = await fetch(`${url}${route}`, { method: "POST", body: text, headers });
  const answer = await response.text();
  return { status: response.status, type: response.headers.get("content-type"), body: JSON.parse(answer) };
}

/** A model that scores with what the expression says of the rows. */
function python(hook: string, metadata: string): string {
  return codeDirectory({
    "custom.py": `import pandas as pd\n\n\ndef load_model(code_dir):\n    return 1\n\n\ndef ${hook}\n`,
    "model-metadata.yaml": metadata,
  });
}

const labelled = (type: string, ...labels: string[]) =>
  `targetType: ${type}\ninferenceModel:\n  classLabels:\n${labels.map((label) => `    - "${label}"\n`).join("")}`;
const shares = (labels: string) => `score(data, model, **kwargs):\n    return pd.DataFrame({${labels}})`;

const wrappers = path.join(root, "e2e", "graphs", "nodes");
const four = path.join(modelsFolder, "four");
const labels = path.join(modelsFolder, "sklearn_multiclass");

describe("a graph over four languages and an address", () => {
  let remote: HttpServer;
  let server: Server;
  let heard: { headers: IncomingHttpHeaders; body: string } | undefined;

  beforeAll(async () => {
    remote = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        heard = { headers: request.headers, body };
        response.writeHead(200, json).end(`{"remote":${body}}`);
      });
    });
    await new Promise<void>((resolve) => remote.listen(0, "127.0.0.1", resolve));
    const serviceUrl = `http://127.0.0.1:${(remote.address() as AddressInfo).port}/`;
    const folder = components({
      double: path.join(wrappers, "double"),
      plus: path.join(wrappers, "plus"),
      flowers: labels,
      visits: path.join(four, "regression", "r"),
      sure: path.join(four, "binary", "java"),
      raw: path.join(four, "unstructured", "python"),
      digits: python(shares('"0": data["x"], "1": 1 - data["x"]'), labelled("multiclass", "0", "1")),
      kinds: python(shares('"new": data["x"], "red": 0.5'), labelled("multilabel", "new", "red")),
      texts: python(
        'score(data, model, **kwargs):\n    return pd.DataFrame({"said": data.iloc[:, 0] + "!"})',
        "targetType: textgeneration\ninferenceModel:\n  targetName: said\n",
      ),
      more: python(
        "transform(data, model):\n    return data.assign(y=data.x + 1)",
        "targetType: transform\n",
      ),
    });
    const after = { data: "$response", mapPredictionsToInstances: true };
    const only = (name: string) => ({ serviceName: name, condition: `for.#(=="${name}")` });
    const words = withDocument(folder, {
      root: {
        routerType: "Switch",
        steps: [
          { nodeName: "chain", condition: "chain" },
          { nodeName: "both", condition: "both" },
          { nodeName: "inner", condition: "inner" },
          ...["double", "plus", "flowers", "visits", "sure", "raw", "digits", "kinds", "texts", "more"].map(
            only,
          ),
          { serviceName: "double", condition: "data" },
        ],
      },
      chain: {
        routerType: "Sequence",
        steps: [
          { serviceName: "double", dependency: "Hard" },
          { serviceName: "plus", ...after, dependency: "Hard" },
          { serviceUrl, ...after, condition: "predictions.0.0" },
        ],
      },
      both: {
        routerType: "Ensemble",
        steps: [{ serviceName: "double", name: "twice" }, { serviceName: "plus" }, { serviceUrl }],
      },
      inner: { routerType: "Switch", steps: [{ serviceUrl, condition: "never" }] },
    });
    server = await serve({
      command: "graph",
      words,
      health: "/readyz",
      variables: { PROPAGATE_HEADERS: "^X-Request-Id$" },
    });
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    remote.close();
  });

  it("chains folders and an address", async () => {
    const answer = await post(server, { chain: 1, instances: [[1, 2]] }, "/v1/models/any:predict");
    expect(answer).toEqual({
      status: 200,
      type: "application/json",
      body: { remote: { instances: [[3, 5]] } },
    });
    expect(heard!.headers).toMatchObject({ "content-type": "application/json", "x-request-id": "seven" });
    expect(heard!.headers["x-other"]).toBeUndefined();
  });

  it("asks in parallel and joins by name or index", async () => {
    const body = { both: 1, instances: [[1.5]] };
    expect((await post(server, body)).body).toEqual({
      twice: { predictions: [[3]] },
      1: { predictions: [[2.5]] },
      2: { remote: body },
    });
  });

  it("takes the tensors of V2", async () => {
    const inputs = [{ name: "x", datatype: "FP64", shape: [1, 4], data: [5.1, 3.5, 1.4, 0.2] }];
    const body = { for: ["flowers"], id: "7", inputs, outputs: [{ name: "predict" }] };
    expect((await post(server, body)).body).toMatchObject({
      id: "7",
      model_name: "flowers",
      outputs: [{ name: "predict", shape: [1, 1], datatype: "BYTES", data: ["setosa"] }],
    });
  });

  it.each<[string, string, unknown[], unknown[]]>([
    [
      "lists to a classifier",
      "flowers",
      [
        [5.1, 3.5, 1.4, 0.2],
        [5.9, 3, 5.1, 1.8],
      ],
      ["setosa", "virginica"],
    ],
    [
      "objects to a classifier",
      "flowers",
      [
        {
          "petal width (cm)": 1.8,
          "petal length (cm)": 5.1,
          "sepal width (cm)": 3,
          "sepal length (cm)": 5.9,
        },
      ],
      ["virginica"],
    ],
    [
      "objects to a regression in R",
      "visits",
      [{ age: 23, bmi: 21.5, smoker: false, region: "north", visits: 1 }],
      [104.63],
    ],
    ["a classifier whose labels are numbers", "digits", [{ x: 0.2 }, { x: 0.9 }], [1, 0]],
    [
      "a model of several labels a row",
      "kinds",
      [{ x: 0.2 }, { x: 0.9 }],
      [
        [0, 1],
        [1, 1],
      ],
    ],
    ["single values to a model of texts", "texts", ["a", "b"], ["a!", "b!"]],
    [
      "objects to a transform",
      "more",
      [{ x: 1 }, { x: 2 }],
      [
        [1, 2],
        [2, 3],
      ],
    ],
    [
      "objects to a class",
      "double",
      [
        { a: 1, b: 2 },
        { a: 3, b: 4 },
      ],
      [
        [2, 4],
        [6, 8],
      ],
    ],
    ["lists to a class in Julia", "plus", [[1, 2]], [[2, 3]]],
  ])("takes %s", async (_title, name, instances, predictions) => {
    const { status, body } = await post(server, { for: [name], instances });
    expect([status, body]).toEqual([200, { predictions }]);
  });

  it("answers with labels for two classes in Java", async () => {
    const rows = [
      { age: 23, bmi: 21.5, smoker: false, region: "north", visits: 1 },
      { age: 80, bmi: 40, smoker: true, region: "southwest", visits: 9 },
    ];
    const { predictions } = (await post(server, { for: ["sure"], instances: rows })).body;
    expect(predictions).toHaveLength(2);
    for (const label of predictions) expect(["yes", "no"]).toContain(label);
  });

  it("gives a message of Seldon to a class as it is", async () => {
    const { status, body } = await post(server, { data: { names: ["a"], ndarray: [[2]] } });
    expect([status, body.data.ndarray, body.meta.tags]).toEqual([200, [[4]], { by: 2, fed: 0 }]);
  });

  it("gives an unstructured model the body", async () => {
    const body = JSON.stringify({ for: ["raw"] });
    const response = await fetch(server.url, { method: "POST", body, headers: json });
    const [type, text] = [response.headers.get("content-type"), await response.text()];
    expect([response.status, type, text]).toEqual([
      200,
      "text/plain; charset=utf-8",
      expect.stringContaining("application/json"),
    ]);
  });

  it.each<[string, unknown, number, object]>([
    [
      "no condition matches",
      { x: 1 },
      404,
      { error: "Failed to process request", cause: expect.stringContaining("no condition of the node root") },
    ],
    ["no JSON", "rows", 404, { cause: expect.stringContaining("the request is not JSON") }],
    [
      "no condition matches further in",
      { inner: 1 },
      500,
      { cause: expect.stringContaining("no condition of the node inner") },
    ],
    [
      "no rows",
      { for: ["flowers"], instances: [] },
      400,
      { error: expect.stringContaining("flowers takes instances of one kind") },
    ],
    [
      "mixed rows",
      { for: ["flowers"], instances: [[1, 2, 3, 4], { a: 1 }] },
      400,
      { error: expect.stringContaining("instances of one kind") },
    ],
    [
      "ragged rows",
      { for: ["flowers"], instances: [[1, 2, 3, 4], [1]] },
      400,
      { error: expect.stringContaining("row") },
    ],
    [
      "texts for numbers",
      { for: ["flowers"], instances: [["a", "b", "c", "d"]] },
      400,
      { error: expect.stringContaining("flowers: the column sepal length (cm) has 'a'") },
    ],
    [
      "no instances",
      { for: ["flowers"], rows: [] },
      400,
      { error: expect.stringContaining('flowers takes {"instances": […]}') },
    ],
    [
      "instances that are no list",
      { for: ["plus"], instances: 5 },
      400,
      { error: expect.stringContaining('plus takes {"instances": […]}') },
    ],
    [
      "the V2 protocol to a class",
      { for: ["plus"], inputs: [{ name: "x" }] },
      400,
      { error: expect.stringContaining('plus takes {"instances": […]} or a message of Seldon') },
    ],
    [
      "tensors that are none",
      { for: ["flowers"], inputs: [{ name: "x", datatype: "FP64", shape: [2, 4], data: [1] }] },
      400,
      { error: expect.stringContaining("flowers: x has the shape [2, 4], 8 elements") },
    ],
    ["what a class refuses", { for: ["double"], instances: [[-1]] }, 422, { error: "no <negative> numbers" }],
    ["a hard step that refuses", { chain: 1, instances: [[-1]] }, 422, { error: "no <negative> numbers" }],
  ])("tells of %s, and goes on", async (_title, body, status, told) => {
    const answer = await post(server, body);
    expect([answer.status, answer.body]).toEqual([status, expect.objectContaining(told)]);
    expect((await post(server, { for: ["plus"], instances: [[1]] })).body).toEqual({ predictions: [[2]] });
  });

  it("loses no request while the worker of a folder is killed", async () => {
    const worker = async () => {
      const stats = (await (await fetch(`${server.url}/stats/`)).json()) as {
        workers: { pid: number; model: string }[];
      };
      return stats.workers.find(({ model }) => model === "double")!;
    };
    let isOver = false;
    const answers: string[] = [];
    const clients = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const { status, body } = await post(server, { chain: 1, instances: [[1, 2]] });
        answers.push(`${status} ${JSON.stringify(body)}`);
      }
    });
    for (let kill = 0; kill < 3; kill++) {
      process.kill((await worker()).pid, "SIGKILL");
      await sleep(1500);
    }
    isOver = true;
    await Promise.all(clients);
    expect(new Set(answers)).toEqual(new Set(['200 {"remote":{"instances":[[3,5]]}}']));
    expect(answers.length).toBeGreaterThan(20);
  });

  it("tells of each folder, and swaps it", async () => {
    const models = (await (await fetch(`${server.url}/models/`)).json()) as { models: { name: string }[] };
    expect(models.models.map(({ name }) => name).toSorted()).toEqual([
      "digits",
      "double",
      "flowers",
      "kinds",
      "more",
      "plus",
      "raw",
      "sure",
      "texts",
      "visits",
    ]);
    expect((await fetch(`${server.url}/models/plus/health/`)).status).toBe(200);
    const swapped = await fetch(`${server.url}/admin/swap`, {
      method: "POST",
      body: JSON.stringify({ model: "double" }),
      headers: adminHeaders(server),
    });
    expect(swapped.status).toBe(200);
    expect((await post(server, { chain: 1, instances: [[1, 2]] })).status).toBe(200);
    const wrongMethod = await fetch(`${server.url}/v1/models/any:predict`);
    expect(wrongMethod.status).toBe(405);
  });
});

it("serves addresses alone, and tells of one that is gone", async () => {
  const folder = components({});
  // Port 9 of the loopback has no server.
  const steps = [{ serviceUrl: "http://127.0.0.1:9/", dependency: "Soft" }];
  const words = withDocument(folder, { root: { routerType: "Sequence", steps } });
  const server = await serve({ command: "graph", words, health: "/readyz" });
  try {
    const { status, body } = await post(server, {});
    expect([status, body]).toEqual([
      500,
      {
        error: "Failed to process request",
        cause: expect.stringContaining("http://127.0.0.1:9/ cannot be reached"),
      },
    ]);
  } finally {
    await server.stop();
  }
});

it("gives up an address when the client leaves", async () => {
  let hasLeft = false;
  const remote = createServer((request) => {
    request.socket.once("close", () => {
      hasLeft = true;
    });
  });
  await new Promise<void>((resolve) => remote.listen(0, "127.0.0.1", resolve));
  const serviceUrl = `http://127.0.0.1:${(remote.address() as AddressInfo).port}/`;
  const steps = [{ serviceUrl }, { serviceUrl }];
  const words = withDocument(components({}), { root: { routerType: "Ensemble", steps } });
  const server = await serve({ command: "graph", words, health: "/readyz" });
  try {
    const leaving = fetch(server.url, { method: "POST", body: "{}", signal: AbortSignal.timeout(500) });
    await expect(leaving).rejects.toThrow();
    await expect.poll(() => hasLeft, { timeout: 10_000 }).toBe(true);
  } finally {
    await server.stop();
    remote.close();
  }
});

it("waits no longer for a folder than the document says", async () => {
  const folder = components({});
  mkdirSync(path.join(folder, "slow"));
  const slow =
    "import time\n\n\nclass Node:\n    def predict(self, X, names):\n        time.sleep(X[0][0])\n        return X\n\n    def metrics(self):\n        return [{'type': 'COUNTER', 'key': 'asked', 'value': 1}]\n";
  writeFileSync(path.join(folder, "slow", "Node.py"), slow);
  const nodes = { root: { routerType: "Sequence", steps: [{ serviceName: "slow", dependency: "Soft" }] } };
  const words = withDocument(folder, nodes, { routerTimeouts: { serviceClient: 1 } });
  const server = await serve({ command: "graph", words, health: "/readyz" });
  try {
    const late = await post(server, { instances: [[30]] });
    expect([late.status, late.body.error]).toEqual([500, "Failed to process request"]);
    // The worker is started anew, which takes its time.
    const inTime = () => post(server, { instances: [[0]] });
    await expect.poll(async () => (await inTime()).body, { timeout: 60_000 }).toEqual({ predictions: [[0]] });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/asked_total\{(?=.*deployment_name="test")(?=.*model_name="slow").*\} [1-9]/);
  } finally {
    await server.stop();
  }
});

describe("drum graph check and draw", () => {
  const steps = [
    { serviceName: "plus", weight: 30 },
    { serviceName: "nowhere", weight: 60 },
  ];
  const wrong = { root: { routerType: "Splitter", steps } };

  it("tells all that is wrong, and serves no such graph", async () => {
    const folder = components({ plus: path.join(wrappers, "plus") });
    const words = withDocument(folder, wrong);
    const checked = await drum(["graph", "check", ...words]);
    const told = [
      "node root, step 1: there is no folder",
      "node root: the weights add up to 90, expected 100",
    ];
    expect(checked.exitCode).toBe(1);
    for (const one of told) expect(checked.stdout).toContain(one);
    const served = await drum(["graph", ...words, "--address", "127.0.0.1:1"]);
    expect(served.exitCode).toBe(2);
    for (const one of told) expect(served.stderr).toContain(one);
  });

  it("has nothing to say of a graph that is right, and draws it", async () => {
    const folder = components({ plus: path.join(wrappers, "plus") });
    const right = { root: { routerType: "Sequence", steps: [{ serviceName: "plus", weight: 1 }] } };
    const words = withDocument(folder, right, { minReplicas: 2 });
    const checked = await drum(["graph", "check", ...words]);
    expect([checked.exitCode, checked.stdout]).toEqual([
      0,
      "node root, step 0: weight, which no Sequence reads has no effect here\nspec.minReplicas has no effect here\ntest: 1 node, 1 folder, nothing is wrong\n",
    ]);
    const drawn = await drum(["graph", "draw", words[0]!, words[1]!]);
    expect(drawn.stdout).toBe('flowchart LR\n  n0["root<br/>Sequence"]\n  n1["plus"]\n  n0 -->|"0"| n1\n');
  });

  it("refuses a document of another kind", async () => {
    const folder = components({});
    const file = path.join(folder, "graph.yaml");
    writeFileSync(file, "kind: InferenceService\n");
    const { exitCode, stderr } = await drum(["graph", "check", "--file", file]);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining("must have one SeldonDeployment or InferenceGraph, got InferenceService"),
    ]);
  });
});
