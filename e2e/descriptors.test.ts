// A server that has as many descriptors open as it may: whatever cannot be started is told, and the server goes on.

import { connect, type Socket } from "node:net";
import path from "node:path";
import { execa } from "execa";
import { afterEach, describe, expect, it } from "vitest";
import { codeDirectory, eventually, post, root, type Server, serve } from "./drum.js";

const variables = { DRUM_WORKERS: path.join(root, "e2e", "workers"), DRUM_TOKEN: "of-this-test-alone" };
const words = ["--code-dir", codeDirectory({ "custom.scripted": "" }), "--target-type", "regression"];
const limit = 200;

let server: Server;
let isHeld = false;
const held: Socket[] = [];
afterEach(async () => {
  release();
  await server?.stop();
});

/** Connections until the server has no descriptor left; one that it has to refuse comes again, and takes what becomes free. */
async function exhaust(): Promise<void> {
  const port = Number(new URL(server.url).port);
  let refused = 0;
  isHeld = true;
  const hold = (at: number) => {
    held[at] = connect(port, "127.0.0.1").on("error", () => {});
    held[at].once("close", () => {
      refused += 1;
      setTimeout(() => isHeld && hold(at), 10);
    });
  };
  for (let at = 0; at < limit; at++) hold(at);
  await eventually(() => refused > 0);
}

/** Below what it has open already, the server can open nothing more. */
async function allow(descriptors: number): Promise<void> {
  await execa("prlimit", ["--pid", String(server.pid), `--nofile=${descriptors}:${limit}`]);
}

function release(): void {
  isHeld = false;
  for (const socket of held.splice(0)) socket.destroy();
}

async function workersNow() {
  const answer = await fetch(`${server.url}/stats/`);
  return ((await answer.json()) as { workers: { pid: number; state: string }[] }).workers;
}

/** One connection that was there before the others. */
async function connected() {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk;
  });
  return {
    async ask(method: string, url: string, body = "") {
      received = "";
      const type = url === "/admin/swap" ? "application/json" : "text/csv";
      const token = `authorization: Bearer ${variables.DRUM_TOKEN}\r\ncontent-type: ${type}`;
      const head = `${method} ${url} HTTP/1.1\r\nhost: localhost\r\n${token}\r\ncontent-length: ${body.length}`;
      socket.write(`${head}\r\n\r\n${body}`);
      await eventually(() => /\r\n\r\n.*\}/s.test(received), 20_000);
      return { status: Number(received.split(" ")[1]), body: received.split("\r\n\r\n")[1]! };
    },
    close: () => socket.destroy(),
  };
}

describe("at the limit of descriptors", () => {
  it("a dead worker is replaced out of the reserve while connections hold all others", async () => {
    server = await serve({ words, variables, before: `ulimit -n ${limit}` });
    const old = (await workersNow())[0]!.pid;
    const own = await connected();
    await exhaust();
    process.kill(old, "SIGKILL");
    await eventually(async () => (await own.ask("GET", "/health/")).status === 200);
    expect((await own.ask("POST", "/predict/", "fine")).status).toBe(200);
    own.close();
    release();
    expect((await workersNow())[0]!.pid).not.toBe(old);
  });

  it("a start that fails is told with its remedy, tried again, and ends nothing", async () => {
    server = await serve({
      words: [...words, "--max-workers", "8"],
      variables,
      before: `ulimit -n ${limit}`,
    });
    await eventually(async () => (await workersNow()).every(({ state }) => state === "ready"));
    const old = (await workersNow()).map(({ pid }) => pid);
    await allow(10);
    for (const pid of old) process.kill(pid, "SIGKILL");
    await eventually(() => server.output().includes("could not be started: spawn sh EMFILE"));
    expect(server.output()).toContain("raise the limit with ulimit -n");
    await allow(limit);
    await eventually(async () => (await workersNow()).every(({ state }) => state === "ready"), 20_000);
    expect(server.output()).not.toMatch(/ {4}at |internal error|Cannot read properties/);
  });

  it("a swap fails with the reason, and the old release goes on", async () => {
    server = await serve({
      words: [...words, "--max-workers", "8"],
      variables,
      before: `ulimit -n ${limit}`,
    });
    const own = await connected();
    await exhaust();
    const { status, body } = await own.ask("POST", "/admin/swap", "{}");
    expect(status).toBe(409);
    expect(body).toContain("EMFILE");
    expect((await own.ask("POST", "/predict/", "fine")).status).toBe(200);
    own.close();
    release();
    await eventually(async () => (await post(`${server.url}/predict/`, "fine")).status === 200);
    expect(server.output()).not.toMatch(/ {4}at |internal error|Cannot read properties/);
  });
});
