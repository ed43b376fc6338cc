// drum hub replace: a new model answers a share of the predictions, or gets copies of them, before it takes over.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { codeDirectory, drum, eventually, type Server, serve } from "./drum.js";

const token = "a-token-for-these-tests";
const authorization = `Bearer ${token}`;
const ids = { old: "a".repeat(24), same: "b".repeat(24), near: "c".repeat(24), failing: "d".repeat(24) };

const scoring = (line: string) => `
import pandas as pd

def load_model(code_dir):
    return 1

def score(data, model, **kwargs):
    ${line}
    return pd.DataFrame({"Predictions": predictions})
`;

const models: Record<keyof typeof ids, string> = {
  old: scoring('predictions = data["a"] * 2.0'),
  same: scoring('predictions = data["a"] + data["a"] + 0.0'),
  near: scoring('predictions = data["a"] * 2.0 + 0.001'),
  // Fails where the old one does not.
  failing: scoring('predictions = [{"4": 8.0}[str(a)] for a in data["a"]]'),
};

let server: Server;
let deployment: string;

beforeAll(async () => {
  const folder = codeDirectory({});
  for (const [name, hooks] of Object.entries(models)) {
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, "custom.py"), hooks);
    writeFileSync(path.join(folder, name, "model-metadata.yaml"), "targetType: regression\n");
  }
  const lines = Object.entries(ids).map(([name, id]) => `      - {id: "${id}", codeDirectory: ${name}}`);
  const file = path.join(folder, "models.yaml");
  writeFileSync(
    file,
    ["projects:", "  - name: Numbers", "    target: y", "    models:", ...lines].join("\n"),
  );
  server = await serve({
    command: "hub",
    words: ["--data-dir", path.join(folder, "data"), "--import", file],
    variables: { DRUM_TOKEN: token },
  });
});
afterAll(() => server?.stop());

const api = (url: string, init: RequestInit = {}) =>
  fetch(`${server.url}/api/v2/${url}`, {
    ...init,
    headers: { authorization, "content-type": "application/json" },
  });

/** A deployment of the old model, and clients that ask it until the end of the work. */
async function underLoad<T>(
  value: number,
  work: () => Promise<T>,
): Promise<{ done: T; answers: Set<string> }> {
  const body = JSON.stringify({ modelId: ids.old, label: "tried" });
  deployment = (
    (await (await api("deployments/fromLearningModel/", { method: "POST", body })).json()) as { id: string }
  ).id;
  const answers = new Set<string>();
  const ask = async () => {
    const answer = await fetch(`${server.url}/predApi/v1.0/deployments/${deployment}/predictions`, {
      method: "POST",
      headers: { authorization, "content-type": "text/csv" },
      body: `a\n${value}\n`,
    });
    const { data, message } = (await answer.json()) as { data?: { prediction: number }[]; message?: string };
    return `${answer.status} ${data?.[0]?.prediction ?? message}`;
  };
  await eventually(async () => (await ask()).startsWith("200"));
  let isOver = false;
  const clients = Array.from({ length: 4 }, async () => {
    while (!isOver) answers.add(await ask());
  });
  const done = await work();
  answers.add(`then ${await ask()}`);
  isOver = true;
  await Promise.all(clients);
  return { done, answers };
}

const replace = (model: keyof typeof ids, ...words: string[]) =>
  drum(
    ["hub", "replace", deployment, "--model", ids[model], "--address", new URL(server.url).host, ...words],
    { DRUM_TOKEN: token },
  );

const modelNow = async () =>
  ((await (await api(`deployments/${deployment}/`)).json()) as { model: { id: string } }).model.id;

it.each<[string, keyof typeof ids, string[]]>([
  ["a canary of the same answers", "same", ["--canary", "20%", "--requests", "20", "--max-diff", "0"]],
  ["a shadow of the same answers", "same", ["--shadow", "50%", "--requests", "20", "--max-diff", "0"]],
  ["a canary of near answers", "near", ["--canary", "0.5", "--requests", "10", "--max-diff", "0.01"]],
  ["a canary of any answers", "near", ["--canary", "100%", "--requests", "10"]],
])("%s takes over", async (_title, model, words) => {
  const { done, answers } = await underLoad(4, () => replace(model, ...words));
  expect(done).toMatchObject({
    exitCode: 0,
    stderr: "",
    stdout: expect.stringContaining("answers with the model"),
  });
  expect(await modelNow()).toBe(ids[model]);
  const end = model === "near" ? "8.001" : "8";
  expect([...answers].sort()).toEqual([...new Set(["200 8", `200 ${end}`, `then 200 ${end}`])].sort());
});

it.each<[string, keyof typeof ids, string[], string]>([
  ["a canary that fails", "failing", ["--canary", "50%"], "failed a request that the old one answers"],
  ["a shadow that fails", "failing", ["--shadow", "100%"], "failed a request that the old one answers"],
  ["a canary of other answers", "near", ["--canary", "50%", "--max-diff", "0.0001"], "predictions differ"],
  ["a shadow of other answers", "near", ["--shadow", "50%", "--max-diff", "0.0001"], "predictions differ"],
  [
    "a canary that too few asked",
    "same",
    ["--canary", "1%", "--requests", "1000000", "--patience", "1"],
    "too few to tell",
  ],
])("%s goes back by itself, and no caller notices", async (_title, model, words, why) => {
  const { done, answers } = await underLoad(5, () => replace(model, ...words));
  expect(done).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining(why) });
  expect(await modelNow()).toBe(ids.old);
  answers.delete("200 10.001");
  expect([...answers].sort()).toEqual(["200 10", "then 200 10"]);
});

it.each([
  ["two ways", ["--canary", "1%", "--shadow", "1%"], "--canary and --shadow were both given"],
  ["a share above all", ["--canary", "101%"], "above 0 and at most 100%"],
  ["no share", ["--shadow", "some"], "above 0 and at most 100%"],
  ["a limit without a trial", ["--max-diff", "1"], "--max-diff needs --canary or --shadow"],
  ["another reason", ["--reason", "BOREDOM"], "ACCURACY"],
])("refuses %s", async (_title, words, why) => {
  deployment = "a".repeat(24);
  const { exitCode, stderr } = await replace("same", ...words);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(why)]);
});

it("says that there is no such deployment", async () => {
  deployment = "e".repeat(24);
  const { exitCode, stderr } = await replace("same");
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining("there is no deployment")]);
});
