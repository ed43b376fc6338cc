// Faults of workers: every way to misbehave is a scenario of the scripted worker in e2e/workers/scripted.

import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import {
  codeDirectory,
  drum,
  eventually,
  fourFolder,
  isAlive,
  post,
  pythonModel,
  root,
  type Server,
  serve,
} from "./drum.js";

const workers = path.join(root, "e2e", "workers");
const folder = codeDirectory({ "custom.scripted": "" });
const words = ["--code-dir", folder, "--target-type", "regression"];

let server: Server;
afterEach(async () => {
  await server?.stop();
});

async function start(more: string[] = [], variables: Record<string, string> = {}) {
  server = await serve({ words: [...words, ...more], variables: { DRUM_WORKERS: workers, ...variables } });
  return server;
}

const predict = (body: string) => post(`${server.url}/predict/`, body);
const message = async (answer: Response) => ((await answer.json()) as { message: string }).message;
const workersNow = async () =>
  ((await (await fetch(`${server.url}/stats/`)).json()) as { workers: WorkerInfo[] }).workers;

interface WorkerInfo {
  pid: number;
  state: string;
  restarts: number;
  requests: number;
}

describe("a worker that does not start", () => {
  it.each([
    ["exits before hello", "ended with exit code 7 before it said hello", "cannot find the library"],
    [
      "another version",
      "speaks protocol 99, this drumline speaks 1",
      "use the worker that came with this version",
    ],
    ["garbage instead of hello", "sent an invalid message", ""],
    ["dies while loading", "ended with exit code 9 while it was loading the model", ""],
    ["says nothing", "still starting the interpreter after 5 s", "raise --start-timeout"],
    ["hangs while loading", "still loading the model after 5 s", "raise --start-timeout"],
  ])("that %s ends the command with code 3 and the reason", async (scenario, reason, more) => {
    // Long enough for a busy machine, since the worker starts while the server imports its API.
    const outcome = await drum(["server", "--address", "127.0.0.1:0", "--start-timeout", "5", ...words], {
      DRUM_WORKERS: workers,
      SCRIPTED_START: scenario,
    });
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stderr).toContain(reason);
    expect(outcome.stderr).toContain(more);
  });

  it("whose interpreter is missing is told before anything is started", async () => {
    const outcome = await drum(
      ["server", "--address", "127.0.0.1:0", "--runtime", "scripted=/nowhere/node", ...words],
      {
        DRUM_WORKERS: workers,
      },
    );
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stderr).toContain(
      "RUNTIME_MISSING: --runtime scripted=/nowhere/node: this file does not exist",
    );
  });

  it("whose interpreter is something else is explained", async () => {
    const outcome = await drum(
      ["server", "--address", "127.0.0.1:0", "--runtime", "scripted=/bin/false", ...words],
      {
        DRUM_WORKERS: workers,
      },
    );
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stderr).toContain("RUNTIME_UNUSABLE");
    expect(outcome.stderr).toContain(
      "expected scripted 20 or newer, got an interpreter that does not report its version",
    );
  });
});

