// Swaps of releases: under load, with replay, and every way in which they may fail.

import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import {
  adminHeaders,
  codeDirectory,
  drum,
  eventually,
  freePort,
  Load,
  main,
  post,
  pythonModel,
  root,
  type Server,
  serve,
} from "./drum.js";

const factor = (by: number, more = "") =>
  pythonModel(
    `def score(data, model):\n${more}    return pd.DataFrame({"Predictions": data["a"] * ${by}.0})`,
  );

/** A model that needs no environment. */
const scripted = () => codeDirectory({ "custom.scripted": "" });
const workers = { DRUM_WORKERS: path.join(root, "e2e", "workers") };

let server: Server;
afterEach(async () => {
  await server?.stop();
});

async function start(folder: string, more: string[] = [], variables = {}) {
  server = await serve({
    words: ["--code-dir", folder, "--target-type", "regression", ...more],
    variables,
  });
}

const predict = async (body = "a\n1\n") => {
  const answer = await post(`${server.url}/predict/`, body);
  return ((await answer.json()) as { predictions: number[] }).predictions;
};
const swap = (...words: string[]) => drum(["swap", "--address", server.url, ...words]);
const releases = async () => {
  const { workers } = (await (await fetch(`${server.url}/stats/`)).json()) as {
    workers: { release: number; pid: number }[];
  };
  return workers.map(({ release }) => release);
};

