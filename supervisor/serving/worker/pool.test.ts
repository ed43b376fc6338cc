// The pool with real worker processes: the scripted worker in e2e/workers does what the request body says.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { afterEach, describe, expect, it, vi } from "vitest";
import { float64sOf } from "../../../protocol/memory.js";
import type { Payload } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import { readPlaces } from "../../places.js";
import { readLanguages } from "../../runtimes/language.js";
import { Departure } from "./departure.js";
import type { PoolPlan } from "./plan.js";
import { Pool } from "./pool.js";
import type { Call } from "./task.js";

const root = path.resolve(import.meta.dirname, "../../..");
const language = readLanguages([path.join(root, "e2e", "workers")]).find((one) => one.name === "scripted")!;

let pool: Pool;
afterEach(() => pool?.drain(0));

async function start(plan: Partial<PoolPlan> = {}) {
  pool = new Pool(
    {
      name: "scripted",
      language,
      runtime: { interpreter: process.execPath, environment: undefined, reason: "a test" },
      environment: readPlaces().workerEnvironment,
      maxFrame: 2 ** 20,
      size: 1,
      threads: 1,
      queueSize: 100,
      startTimeout: 10_000,
      requestTimeout: Number.POSITIVE_INFINITY,
      requestTimeoutName: "--request-timeout",
      retry: true,
      load: {
        code_directory: "/",
        hook_file: null,
        artifacts: [],
        target_type: "regression",
        positive_class_label: null,
        negative_class_label: null,
        class_labels: null,
      },
      ...plan,
    },
    pino({ level: "silent" }),
  );
  await pool.start();
  await vi.waitUntil(() => pool.slots.every((slot) => slot.isReady), { timeout: 10_000 });
}

/** The pid of the worker that answered, which the scripted worker predicts. */
async function ask(body: string, { pure = true, departure }: Pick<Partial<Call>, "pure" | "departure"> = {}) {
  const payload: Payload = { kind: "bytes", data: Buffer.from(body), mimetype: null, charset: null };
  const { predictions } = await pool.run({
    method: "predict",
    params: { payload },
    pure,
    concurrent: !pure,
    departure,
  });
  return float64sOf(predictions.columns[0]!.data)[0]!;
}

