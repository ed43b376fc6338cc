// Reporting to a service with DataRobot's API: the content of reports, and that none are lost while the service is unavailable.

import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  codeDirectory,
  drum,
  eventually,
  fourFolder,
  languages,
  model,
  post,
  type Server,
  serve,
} from "./drum.js";
import { RecordingService } from "./recording-service.js";

const sum = codeDirectory({
  "custom.py": `
import pandas as pd

def load_model(code_dir):
    return 1

def score(data, model, **kwargs):
    return pd.DataFrame({"Predictions": data[["a", "b"]].sum(axis=1)})
`,
});
const rows = "a,b,name\n1,2,x\n3.5,,\n";
const ids = { DEPLOYMENT_ID: "deployment-1", MLOPS_MODEL_ID: "model-1", API_TOKEN: "secret" };

const spoolFolder = () => mkdtempSync(path.join(tmpdir(), "drum-spool-"));
const waitingIn = (folder: string) => readdirSync(folder).filter((name) => name.includes(".jsonl"));
/** The number of reports in the segments; undefined while one of them is renamed. */
function reportsIn(folder: string): number | undefined {
  try {
    const texts = waitingIn(folder).map((name) => readFileSync(path.join(folder, name), "utf8"));
    return texts.reduce((sum, text) => sum + text.trim().split("\n").length, 0);
  } catch {
    return undefined;
  }
}
const monitored = (folder: string) => [
  "--monitor",
  "--monitor-settings",
  `spooler_type=filesystem;directory=${folder}`,
];

let ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  ends = [];
});

async function startService(port?: number): Promise<RecordingService> {
  const service = await RecordingService.start(port);
  ends.push(() => service.stop());
  return service;
}

interface Wishes {
  service: { url: string };
  folder?: string;
  words?: string[];
  code?: string;
  variables?: Record<string, string>;
}

async function startDrum({
  service,
  folder = spoolFolder(),
  words = [],
  code = sum,
  variables = {},
}: Wishes): Promise<Server> {
  const server = await serve({
    words: ["--code-dir", code, ...monitored(folder), ...words],
    variables: { TARGET_TYPE: "regression", ...ids, EXTERNAL_WEB_SERVER_URL: service.url, ...variables },
  });
  ends.push(() => server.stop());
  return server;
}