describe("drum swap", () => {
  it("switches under load at 32 connections without a failed request, and ends the old workers", async () => {
    await start(factor(2), ["--max-workers", "2"]);
    const load = new Load(`${server.url}/predict/`, 32, "a\n1\n");
    await eventually(() => load.answers.length > 100);
    const { exitCode, stdout } = await swap("--code-dir", factor(3));
    expect(stdout).toMatch(/release 2 serves after \d+\.\d s/);
    expect(exitCode).toBe(0);
    const swapped = load.answers.length;
    await eventually(() => load.answers.length > swapped + 100);
    await load.stop();
    expect(load.failures).toEqual([]);
    const values = load.answers.map((text) => (JSON.parse(text) as { predictions: number[] }).predictions[0]);
    expect(new Set(values)).toEqual(new Set([2, 3]));
    expect(values.at(-1)).toBe(3);
    await eventually(async () => (await releases()).every((release) => release === 2));
    expect(await releases()).toEqual([2, 2]);
  });

  it("lets a long prediction of the old release end", async () => {
    await start(factor(2, "    import time\n    time.sleep(3)\n"));
    const long = predict();
    const { exitCode } = await swap("--code-dir", factor(3));
    expect(exitCode).toBe(0);
    expect(await predict()).toEqual([3]);
    expect(await long).toEqual([2]);
  });

  it("changes the runtime and goes on with the same code", async () => {
    await start(factor(2));
    const { runtime } = (await (await fetch(`${server.url}/info/`)).json()) as {
      runtime: { interpreter: string };
    };
    const { exitCode } = await swap("--runtime", `python=${runtime.interpreter}`);
    expect(exitCode).toBe(0);
    const after = (await (await fetch(`${server.url}/info/`)).json()) as {
      release: number;
      runtime: { reason: string };
    };
    expect(after.release).toBe(2);
    expect(after.runtime.reason).toBe(`--runtime python=${runtime.interpreter}`);
  });

  it("compares the last requests on both releases when asked", async () => {
    await start(factor(2));
    for (const value of [1, 2, 3, 4]) await predict(`a\n${value}\n`);
    const close = await swap("--code-dir", factor(2), "--replay", "3", "--max-diff", "0");
    expect(close.stdout).toContain("3 requests replayed, largest difference 0");
    const far = await swap("--code-dir", factor(3), "--replay", "10", "--max-diff", "3.5");
    expect(far.exitCode).toBe(1);
    expect(far.stderr).toContain("the new release's predictions differ: by up to 4, expected at most 3.5");
    expect(await predict()).toEqual([2]);
    const reported = await swap("--code-dir", factor(3), "--replay", "4");
    expect(reported.stdout).toContain("4 requests replayed, largest difference 4");
    expect(await predict()).toEqual([3]);
  });

  it.each([
    ["does not parse", "def score(data, model)\n    pass", "does not parse"],
    ["ends while it loads", "import os\nos._exit(3)", "exit code 3"],
    ["needs a package that is not there", "import nothing_like_it", "nothing_like_it"],
  ])("to a model that %s under load leaves the old release serving", async (_title, code, words) => {
    await start(factor(2));
    const load = new Load(`${server.url}/predict/`, 8, "a\n1\n");
    await eventually(() => load.answers.length > 10);
    const { exitCode, stderr } = await swap("--code-dir", pythonModel(code));
    expect(exitCode).toBe(1);
    expect(stderr).toContain("the old release keeps serving");
    expect(stderr).toContain(words);
    await load.stop();
    expect(load.failures).toEqual([]);
    expect((await fetch(`${server.url}/health/`)).status).toBe(200);
    await eventually(async () => (await releases()).length === 1);
    expect(await releases()).toEqual([1]);
  });

  it("keeps the served target where the new folder says nothing of it", async () => {
    const score = (no: number) =>
      `def score(data, model, **kwargs):\n    return pd.DataFrame({"yes": [${1 - no}], "no": [${no}]})`;
    const old = pythonModel(score(0.25));
    const inference =
      "inferenceModel:\n  targetName: t\n  positiveClassLabel: 'yes'\n  negativeClassLabel: 'no'\n";
    writeFileSync(
      path.join(old, "model-metadata.yaml"),
      `name: a\ntype: inference\ntargetType: binary\n${inference}`,
    );
    server = await serve({ words: ["--code-dir", old] });
    const next = pythonModel(score(0.5));
    const { exitCode, stderr } = await swap("--code-dir", next);
    expect(exitCode, stderr).toBe(0);
    expect(await predict()).toEqual([{ yes: 0.5, no: 0.5 }]);
    expect(server.output()).toContain(`(release 2) from ${next}\n`);
  });

  it("refuses what would answer something else, and what it does not know", async () => {
    const served = factor(2);
    await start(served);
    const other = pythonModel("def score(data, model):\n    return data");
    writeFileSync(path.join(other, "model-metadata.yaml"), "targetType: anomaly\n");
    expect((await swap("--code-dir", other)).stderr).toContain("disagrees with");
    expect((await swap("--code-dir", "/nowhere")).stderr).toContain(
      "/nowhere does not exist or is not a directory",
    );
    expect((await swap("--runtime", "python=/nowhere/python")).stderr).toContain("this file does not exist");
    expect((await swap("--runtime", "julia=/usr/bin/true")).stderr).toContain(
      "the model uses python, not julia",
    );
    expect((await swap("--model", "other")).stderr).toContain('there is no model "other"');
    for (const [option, folder] of [
      ["--model", served],
      ["--code-dir", other],
    ] as const) {
      const typed = option === "--model" ? path.basename(folder) : folder;
      expect((await swap(option, `${typed}x`)).stderr).toContain(`did you mean ${path.basename(folder)}?`);
    }
    expect((await swap("--runtime", "pyhton=/usr/bin/true")).stderr).toContain("; did you mean python?");
    expect((await swap("--modle", "other")).stderr).toContain("did you mean --model?");
    expect((await swap("--max-diff", "1")).exitCode).toBe(2);
    expect(await predict()).toEqual([2]);
  });

  it("takes the place of a release that is still loading, whose end is no news then", async () => {
    server = await serve({
      words: ["--code-dir", pythonModel("import time\ntime.sleep(20)"), "--target-type", "regression"],
      until: 503,
    });
    expect((await swap("--code-dir", factor(3))).exitCode).toBe(0);
    expect(await predict()).toEqual([3]);
    await eventually(async () => (await releases()).length === 1);
    expect((await fetch(`${server.url}/health/`)).status).toBe(200);
    expect(await predict()).toEqual([3]);
  });

  it("tells when no server answers", async () => {
    const { exitCode, stderr } = await drum(["swap", "--address", "127.0.0.1:9"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("no server responds at 127.0.0.1:9");
  });
});

it("SIGHUP loads the same code directory anew", async () => {
  const folder = factor(2);
  await start(folder);
  const changed = `import pandas as pd\ndef load_model(code_dir):\n    return 1\ndef score(data, model):\n    return pd.DataFrame({"Predictions": data["a"] * 5.0})\n`;
  writeFileSync(path.join(folder, "custom.py"), changed);
  process.kill(server.pid, "SIGHUP");
  await eventually(async () => (await predict())[0] === 5);
  writeFileSync(path.join(folder, "custom.py"), "def (");
  process.kill(server.pid, "SIGHUP");
  await eventually(() => server.output().includes("keeps serving"));
  expect(await predict()).toEqual([5]);
});

/** Whether the process has a handler of its own for the signal. */
function catches(pid: number, signal: NodeJS.Signals): boolean {
  const caught = /^SigCgt:\s+(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))![1]!;
  return ((BigInt(`0x${caught}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}

it("SIGHUP during a reload is followed by one more", async () => {
  const folder = factor(2);
  await start(folder);
  writeFileSync(path.join(folder, "custom.py"), readFileSync(path.join(factor(3), "custom.py")));
  process.kill(server.pid, "SIGHUP");
  await sleep(150);
  writeFileSync(path.join(folder, "custom.py"), readFileSync(path.join(factor(7), "custom.py")));
  for (let times = 0; times < 3; times++) process.kill(server.pid, "SIGHUP");
  await eventually(async () => (await predict())[0] === 7);
  await eventually(() => server.output().match(/was reloaded in/g)?.length === 2);
});

it.each(["SIGHUP", "SIGTERM"] as const)(
  "%s to a server that has just been started is heeded",
  async (signal) => {
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(process.execPath, [
      main,
      "server",
      "--code-dir",
      factor(2),
      "--address",
      address,
      "--target-type",
      "regression",
    ]);
    let printed = "";
    child.stdout.on("data", (chunk) => {
      printed += chunk;
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    // All are caught from the same line on; Node itself catches SIGTERM before.
    await eventually(() => catches(child.pid!, "SIGHUP"));
    expect(printed).toBe("");
    child.kill(signal);
    if (signal === "SIGHUP") {
      await eventually(() => /was reloaded in/.test(printed), 20_000);
      child.kill("SIGTERM");
    }
    expect(await ended).toBe(0);
  },
);

describe("the admin API", () => {
  const ask = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/admin/swap`, {
      method: "POST",
      headers: { ...adminHeaders(server), ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });

  it("answers a swap when the new release does, and tells what it is doing meanwhile", async () => {
    await start(factor(2));
    const swapping = ask({ code_dir: factor(3, "") });
    await eventually(async () => {
      const { swaps } = (await (
        await fetch(`${server.url}/admin/swap`, { headers: adminHeaders(server) })
      ).json()) as {
        swaps: { step: string | null }[];
      };
      return swaps[0]!.step === "loading the new release";
    });
    expect((await ask({})).status).toBe(409);
    const answer = await swapping;
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ release: 2, replayed: 0, largestDifference: 0, unlike: 0 });
  });

  it.each([
    ["a body that is no JSON", "{", {}, 400, "must be a JSON object"],
    ["a list", [], {}, 400, "must be a JSON object"],
    ["another content type", "{}", { "content-type": "text/plain" }, 400, "application/json"],
    ["a field that is not known", { codedir: "/x" }, {}, 400, 'unknown field "codedir"'],
    ["a mistyped field", { code_dri: "/x" }, {}, 400, "did you mean code_dir?"],
    ["a relative path", { code_dir: "x" }, {}, 400, "absolute path"],
    ["a replay that counts nothing", { replay: 0 }, {}, 400, "replay must be"],
    ["runtimes that are a text", { runtimes: "python" }, {}, 400, "runtimes must be"],
    ["a limit without replay", { max_diff: 1 }, {}, 400, "max_diff needs replay"],
    ["no token, from this machine", {}, { authorization: "" }, 403, "DRUM_TOKEN"],
    ["another token", {}, { authorization: `Bearer ${"A".repeat(43)}` }, 403, "DRUM_TOKEN"],
    ["an empty token", {}, { authorization: "Bearer " }, 403, "DRUM_TOKEN"],
  ])("refuses %s", async (_title, body, headers, status, words) => {
    await start(factor(2));
    const answer = await ask(body, headers);
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as { message: string }).message).toContain(words);
  });

  it("wants the token where one is set, and nobody else's", async () => {
    await start(factor(2), [], { DRUM_TOKEN: "let me in" });
    expect((await ask({}, { authorization: "" })).status).toBe(403);
    expect((await ask({}, { authorization: "Bearer let me" })).status).toBe(403);
    expect((await ask({}, { authorization: "Bearer let me in" })).status).toBe(200);
    expect((await drum(["swap", "--address", server.url], { DRUM_TOKEN: "let me in" })).exitCode).toBe(0);
    const elsewhere = { DRUM_HOME: codeDirectory({}) };
    expect((await drum(["swap", "--address", server.url], elsewhere)).stderr).toContain("ADMIN_REFUSED");
  });

  it("has a token of its own in a file that only its user reads, as long as it runs", async () => {
    const home = codeDirectory({});
    await start(scripted(), [], { DRUM_HOME: home, ...workers });
    const folder = path.join(home, "servers");
    const file = path.join(folder, `${new URL(server.url).port}.token`);
    expect([statSync(folder).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
    const headers = { authorization: `Bearer ${readFileSync(file, "utf8")}` };
    expect((await fetch(`${server.url}/admin/swap`, { headers })).status).toBe(200);
    expect((await drum(["swap", "--address", server.url], { DRUM_HOME: home })).exitCode).toBe(0);
    await server.stop();
    expect(existsSync(file)).toBe(false);
  });

  it("serves without the file where its folder cannot be written", async () => {
    const home = path.join(codeDirectory({ file: "" }), "file");
    await start(scripted(), [], { DRUM_HOME: home, DRUM_TOKEN: "let me in", ...workers });
    expect(server.output()).toContain("drum swap cannot reach this server without DRUM_TOKEN");
    expect((await drum(["swap", "--address", server.url], { DRUM_TOKEN: "let me in" })).exitCode).toBe(0);
  });
});
