// Several code directories on one server: each has its name and its own runtime, and does not depend on the others.

import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { codeDirectory, drum, eventually, model, post, pythonModel, type Server, serve } from "./drum.js";

let server: Server;
afterEach(async () => {
  await server?.stop();
});

/** A folder with one code directory per model. */
function modelDirectory(models: Record<string, string>): string {
  const folder = codeDirectory({});
  for (const [name, hooks] of Object.entries(models)) {
    mkdirSync(path.join(folder, name));
    cpSync(pythonModel(hooks), path.join(folder, name), { recursive: true });
    writeFileSync(path.join(folder, name, "model-metadata.yaml"), "targetType: regression\n");
  }
  return folder;
}

const times = (by: number) =>
  `def score(data, model):\n    return pd.DataFrame({"Predictions": data["a"] * ${by}.0})`;
const get = async (route: string) => {
  const answer = await fetch(`${server.url}${route}`);
  return { status: answer.status, body: (await answer.json()) as never };
};
const predict = async (name: string, body = "a\n1\n") => {
  const answer = await post(`${server.url}/models/${name}/predict/`, body);
  return {
    status: answer.status,
    body: (await answer.json()) as { predictions?: number[]; message?: string },
  };
};

describe("several models", () => {
  it("are served under their names, each with all routes", async () => {
    const { folder, csv, expected } = model("sklearn_binary");
    server = await serve({ words: ["--code-dir", folder, "--code-dir", model("sklearn_multiclass").folder] });
    const binary = await post(`${server.url}/models/sklearn_binary/predict/`, csv);
    expect(((await binary.json()) as { predictions: unknown[] }).predictions).toHaveLength(expected.length);
    for (const route of ["/", "/ping/", "/health/", "/info/", "/stats/", "/capabilities/"]) {
      expect((await get(`/models/sklearn_multiclass${route}`)).status).toBe(200);
    }
    expect((await get("/models/sklearn_multiclass/info/")).body).toMatchObject({
      model: "sklearn_multiclass",
      targetType: "multiclass",
    });
    expect((await get("/models/")).body).toMatchObject({
      models: [
        { name: "sklearn_binary", state: "ready", languages: ["python"], url: "/models/sklearn_binary/" },
        { name: "sklearn_multiclass", state: "ready" },
      ],
    });
    const { workers } = (await get("/stats/")).body as { workers: { name: string; model: string }[] };
    expect(workers.map(({ name }) => name)).toEqual([
      "sklearn_binary/python-1",
      "sklearn_multiclass/python-1",
    ]);
    expect((await get("/models/sklearn_binary/stats/")).body as { workers: unknown[] }).toMatchObject({
      workers: [{ model: "sklearn_binary" }],
    });
    for (const route of ["/predict/", "/models/nobody/info/", "/models/sklearn_binary/predct/"]) {
      expect(await get(route)).toEqual({
        status: 404,
        body: { message: expect.stringMatching(/sklearn_binary\W.*sklearn_multiclass/) },
      });
    }
    expect((await predict("sklearn_binray")).body.message).toContain("sklearn_binary, sklearn_multiclass");
    const { paths } = (await get("/docs/json")).body as { paths: Record<string, unknown> };
    expect(Object.keys(paths)).toContain("/models/sklearn_binary/predict/");
  });

  it("come from a folder of code directories as well, even a single one", async () => {
    server = await serve({ words: ["--model-dir", modelDirectory({ only: times(2) })] });
    expect(await predict("only")).toEqual({ status: 200, body: { predictions: [2] } });
  });

  it("do not fall with one that cannot be loaded: its routes tell why, and so does /health/", async () => {
    const folder = modelDirectory({ good: times(2), bad: "raise RuntimeError('no luck')" });
    server = await serve({ words: ["--model-dir", folder], until: 513 });
    await eventually(async () => (await get("/models/good/health/")).status === 200);
    expect(await predict("good")).toEqual({ status: 200, body: { predictions: [2] } });
    const { status, body } = await predict("bad");
    expect([status, body.message]).toEqual([513, expect.stringContaining("no luck")]);
    expect((await get("/models/bad/health/")).status).toBe(513);
    expect(await get("/health/")).toEqual({
      status: 513,
      body: { message: expect.stringMatching(/^ERROR: bad: .*no luck/) },
    });
  });

  it("name the model, the route and the request in the log of a failed one", async () => {
    const folder = modelDirectory({ good: times(2), fails: "def score(data, model):\n    1 / 0" });
    server = await serve({ words: ["--model-dir", folder] });
    await fetch(`${server.url}/models/fails/predict/?key=value`, {
      method: "POST",
      body: "a\n1\n",
      headers: { "content-type": "text/csv", "x-request-id": "request-7" },
    });
    await eventually(() =>
      /WARN: HOOK_FAILED: .*division by zero.* \(POST \/models\/fails\/predict\/, request request-7\)/.test(
        server.output(),
      ),
    );
  });

  it("are listed as well if there is only one", async () => {
    const folder = modelDirectory({ only: times(2) });
    server = await serve({ words: ["--code-dir", path.join(folder, "only")] });
    expect((await get("/models/")).body).toMatchObject({
      models: [{ name: "only", state: "ready", targetType: "regression", languages: ["python"], url: "/" }],
    });
  });

  it("do not fall with a folder that makes no model", async () => {
    const folder = modelDirectory({ good: times(2), empty: "" });
    rmSync(path.join(folder, "empty", "custom.py"));
    server = await serve({ words: ["--model-dir", folder], until: 513 });
    expect(await predict("good")).toEqual({ status: 200, body: { predictions: [2] } });
    const { status, body } = await predict("empty");
    expect([status, body.message]).toEqual([
      513,
      expect.stringContaining("has neither a hook file nor an artifact"),
    ]);
    expect((await get("/models/")).body).toMatchObject({
      models: [
        { name: "good", state: "ready" },
        { name: "empty", state: "failed", message: expect.stringContaining("has neither a hook file") },
      ],
    });
  });

  it("can be mended one by one with a swap", async () => {
    const folder = modelDirectory({ good: times(2), bad: "raise RuntimeError('no luck')" });
    server = await serve({ words: ["--model-dir", folder], until: 513 });
    const words = ["swap", "--address", server.url];
    expect((await drum(words)).stderr).toContain("name one of bad, good");
    writeFileSync(path.join(folder, "bad", "model-metadata.yaml"), "targetType: regression\n");
    cpSync(pythonModel(times(7)), path.join(folder, "bad"), { recursive: true });
    expect((await drum([...words, "--model", "bad"])).exitCode).toBe(0);
    expect(await predict("bad")).toEqual({ status: 200, body: { predictions: [7] } });
    expect((await get("/health/")).status).toBe(200);
  });

  it("share no fate when a worker dies", async () => {
    const folder = modelDirectory({
      good: times(2),
      dies: "import os\ndef score(data, model):\n    os._exit(9)",
    });
    server = await serve({ words: ["--model-dir", folder] });
    const [dead, good] = await Promise.all([predict("dies"), predict("good")]);
    expect([dead.status, good.status]).toEqual([500, 200]);
    await eventually(async () => (await get("/health/")).status === 200);
  });

  it.each([
    ["all of which are broken", { a: "raise RuntimeError('x')", b: "raise RuntimeError('x')" }, 3, "x"],
    ["with a name that no address holds", { "a b": times(1) }, 2, 'the model "a b"'],
  ])("%s end the command", async (_title, models, code, words) => {
    const { exitCode, stderr } = await drum([
      "server",
      "--address",
      "127.0.0.1:0",
      "--model-dir",
      modelDirectory(models as unknown as Record<string, string>),
    ]);
    expect(exitCode).toBe(code);
    expect(stderr).toContain(words);
  });

  it("with the same name, without a folder, or given twice over are refused", async () => {
    const server = ["server", "--address", "127.0.0.1:0"];
    const folder = modelDirectory({ a: times(1) });
    const same = [path.join(folder, "a"), path.join(modelDirectory({ a: times(1) }), "a")];
    expect((await drum([...server, "--code-dir", ...same])).stderr).toContain("two models are named a");
    expect((await drum([...server, "--model-dir", codeDirectory({})])).stderr).toContain("has no subfolder");
    expect((await drum([...server, "--model-dir", folder, "--code-dir", folder])).stderr).toContain(
      "keep one of them",
    );
    const twice = same.flatMap((one) => ["--code-dir", one]);
    const score = ["score", "--input", path.join(folder, "a", "custom.py"), ...twice];
    expect((await drum(score)).stderr).toContain("--code-dir was given 2 times; give it once");
  });
});
