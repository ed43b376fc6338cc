// drum hub: driven by DataRobot's own client, asked for predictions, and given what nobody should send.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPlaces } from "../supervisor/places.js";
import { environmentNamed, findInstalled } from "../supervisor/runtimes/environments/catalogue.js";
import { codeDirectory, drum, eventually, fourFolder, languages, root, type Server, serve } from "./drum.js";

const token = "a-token-for-these-tests";
const deploymentId = "5c939e08962d741e34f609f0";
const python = path.join(root, ".setup/clients/bin/python");

let folder: string;

const yaml = () => `
projects:
  - id: "5506fcd38bd88f5953219da0"
    name: First
    target: diagnosis
    models:
      - {id: "5c0a979859b00004ba52e431", type: Decision Tree Classifier (Gini), codeDirectory: tree}
  - id: "5cc899abc191a20104ff446a"
    name: Second
    target: diagnosis
    models:
      - {id: "5c0a969859b00004ba52e41b", type: Support Vector Classifier (Linear Kernel), codeDirectory: linear}
  - id: "5cc899abc191a20104ff446b"
    name: Third
    models:
      - {type: wide, codeDirectory: wide}
      - {type: regression, codeDirectory: regression}
      - {type: broken, codeDirectory: broken}
  - name: Languages
    models:
${languages.map((one, at) => `      - {id: "${idOf(at)}", type: ${one}, codeDirectory: ${path.join(fourFolder, "binary", one)}}`).join("\n")}
deployments:
  - {id: "${deploymentId}", label: Previous Deployment, modelId: "5c0a979859b00004ba52e431"}
`;

const idOf = (language: number) => `aaaaaaaaaaaaaaaaaaaaaaa${language}`;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "drum-hub-"));
  const places = readPlaces();
  const { interpreter } = findInstalled(environmentNamed("python3_sklearn", places), places.dataDirectory)!;
  await execa(interpreter, [path.join(root, "e2e/hub/make.py"), folder]);
  writeFileSync(path.join(folder, "models.yaml"), yaml());
});

function start(data = codeDirectory({})): Promise<Server> {
  const words = ["--data-dir", data, "--import", path.join(folder, "models.yaml")];
  return serve({ command: "hub", words, variables: { DRUM_TOKEN: token } });
}

const authorization = `Bearer  ${token}`;

