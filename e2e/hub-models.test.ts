// Custom models of a hub, driven by DataRobot's own client and by drum push: files in, deployments out, and nothing left of what is refused.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeDirectory, drum, eventually, fourFolder, root, type Server, serve } from "./drum.js";

const token = "a-token-of-the-first-user";
const headers = { authorization: `Token ${token}` };
const python = path.join(root, ".setup/clients/bin/python");
const scratch = (kind: string) => mkdtempSync(path.join(tmpdir(), `drum-${kind}-`));

interface Started {
  hub: Server;
  data: string;
}

async function startHub(
  words: string[] = [],
  more: { data?: string; before?: string } = {},
): Promise<Started> {
  const { data = path.join(scratch("hub"), "data"), before } = more;
  const hub = await serve({
    command: "hub",
    words: ["--data-dir", data, ...words],
    variables: { DRUM_TOKEN: token },
    ...(before !== undefined && { before }),
  });
  return { hub, data };
}

async function client<Told>(name: string, { hub }: Started, words: string[]): Promise<Told> {
  const program = path.join(root, "e2e/clients", `${name}.py`);
  const { stdout } = await execa(python, [program, hub.url, token, ...words], { timeout: 240_000 });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Told;
}

const storedIn = (data: string, shelf: string) => readdirSync(path.join(data, "files", shelf)).sort();

