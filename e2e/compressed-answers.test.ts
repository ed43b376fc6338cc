// Answers to clients that accept gzip: large ones are compressed, small ones and event streams are not.

import { type IncomingHttpHeaders, request } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { codeDirectory, pythonModel, type Server, serve } from "./drum.js";

const echo = `
def score(data, model, **kwargs):
    return pd.DataFrame({"Predictions": data["a"] / 7})

def chat(completion_create_params, model):
    def pieces():
        for at in range(3):
            yield {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [
                {"index": 0, "delta": {"content": "x" * 50000}, "finish_reason": None}]}
    return pieces()
`;

interface Raw {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Without the decoding that fetch does by itself. */
function ask(
  url: string,
  body: string | Buffer,
  headers: Record<string, string>,
  method = "POST",
): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
    });
    asked.on("error", reject).end(body);
  });
}

const rowsOf = (count: number) => `a\n${Array.from({ length: count }, (_, row) => row).join("\n")}\n`;
const csv = { "content-type": "text/csv" };

let server: Server;
let predict: string;
beforeAll(async () => {
  server = await serve({ words: ["--code-dir", pythonModel(echo), "--target-type", "regression"] });
  predict = `${server.url}/predict/`;
});
afterAll(() => server?.stop());

describe.each(["application/json", "text/csv", "application/vnd.apache.arrow.stream"])("as %s", (accept) => {
  it.each([
    ["whole", 10_000],
    ["in pieces", 150_000],
  ])("a large answer, sent %s, is compressed and the same", async (_how, rows) => {
    const plain = await ask(predict, rowsOf(rows), { ...csv, accept });
    const gzip = await ask(predict, rowsOf(rows), { ...csv, accept, "accept-encoding": "gzip, deflate" });
    expect([plain.status, gzip.status]).toEqual([200, 200]);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect([plain.headers.vary, gzip.headers.vary]).toEqual([
      "Accept, Accept-Encoding",
      "Accept, Accept-Encoding",
    ]);
    expect(gzip.headers["content-type"]).toBe(accept);
    expect(gzip.body.length).toBeLessThan(plain.body.length * 0.8);
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
  });
});

it.each(["identity", "gzip;q=0", "gzip;q=0.1, identity", "br"])(
  "Accept-Encoding: %s gets it plain",
  async (coding) => {
    const { headers, body } = await ask(predict, rowsOf(10_000), { ...csv, "accept-encoding": coding });
    expect(headers["content-encoding"]).toBeUndefined();
    expect((JSON.parse(body.toString()) as { predictions: number[] }).predictions.length).toBe(10_000);
  },
);

it("a small answer and an error stay plain", async () => {
  const small = await ask(predict, rowsOf(1), { ...csv, "accept-encoding": "gzip" });
  expect([small.headers["content-encoding"], small.headers.vary, small.body.toString()]).toEqual([
    undefined,
    undefined,
    '{"predictions":[0.0]}',
  ]);
  const error = await ask(predict, "b\n1\n", { ...csv, "accept-encoding": "gzip" });
  expect([error.status, error.headers["content-encoding"]]).toEqual([500, undefined]);
});

it("an event stream stays plain", async () => {
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }], stream: true });
  const headers = { "content-type": "application/json", "accept-encoding": "gzip" };
  const answer = await ask(`${server.url}/chat/completions`, body, headers);
  expect([answer.status, answer.headers["content-encoding"]]).toEqual([200, undefined]);
  expect(answer.body.toString().endsWith("data: [DONE]\n\n")).toBe(true);
});

it("forms and texts of hooks are compressed, bytes are not", async () => {
  const hooks = `
def load_model(code_dir):
    return 1

def transform(data, model):
    return data

`;
  const unstructured = `
def load_model(code_dir):
    return 1

def score_unstructured(model, data, query, **kwargs):
    return "word " * 10000 if data == "text" else bytes(50000)
`;
  const both = await serve({
    words: ["--code-dir", codeDirectory({ "custom.py": hooks }), "--target-type", "transform"],
  });
  const other = await serve({
    words: ["--code-dir", codeDirectory({ "custom.py": unstructured }), "--target-type", "unstructured"],
  });
  try {
    const form = await ask(`${both.url}/transform/`, rowsOf(10_000), { ...csv, "accept-encoding": "gzip" });
    expect([form.headers["content-encoding"], gunzipSync(form.body).includes("X.transformed")]).toEqual([
      "gzip",
      true,
    ]);
    const answers = await Promise.all(
      ["text", "bytes"].map((body) =>
        ask(`${other.url}/predictUnstructured/`, body, {
          "content-type": "text/plain",
          "accept-encoding": "gzip",
        }),
      ),
    );
    expect(answers.map(({ headers }) => headers["content-encoding"])).toEqual(["gzip", undefined]);
    expect(gunzipSync(answers[0]!.body).toString()).toBe("word ".repeat(10_000));
  } finally {
    await both.stop();
    await other.stop();
  }
});