describe("a worker that dies while it answers", () => {
  it.each([
    ["exit 3", "ended with exit code 3"],
    ["segfault", "SIGSEGV (segmentation fault"],
    ["bad frame", "the worker sent an invalid message"],
    ["bad utf8", "the worker sent an invalid message"],
    ["huge length", "the worker sent an invalid message"],
    ["half a frame", "the worker sent an invalid message"],
    ["answer to nobody", "a response to an unknown request (id 4000000)"],
    ["request to the supervisor", "expected a response or a notification, got a request"],
  ])("(%s) is replaced, and its request refused after a second one died", async (body, reason) => {
    await start();
    const answer = await predict(body);
    expect(answer.status).toBe(500);
    const text = await message(answer);
    expect(text).toContain(reason);
    expect(text).toContain("a second worker died of the same request");
    expect((await predict("next")).status).toBe(200);
  });

  it("of one request in two costs the other clients nothing", async () => {
    await start(["--max-workers", "2"]);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, at) => predict(at === 20 ? "exit 3" : "fine")),
    );
    expect(answers.map((answer) => answer.status).filter((status) => status !== 200)).toEqual([500]);
  });

  it("once has its request repeated, and the client sees nothing of it", async () => {
    await start();
    const marker = path.join(codeDirectory({}), "died");
    expect((await predict(`die once ${marker}`)).status).toBe(200);
    expect((await workersNow())[0]!.restarts).toBe(1);
  });

  it("once fails its request when --no-retry was given", async () => {
    await start(["--no-retry"]);
    const marker = path.join(codeDirectory({}), "died");
    expect((await predict(`die once ${marker}`)).status).toBe(500);
    expect((await predict("next")).status).toBe(200);
  });

  it.each(["then closes its output", "then closes its input"])(
    "that answers, %s and lives on, is replaced, and no request is lost",
    async (body) => {
      await start(["--max-workers", "2"]);
      await eventually(async () => (await workersNow()).every(({ state }) => state === "ready"));
      expect((await predict(body)).status).toBe(200);
      const answers = await Promise.all(Array.from({ length: 40 }, () => predict("fine")));
      expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
      await eventually(async () => (await workersNow()).every(({ state }) => state === "ready"));
      expect((await workersNow()).map(({ restarts }) => restarts).sort()).toEqual([0, 1]);
      expect(server.output()).toContain("closed the streams of the protocol and kept running");
    },
  );

  it("takes its children with it", async () => {
    await start();
    await predict("leaves a child");
    await eventually(() => /child \d+/.test(server.output()));
    const child = Number(/child (\d+)/.exec(server.output())![1]);
    expect(isAlive(child)).toBe(true);
    process.kill((await workersNow())[0]!.pid, "SIGKILL");
    await eventually(() => !isAlive(child));
  });
});

it("what a model can do is known while no worker lives", async () => {
  server = await serve({
    words: ["--code-dir", path.join(fourFolder, "chat", "python"), "--target-type", "textgeneration"],
    variables: { TARGET_NAME: "answer" },
  });
  process.kill((await workersNow())[0]!.pid, "SIGKILL");
  await eventually(async () => (await fetch(`${server.url}/health/`)).status === 503);
  const capabilities = await (await fetch(`${server.url}/capabilities/`)).json();
  expect(capabilities).toMatchObject({ supported_methods: { chat: true } });
  expect(
    Object.keys((capabilities as { supported_payload_formats: object }).supported_payload_formats),
  ).toContain("arrow");
  const chat = { model: "m", messages: [{ role: "user", content: "hello" }] };
  const answer = await post(`${server.url}/chat/completions`, JSON.stringify(chat), {
    "content-type": "application/json",
  });
  expect(answer.status).toBe(200);
});

it("an answer without a table of predictions is told as the worker's fault", async () => {
  await start();
  const answer = await predict("no table");
  expect(answer.status).toBe(500);
  expect(await message(answer)).toContain("the worker's response has no table of predictions");
  expect((await predict("next")).status).toBe(200);
});

describe("kill -9", () => {
  it("of workers under load fails no request", async () => {
    await start(["--max-workers", "2"]);
    const statuses: number[] = [];
    let busy = true;
    const clients = Array.from({ length: 16 }, async () => {
      while (busy) statuses.push((await predict("fine")).status);
    });
    for (let round = 0; round < 4; round++) {
      const victims = (await workersNow()).filter((worker) => worker.state === "ready");
      const { pid } = victims[round % victims.length]!;
      process.kill(pid, "SIGKILL");
      // Waits until the death is noticed, since a request that two workers died of is refused.
      await eventually(async () =>
        (await workersNow()).every((worker) => worker.state === "ready" && worker.pid !== pid),
      );
      await sleep(100);
    }
    busy = false;
    await Promise.all(clients);
    expect(statuses.length).toBeGreaterThan(100);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });

  it("of the supervisor leaves no orphan, not even a busy worker or its children", async () => {
    await start(["--max-workers", "2"]);
    await predict("leaves a child");
    await eventually(() => /child \d+/.test(server.output()));
    const pids = [
      Number(/child (\d+)/.exec(server.output())![1]),
      ...(await workersNow()).map((worker) => worker.pid),
    ];
    predict("hang").catch(() => {});
    await sleep(200);
    process.kill(server.pid, "SIGKILL");
    await eventually(() => pids.every((pid) => !isAlive(pid)));
  });
});