/** Asks the API; the answer with its status. */
async function ask(
  { hub }: Started,
  method: string,
  route: string,
  body?: FormData | object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const isForm = body instanceof FormData;
  const answer = await fetch(`${hub.url}/api/v2/${route}`, {
    method,
    headers: { ...headers, ...(body && !isForm && { "content-type": "application/json" }) },
    ...(body && { body: isForm ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? {} : JSON.parse(text) };
}

function formOf(files: Record<string, string | Blob>): FormData {
  const form = new FormData();
  form.append("isMajorUpdate", "True");
  for (const [name, content] of Object.entries(files)) {
    form.append("file", new File([content], path.basename(name)));
    form.append("filePath", name);
  }
  return form;
}

async function newModel(started: Started): Promise<string> {
  const given = { customModelType: "inference", name: "m", targetType: "Regression", targetName: "size" };
  return String((await ask(started, "POST", "customModels/", given)).body.id);
}

describe("DataRobot's client, with a hub that has nothing", () => {
  // biome-ignore lint/suspicious/noExplicitAny: the client's own answers
  let told: any;
  let started: Started;
  beforeAll(async () => {
    started = await startHub();
    const folders = ["python", "r"].map((language) => path.join(fourFolder, "binary", language));
    told = await client("hub_models", started, [...folders, scratch("client")]);
  }, 300_000);
  afterAll(() => started.hub.stop());

  it("registers execution environments, and is told that nothing was built", () => {
    const { installed, own, found, versions, size, context, logs, latest } = told.environments;
    expect(installed).toEqual([true, "python", "success"]);
    expect(own).toEqual(["Mine, renamed", "of a test", "python", false, ["customModel"]]);
    expect(found).toEqual(["Mine, renamed"]);
    expect(versions).toEqual([
      ["one", "success", null],
      ["two", "success", "registry/image:1"],
    ]);
    expect([size, context, latest]).toEqual([[true], ["Dockerfile"], true]);
    expect(logs).toEqual([
      [expect.stringMatching(/^The context .* was stored as it came\.\nNo image was built: /), null],
      [
        expect.stringMatching(
          /^The image registry\/image:1 was noted, and not fetched\.\nNo image was built/,
        ),
        null,
      ],
      ["This environment is installed where the hub runs; there is no image.", null],
    ]);
  });

  it("uploads datasets, and gets them back", () => {
    expect(told.datasets).toEqual({ made: ["training.csv", "COMPLETED", 19], listed: true, same: true });
  });

  it("makes versions from folders and from earlier versions", () => {
    const [code, metadata] = ["custom.py", "model-metadata.yaml"];
    const more = [true, true, 512 * 2 ** 20];
    expect(told.versions).toEqual({
      made: [
        ["1.0", "v1.0", [code, metadata], ...more],
        ["1.1", "v1.1", ["b.txt", code, "docs/nötes.txt", metadata], ...more],
        ["2.0", "v2.0", ["b.txt", code, metadata], ...more],
      ],
      listed: ["v2.0", "v1.1", "v1.0"],
      description: "the third",
      archive: {
        "b.txt": "replaced\n",
        "model-metadata.yaml": readFileSync(path.join(fourFolder, "binary/python", metadata), "utf8"),
      },
      names: ["b.txt", code, metadata],
      latest: true,
    });
    expect(told.model).toEqual(["Risk of illness", "", "Binary", "ill", "yes", "no", 0.4, 0, true]);
  });

  it("deploys a version in Python and one in R, and replaces one by the other", () => {
    const { deployed, replaced, registered, packages } = told;
    expect(deployed.model).toEqual([true, "Risk v2.0", "ill"]);
    expect(deployed.rest).toEqual(["Risk", "of a test", "HIGH", "active"]);
    const rows = (
      answer: [number, { data: { prediction: string; predictionValues: { value: number }[] }[] }],
    ) => answer[1].data.map((row) => [row.prediction, row.predictionValues[0]!.value.toFixed(6)]);
    // The threshold of the custom model in Python is 0.4, that in R the usual one.
    expect(rows(deployed.python)).toEqual([
      ["yes", "0.428004"],
      ["yes", "0.713000"],
    ]);
    expect(rows(deployed.r)).toEqual([
      ["no", "0.428004"],
      ["yes", "0.713000"],
    ]);
    expect(deployed.again).toBe(true);
    expect(replaced.validation[0]).toBe("warning");
    expect(replaced.model).toEqual([true, "Risk in R v1.0"]);
    expect(rows(replaced.answer)).toEqual(rows(deployed.r));
    expect(replaced.back).toEqual(["Risk v1.0", 200]);
    expect(registered).toEqual(["Registered", true, true]);
    const target = { name: "ill", type: "Binary", classNames: ["no", "yes"], classCount: 2 };
    expect(packages).toEqual([1, true, target, 2]);
  });

  it("gives runtime parameters to a version, and other ones by a replacement", () => {
    expect(told.parameters).toEqual({
      shown: [["FACTOR", "numeric", 2, 10, 10]],
      tenfold: [230, 410],
      usual: [46, 82],
      refused: [
        [422, expect.stringContaining("the parameter FACTOR is out of range, expected at most 10")],
        [422, 'the type of FACTOR must be numeric, got "string"'],
        [422, expect.stringContaining('those that model-metadata.yaml defines (FACTOR), got "OTHER"')],
      ],
      versions: 2,
    });
  });

  it("lists and deletes, except what something else needs", () => {
    expect(told.listed).toEqual({
      deployed: ["Risk of illness", "Risk in R", "Factor"],
      found: ["Risk in R"],
      projects: [],
    });
    expect(told.kept).toEqual([
      [422, expect.stringContaining("has a version of it")],
      "deleted",
      [422, expect.stringContaining("has it as its training data")],
      404,
      404,
    ]);
    expect(told.left).toEqual(["Risk in R", "Factor"]);
    const { data } = started;
    const shelves = ["versions", "datasets", "contexts", "incoming"].map((shelf) => storedIn(data, shelf));
    expect(shelves.map(({ length }) => length)).toEqual([3, 0, 0, 0]);
    expect(statSync(path.join(data, "files/versions")).mode & 0o777).toBe(0o700);
  });

  it("pushes with drum push, and a version to the same custom model", async () => {
    const metadata = `name: tides\ntype: inference\ntargetType: regression\nenvironmentID: ${told.ids.sklearn}\ninferenceModel:\n  targetName: height\n`;
    const code =
      "import pandas as pd\ndef load_model(code_dir): return 1\ndef score(data, model, **kwargs):\n    return pd.DataFrame({'Predictions': data['a'] * 2})\n";
    const variables = { DATAROBOT_ENDPOINT: `${started.hub.url}/api/v2`, DATAROBOT_API_TOKEN: token };
    const push = async (text: string) => {
      const folder = codeDirectory({ "custom.py": code, "model-metadata.yaml": text });
      const { exitCode, stdout, stderr } = await drum(["push", "--code-dir", folder], variables);
      expect([exitCode, stderr]).toEqual([0, ""]);
      return stdout;
    };
    const [, id] = /custom model (\w{24}) \(tides\)/.exec(await push(metadata))!;
    expect(await push(`${metadata}modelID: ${id}\n`)).toContain("version 2.0");
    const { body } = await ask(started, "GET", `customModels/${id}/`);
    const { id: versionId } = body.latestVersion as { id: string };
    const made = await ask(started, "POST", "deployments/fromCustomModelImage/", {
      customModelImageId: versionId,
      label: "tides",
    });
    expect(made.status).toBe(202);
    const route = `${started.hub.url}/models/${made.body.id}/predict/`;
    await eventually(async () => {
      const answer = await fetch(route, {
        method: "POST",
        headers: { ...headers, "content-type": "text/csv" },
        body: "a\n1.5\n",
      });
      return answer.status === 200 && (await answer.text()).includes("3");
    });
  });

  it("lets another user see and deploy a custom model, and not change it", async () => {
    const made = await drum(["hub", "token", "--data-dir", started.data, "--user", "ada"]);
    const theirs = { authorization: `Token ${made.stdout.trim()}` };
    const own = `${started.hub.url}/api/v2/customModels/${told.ids.model}/`;
    expect((await fetch(own, { headers: theirs })).status).toBe(200);
    for (const [method, route, body] of [
      ["DELETE", own, undefined],
      ["PATCH", own, JSON.stringify({ name: "mine" })],
      ["PATCH", `${own}versions/`, formOf({ a: "a" })],
    ] as const) {
      const answer = await fetch(route, { method, headers: theirs, ...(body && { body }) });
      expect([method, answer.status]).toEqual([method, 403]);
    }
    const answer = await fetch(`${started.hub.url}/api/v2/deployments/fromCustomModelImage/`, {
      method: "POST",
      headers: { ...theirs, "content-type": "application/json" },
      body: JSON.stringify({ customModelImageId: told.ids.r, label: "hers" }),
    });
    expect(answer.status).toBe(202);
  });

  it("finds everything again after the hub was killed", async () => {
    process.kill(started.hub.pid, "SIGKILL");
    await started.hub.ended;
    started = await startHub([], { data: started.data });
    const route = `${started.hub.url}/models/${told.ids.deployment}/predict/`;
    const body = readFileSync(path.join(fourFolder, "input.csv"));
    await eventually(async () => {
      const answer = await fetch(route, {
        method: "POST",
        headers: { ...headers, "content-type": "text/csv" },
        body,
      });
      return answer.status === 200;
    });
  });
});

describe("what the client cannot do", () => {
  let started: Started;
  let told: Record<string, [string, number | null, string, number, number]>;
  beforeAll(async () => {
    started = await startHub();
    told = await client("hub_models_refused", started, [scratch("client")]);
  }, 300_000);
  afterAll(() => started.hub.stop());

  it.each([
    ["outside", 422, "leads outside"],
    ["outside in the middle", 422, "leads outside"],
    ["absolute", 422, "is absolute"],
    ["backslash", 422, "has a backslash"],
    ["twice", 422, "the path a was sent twice"],
    ["file and folder", 422, "a is a file, and the folder of a/b"],
    ["folder of a kept file", 422, "custom.py is a file, and the folder of custom.py/b"],
    ["unknown file", 404, "has no file item"],
    ["unknown model", 404, "there is no custom model"],
    ["unknown model of a version", 404, "there is no custom model"],
    ["unknown version", 404, "there is no version"],
    ["unknown environment", 404, "there is no execution environment"],
    ["unknown environment version", 404, "the execution environments have no version"],
    ["unknown training data", 404, "there is no dataset"],
    ["unknown dataset", 404, "there is no dataset"],
    ["unknown version deployed", 404, "there is no model"],
    ["unknown package", 404, "there is no model package"],
    ["wrong target type", 422, "targetType must be one of Binary, Regression"],
    ["wrong kind", 422, "customModelType must be one of inference"],
    ["no target", 422, "targetName must be the name of what a Regression model predicts"],
    ["no labels", 422, "negativeClassLabel must be a text"],
    ["one label", 422, "classLabels must be a list of at least two texts"],
    ["equal labels", 422, "positiveClassLabel must be other than negativeClassLabel"],
    ["name of another type", 422, "name must be a text"],
    ["wrong policy", 422, "networkEgressPolicy must be one of NONE, PUBLIC"],
    ["wrong order", 422, "orderBy must be one of created"],
    ["wrong language", 422, "programmingLanguage must be one of python"],
    ["no form", 422, "the body must be multipart/form-data"],
    ["empty dataset", 422, "a file that is not empty"],
    ["labels of a version", 422, "cannot be changed once there is a version"],
    ["installed environment", 403, "cannot be changed here"],
  ])("is refused in words: %s", (name, status, words) => {
    expect(told[name]).toEqual(["ClientError", status, expect.stringContaining(words), 1, 0]);
  });

  it("is told why a model cannot be loaded, and the deployment is gone", () => {
    expect(told["broken model"]).toEqual([
      "AsyncProcessUnsuccessfulError",
      null,
      expect.stringContaining("define a score hook"),
      1,
      0,
    ]);
  });

  it("leaves nothing of it behind", () => {
    expect(storedIn(started.data, "versions")).toHaveLength(1);
    for (const shelf of ["incoming", "datasets", "contexts"])
      expect(storedIn(started.data, shelf)).toEqual([]);
  });
});

describe("limits", () => {
  let started: Started;
  let route = "";
  beforeAll(async () => {
    started = await startHub(["--file-quota", "3MB", "--max-upload", "2MB"]);
    route = `customModels/${await newModel(started)}/versions/`;
  }, 60_000);
  afterAll(() => started.hub.stop());

  const versions = async () => ((await ask(started, "GET", route)).body.data as object[]).length;

  it("refuses an upload over --max-upload with 422, whole or in chunks, and takes the next one", async () => {
    const large = new Blob([new Uint8Array(2 * 2 ** 20)]);
    const { status, body } = await ask(started, "POST", route, formOf({ "a.bin": large }));
    expect([status, body.message]).toEqual([422, expect.stringContaining("the limit of --max-upload")]);
    const chunked = await fetch(`${started.hub.url}/api/v2/datasets/fromFile/`, {
      method: "POST",
      headers: { ...headers, "content-type": "multipart/form-data; boundary=b" },
      duplex: "half",
      body: Readable.toWeb(Readable.from(manyChunks())),
    } as RequestInit);
    expect([chunked.status, await chunked.json()]).toEqual([
      422,
      { message: expect.stringContaining("the limit of --max-upload") },
    ]);
    expect((await ask(started, "POST", route, formOf({ "a.txt": "a" }))).status).toBe(201);
  });

  it("refuses what would be over --file-quota with 422, until something is deleted", async () => {
    const million = new Blob([new Uint8Array(1.4 * 2 ** 20)]);
    const dataset = () => {
      const form = new FormData();
      form.append("file", new File([million], "a.csv"));
      return ask(started, "POST", "datasets/fromFile/", form);
    };
    const first = await dataset();
    expect([first.status, (await dataset()).status]).toEqual([202, 202]);
    const third = await dataset();
    expect([third.status, third.body.message]).toEqual([
      422,
      expect.stringContaining("the limit of --file-quota"),
    ]);
    expect(storedIn(started.data, "datasets")).toHaveLength(2);
    expect((await ask(started, "DELETE", `datasets/${first.body.datasetId}/`)).status).toBe(204);
    expect((await dataset()).status).toBe(202);
    expect(storedIn(started.data, "incoming")).toEqual([]);
  });

  it("refuses more than 10,000 files", async () => {
    const before = await versions();
    const answer = await fetch(`${started.hub.url}/api/v2/${route}`, {
      method: "POST",
      headers: { ...headers, "content-type": "multipart/form-data; boundary=b" },
      body: `${filePart("a", "").repeat(10_001)}--b--\r\n`,
    });
    const { message } = (await answer.json()) as { message: string };
    expect([answer.status, message]).toEqual([422, expect.stringContaining("at most 10000 files")]);
    expect([await versions(), storedIn(started.data, "incoming")]).toEqual([before, []]);
  }, 60_000);

  it("follows no link that a model has put in the place of a file", async () => {
    const own = `customModels/${await newModel(started)}/versions/`;
    const { body } = await ask(started, "POST", own, formOf({ "a.txt": "a", "lib/b.txt": "b" }));
    const folder = path.join(started.data, "files/versions", String(body.id), "files");
    rmSync(path.join(folder, "lib"), { recursive: true });
    symlinkSync(codeDirectory({ "b.txt": "secret" }), path.join(folder, "lib"));
    const next = await ask(started, "PATCH", own, formOf({ "c.txt": "c" }));
    const download = await ask(started, "GET", `${own}${body.id}/download/`);
    for (const { status, body } of [next, download])
      expect([status, body.message]).toEqual([
        422,
        expect.stringContaining("lib/b.txt is not the file any more"),
      ]);
    expect((await ask(started, "PATCH", own, formOf({ "lib/b.txt": "new" }))).status).toBe(201);
  });

  it("keeps nothing of an upload that is cut off", async () => {
    const before = await versions();
    await cutOff(started, route, 2 ** 20);
    await eventually(() => storedIn(started.data, "incoming").length === 0);
    expect(await versions()).toBe(before);
    expect((await ask(started, "POST", route, formOf({ "a.txt": "a" }))).status).toBe(201);
  });

  it.each([
    ["no part's end", "--b\r\ncontent-disposition: form-data; name=file; filename=a\r\n\r\nabc"],
    ["no form at all", "abc"],
    ["a file without its path", `${filePart("a", "abc")}--b--\r\n`],
    [
      "a path without its file",
      '--b\r\ncontent-disposition: form-data; name="filePath"\r\n\r\na\r\n--b--\r\n',
    ],
    ["a file in another field", `${filePart("a", "abc", "other")}--b--\r\n`],
    ["JSON that is none", `${field("trainingData", "{")}--b--\r\n`],
    ["a flag that is none", `${field("isMajorUpdate", "perhaps")}--b--\r\n`],
    ["parameters that are none", `${field("runtimeParameterValues", '[{"type": "string"}]')}--b--\r\n`],
    ["parts named like parts of an object", `${field("__proto__", "x")}--b--\r\n`],
  ])("refuses a form with %s, and takes the next one", async (_title, body) => {
    const answer = await fetch(`${started.hub.url}/api/v2/${route}`, {
      method: "POST",
      headers: { ...headers, "content-type": "multipart/form-data; boundary=b" },
      body,
    });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([422, "application/json"]);
    expect(typeof ((await answer.json()) as { message: unknown }).message).toBe("string");
    expect(storedIn(started.data, "incoming")).toEqual([]);
    expect((await ask(started, "POST", route, formOf({ "a.txt": "a" }))).status).toBe(201);
  });

  it("numbers versions that are made at the same time one after another", async () => {
    const own = `customModels/${await newModel(started)}/versions/`;
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, at) => ask(started, "POST", own, formOf({ [`f${at}`]: "a" }))),
    );
    const numbers = made.map(({ body }) => body.label).sort();
    expect(numbers).toEqual(Array.from({ length: 8 }, (_, at) => `v${at + 1}.0`));
  });
});

