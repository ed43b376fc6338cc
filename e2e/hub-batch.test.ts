// Batch prediction jobs of a hub, driven by DataRobot's own client: files and frames in, answers out, whatever happens in between.

import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "better-sqlite3";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeDirectory, drum, eventually, root, type Server, serve } from "./drum.js";

const token = "a-token-of-the-first-user";
const [numbers, answers, idle, texts] = [
  "6c0a979859b00004ba52e431",
  "6c0a979859b00004ba52e432",
  "6c0a979859b00004ba52e433",
  "6c0a979859b00004ba52e434",
];

/** Twice of a. It takes the seconds of the column wait for a chunk, and does not like negative numbers. */
const doubling = codeDirectory({
  "custom.py": `
import time
import pandas as pd

def load_model(code_dir):
    return "model"

def score(data, model, **kwargs):
    if (data["a"] < 0).any():
        raise ValueError("a is negative")
    if "wait" in data:
        time.sleep(float(data["wait"].iloc[0]))
    return pd.DataFrame({"Predictions": data["a"] * 2})
`,
  "model-metadata.yaml": "targetType: regression\n",
});

const yesOrNo = codeDirectory({
  "custom.py": `
import pandas as pd

def load_model(code_dir):
    return "model"

def score(data, model, **kwargs):
    yes = (data["a"] % 2) * 0.5 + 0.25
    return pd.DataFrame({"sí": yes, "no": 1 - yes})
`,
  "model-metadata.yaml":
    "targetType: binary\ninferenceModel:\n  positiveClassLabel: sí\n  negativeClassLabel: no\n",
});

const unstructured = codeDirectory({
  "custom.py":
    'def load_model(code_dir):\n    return 1\n\ndef score_unstructured(model, data, **kwargs):\n    return "text"\n',
  "model-metadata.yaml": "targetType: unstructured\n",
});

const importFile = path.join(
  codeDirectory({
    "hub.yaml": `
projects:
  - id: 5506fcd38bd88f5953219da0
    name: Numbers
    target: size
    models:
      - {id: 5c0a979859b00004ba52e431, type: Doubling, codeDirectory: ${doubling}}
      - {id: 5c0a979859b00004ba52e432, type: Yes or no, codeDirectory: ${yesOrNo}}
      - {id: 5c0a979859b00004ba52e433, type: Text, codeDirectory: ${unstructured}}
deployments:
  - {id: ${numbers}, label: Numbers, modelId: 5c0a979859b00004ba52e431}
  - {id: ${answers}, label: Answers, modelId: 5c0a979859b00004ba52e432}
  - {id: ${texts}, label: Texts, modelId: 5c0a979859b00004ba52e433}
  - {id: ${idle}, label: Idle, modelId: 5c0a979859b00004ba52e431}
`,
  }),
  "hub.yaml",
);

interface Job {
  id: string;
  text: string;
  status: Record<string, unknown>;
  error?: string;
  message?: string;
}

class Hub {
  readonly folder = mkdtempSync(path.join(tmpdir(), "drum-hub-"));
  server!: Server;

  /** On the same data as before, at another port. */
  async start(words: readonly string[] = [], before = ":"): Promise<this> {
    this.server = await serve({
      command: "hub",
      words: ["--data-dir", this.folder, "--import", importFile, ...words],
      variables: { DRUM_TOKEN: token },
      before,
    });
    return this;
  }

  async call<Told = Job>(command: string, wishes: object, by = token): Promise<Told> {
    const python = path.join(root, ".setup/clients/bin/python");
    const program = path.join(root, "e2e/clients/hub_batch.py");
    const { stdout } = await execa(python, [program, this.server.url, by, command, JSON.stringify(wishes)]);
    // The client itself prints what it does.
    return JSON.parse(stdout.split("\n").at(-1)!) as Told;
  }