const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe("drum server --monitor", () => {
  it("reports requests with count and time, and predictions with their features", async () => {
    const service = await startService();
    const server = await startDrum({ service });
    expect(await (await post(`${server.url}/predict/`, rows)).json()).toEqual({ predictions: [3, 3.5] });
    await eventually(() => service.items("predictionInputs").length === 1);
    expect(service.items("predictionRequests")).toEqual([
      {
        timestamp,
        modelId: "model-1",
        numPredictions: 2,
        executionTime: expect.any(Number),
        userError: false,
        systemError: false,
      },
    ]);
    expect(service.items("predictionInputs")).toEqual([
      {
        timestamp,
        modelId: "model-1",
        predictions: [3, 3.5],
        features: [
          { name: "a", values: [1, 3.5] },
          { name: "b", values: [2, null] },
          { name: "name", values: ["x", null] },
        ],
      },
    ]);
    expect(service.reports[0]!.deployment).toBe("deployment-1");
    expect(service.faults).toEqual([]);
  });

  it("reports probabilities by class, and of a model's own labels", async () => {
    const service = await startService();
    const { folder: code, csv } = model("sklearn_binary");
    const words = ["--positive-class-label", "malignant", "--negative-class-label", "benign"];
    const server = await startDrum({ service, code, words, variables: { TARGET_TYPE: "binary" } });
    const answer = (await (await post(`${server.url}/predict/`, csv)).json()) as {
      predictions: Record<string, number>[];
    };
    await eventually(() => service.items("predictionInputs").length === 1);
    const [report] = service.items("predictionInputs") as [{ predictions: number[][]; classNames: string[] }];
    const { predictions, classNames } = report;
    const byLabel = (row: number[]) => Object.fromEntries(row.map((value, at) => [classNames[at], value]));
    expect(predictions.map(byLabel)).toEqual(answer.predictions);
  });

  it("reports who was to blame for a request that failed", async () => {
    const service = await startService();
    const server = await startDrum({ service });
    expect((await post(`${server.url}/predict/`, "a,b\n1,2\n1,2,3\n")).status).toBe(422);
    expect((await post(`${server.url}/predict/`, "other\n1\n")).status).toBe(500);
    await eventually(() => service.items("predictionRequests").length === 2);
    expect(service.items("predictionRequests")).toMatchObject([
      { numPredictions: 0, userError: true, systemError: false },
      { numPredictions: 0, userError: false, systemError: true },
    ]);
    expect(service.items("predictionInputs")).toEqual([]);
  });

  it("keeps reports on disk while the service is away, over restarts and kills, and delivers each of them once", async () => {
    const folder = spoolFolder();
    const service = await startService();
    await service.stop();
    // What the first three requests left there.
    let reports = 0;
    for (const [at, signal] of (["SIGTERM", "SIGKILL"] as const).entries()) {
      const server = await startDrum({ service, folder });
      for (let request = 0; request < 3; request += 1) {
        expect((await post(`${server.url}/predict/`, `a,b\n${at},${request}\n`)).status).toBe(200);
      }
      if (signal === "SIGKILL") await eventually(() => (reportsIn(folder) ?? 0) >= 2 * reports);
      process.kill(server.pid, signal);
      const { stderr } = await server.ended;
      if (signal === "SIGTERM") expect(stderr).toContain(`reports wait in ${folder}`);
      reports = reportsIn(folder) ?? 0;
    }
    const again = await startService(service.port);
    await startDrum({ service: again, folder });
    await eventually(() => again.items("predictionInputs").length === 6);
    const predictions = again.items("predictionInputs").flatMap((one) => one.predictions);
    expect(predictions).toEqual([0, 1, 2, 1, 2, 3]);
    await eventually(() => waitingIn(folder).length === 0);
    expect(again.items("predictionRequests")).toHaveLength(6);
  });

  it("tries again when the service is there but cannot, and does not hold up predictions while it hangs", async () => {
    const service = await startService();
    service.status = 0;
    const server = await startDrum({ service });
    for (let request = 0; request < 5; request += 1) {
      expect((await post(`${server.url}/predict/`, rows)).status).toBe(200);
    }
    service.status = 503;
    const other = await startDrum({ service });
    expect((await post(`${other.url}/predict/`, rows)).status).toBe(200);
    await eventually(() => other.output().includes("503"));
    service.status = 202;
    await eventually(() => service.items("predictionInputs").length >= 1);
  });

  it("sets aside what the service refuses, says so, and goes on", async () => {
    const folder = spoolFolder();
    const service = await startService();
    service.status = 422;
    const server = await startDrum({ service, folder });
    await post(`${server.url}/predict/`, rows);
    await eventually(() => server.output().includes("rejected reports for predictionInputs: 422"));
    expect(readdirSync(path.join(folder, "refused")).length).toBeGreaterThan(0);
    service.status = 202;
    await post(`${server.url}/predict/`, rows);
    await eventually(() => service.items("predictionInputs").length === 1);
  });

  it("goes by the deployment's own settings where it may ask for them", async () => {
    const service = await startService();
    service.settings = { associationId: { columnNames: ["name"] }, featureDrift: { enabled: false } };
    const server = await startDrum({ service, words: ["--allow-dr-api-access"] });
    await eventually(async () => {
      await post(`${server.url}/predict/`, "a,b,name\n1,2,x\n");
      return service.items("predictionInputs").some((one) => one.associationIds !== undefined);
    });
    expect(service.items("predictionInputs").at(-1)).toEqual({
      timestamp,
      modelId: "model-1",
      predictions: [3],
      associationIds: ["x"],
    });
    await post(`${server.url}/predict/`, "a,b,name\n1,2,x\n3,4,x\n");
    const last = () => service.items("predictionInputs").at(-1) as { predictions: unknown[] } | undefined;
    await eventually(() => last()?.predictions.length === 2);
    expect(last()).not.toHaveProperty("associationIds");
    const words = 'the column "name" has "x" twice; send each row an id of its own';
    await eventually(() => server.output().includes(words));
  });

  it("reports a chat as one prediction with the last message", async () => {
    const service = await startService();
    const code = codeDirectory({
      "custom.py": `
def chat(request, model):
    if request.get("stream"):
        return ({"object": "chat.completion.chunk", "choices": [{"delta": {"content": word}}]} for word in ("a", "b"))
    return {"object": "chat.completion", "choices": [{"message": {"content": "whole"}}]}
`,
    });
    const variables = { TARGET_TYPE: "textgeneration", TARGET_NAME: "answer" };
    const server = await startDrum({ service, code, variables });
    const parts = [
      { type: "text", text: "look" },
      { type: "image_url", image_url: {} },
    ];
    for (const [content, stream] of [
      ["first", false],
      [parts, true],
    ] as const) {
      const body = JSON.stringify({
        stream,
        messages: [
          { role: "user", content: "before" },
          { role: "user", content },
        ],
      });
      await (
        await post(`${server.url}/chat/completions`, body, { "content-type": "application/json" })
      ).text();
    }
    await eventually(() => service.items("predictionInputs").length === 2);
    expect(service.items("predictionInputs")).toMatchObject([
      { predictions: ["whole"], features: [{ name: "promptText", values: ["first"] }] },
      { predictions: ["ab"], features: [{ name: "promptText", values: ["look\n[image_url]"] }] },
    ]);
    expect(service.items("predictionRequests")).toMatchObject([{ numPredictions: 1 }, { numPredictions: 1 }]);
  });
});