it("answers 507 when the disk is full, and keeps nothing", async () => {
  // A file of more than 2 MB cannot be written, which the system tells like a full disk.
  const started = await startHub([], { before: "ulimit -f 4096" });
  try {
    const route = `customModels/${await newModel(started)}/versions/`;
    const large = new Blob([new Uint8Array(3 * 2 ** 20)]);
    const { status, body } = await ask(started, "POST", route, formOf({ "a.bin": large }));
    expect([status, body.message]).toEqual([507, expect.stringContaining("disk has no space left")]);
    expect([storedIn(started.data, "incoming"), storedIn(started.data, "versions")]).toEqual([[], []]);
    expect((await ask(started, "POST", route, formOf({ "a.txt": "a" }))).status).toBe(201);
  } finally {
    await started.hub.stop();
  }
}, 60_000);

it("keeps nothing of an upload during which the hub was killed", async () => {
  const started = await startHub();
  const route = `customModels/${await newModel(started)}/versions/`;
  const incoming = path.join(started.data, "files/incoming");
  const socket = await cutOff(started, route, 2 ** 20, { stays: true });
  await eventually(() =>
    readdirSync(incoming, { recursive: true }).some((name) => String(name).includes("part-0")),
  );
  process.kill(started.hub.pid, "SIGKILL");
  await started.hub.ended;
  socket.destroy();
  expect(readdirSync(incoming)).toHaveLength(1);
  const again = await startHub([], { data: started.data });
  expect([readdirSync(incoming), existsSync(path.join(started.data, "files/versions"))]).toEqual([[], true]);
  expect((await ask(again, "POST", route, formOf({ "a.txt": "a" }))).body.label).toBe("v1.0");
  await again.hub.stop();
}, 120_000);