describe("limits", () => {
  it("end a prediction that takes too long, name the option, and replace the worker", async () => {
    await start(["--request-timeout", "3"]);
    const answer = await predict("hang");
    expect(answer.status).toBe(504);
    expect(await message(answer)).toContain("longer than 3 s, the limit of --request-timeout");
    expect((await predict("next")).status).toBe(200);
  });

  it("replace a hung worker although its client has left", async () => {
    await start(["--request-timeout", "1"]);
    const before = (await workersNow())[0]!.pid;
    await fetch(`${server.url}/predict/`, {
      method: "POST",
      body: "hang",
      signal: AbortSignal.timeout(200),
    }).catch(() => {});
    await eventually(async () => (await workersNow())[0]!.pid !== before);
    expect((await predict("next")).status).toBe(200);
  });

  it("refuse with 503 and Retry-After what does not fit into the queue", async () => {
    await start(["--queue-size", "2"]);
    const first = predict("sleep 1000");
    await sleep(100);
    const answers = await Promise.all(Array.from({ length: 6 }, () => predict("fine")));
    const refused = answers.filter((answer) => answer.status === 503);
    expect(refused.length).toBe(4);
    expect(refused[0]!.headers.get("retry-after")).toBe("1");
    expect(await message(refused[0]!)).toContain("the limit of --queue-size is 2");
    expect((await first).status).toBe(200);
  });
});