describe("Pool", () => {
  it("gives requests to the least busy worker", async () => {
    await start({ size: 2 });
    const pids = await Promise.all([ask("sleep 200"), ask("sleep 200")]);
    expect(new Set(pids).size).toBe(2);
  });

  it("keeps the order of requests that wait", async () => {
    await start();
    const done: number[] = [];
    await Promise.all([0, 1, 2, 3].map((at) => ask("sleep 20").then(() => done.push(at))));
    expect(done).toEqual([0, 1, 2, 3]);
  });

  it("never repeats a request that is not pure", async () => {
    await start();
    await expect(ask("exit 3", { pure: false })).rejects.toThrow(
      /ended with exit code 3 \(?.*while it was handling the request$/s,
    );
  });

  it("blames a death on the running request, not on those sent ahead", async () => {
    await start();
    // Sets the speed that decides how many requests are sent ahead: a measured one would depend on the load of the machine.
    Object.assign(pool.slots[0]!, { meanService: 0.01 });
    const [first, second, third] = [ask("sleep 300"), ask("sleep 300"), ask("fine")];
    const refusal = first.catch((error: Error) => error);
    expect(pool.slots[0]!.inFlight.length).toBe(3);
    for (const running of ["first", "first", "second"]) {
      const { pid } = pool.slots[0]!.worker!;
      process.kill(pid, "SIGSEGV");
      await vi.waitUntil(() => pool.slots[0]!.isReady && pool.slots[0]!.worker!.pid !== pid, 10_000);
      if (running === "first") expect(pool.slots[0]!.inFlight.length).toBe(1);
    }
    expect(String(await refusal)).toContain("a second worker died of the same request");
    expect(await second).toBe(await third);
  });

  it("gives to another what it had given ahead to a worker that is late", async () => {
    await start({ size: 2 });
    Object.assign(pool.slots[0]!, { meanService: 0.01 });
    Object.assign(pool.slots[1]!, { inFlight: Array.from({ length: 64 }) });
    const hanging = ask("sleep 4000");
    const ahead = [1, 2, 3].map((at) => ask(`fine #${at}`));
    const late = pool.slots[0]!.worker!.pid;
    Object.assign(pool.slots[1]!, { inFlight: [] });
    const startedAt = performance.now();
    expect(new Set(await Promise.all(ahead))).toEqual(new Set([pool.slots[1]!.worker!.pid]));
    expect(performance.now() - startedAt).toBeLessThan(3000);
    // It does what was taken back too; nobody wants the answers, and it serves on.
    expect(await hanging).toBe(late);
    await Promise.all([1, 2, 3, 4].map(() => ask("sleep 20")));
    expect(pool.slots.map(({ restarts }) => restarts)).toEqual([0, 0]);
  });

  it.each([1, 2])("replaces a busy worker that is stopped from outside, one of %d", async (size) => {
    await start({ size });
    const answers = Array.from({ length: 4 }, () => ask("sleep 300"));
    process.kill(pool.slots[0]!.worker!.pid, "SIGSTOP");
    const startedAt = performance.now();
    await Promise.all(answers);
    expect(performance.now() - startedAt).toBeLessThan(8000);
    expect(pool.slots[0]!.restarts).toBe(1);
  });

  it("refuses a request that has killed two workers at once when it comes again", async () => {
    await start();
    await expect(ask("exit 3")).rejects.toThrow("a second worker died of the same request");
    await vi.waitUntil(() => pool.isReady, 10_000);
    const pid = await ask("fine");
    await expect(ask("exit 3")).rejects.toThrow(
      /check its rows; for 10 minutes it is refused without a try$/,
    );
    expect(await ask("fine")).toBe(pid);
  });

  it("does not blame a request for workers that were killed from outside", async () => {
    await start();
    const refusal = ask("sleep 700").catch((error: Error) => error);
    for (const _time of [1, 2]) {
      await vi.waitUntil(() => pool.slots[0]!.inFlight.length === 1, 10_000);
      const { pid } = pool.slots[0]!.worker!;
      process.kill(pid, "SIGKILL");
      await vi.waitUntil(() => pool.slots[0]!.worker?.pid !== pid, 10_000);
    }
    expect(String(await refusal)).toMatch(/killed from outside.*may not be the cause: try again/);
    expect(await ask("sleep 700")).toBeGreaterThan(0);
  });

  it("keeps workers for the others while many requests kill theirs", async () => {
    await start({ size: 3 });
    const poison = Array.from({ length: 13 }, (_, at) => ask(`exit 3 #${at}`).catch((error: Error) => error));
    let longest = 0;
    let isOver = false;
    const others = (async () => {
      while (!isOver) {
        const startedAt = performance.now();
        await ask("fine");
        longest = Math.max(longest, performance.now() - startedAt);
      }
    })();
    for (const refusal of await Promise.all(poison)) expect(String(refusal)).toContain("check its rows");
    isOver = true;
    await others;
    expect(longest).toBeLessThan(5000);
    // Deaths that requests are to blame for delay no start.
    await vi.waitUntil(() => pool.slots.every((slot) => slot.isReady), 3000);
  });

  it("drops a waiting request whose caller has left", async () => {
    await start();
    const first = ask("sleep 200");
    await ask("").catch(() => {});
    const departure = new Departure();
    const second = ask("sleep 60000", { departure });
    departure.leave();
    await expect(second).rejects.toMatchObject({ code: "CLIENT_GONE" });
    await first;
    expect(pool.waiting).toBe(0);
  });

  it("sends no worker the request of a caller who has already left", async () => {
    await start();
    await ask("");
    const departure = new Departure();
    departure.leave();
    await expect(ask("", { departure })).rejects.toMatchObject({ code: "CLIENT_GONE" });
    expect([pool.waiting, pool.slots[0]!.inFlight.length, pool.slots[0]!.requests]).toEqual([0, 0, 1]);
  });

  it("says what a request waited for when no worker is back in time", async () => {
    const marker = path.join(mkdtempSync(path.join(tmpdir(), "drum-test-")), "marker");
    const scenario = { SCRIPTED_START: "hangs while a file is there", SCRIPTED_MARKER: marker };
    await start({
      requestTimeout: 3000,
      environment: { ...readPlaces().workerEnvironment, ...scenario },
    });
    writeFileSync(marker, "");
    const [first, second] = await Promise.allSettled([ask("exit 3"), ask("fine")]);
    const code = "DEADLINE_PASSED";
    expect(first).toMatchObject({
      reason: {
        code,
        message: expect.stringMatching(
          /exit code 3.* handling the request, and no worker was free to repeat it within 3 s/,
        ),
      },
    });
    expect(second).toMatchObject({
      reason: {
        code,
        message: expect.stringMatching(/^no worker was ready within 3 s.*: scripted-1: is starting; try/),
      },
    });
  });

  it("refuses a message over the frame limit without harming the worker", async () => {
    await start();
    const pid = await ask("fine");
    await expect(ask("x".repeat(2 ** 20 + 1))).rejects.toMatchObject({ code: "FRAME_TOO_LARGE" });
    expect(await ask("fine")).toBe(pid);
  });

  it("refuses requests after its drain began", async () => {
    await start();
    const ending = pool.drain(1000);
    await expect(ask("fine")).rejects.toMatchObject({ code: "DRAINING" });
    await ending;
    expect(pool.state).toBe("stopped");
  });

  it("ends workers that do not finish in time when it drains", async () => {
    await start();
    const hanging = ask("hang");
    hanging.catch(() => {});
    await pool.drain(100);
    await expect(hanging).rejects.toMatchObject({
      code: "DRAINING",
      message: expect.stringContaining("was ended with the server"),
    });
  });

  it("throws the worker's diagnosis when none starts, and fails all requests with the reason", async () => {
    const environment = { ...readPlaces().workerEnvironment, SCRIPTED_START: "dies while loading" };
    await expect(start({ size: 2, environment })).rejects.toMatchObject({ code: "WORKER_START_FAILED" });
    const reason = new DrumError("MODEL_NOT_LOADED", "no luck");
    const waiting = ask("fine");
    const failed = pool.fail(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(ask("fine")).rejects.toBe(reason);
    await failed;
    expect(pool.state).toBe("stopped");
    await expect(ask("fine")).rejects.toBe(reason);
  });
});