/** Status and body of an answer of the API. */
async function ask(
  server: Server,
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<[number, Record<string, unknown>, Headers]> {
  const answer = await fetch(`${server.url}/api/v2/${url}`, {
    method,
    redirect: "manual",
    headers: { authorization, ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return [answer.status, text === "" ? {} : JSON.parse(text), answer.headers];
}

/** Waits for what a call has begun, and gives the status that it ended with. */
async function ended(server: Server, [status, , headers]: Awaited<ReturnType<typeof ask>>) {
  expect(status).toBe(202);
  const id = /status\/(\w+)\/$/.exec(headers.get("location")!)![1];
  for (;;) {
    const [code, body] = await ask(server, "GET", `status/${id}/`);
    if (code === 303) return "COMPLETED";
    expect(code).toBe(200);
    if (body.status !== "RUNNING") return `${body.status}: ${body.message}`;
  }
}

function predict(
  server: Server,
  {
    id = deploymentId,
    query = "",
    headers = {},
    body,
  }: {
    id?: string;
    query?: string;
    headers?: Record<string, string>;
    body: string;
  },
) {
  return fetch(`${server.url}/predApi/v1.0/deployments/${id}/predictions${query}`, {
    method: "POST",
    headers: { authorization, "content-type": "text/csv", ...headers },
    body,
  });
}

const rows = () => readFileSync(path.join(folder, "rows.csv"), "utf8");

describe("DataRobot's client", () => {
  let server: Server;
  let told: Record<string, unknown>;

  beforeAll(async () => {
    server = await start();
    const program = path.join(root, "e2e/clients/datarobot_seed.py");
    const { stdout } = await execa(python, [program, server.url, token]);
    told = JSON.parse(stdout);
  });
  afterAll(() => server?.stop());

  it("manages deployments", () => {
    const [both, previous] = [["New Deployment", "Previous Deployment"], ["Previous Deployment"]];
    expect(told).toMatchObject({
      created: "Deployment(New Deployment)",
      projects: ["First", "Languages", "Second", "Third"],
      model: "Decision Tree Classifier (Gini)",
      server: server.url,
      list: both,
      "list by time": both,
      search: previous,
      "accuracy FAILING": [],
      "accuracy UNAVAILABLE": both,
      important: [],
      got: [deploymentId, "Previous Deployment", "active", "Decision Tree Classifier (Gini)"],
      updated: "new label",
      features: ["mean radius", "mean texture", "mean perimeter", "mean area", "mean smoothness"],
      inactive: "inactive",
      active: "active",
      left: ["new label"],
    });
  });

  it("replaces a model", () => {
    const [old, next] = [
      ["5c0a979859b00004ba52e431", "Decision Tree Classifier (Gini)"],
      ["5c0a969859b00004ba52e41b", "Support Vector Classifier (Linear Kernel)"],
    ];
    expect(told).toMatchObject({
      validation: [
        "passing",
        "Model can be used as a replacement.",
        { status: "passing", message: "Target is compatible." },
        { status: "passing", message: "User has permission to replace model." },
      ],
      before: old,
      after: next,
      itself: ["failing", "failing"],
      "validation of wide": ["features"],
      "validation of regression": ["features", "target_classes", "target_type"],
      "validation of broken": ["supported"],
    });
    for (const name of ["wide", "regression", "broken"])
      expect(told[`replacement by ${name}`]).toEqual([
        "ClientError",
        expect.stringContaining("422 client error"),
      ]);
    expect(told["another reason"]).toEqual([
      "ClientError",
      expect.stringContaining("reason must be one of ACCURACY"),
    ]);
  });

  it("changes settings", () => {
    const [on, off] = [{ enabled: true }, { enabled: false }];
    expect(told).toMatchObject({
      drift: { target_drift: on, feature_drift: on },
      "drift then": { target_drift: off, feature_drift: on },
      association: { column_names: ["application_id"], required_in_prediction_requests: true },
      collection: on,
      warning: { enabled: true, custom_boundaries: { lower: 1337, upper: 2000 } },
      "warning then": on,
      "secondary then": "5f48cb94408673683eca0fab",
    });
    expect(told["inverted boundaries"]).toEqual([
      "ClientError",
      expect.stringContaining("lower is the smaller one"),
    ]);
  });

  it("tags deployments, and tells what they can do", () => {
    expect(told).toMatchObject({
      '{"tag_keys": ["team", "nobody"]}': ["new label"],
      '{"tag_values": ["risk"]}': ["new label"],
      '{"tag_values": ["pricing"]}': [],
      '{"execution_environment_type": ["external"]}': [],
      tags: [
        ["region", "north"],
        ["team", "risk"],
      ],
      "tags then": ["region"],
      "unknown tag": ["ClientError", expect.stringContaining("has no tag")],
      capabilities: { supports_model_replacement: true, supports_prediction_explanations: false },
    });
  });

  it("raises what is wrong", () => {
    expect(told.deleted).toEqual(["ClientError", expect.stringContaining("404 client error")]);
    expect(told.unknown).toEqual(["ClientError", expect.stringContaining("there is no deployment")]);
    expect(told["unknown model"]).toEqual(["ClientError", expect.stringContaining("there is no model")]);
    expect(told["broken model"]).toEqual([
      "AsyncProcessUnsuccessfulError",
      expect.stringContaining("nothing_of_this_name"),
    ]);
    expect(told["wrong token"]).toEqual(["ClientError", expect.stringContaining("Unable to authenticate")]);
  });
});

describe("a hub", () => {
  let server: Server;

  beforeAll(async () => {
    server = await start();
    await eventually(async () => (await predict(server, { body: rows() })).status === 200);
  });
  afterAll(() => server?.stop());

  it("predicts rows in the form of DataRobot's prediction server", async () => {
    const answer = await predict(server, { body: rows(), query: "?passthroughColumns=application_id" });
    const { data } = (await answer.json()) as { data: Record<string, unknown>[] };
    expect(data).toHaveLength(20);
    expect(data[3]).toEqual({
      rowId: 3,
      prediction: "benign",
      predictionValues: [
        { label: "malignant", value: expect.closeTo(0.289, 3) },
        { label: "benign", value: expect.closeTo(0.711, 3) },
      ],
      predictionThreshold: 0.5,
      deploymentApprovalStatus: "APPROVED",
      passthroughValues: { application_id: "103" },
    });
    expect(answer.headers.get("x-datarobot-execution-time")).toMatch(/^\d+\.\d$/);
    expect(answer.headers.get("x-datarobot-request-id")).not.toBe("");
  });

  it("predicts JSON, and answers CSV", async () => {
    const [names, first] = rows()
      .split("\n")
      .map((line) => line.split(","));
    const record = Object.fromEntries(names!.map((name, at) => [name, Number(first![at])]));
    const headers = { "content-type": "application/json", accept: "text/csv" };
    const answer = await predict(server, { body: JSON.stringify([record]), headers });
    expect(await answer.text()).toBe(
      `${[
        "diagnosis_benign_PREDICTION,diagnosis_malignant_PREDICTION,diagnosis_PREDICTION,THRESHOLD,POSITIVE_CLASS,DEPLOYMENT_APPROVAL_STATUS",
        "0.0,1.0,malignant,0.5,malignant,APPROVED",
      ].join("\n")}\n`,
    );
  });

  it("answers each deployment under the routes of drum server", async () => {
    const at = async (url: string, body: string, type = "application/json") =>
      (
        await fetch(server.url + url, {
          method: "POST",
          headers: { authorization, "content-type": type },
          body,
        })
      ).json();
    const { predictions } = (await at(`/models/${deploymentId}/predict/`, rows(), "text/csv")) as {
      predictions: object[];
    };
    expect(predictions[0]).toEqual({ benign: 0, malignant: 1 });
    const [, first] = rows().split("\n");
    const cells = first!.split(",").slice(0, 5).map(Number);
    expect(await at(`/v1/models/${deploymentId}:predict`, JSON.stringify({ instances: [cells] }))).toEqual({
      predictions: ["malignant"],
    });
    const inputs = [{ name: "x", shape: [1, 5], datatype: "FP64", data: cells }];
    expect(
      await at(
        `/v2/models/${deploymentId}/infer`,
        JSON.stringify({ inputs, outputs: [{ name: "predict" }] }),
      ),
    ).toMatchObject({
      outputs: [{ data: ["malignant"] }],
    });
  });

  it.each<[string, string, string, unknown, number, string]>([
    ["an unknown id", "GET", "deployments/zzz/", undefined, 404, "there is no deployment zzz"],
    [
      "an unknown project",
      "GET",
      "projects/5506fcd38bd88f5953219da1/models/",
      undefined,
      404,
      "there is no project",
    ],
    ["an unknown status", "GET", "status/5506fcd38bd88f5953219da1/", undefined, 404, "there is no status"],
    ["an unknown route", "GET", "nothing/", undefined, 404, "unknown route"],
    ["another method", "PUT", "deployments/", "{}", 405, "does not support PUT"],
    ["another filter", "GET", "deployments/?projectId=1", undefined, 422, "projectId must be left out"],
    ["an unknown order", "GET", "deployments/?orderBy=size", undefined, 422, "orderBy must be one of label"],
    ["an unknown role", "GET", "deployments/?role=BOSS", undefined, 422, "role must be one of OWNER"],
    [
      "an unknown health",
      "GET",
      "deployments/?serviceHealth=passing,ill",
      undefined,
      422,
      "serviceHealth must be one of",
    ],
    [
      "a limit beyond the most",
      "GET",
      "deployments/?limit=101",
      undefined,
      422,
      "limit must be a whole number from 1 to 100",
    ],
    [
      "an offset that is none",
      "GET",
      "deployments/?offset=-1",
      undefined,
      422,
      "offset must be a whole number",
    ],
    ["no JSON", "PATCH", `deployments/${deploymentId}/`, "{", 400, "not valid JSON"],
    ["a list for an object", "PATCH", `deployments/${deploymentId}/`, "[]", 400, "send an object"],
    ["an empty label", "PATCH", `deployments/${deploymentId}/`, { label: "" }, 422, "label must be a text"],
    [
      "a label that is a number",
      "PATCH",
      `deployments/${deploymentId}/`,
      { label: 7 },
      422,
      "label must be a text",
    ],
    [
      "an unknown importance",
      "PATCH",
      `deployments/${deploymentId}/`,
      { importance: "HUGE" },
      422,
      "importance must be one of",
    ],
    [
      "an unknown state",
      "PATCH",
      `deployments/${deploymentId}/status/`,
      { status: "asleep" },
      422,
      "status must be one of",
    ],
    [
      "an unknown group",
      "PATCH",
      `deployments/${deploymentId}/settings/`,
      { colours: {} },
      422,
      "colours must be one of",
    ],
    [
      "a wrong type",
      "PATCH",
      `deployments/${deploymentId}/settings/`,
      { targetDrift: { enabled: "yes" } },
      422,
      "targetDrift.enabled must be true or false",
    ],
    [
      "an unknown field",
      "PATCH",
      `deployments/${deploymentId}/settings/`,
      { targetDrift: { on: true } },
      422,
      "targetDrift must be an object with enabled",
    ],
    [
      "two columns of ids",
      "PATCH",
      `deployments/${deploymentId}/settings/`,
      { associationId: { columnNames: ["a", "b"] } },
      422,
      "a list with the name of one column",
    ],
    [
      "an id that is none",
      "PATCH",
      `deployments/${deploymentId}/model/secondaryDatasetConfiguration/`,
      { secondaryDatasetConfigId: "x" },
      422,
      "24 hexadecimal digits",
    ],
    ["no model", "POST", "deployments/fromLearningModel/", { label: "a" }, 422, "modelId must be a text"],
    [
      "no label",
      "POST",
      "deployments/fromLearningModel/",
      { modelId: "5c0a979859b00004ba52e431" },
      422,
      "label must be a text",
    ],
    [
      "an unknown server",
      "POST",
      "deployments/fromLearningModel/",
      { modelId: "5c0a979859b00004ba52e431", label: "a", defaultPredictionServerId: "b" },
      404,
      "there is no prediction server",
    ],
  ])("refuses %s", async (_title, method, url, body, status, words) => {
    const [code, answer, headers] = await ask(server, method, url, body);
    expect([code, answer]).toEqual([status, { message: expect.stringContaining(words) }]);
    expect(headers.get("content-type")).toBe("application/json");
    expect((await ask(server, "GET", `deployments/${deploymentId}/`))[1].label).toBe("Previous Deployment");
  });

  it.each([
    ["no token", {}, 401, "the request has no token"],
    [
      "another token",
      { authorization: "Token nobody-knows-this-one" },
      401,
      "the token is not one of this hub",
    ],
    ["basic credentials", { authorization: "Basic YTpi" }, 401, "the request has no token"],
  ])("refuses %s on every route but its health", async (_title, headers, status, words) => {
    for (const url of [
      "/api/v2/deployments/",
      `/models/${deploymentId}/info/`,
      "/models/",
      "/stats/",
      "/v1/models",
    ]) {
      const answer = await fetch(server.url + url, { headers: headers as Record<string, string> });
      expect([url, answer.status, await answer.text()]).toEqual([
        url,
        status,
        expect.stringContaining(words),
      ]);
    }
    expect((await fetch(`${server.url}/health/`)).status).toBe(200);
  });

  it.each([
    ["an empty body", "", "", 422, "empty"],
    ["a column that is missing", "mean radius\n1\n", "", 422, "mean texture"],
    ["explanations", undefined, "?maxExplanations=3", 422, "explanations are not made here"],
    ["a column to pass that is not there", undefined, "?passthroughColumns=zzz", 422, "no column zzz"],
    ["a set that is unknown", undefined, "?passthroughColumnsSet=some", 422, "must be all"],
  ])("refuses to predict %s", async (_title, body, query, status, words) => {
    const answer = await predict(server, { body: body ?? rows(), query });
    expect([answer.status, await answer.json()]).toEqual([
      status,
      { message: expect.stringContaining(words) },
    ]);
    expect((await predict(server, { body: rows() })).status).toBe(200);
  });

  it("tells of a deployment that is inactive or starting, and of no other", async () => {
    const wish = { modelId: idOf(2), label: "waits" };
    const [, { id }] = await ask(server, "POST", "deployments/fromLearningModel/", wish);
    const input = readFileSync(path.join(fourFolder, "input.csv"), "utf8");
    const seen = new Set<number>();
    await eventually(async () => {
      const [, { status }] = await ask(server, "GET", `deployments/${id}/`);
      seen.add((await predict(server, { id: id as string, body: input })).status);
      expect(["launching", "active"]).toContain(status);
      return seen.has(200);
    });
    seen.delete(503);
    expect([...seen]).toEqual([200]);
    const done = await ask(server, "PATCH", `deployments/${id}/status/`, { status: "inactive" });
    expect(await ended(server, done)).toBe("COMPLETED");
    for (const url of [`/models/${id}/predict/`, `/v1/models/${id}:predict`, `/v2/models/${id}/infer`]) {
      const answer = await fetch(server.url + url, {
        method: "POST",
        headers: { authorization },
        body: "{}",
      });
      const text = await answer.text();
      // KServe's V1 has no 422.
      expect([answer.status === 400 ? 422 : answer.status, text]).toEqual([
        422,
        expect.stringContaining("is inactive"),
      ]);
      expect(text).not.toContain(deploymentId);
    }
    expect((await ask(server, "DELETE", `deployments/${id}/`))[0]).toBe(204);
  });

  it("keeps the filters of a list on its pages", async () => {
    const made = [];
    for (const label of ["page a", "page b", "page c"])
      made.push(
        await ask(server, "POST", "deployments/fromLearningModel/", {
          modelId: idOf(0),
          label,
          status: "inactive",
        }),
      );
    let url: string | null = "deployments/?search=PAGE&limit=2&orderBy=-label";
    const seen: string[] = [];
    while (url !== null) {
      const [, page] = await ask(server, "GET", url);
      seen.push(...(page.data as { label: string }[]).map(({ label }) => label));
      expect(page.totalCount).toBe(3);
      url = page.next === null ? null : (page.next as string).replace(`${server.url}/api/v2/`, "");
    }
    expect(seen).toEqual(["page c", "page b", "page a"]);
    for (const [, { id }] of made) expect((await ask(server, "DELETE", `deployments/${id}/`))[0]).toBe(204);
  });

  it("replaces models of four languages under load without a failure", async () => {
    const [, made] = await ask(server, "POST", "deployments/fromLearningModel/", {
      modelId: idOf(0),
      label: "busy",
    });
    const id = made.id as string;
    const input = readFileSync(path.join(fourFolder, "input.csv"), "utf8");
    await eventually(async () => (await predict(server, { id, body: input })).status === 200);
    const answers = new Map<string, number>();
    let isOver = false;
    const clients = Array.from({ length: 32 }, async () => {
      while (!isOver) {
        const answer = await predict(server, { id, body: input });
        const { data } = (await answer.json()) as { data?: { predictionValues: { value: number }[] }[] };
        const key = `${answer.status} ${data?.[0]?.predictionValues[0]?.value.toFixed(6)}`;
        answers.set(key, (answers.get(key) ?? 0) + 1);
      }
    });
    for (let at = 1; at <= 20; at++) {
      const wish = { modelId: idOf(at % 4), reason: "OTHER" };
      expect(await ended(server, await ask(server, "PATCH", `deployments/${id}/model/`, wish))).toBe(
        "COMPLETED",
      );
    }
    isOver = true;
    await Promise.all(clients);
    // The four models compute the same.
    expect([...answers.keys()]).toEqual([expect.stringMatching(/^200 0\.\d+$/)]);
    const [, history] = await ask(server, "GET", `deployments/${id}/modelHistory/?limit=100`);
    expect(history.count).toBe(21);
    expect((await ask(server, "DELETE", `deployments/${id}/`))[0]).toBe(204);
  }, 600_000);
});

it("keeps what was done over kill -9, also in the middle of a replacement", async () => {
  const data = codeDirectory({});
  const first = await start(data);
  await eventually(async () => (await predict(first, { body: rows() })).status === 200);
  const wish = { modelId: "5c0a969859b00004ba52e41b", reason: "ACCURACY" };
  expect(await ended(first, await ask(first, "PATCH", `deployments/${deploymentId}/model/`, wish))).toBe(
    "COMPLETED",
  );
  await ask(first, "PATCH", `deployments/${deploymentId}/`, { label: "kept" });
  // The columns of the old model are known, so that the answer comes before it is loaded.
  await ask(first, "POST", `deployments/${deploymentId}/model/validation/`, {
    modelId: "5c0a979859b00004ba52e431",
  });
  const begun = await ask(first, "PATCH", `deployments/${deploymentId}/model/`, {
    ...wish,
    modelId: "5c0a979859b00004ba52e431",
  });
  process.kill(first.pid, "SIGKILL");
  await first.ended;

  const second = await start(data);
  try {
    await eventually(async () => (await predict(second, { body: rows() })).status === 200);
    expect(await ended(second, begun)).toContain("the hub was restarted before this was done");
    const [, deployment] = await ask(second, "GET", `deployments/${deploymentId}/`);
    expect(deployment).toMatchObject({ label: "kept", status: "active", model: { id: wish.modelId } });
    const [, history] = await ask(second, "GET", `deployments/${deploymentId}/modelHistory/`);
    expect(history.count).toBe(2);
  } finally {
    await second.stop();
  }
});

it("keeps another hub from its data directory, also after kill -9 of the first", async () => {
  const data = codeDirectory({});
  const words = ["hub", "--data-dir", data, "--address", "127.0.0.1:0"];
  const first = await start(data);
  const second = await drum(words, { DRUM_TOKEN: token });
  expect([second.exitCode, second.stderr]).toEqual([1, expect.stringContaining("another hub uses")]);
  process.kill(first.pid, "SIGKILL");
  await first.ended;
  await (await start(data)).stop();
  const file = path.join(codeDirectory({ taken: "" }), "taken");
  const third = await drum(["hub", "--data-dir", file, "--address", "127.0.0.1:0"], { DRUM_TOKEN: token });
  expect([third.exitCode, third.stderr]).toEqual([1, expect.stringContaining("cannot be made")]);
});

it("says that its disk is full, goes on, and has lost nothing", async () => {
  const data = codeDirectory({});
  await (await start(data)).stop();
  const words = ["--data-dir", data];
  const variables = { DRUM_TOKEN: token };
  // The system refuses to write beyond this size, as it does on a full disk.
  const before = "trap '' XFSZ; ulimit -f 600";
  const full = await serve({ command: "hub", words, variables, before, health: "/ping/" });
  const kept = [];
  let refused: Awaited<ReturnType<typeof ask>> | undefined;
  for (let at = 0; at < 5000 && !refused; at++) {
    const wish = { modelId: idOf(0), label: `number ${at} ${"x".repeat(400)}`, status: "inactive" };
    const answer = await ask(full, "POST", "deployments/fromLearningModel/", wish);
    if (answer[0] === 202) kept.push(answer[1].id);
    else refused = answer;
  }
  expect(refused!.slice(0, 2)).toEqual([500, { message: expect.stringContaining("free space") }]);
  expect((await ask(full, "GET", "deployments/?limit=1"))[1].totalCount).toBeGreaterThanOrEqual(kept.length);
  await full.stop();
  const again = await serve({ command: "hub", words, variables, health: "/ping/" });
  try {
    expect((await ask(again, "GET", `deployments/${kept.at(-1)}/`))[0]).toBe(200);
    expect((await ask(again, "PATCH", `deployments/${kept[0]}/`, { label: "fine" }))[0]).toBe(204);
    expect((await ask(again, "GET", "deployments/?limit=1"))[1].totalCount).toBeGreaterThanOrEqual(
      kept.length,
    );
  } finally {
    await again.stop();
  }
}, 120_000);

it.each([
  ["cannot be read", (code: string) => rmSync(path.join(code, "model.joblib"))],
  ["fails to load", (code: string) => writeFileSync(path.join(code, "model.joblib"), "broken")],
])("says that a model %s after a start, and takes another one in its place", async (_title, spoil) => {
  const [data, code] = [codeDirectory({}), codeDirectory({})];
  cpSync(path.join(folder, "tree"), code, { recursive: true });
  const ids = { model: "c".repeat(24), deployment: "d".repeat(24) };
  const file = path.join(codeDirectory({}), "models.yaml");
  writeFileSync(
    file,
    `projects: [{name: Copies, target: diagnosis, models: [{id: "${ids.model}", codeDirectory: ${code}}]}]
deployments: [{id: "${ids.deployment}", label: copy, modelId: "${ids.model}"}]`,
  );
  const variables = { DRUM_TOKEN: token };
  const first = await serve({ command: "hub", words: ["--data-dir", data, "--import", file], variables });
  await eventually(async () => (await predict(first, { id: ids.deployment, body: rows() })).status === 200);
  await first.stop();
  spoil(code);
  const words = ["--data-dir", data, "--import", path.join(folder, "models.yaml")];
  const second = await serve({ command: "hub", words, variables, health: "/ping/" });
  try {
    const state = async () => (await ask(second, "GET", `deployments/${ids.deployment}/`))[1].status;
    await eventually(async () => (await state()) === "errored");
    const refused = await predict(second, { id: ids.deployment, body: rows() });
    expect([refused.status, await refused.text()]).toEqual([513, expect.stringContaining("model")]);
    expect(await (await fetch(`${second.url}/health/`)).text()).toBe('{"message":"OK"}');
    expect((await predict(second, { body: rows() })).status).toBe(200);
    const wish = { modelId: "5c0a969859b00004ba52e41b", reason: "ERRORS" };
    const begun = await ask(second, "PATCH", `deployments/${ids.deployment}/model/`, wish);
    expect(await ended(second, begun)).toBe("COMPLETED");
    expect(await state()).toBe("active");
    expect((await predict(second, { id: ids.deployment, body: rows() })).status).toBe(200);
  } finally {
    await second.stop();
  }
});

it.each([
  ["an unknown field", "project: []", "one of projects, deployments"],
  ["an id that is none", 'projects: [{id: "7", name: a, models: []}]', "24 hexadecimal digits"],
  ["no code directory", "projects: [{name: a, models: [{type: b}]}]", "codeDirectory must be given"],
  ["a folder that is not there", "projects: [{name: a, models: [{codeDirectory: nowhere}]}]", "nowhere"],
  ["no YAML", "projects: [", "is not valid YAML"],
])("refuses to import %s", async (_title, text, words) => {
  const file = path.join(codeDirectory({ "models.yaml": text }), "models.yaml");
  const { exitCode, stderr } = await drum(
    ["hub", "--data-dir", codeDirectory({}), "--address", "127.0.0.1:0", "--import", file],
    { DRUM_TOKEN: "0123456789abcdef" },
  );
  expect(stderr).toContain(words);
  expect([1, 2, 3]).toContain(exitCode);
});

it("prints a first token once, which drum hub token can take away", async () => {
  const data = codeDirectory({});
  const first = await serve({ command: "hub", words: ["--data-dir", data] });
  const made = /shown only now: (\S+)/.exec(first.output())![1]!;
  const asked = (server: Server, given: string) =>
    fetch(`${server.url}/api/v2/version/`, { headers: { authorization: `Token ${given}` } }).then(
      ({ status }) => status,
    );
  expect(await asked(first, made)).toBe(200);
  const { stdout } = await drum(["hub", "token", "--data-dir", data, "--only"]);
  expect(await asked(first, stdout.trim())).toBe(200);
  expect(await asked(first, made)).toBe(401);
  await first.stop();
  const second = await serve({ command: "hub", words: ["--data-dir", data] });
  expect(second.output()).not.toContain("shown only now");
  expect(await asked(second, stdout.trim())).toBe(200);
  await second.stop();
});