describe("an orderly end", () => {
  it("finishes what runs, refuses what comes, and exits with 0", async () => {
    await start();
    const running = predict("sleep 700");
    await sleep(150);
    const ending = server.stop();
    await sleep(150);
    const late = await predict("fine").catch(() => undefined);
    expect((await running).status).toBe(200);
    expect(late === undefined || late.status === 503).toBe(true);
    expect((await ending).exitCode).toBe(0);
  });

  it.each(["SIGTERM", "SIGINT"] as const)("cut short by a second %s does not exit with 0", async (signal) => {
    await start(["--logging-level", "info"]);
    const running = predict("sleep 5000").catch(() => undefined);
    await sleep(150);
    process.kill(server.pid, signal);
    await eventually(() => server.output().includes("waiting for 1 request"));
    process.kill(server.pid, signal);
    expect((await server.ended).exitCode).not.toBe(0);
    await running;
  });

  it("at SIGINT exits with 0 too", async () => {
    await start();
    process.kill(server.pid, "SIGINT");
    expect((await server.ended).exitCode).toBe(0);
  });

  it("of workers that still start is no error", async () => {
    const models = codeDirectory({});
    for (const name of ["a", "b"]) {
      mkdirSync(path.join(models, name));
      writeFileSync(path.join(models, name, "custom.scripted"), "");
    }
    server = await serve({
      words: ["--model-dir", models, "--target-type", "regression"],
      variables: { DRUM_WORKERS: workers, SCRIPTED_START: "hangs while loading" },
      until: 503,
    });
    expect((await server.stop()).exitCode).toBe(0);
    expect(server.output()).not.toContain("ERROR");
  });

  it("ends what a worker has started in a session of its own, as kill -9 of the server does", async () => {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      await start();
      await predict("leaves a child of its own session");
      await eventually(() => /child \d+/.test(server.output()));
      const child = Number(/child (\d+)/.exec(server.output())![1]);
      expect(isAlive(child)).toBe(true);
      process.kill(server.pid, signal);
      await eventually(() => !isAlive(child));
      await server.ended;
    }
  });

  it("ends the workers", async () => {
    await start(["--max-workers", "2"]);
    const pids = (await workersNow()).map((worker) => worker.pid);
    await server.stop();
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

describe("while the model loads", () => {
  it("the server answers that it lives and that it is not ready", async () => {
    server = await serve({
      words: [...words, "--start-timeout", "5"],
      variables: { DRUM_WORKERS: workers, SCRIPTED_START: "hangs while loading" },
      until: 503,
    });
    expect((await fetch(`${server.url}/`)).status).toBe(200);
    const health = await fetch(`${server.url}/health/`);
    expect(await message(health)).toMatch(/worker is (starting|loading the model); try again/);
  });

  it("what the worker tells of its progress is told by /health/ and the log, until it is ready", async () => {
    server = await serve({
      words: [...words, "--logging-level", "info"],
      variables: { DRUM_WORKERS: workers, SCRIPTED_START: "tells what it loads" },
      until: 503,
    });
    await eventually(async () =>
      (await message(await fetch(`${server.url}/health/`))).includes(
        "the scripted worker is loading the model: importing the second of four packages",
      ),
    );
    await eventually(async () => (await fetch(`${server.url}/health/`)).status === 200);
    expect(server.output()).toContain("importing the second of four packages");
  });
});

describe("restarts that fail again and again", () => {
  const health = async () => {
    const answer = await fetch(`${server.url}/health/`);
    return { status: answer.status, ...((await answer.json()) as { message: string; missing?: string[] }) };
  };
  const marker = () => path.join(codeDirectory({}), "marker");

  it("end in a health check that says so, and go on once a file of the code directory changes", async () => {
    const own = codeDirectory({ "custom.scripted": "" });
    const file = marker();
    server = await serve({
      words: ["--code-dir", own, "--target-type", "regression"],
      variables: {
        DRUM_WORKERS: workers,
        SCRIPTED_START: "dies while a file is there",
        SCRIPTED_MARKER: file,
      },
    });
    writeFileSync(file, "");
    process.kill((await workersNow())[0]!.pid, "SIGKILL");
    await eventually(async () => (await health()).message.includes("again and again"), 60_000);
    const answer = await predict("fine");
    expect(answer.status).toBe(503);
    expect(await message(answer)).toContain("ended with exit code 9");
    expect((await workersNow())[0]).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("exit code 9"),
    });
    const logged = server.output().length;
    for (let probe = 0; probe < 5; probe++) expect((await health()).status).toBe(503);
    expect(server.output().slice(logged)).toBe("");
    rmSync(file);
    writeFileSync(path.join(own, "custom.scripted"), "# changed");
    await eventually(async () => (await health()).status === 200, 25_000);
    expect((await predict("fine")).status).toBe(200);
  });

  it("of some workers are told, and end when another one starts", async () => {
    const file = marker();
    await start(["--max-workers", "2"], {
      SCRIPTED_START: "dies while a file is there",
      SCRIPTED_MARKER: file,
    });
    await eventually(async () => (await workersNow()).every(({ state }) => state === "ready"));
    expect(await health()).toEqual({ status: 200, message: "OK" });
    writeFileSync(file, "");
    const [first, second] = await workersNow();
    process.kill(first!.pid, "SIGKILL");
    await eventually(async () => (await workersNow())[0]!.state === "failed", 60_000);
    expect(await health()).toMatchObject({ status: 200, missing: [expect.stringContaining("scripted-1: ")] });
    rmSync(file);
    process.kill(second!.pid, "SIGKILL");
    await eventually(async () => {
      const { status, missing } = await health();
      return status === 200 && missing === undefined;
    });
    expect((await workersNow()).map(({ state }) => state)).toEqual(["ready", "ready"]);
  });

  it("of a folder that was moved away name it, and end when it is back", async () => {
    const own = pythonModel(
      "def score(data, model):\n    return pd.DataFrame({'Predictions': data['a'] * 2.0})",
    );
    server = await serve({ words: ["--code-dir", own, "--target-type", "regression"] });
    renameSync(own, `${own}-away`);
    process.kill((await workersNow())[0]!.pid, "SIGKILL");
    await eventually(
      async () => (await health()).message.includes(`the code directory ${own} is not there`),
      60_000,
    );
    renameSync(`${own}-away`, own);
    await eventually(async () => (await health()).status === 200, 25_000);
    expect((await predict("a\n21\n")).status).toBe(200);
  });
});

describe("a worker that is stopped from outside while it answers", () => {
  it("is replaced, and /health/ tells until another one is ready", async () => {
    await start();
    const { pid } = (await workersNow())[0]!;
    const answer = predict("sleep 300");
    await sleep(100);
    process.kill(pid, "SIGSTOP");
    await eventually(async () => (await fetch(`${server.url}/health/`)).status === 503, 60_000);
    expect((await answer).status).toBe(200);
    expect(server.output()).toContain("was stopped from outside (SIGSTOP, or a debugger)");
    expect((await workersNow())[0]!.restarts).toBe(1);
  });
});
