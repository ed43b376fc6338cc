// What DRUM has and drumline has in another form, or not at all. Nothing is ignored silently.

import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drum, eventually, freePort, model, post, pythonModel, type Server, serve } from "./drum.js";

const { folder, input } = model("python_constant");
const regression = ["--target-type", "regression"];
const constant = "def score(data, model):\n    return pd.DataFrame({'Predictions': [1.0] * len(data)})";

describe("GPU predictors", () => {
  const serving = ["server", "--address", "127.0.0.1:0", "--code-dir", folder];
  const scoring = ["score", "--code-dir", folder, "--input", input];

  it.each([
    [["--gpu-predictor", "vllm"], "--gpu-predictor vllm: drumline has no GPU predictors"],
    [["--gpu-predictor", "triton"], "call it from a chat, score or score_unstructured hook"],
    [["--gpu-predictor", "cuda"], "--gpu-predictor must be one of triton, nim, vllm"],
    [["--sidecar"], "--sidecar: drumline has no GPU predictors"],
    [["--triton-host", "http://localhost"], "--triton-host: drumline has no GPU predictors"],
    [["--triton-http-port", "7000"], "--triton-http-port: drumline"],
    [["--triton-grpc-port", "7001"], "--triton-grpc-port: drumline"],
    [["--triton-host", "localhost"], "must have a scheme and a host"],
    [["--triton-http-port", "8001"], "must be different, got 8001 for both"],
    [["--triton-http-port", "0"], "must be a whole number above 0"],
  ])("are refused by score and server: %j", async (words, message) => {
    for (const command of [serving, scoring]) {
      const outcome = await drum([...command, ...words]);
      expect(outcome.exitCode).toBe(2);
      expect(outcome.stderr).toContain(message);
    }
  });

  it("may have their variables set, which are checked", async () => {
    const fine = await drum(scoring, {
      TRITON_HOST: "http://gpu",
      TRITON_HTTP_PORT: "1",
      TRITON_GRPC_PORT: "2",
    });
    expect(fine.exitCode).toBe(0);
    const wrong = await drum(scoring, { TRITON_HTTP_PORT: "1", TRITON_GRPC_PORT: "1" });
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain("must be different");
  });
});

