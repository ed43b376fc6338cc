// Programs that cannot be started, in all ways that the system knows.

import { existsSync, readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import { exitInWords } from "./exit.js";
import { startGroup } from "./groups.js";

const stdio = ["ignore", "pipe", "ignore", "pipe"] as const;

describe("startGroup", () => {
  it.each([
    ["that is not there", ["/nowhere/program"], {}, "ENOENT"],
    ["that may not be executed", ["/etc"], {}, "EACCES"],
    ["in a folder that is not there", ["true"], { folder: "/nowhere" }, "ENOENT"],
    [
      "whose words are too long",
      ["true", "x".repeat(2 ** 22)],
      {},
      "E2BIG; its words and variables are too long",
    ],
  ] as const)("tells of a program %s, and closes its streams", async (_title, words, more, reason) => {
    const { pid, streams, exited, kill } = startGroup(words, { stdio, environment: {}, ...more });
    const closed = [streams[1]!, streams[3]!].map(
      (stream) => new Promise((resolve) => stream.once("close", resolve)),
    );
    (streams[1] as Readable).resume();
    (streams[3] as Readable).resume();
    expect(exitInWords(await exited)).toMatch(new RegExp(`^could not be started: .*${reason}`));
    await Promise.all(closed);
    kill("SIGKILL");
    expect(pid).toBe(0);
  });

  it("leaves nothing behind that its program has started, in a session of its own either", async () => {
    const script = 'setsid sleep 60 & echo "$!"; sleep 0.3';
    const { streams, exited } = startGroup(["sh", "-c", script], {
      stdio,
      environment: { PATH: process.env.PATH },
    });
    let printed = "";
    (streams[1] as Readable).on("data", (chunk) => {
      printed += chunk;
    });
    await exited;
    const started = () => existsSync(`/proc/${Number(printed)}`) && !isZombie(Number(printed));
    await vi.waitUntil(() => !started(), 5000);
    expect(Number(printed)).toBeGreaterThan(0);
  });
});

function isZombie(pid: number): boolean {
  return /\) Z/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
}