  async ask(method: string, below: string, body?: string | object, by = token): Promise<Response> {
    return fetch(`${this.server.url}/api/v2/${below}`, {
      method,
      headers: { authorization: `Token ${by}` },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }

  /** A job without its CSV. */
  async made(wishes: object = {}): Promise<string> {
    const answer = await this.ask("POST", "batchPredictions/", { deploymentId: numbers, ...wishes });
    const { id, message } = (await answer.json()) as { id: string; message: string };
    if (answer.status !== 202) throw new Error(`${answer.status} ${message}`);
    return id;
  }

  /** A job with its CSV. */
  async begun(csv: string, wishes: object = {}): Promise<string> {
    const id = await this.made(wishes);
    const { status } = await this.ask("PUT", `batchPredictions/${id}/csvUpload/`, csv);
    expect(status).toBe(202);
    return id;
  }

  async told(id: string): Promise<Record<string, unknown>> {
    return (await (await this.ask("GET", `batchPredictions/${id}/`)).json()) as Record<string, unknown>;
  }

  /** The state of the job in the end. */
  async ended(id: string): Promise<Record<string, unknown>> {
    let told: Record<string, unknown> = {};
    await eventually(async () => {
      told = await this.told(id);
      return !["INITIALIZING", "RUNNING"].includes(String(told.status));
    });
    return told;
  }

  /** What became of rows, as state and reason. */
  async outcome(csv: string, wishes: object = {}): Promise<string> {
    const { status, statusDetails } = await this.ended(await this.begun(csv, wishes));
    return `${status}: ${statusDetails}`;
  }

  filesOf(id: string): string[] {
    const folder = path.join(this.folder, "batch", id);
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  /** Changes the store of a hub that does not run. */
  change(sql: string, ...values: string[]): void {
    const Sqlite = createRequire(import.meta.url)("better-sqlite3") as new (file: string) => Database;
    const store = new Sqlite(path.join(this.folder, "hub.sqlite"));
    store.prepare(sql).run(...values);
    store.close();
  }

  async kill(): Promise<void> {
    process.kill(this.server.pid, "SIGKILL");
    await this.server.ended;
  }
}

let hub: Hub;
beforeAll(async () => {
  hub = await new Hub().start();
});
afterAll(() => hub.server.stop());

const folder = mkdtempSync(path.join(tmpdir(), "drum-batch-"));
let files = 0;
function fileOf(content: string | Buffer): string {
  const file = path.join(folder, `rows-${files++}.csv`);
  writeFileSync(file, content);
  return file;
}

/** Rows with ids, of which every tenth has a text of two lines. */
function rowsOf(count: number, more: Record<string, string | number> = {}): string {
  const rows = Array.from({ length: count }, (_, at) =>
    [`r${at}`, at / 4, at % 10 ? "plain" : `"two\nlines, ${at}"`, ...Object.values(more)].join(","),
  );
  return `${["id", "a", "note", ...Object.keys(more)].join(",")}\n${rows.join("\n")}\n`;
}

function answersTo(count: number): string {
  const rows = Array.from({ length: count }, (_, at) => `${at % 2 ? at / 2 : `${at / 2}.0`},r${at},APPROVED`);
  return `size_PREDICTION,id,DEPLOYMENT_APPROVAL_STATUS\n${rows.join("\n")}\n`;
}

const passed = { passthrough_columns: ["id"] };

describe("a job", () => {
  it.each([
    ["with the answer in a file, uploaded while it polls", { path: path.join(folder, "answer.csv") }],
    ["with the answer downloaded later", {}],
    ["with several chunks at once", { num_concurrent: 4 }],
    ["uploaded in parts", { multipart: true }],
  ])("scores a file %s, rows in order", async (_title, wishes) => {
    const file = fileOf(rowsOf(20_000));
    const { text, status } = await hub.call("score", {
      deployment: numbers,
      file,
      chunk_size: 20_000,
      ...passed,
      ...wishes,
    });
    expect(text).toBe(answersTo(20_000));
    expect(status).toMatchObject({
      status: "COMPLETED",
      percentage_completed: 100,
      status_details: "20000 rows predicted",
      job_spec: { deployment_id: numbers, intake_settings: { type: "localFile" } },
    });
  });

  it("joins parts of several requests under one header", async () => {
    const id = await hub.made({
      passthroughColumns: ["id"],
      intakeSettings: { type: "localFile", multipart: true },
    });
    const [head, ...rows] = ["id,a", "r0,0", "r1,0.25", "r2,0.5", "r3,0.75"];
    for (const part of [1, 0, 2]) {
      const some = part === 2 ? rows.slice(2) : rows.slice(part, part + 1);
      const csv = [head, ...some].join("\r\n");
      const { status } = await hub.ask("PUT", `batchPredictions/${id}/csvUpload/part/${part}/`, csv);
      expect(status).toBe(202);
    }
    expect((await hub.ask("POST", `batchPredictions/${id}/csvUpload/finalizeMultipart/`)).status).toBe(202);
    expect(await hub.ended(id)).toMatchObject({ status: "COMPLETED" });
    expect(await (await hub.ask("GET", `batchPredictions/${id}/download/`)).text()).toBe(answersTo(4));
    expect(hub.filesOf(id)).toEqual(["output.csv"]);
  });

  it("scores a frame, joined by its index", async () => {
    const told = await hub.call<Record<string, unknown>>("pandas", {
      deployment: numbers,
      file: fileOf(rowsOf(101)),
    });
    expect(told).toMatchObject({
      sameOrder: true,
      columns: ["id", "a", "note", "size_PREDICTION", "DEPLOYMENT_APPROVAL_STATUS"],
    });
    const rows = told.rows as { a: number; size_PREDICTION: number }[];
    expect(rows.map((row) => row.size_PREDICTION)).toEqual(rows.map(({ a }) => 2 * a));
  });

  it("passes all columns on, as they were written, and renames and drops some", async () => {
    const { text } = await hub.call("score", {
      deployment: numbers,
      file: fileOf('a,note,empty\n1.50,"x, ""y""",\n"007",,\n'),
      passthrough_columns_set: "all",
      column_names_remapping: { size_PREDICTION: "size", DEPLOYMENT_APPROVAL_STATUS: null },
    });
    expect(text).toBe('size,a,note,empty\n3.0,1.50,"x, ""y""",\n14.0,007,,\n');
  });

  it("reads and writes other delimiters, quotes and charsets", async () => {
    const { text } = await hub.call("score", {
      deployment: answers,
      file: fileOf(Buffer.from("a;niño\n1;'año;''x'''\n2;b,c\n", "latin1")),
      csv_settings: { delimiter: ";", quotechar: "'", encoding: "latin-1" },
      passthrough_columns: ["niño"],
      prediction_threshold: 0.8,
    });
    expect(text).toBe(
      [
        "size_sí_PREDICTION;size_no_PREDICTION;size_PREDICTION;THRESHOLD;POSITIVE_CLASS;niño;DEPLOYMENT_APPROVAL_STATUS",
        "0.75;0.25;no;0.8;sí;'año;''x''';APPROVED",
        "0.25;0.75;no;0.8;sí;b,c;APPROVED\n",
      ].join("\n"),
    );
  });

  it("leaves probabilities out", async () => {
    const wishes = { deployment: answers, file: fileOf("a\n1\n") };
    const none = await hub.call("score", { ...wishes, include_probabilities: false });
    expect(none.text.split("\n")[0]).toBe(
      "size_PREDICTION,THRESHOLD,POSITIVE_CLASS,DEPLOYMENT_APPROVAL_STATUS",
    );
    const one = await hub.call("score", { ...wishes, include_probabilities_classes: ["no"] });
    expect(one.text.split("\n")[0]).toMatch(/^size_no_PREDICTION,size_PREDICTION,/);
  });

  it("is listed by state, and only to its user and administrators", async () => {
    const id = await hub.made();
    const { stdout } = await drum(["hub", "token", "--data-dir", hub.folder, "--user", "ada"]);
    const ada = stdout.trim();
    const found = await hub.call<{ id: string; status: string }[]>("list", {
      wanted: ["INITIALIZING", "RUNNING"],
    });
    expect(found).toContainEqual({ id, status: "INITIALIZING" });
    expect(found.filter(({ status }) => !["INITIALIZING", "RUNNING"].includes(status))).toEqual([]);
    expect(await hub.call("list", {}, ada)).toEqual([]);
    for (const [method, below] of [
      ["GET", ""],
      ["DELETE", ""],
      ["PUT", "csvUpload/"],
      ["GET", "download/"],
    ] as const)
      expect((await hub.ask(method, `batchPredictions/${id}/${below}`, undefined, ada)).status).toBe(404);
    expect(await hub.call("start", { deployment: numbers, file: fileOf("a\n1\n") }, ada)).toMatchObject({
      error: "ClientError",
      message: expect.stringContaining(`there is no deployment ${numbers}`),
    });
    expect(await hub.call("delete", { job: id })).toBeNull();
    expect(await hub.told(id)).toMatchObject({ status: "ABORTED", statusDetails: "Aborted by admin" });
  });

  it("is aborted while it runs; a download of it breaks off", async () => {
    const id = await hub.begun(rowsOf(2000, { wait: 0.2 }), { chunkSize: 1024 });
    const download = await hub.ask("GET", `batchPredictions/${id}/download/`);
    const reader = download.body!.getReader();
    expect((await reader.read()).value?.length).toBeGreaterThan(0);
    expect(await hub.told(id)).toMatchObject({
      status: "RUNNING",
      statusDetails: expect.stringMatching(/^Predicting: \d+ rows done$/),
    });
    expect(await hub.call("delete", { job: id })).toBeNull();
    await expect(
      (async () => {
        while (!(await reader.read()).done);
      })(),
    ).rejects.toThrow();
    expect(hub.filesOf(id)).toEqual([]);
    expect(await hub.call("download", { job: id })).toMatchObject({
      error: "RuntimeError",
      message: `Job ${id} was aborted: Aborted by admin`,
    });
  });

  it("is forgotten when it is deleted after its end", async () => {
    const id = await hub.begun("a\n1\n");
    await hub.ended(id);
    expect(await hub.call("delete", { job: id })).toBeNull();
    expect(hub.filesOf(id)).toEqual([]);
    expect(await hub.call("status", { job: id })).toMatchObject({ error: "ClientError" });
  });
});

describe("bad input", () => {
  it.each([
    ["an unknown deployment", { deploymentId: "6c0a979859b00004ba52e4ff" }, 404, "there is no deployment"],
    ["no deployment", { deploymentId: undefined }, 422, "deploymentId must be the id of a deployment"],
    ["a model", { modelId: "5c0a979859b00004ba52e431" }, 422, "deploy the model and name its deploymentId"],
    [
      "an intake elsewhere",
      { intakeSettings: { type: "s3", url: "s3://b/k" } },
      422,
      "intakeSettings.type must be localFile",
    ],
    [
      "an output elsewhere",
      { outputSettings: { type: "jdbc" } },
      422,
      "outputSettings.type must be localFile",
    ],
    ["explanations", { maxExplanations: 3 }, 422, "explanations are not made here"],
    [
      "a time series",
      { timeseriesSettings: { type: "forecast" } },
      422,
      "time series models are not served here",
    ],
    ["rows that may fail", { abortOnError: false }, 422, "a row that cannot be predicted fails the job"],
    ["a quote that is the delimiter", { csvSettings: { delimiter: '"' } }, 422, "that is not the delimiter"],
    ["UTF-16", { csvSettings: { encoding: "utf-16" } }, 422, "csvSettings.encoding must be utf-8"],
    ["a charset of nobody", { csvSettings: { encoding: "iso8859_99" } }, 422, "csvSettings.encoding must be"],
    ["a set of columns", { passthroughColumnsSet: "some" }, 422, "passthroughColumnsSet must be all"],
    ["a mapping to a number", { columnNamesRemapping: { a: 1 } }, 422, "columnNamesRemapping must be a map"],
    ["a huge chunk", { chunkSize: 2 ** 30 }, 422, "chunkSize must be auto, fixed, dynamic"],
    ["no chunks at once", { numConcurrent: 0 }, 422, "numConcurrent must be a whole number from 1 to 8"],
  ])("refuses %s", async (_title, wishes, status, words) => {
    const answer = await hub.ask("POST", "batchPredictions/", { deploymentId: numbers, ...wishes });
    expect([answer.status, ((await answer.json()) as { message: string }).message]).toEqual([
      status,
      expect.stringContaining(words),
    ]);
  });

  it("becomes an exception of the client", async () => {
    const unknown = { deployment: "6c0a979859b00004ba52e4ff", file: fileOf("a\n1\n") };
    expect(await hub.call("score", unknown)).toMatchObject({ error: "ClientError" });
    for (const wishes of [{}, { path: path.join(folder, "none.csv") }])
      expect(
        await hub.call("score", { deployment: numbers, file: fileOf("b\n1\n"), ...wishes }),
      ).toMatchObject({
        error: "RuntimeError",
        message: expect.stringMatching(/was aborted: rows 1 to 1: .*'a'/s),
      });
  });

  it.each<[string, string | Buffer, object, string]>([
    ["nothing", "", {}, "the CSV is empty"],
    ["a header alone", "id,a\n", {}, "the CSV has no rows below its header"],
    ["an open quote", 'id,a\nr0,1\n"r1,2\n', {}, "opens a quote that nothing closes"],
    [
      "an open quote after good chunks",
      `${rowsOf(3000)}"x,1,y\n`,
      { chunkSize: 1024 },
      "opens a quote that nothing closes",
    ],
    ["a row that is too long", "id,a\nr0,1\nr1,2,3,4\n", {}, "rows 1 to 2: "],
    ["a column that is missing", "id,b\nr0,1\n", {}, "rows 1 to 1: "],
    [
      "a passthrough column that is missing",
      "a\n1\n",
      { passthroughColumns: ["id"] },
      "the rows have no column id",
    ],
    ["a row that the model refuses", `${rowsOf(3000)}r3000,-1,x\n`, { chunkSize: 1024 }, "a is negative"],
    [
      "an unknown column to rename",
      "a\n1\n",
      { columnNamesRemapping: { x: "y" } },
      "columnNamesRemapping names x, and the output has size_PREDICTION",
    ],
    [
      "a model without rows",
      "a\n1\n",
      { deploymentId: texts },
      "this one is of the target type unstructured",
    ],
    ["UTF-16", Buffer.from("\ufeffa\n1\n", "utf16le"), {}, "the CSV is UTF-16"],
    ["gzip", Buffer.from([0x1f, 0x8b, 8, 0, 0]), {}, "the file is packed"],
  ])("fails a job in words for %s", async (_title, body, wishes, words) => {
    const id = await hub.made(wishes);
    await fetch(`${hub.server.url}/api/v2/batchPredictions/${id}/csvUpload/`, {
      method: "PUT",
      body,
      headers: { authorization: `Bearer  ${token}`, "content-type": "text/csv" },
    });
    expect(await hub.ended(id)).toMatchObject({
      status: "FAILED",
      statusDetails: expect.stringContaining(words),
    });
    expect(hub.filesOf(id)).toEqual([]);
    const answer = await hub.ask("GET", `batchPredictions/${id}/download/`);
    expect([answer.status, await answer.text()]).toEqual([
      422,
      expect.stringContaining("the job is FAILED: "),
    ]);
  });

  it("refuses uploads that are out of order", async () => {
    const id = await hub.made();
    const at = `batchPredictions/${id}/csvUpload/`;
    const refused = async (method: string, below: string, words: string, body?: string) => {
      const answer = await hub.ask(method, `${at}${below}`, body);
      expect([answer.status, await answer.text()]).toEqual([422, expect.stringContaining(words)]);
    };
    await refused("POST", "finalizeMultipart/", "and has none");
    await refused("PUT", "part/x/", "a part must have a whole number", "a\n1\n");
    await refused("PUT", "part/10000/", "a number below 10000", "a\n1\n");
    await hub.ask("PUT", `${at}part/0/`, "a\n1\n");
    await hub.ask("PUT", `${at}part/2/`, "a\n3\n");
    await refused("POST", "finalizeMultipart/", "has 0, 2");
    await hub.ask("PUT", `${at}part/1/`, "b\n2\n");
    await refused("POST", "finalizeMultipart/", "part 1 has the header b, expected a");
    await refused("PUT", "", "it is FAILED (part 1 has the header b", "a\n1\n");
    const other = await hub.begun("a\n1\n");
    await refused.call(null, "PUT", `../../${other}/csvUpload/`, "the job", "a\n1\n");
  });

  it("fails when the deployment is deactivated or deleted", async () => {
    const wishes = { deploymentId: idle, chunkSize: 1024 };
    const id = await hub.begun(rowsOf(5000, { wait: 0.1 }), wishes);
    await eventually(async () => Number((await hub.told(id)).scoredRows) > 0);
    await hub.ask("PATCH", `deployments/${idle}/status/`, { status: "inactive" });
    expect(await hub.ended(id)).toMatchObject({
      status: "FAILED",
      statusDetails: expect.stringContaining("the deployment Idle is inactive"),
    });
    const refused = await hub.ask("POST", "batchPredictions/", wishes);
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining("is inactive")]);
    await hub.ask("PATCH", `deployments/${idle}/status/`, { status: "active" });
    const next = await hub.begun(rowsOf(5000, { wait: 0.1 }), wishes);
    await eventually(async () => Number((await hub.told(next)).scoredRows) > 0);
    await hub.ask("DELETE", `deployments/${idle}/`);
    expect(await hub.ended(next)).toMatchObject({
      status: "FAILED",
      statusDetails: expect.stringContaining(`there is no deployment ${idle}`),
    });
  });
});

/** Sends the beginning of an upload and goes. */
async function cutOff(at: Hub, id: string): Promise<void> {
  const { port } = new URL(at.server.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.write(
    `PUT /api/v2/batchPredictions/${id}/csvUpload/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token ${token}\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n6\r\na\r\n1\r\n\r\n`,
  );
  await eventually(() => at.filesOf(id).length > 0);
  socket.destroy();
}

describe("an upload", () => {
  it("that is cut off can be sent again", async () => {
    const id = await hub.made();
    await cutOff(hub, id);
    await eventually(async () =>
      String((await hub.told(id)).statusDetails).startsWith("The upload was cut off"),
    );
    expect(await hub.told(id)).toMatchObject({
      status: "INITIALIZING",
      links: { csvUpload: expect.any(String) },
    });
    expect((await hub.ask("PUT", `batchPredictions/${id}/csvUpload/`, "a\n1\n")).status).toBe(202);
    expect(await hub.ended(id)).toMatchObject({ status: "COMPLETED", scoredRows: 1 });
  });

  it("that is too large fails its job, and the client is told", async () => {
    const small = await new Hub().start(["--max-batch-size", "1MB"]);
    const told = await small.call("score", { deployment: numbers, file: fileOf(rowsOf(200_000)) });
    expect(told).toMatchObject({
      error: "ClientError",
      message: expect.stringContaining("larger than 1048576 bytes, the limit of --max-batch-size"),
    });
    const [job] = await small.call<{ id: string; status: string }[]>("list", {});
    expect(job!.status).toBe("FAILED");
    expect(small.filesOf(job!.id)).toEqual([]);
    const parts = await small.made();
    const half = `a\n${"1\n".repeat(400_000)}`;
    const put = (part: number) => small.ask("PUT", `batchPredictions/${parts}/csvUpload/part/${part}/`, half);
    expect((await put(0)).status).toBe(202);
    expect((await put(1)).status).toBe(422);
    await small.server.stop();
  });

  it("that the disk refuses fails its job, and the hub goes on", async () => {
    // The system refuses to write beyond this size, as it does on a full disk.
    const full = await new Hub().start([], "trap '' XFSZ; ulimit -f 20000");
    const told = await full.call("score", { deployment: numbers, file: fileOf(rowsOf(1_200_000)) });
    expect(told).toMatchObject({ error: "ClientError", message: expect.stringContaining("EFBIG") });
    expect(await full.outcome("a\n1\n")).toBe("COMPLETED: 1 row predicted");
    await full.server.stop();
  });

  it("that never comes aborts its job; answers are kept for two days", async () => {
    const own = await new Hub().start();
    const [waiting, done] = [await own.made(), await own.begun("a\n1\n")];
    await own.ended(done);
    await own.server.stop();
    const past = (hours: number) => new Date(Date.now() - hours * 3600_000).toISOString();
    own.change("update batchJobs set waitsSince = ? where id = ?", past(0.2), waiting);
    own.change("update batchJobs set endedAt = ? where id = ?", past(47), done);
    await own.start();
    expect(await own.ended(waiting)).toMatchObject({
      status: "ABORTED",
      statusDetails: "No CSV was uploaded within 10 minutes",
    });
    expect(own.filesOf(done)).toEqual(["output.csv"]);
    await own.server.stop();
    own.change("update batchJobs set endedAt = ? where id = ?", past(49), done);
    await own.start();
    await eventually(() => own.filesOf(done).length === 0);
    expect(await own.told(done)).toMatchObject({ status: "COMPLETED", links: { self: expect.any(String) } });
    expect((await own.ask("GET", `batchPredictions/${done}/download/`)).status).toBe(404);
    await own.server.stop();
  });
});

describe("kill -9 of the hub", () => {
  it("in the middle of a job, again and again, leaves the same bytes as no kill", async () => {
    const csv = rowsOf(6000, { wait: 0.2 });
    const wishes = { passthroughColumns: ["id", "note"], chunkSize: 4096, numConcurrent: 2 };
    const undisturbed = await hub.begun(csv, wishes);
    await hub.ended(undisturbed);
    const expected = await (await hub.ask("GET", `batchPredictions/${undisturbed}/download/`)).text();

    const own = await new Hub().start();
    const id = await own.begun(csv, wishes);
    const rowsAt: number[] = [];
    for (let kill = 0; kill < 3; kill++) {
      const before = rowsAt.at(-1) ?? 0;
      await eventually(async () => Number((await own.told(id)).scoredRows) > before + 300);
      const { status, scoredRows } = await own.told(id);
      expect(status).toBe("RUNNING");
      rowsAt.push(Number(scoredRows));
      await own.kill();
      // As if it had been killed between writing and recording.
      const output = path.join(own.folder, "batch", id, "output.csv");
      writeFileSync(output, `${readFileSync(output, "utf8")}half a li`);
      await own.start();
      expect(Number((await own.told(id)).scoredRows)).toBeGreaterThanOrEqual(rowsAt.at(-1)!);
    }
    expect(await own.ended(id)).toMatchObject({ status: "COMPLETED", scoredRows: 6000 });
    const { text } = await own.call("download", { job: id });
    expect(text).toBe(expected);
    expect(expected.split("APPROVED").length).toBe(6001);
    await own.server.stop();
  });

  it("begins anew where the disk has lost what was recorded", async () => {
    const own = await new Hub().start();
    const csv = rowsOf(2000, { wait: 0.1 });
    const id = await own.begun(csv, { chunkSize: 1024, passthroughColumns: ["id"] });
    await eventually(async () => Number((await own.told(id)).scoredRows) > 300);
    await own.kill();
    writeFileSync(path.join(own.folder, "batch", id, "output.csv"), "");
    await own.start();
    expect(await own.ended(id)).toMatchObject({ status: "COMPLETED", scoredRows: 2000 });
    expect((await own.call("download", { job: id })).text).toBe(answersTo(2000));
    await own.server.stop();
  });

  it("during an upload and with jobs in the queue loses none", async () => {
    const own = await new Hub().start();
    const slow = rowsOf(400, { wait: 0.1 });
    const jobs: string[] = [];
    for (let job = 0; job < 4; job++) jobs.push(await own.begun(slow, { chunkSize: 1024 }));
    const uploading = await own.made();
    await cutOff(own, uploading);
    await own.kill();
    await own.start();
    expect((await own.ask("PUT", `batchPredictions/${uploading}/csvUpload/`, "a\n1\n")).status).toBe(202);
    for (const id of [...jobs, uploading]) expect(await own.ended(id)).toMatchObject({ status: "COMPLETED" });
    await own.server.stop();
  });

  it("is not needed: an orderly end leaves a job that goes on, too", async () => {
    const own = await new Hub().start();
    const id = await own.begun(rowsOf(2000, { wait: 0.1 }), { chunkSize: 1024, passthroughColumns: ["id"] });
    await eventually(async () => Number((await own.told(id)).scoredRows) > 0);
    const download = own.ask("GET", `batchPredictions/${id}/download/`).then((answer) => answer.text());
    download.catch(() => {});
    await sleep(300);
    expect(await own.server.stop()).toMatchObject({ exitCode: 0 });
    await expect(download).rejects.toThrow();
    await own.start();
    expect(await own.ended(id)).toMatchObject({ status: "COMPLETED" });
    expect((await own.call("download", { job: id })).text).toBe(answersTo(2000));
    await own.server.stop();
  });
});