it.each(languages)(
  "gives an unstructured hook in %s an object to report with, and only with --monitor-embedded",
  async (language) => {
    const service = await startService();
    const code = path.join(fourFolder, "mlops", language);
    const variables = { TARGET_TYPE: "unstructured", ...ids, EXTERNAL_WEB_SERVER_URL: service.url };
    const answers: string[] = [];
    for (const words of [[], ["--monitor-embedded", "--monitor-settings", `directory=${spoolFolder()}`]]) {
      const server = await serve({ words: ["--code-dir", code, ...words], variables });
      ends.push(() => server.stop());
      for (const text of ["x", "few"])
        answers.push(await (await post(`${server.url}/predictUnstructured/`, text)).text());
    }
    const refusal = /predictions and association_?[iI]ds have \[1, 2\] rows; give as many of each/;
    expect(answers).toEqual(["none", "none", "reported", expect.stringMatching(refusal)]);
    await eventually(() => service.items("predictionInputs").length === 1);
    // Nothing is reported except by the hook.
    expect(service.items("predictionRequests")).toMatchObject([{ numPredictions: 2, executionTime: 12.5 }]);
    expect(service.items("predictionInputs")).toEqual([
      {
        timestamp,
        modelId: "model-1",
        predictions: [
          [0.25, 0.75],
          [1, 0],
        ],
        classNames: ["no", "yes"],
        associationIds: ["i", "j"],
        features: [
          { name: "n", values: [1, 2] },
          { name: "x", values: [1.5, null] },
          { name: "t", values: ["x", null] },
        ],
      },
    ]);
  },
);

describe("drum score --monitor", () => {
  const scoring = (folder: string, url: string) =>
    drum(
      [
        "score",
        "--code-dir",
        sum,
        "--input",
        path.join(codeDirectory({ "in.csv": rows }), "in.csv"),
        ...monitored(folder),
      ],
      { TARGET_TYPE: "regression", ...ids, EXTERNAL_WEB_SERVER_URL: url },
    );

  it("has delivered its report when it ends", async () => {
    const service = await startService();
    const folder = spoolFolder();
    expect(await scoring(folder, service.url)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(service.items("predictionInputs")).toMatchObject([{ predictions: [3, 3.5] }]);
    expect(waitingIn(folder)).toEqual([]);
  });

  it("leaves it on disk when the service is away, and says so", async () => {
    const service = await startService();
    await service.stop();
    const folder = spoolFolder();
    const { exitCode, stderr } = await scoring(folder, service.url);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining(`reports wait in ${folder} (1 file);`)]);
    expect(waitingIn(folder)).toHaveLength(1);
  });
});