interface Asked {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

describe("/directAccess/ and /nim/", () => {
  const asked: Asked[] = [];
  let release = () => {};
  let left = 0;
  const behind = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = "", url = "", headers } = incoming;
    asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    if (url === "/never") return void response.on("close", () => left++);
    if (url === "/slow") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n");
      release = () => response.end("data: [DONE]\n\n");
      return;
    }
    if (url === "/moved")
      return void response.writeHead(307, { location: "http://elsewhere.example/" }).end();
    response.writeHead(url === "/teapot" ? 418 : 200, {
      "content-type": "application/json",
      "x-of-theirs": "yes",
    });
    response.end('{"from": "behind"}');
  });
  let server: Server;
  beforeAll(async () => {
    await new Promise<void>((resolve) => behind.listen(0, "127.0.0.1", resolve));
    const { port } = behind.address() as AddressInfo;
    server = await serve({
      words: ["--code-dir", folder, "--request-timeout", "5", "--max-body-size", "1MB"],
      variables: { OPENAI_HOST: "127.0.0.1", OPENAI_PORT: String(port), URL_PREFIX: "nim" },
    });
  });
  afterAll(async () => {
    behind.closeAllConnections();
    behind.close();
    await server.stop();
  });

  it.each([
    ["POST", "/directAccess/v1/chat/completions?a=1&a=2", "/v1/chat/completions?a=1&a=2"],
    ["PUT", "/nim/some%2Fthing", "/some%2Fthing"],
    ["GET", "//directAccess/v1/models", "/v1/models"],
    ["GET", "/nim/../escape", "/escape"],
    ["GET", "/nim//evil.example/x", "//evil.example/x"],
    ["GET", "/nim/@evil.example/x", "/@evil.example/x"],
  ])("pass %s %s on to the server of OPENAI_HOST", async (method, path, theirs) => {
    const body = method === "GET" ? undefined : '{"model": "ü"}';
    const headers = { authorization: "Bearer theirs", "content-type": "application/json" };
    const { status, text } = await bare(server.url + path, { method, headers, body });
    expect([status, text]).toEqual([200, '{"from": "behind"}']);
    expect(asked.at(-1)).toMatchObject({
      method,
      url: theirs,
      body: body ?? "",
      headers: { authorization: "Bearer theirs" },
    });
  });

  it("pass its statuses and headers back, redirects too", async () => {
    const answer = await fetch(`${server.url}/nim/teapot`);
    expect([answer.status, answer.headers.get("x-of-theirs")]).toEqual([418, "yes"]);
    expect(answer.headers.get("x_request_id")).not.toBeNull();
    const moved = await fetch(`${server.url}/nim/moved`, { redirect: "manual" });
    expect([moved.status, moved.headers.get("location")]).toEqual([307, "http://elsewhere.example/"]);
    expect((await fetch(`${server.url}/nim/x`, { method: "HEAD" })).status).toBe(200);
  });

  it("stream what it streams", async () => {
    const answer = await fetch(`${server.url}/directAccess/slow`);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe("data: 1\n\n");
    release();
    expect((await reader.read()).value).toBe("data: [DONE]\n\n");
  });

  it("refuse a body over the limit, and other methods", async () => {
    const answer = await post(`${server.url}/directAccess/v1`, "x".repeat(2 ** 20 + 1));
    expect(answer.status).toBe(413);
    expect((await fetch(`${server.url}/directAccess/v1`, { method: "DELETE" })).status).toBe(405);
  });

  it("give up after --request-timeout, and leave the server behind when the client leaves", async () => {
    const late = await fetch(`${server.url}/nim/never`);
    expect([late.status, await late.text()]).toEqual([504, expect.stringContaining("--request-timeout")]);
    await fetch(`${server.url}/nim/never`, { signal: AbortSignal.timeout(300) }).catch(() => {});
    await eventually(() => left === 2);
  });

  it("answer 400 where no server is named, and 502 where it does not answer", async () => {
    const plain = await serve({ words: ["--code-dir", folder] });
    const closed = await serve({
      words: ["--code-dir", folder],
      variables: { OPENAI_HOST: "http://localhost", OPENAI_PORT: String(await freePort()) },
    });
    for (const route of ["/directAccess/v1/models", "/nim/v1/models"]) {
      for (const method of ["GET", "POST", "PUT"]) {
        const answer = await fetch(plain.url + route, { method });
        expect(answer.status).toBe(400);
        expect(await answer.text()).toContain("no OpenAI-compatible server is configured");
      }
      const answer = await fetch(closed.url + route);
      expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining("ECONNREFUSED")]);
    }
    expect((await fetch(`${plain.url}/ping/`)).status).toBe(200);
    await Promise.all([plain.stop(), closed.stop()]);
  });

  it("need a host that is one", async () => {
    const words = ["server", "--address", "127.0.0.1:0", "--code-dir", folder];
    const cases: [Record<string, string>, string][] = [
      [{ OPENAI_HOST: "http://host/v1" }, "OPENAI_HOST must be a host"],
      [{ OPENAI_HOST: "host", OPENAI_PORT: "70000" }, "OPENAI_PORT must be a port"],
    ];
    for (const [variables, message] of cases) {
      const outcome = await drum(words, variables);
      expect([outcome.exitCode, outcome.stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });
});

/** Sends the path as it is written, which fetch would normalise. */
function bare(
  url: string,
  { method, headers, body }: { method: string; headers: Record<string, string>; body: string | undefined },
): Promise<{ status: number; text: string }> {
  const [, origin, path] = /^(http:\/\/[^/]+)(.*)$/s.exec(url)!;
  return new Promise((resolve, reject) => {
    const sent = httpRequest(origin!, { method, path, headers }, async (answer) => {
      let text = "";
      for await (const chunk of answer) text += chunk;
      resolve({ status: answer.statusCode!, text });
    });
    sent.on("error", reject).end(body);
  });
}

describe("runtime parameters of DRUM's server", () => {
  const numeric = (payload: number) => JSON.stringify({ type: "numeric", payload });

  it("CUSTOM_MODEL_WORKERS counts before --max-workers", async () => {
    const server = await serve({
      words: ["--code-dir", folder, "--max-workers", "1"],
      variables: { MLOPS_RUNTIME_PARAM_CUSTOM_MODEL_WORKERS: numeric(2) },
    });
    const stats = (await (await fetch(`${server.url}/stats/`)).json()) as { workers: unknown[] };
    expect(stats.workers).toHaveLength(2);
    await server.stop();
  });

  it("DRUM_CLIENT_REQUEST_TIMEOUT limits a prediction", async () => {
    const server = await serve({
      words: [
        "--code-dir",
        pythonModel("import time\ndef score(data, model):\n    time.sleep(60)"),
        ...regression,
      ],
      variables: { MLOPS_RUNTIME_PARAM_DRUM_CLIENT_REQUEST_TIMEOUT: numeric(0.5) },
    });
    const answer = await post(`${server.url}/predict/`, "a\n1\n");
    expect([answer.status, await answer.text()]).toEqual([504, expect.stringContaining("0.5 s")]);
    await server.stop();
  });

  it("out of range end a server, and no other command", async () => {
    const words = ["server", "--address", "127.0.0.1:0", "--code-dir", folder];
    const outcome = await drum(words, { MLOPS_RUNTIME_PARAM_CUSTOM_MODEL_WORKERS: numeric(200) });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain(
      "PARAMETERS_INVALID: the runtime parameter CUSTOM_MODEL_WORKERS must be",
    );
    // No other command uses it.
    const variables = { MLOPS_RUNTIME_PARAM_CUSTOM_MODEL_WORKERS: numeric(200) };
    expect((await drum(["score", "--code-dir", folder, "--input", input], variables)).exitCode).toBe(0);
  });
});

it("custom_flask.py is warned of, with what to do instead", async () => {
  const directory = pythonModel(constant);
  mkdirSync(`${directory}/sub`);
  writeFileSync(`${directory}/sub/custom_flask.py`, "def init_app(app):\n    pass\n");
  const server = await serve({ words: ["--code-dir", directory, ...regression] });
  expect(server.output()).toContain("sub/custom_flask.py is ignored: this server does not use Flask");
  expect(server.output()).toContain("put a proxy");
  await server.stop();
});