/** A form with a file of 6 MB. */
function* manyChunks() {
  yield Buffer.from(head);
  for (let at = 0; at < 100; at++) yield Buffer.alloc(2 ** 16, "x");
  yield Buffer.from("\r\n--b--\r\n");
}

const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\n\r\n';

function filePart(name: string, content: string, of = "file"): string {
  return `--b\r\ncontent-disposition: form-data; name="${of}"; filename="${name}"\r\n\r\n${content}\r\n`;
}

function field(name: string, value: string): string {
  return `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

/** Sends the beginning of a form, and goes. */
async function cutOff({ hub }: Started, route: string, bytes: number, { stays = false } = {}) {
  const { hostname, port } = new URL(hub.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  const lines = [
    `POST /api/v2/${route} HTTP/1.1`,
    `Host: ${hostname}`,
    `Authorization: Token ${token}`,
    "Content-Type: multipart/form-data; boundary=b",
    `Content-Length: ${bytes + 10_000}`,
  ];
  await new Promise<void>((resolve) => socket.write(`${lines.join("\r\n")}\r\n\r\n${head}`, () => resolve()));
  await new Promise<void>((resolve) => socket.write(Buffer.alloc(bytes, "x"), () => resolve()));
  if (!stays) socket.destroy();
  return socket;
}
