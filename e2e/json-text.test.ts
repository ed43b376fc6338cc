// Bytes that are not UTF-8, and halves of characters, in the JSON of every protocol: refused, never changed to another character.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { codeDirectory, type Server, serve } from "./drum.js";

const hooks = `
import pandas as pd

def load_model(code_dir):
    return "model"

def score(data, model):
    return pd.DataFrame({"Predictions": [len(text) for text in data["t"]]})

def chat(request, model):
    message = {"role": "assistant", "content": request["messages"][0]["content"]}
    return {"object": "chat.completion", "choices": [{"message": message}]}
`;

let server: Server;

beforeAll(async () => {
  const folder = codeDirectory({});
  mkdirSync(path.join(folder, "texts"));
  writeFileSync(path.join(folder, "texts/custom.py"), hooks);
  writeFileSync(path.join(folder, "texts/model-metadata.yaml"), "targetType: regression\n");
  server = await serve({ words: ["--model-dir", folder] });
});
afterAll(() => server?.stop());

/** The JSON with a text in it, and the answer for the text "äb". */
const protocols: [string, string, (text: string) => string, unknown][] = [
  ["rows", "/models/texts/predict/", (text) => `[{"t": "${text}"}]`, { predictions: [2] }],
  ["V1", "/v1/models/texts:predict", (text) => `{"instances": [{"t": "${text}"}]}`, { predictions: [2] }],
  [
    "V2",
    "/v2/models/texts/infer",
    (text) => `{"inputs": [{"name": "t", "shape": [1], "datatype": "BYTES", "data": ["${text}"]}]}`,
    { outputs: [expect.objectContaining({ data: [2] })] },
  ],
  [
    "chat",
    "/v1/chat/completions",
    (text) => `{"model": "texts", "messages": [{"role": "user", "content": "${text}"}]}`,
    { choices: [{ message: { role: "assistant", content: "äb" } }] },
  ],
];

it.each(protocols)("%s", async (_title, url, json, expected) => {
  const send = async (body: Buffer | string) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(server.url + url, { method: "POST", headers, body });
    return [answer.status, await answer.json()] as const;
  };
  // Latin 1 writes ä as the byte 0xe4.
  const [status, refused] = await send(Buffer.from(json("äb"), "latin1"));
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(JSON.stringify(refused)).toContain(`byte 0xe4 at position ${json("äb").indexOf("ä")}; send UTF-8`);
  const [other, halved] = await send(json("\\ud800b"));
  expect([other, JSON.stringify(halved)]).toEqual([status, expect.stringContaining("half of a character")]);
  expect(await send(json("äb"))).toEqual([200, expect.objectContaining(expected as object)]);
  expect(await send(json("\\u00e4b"))).toEqual([200, expect.objectContaining(expected as object)]);
});
