// Programs that cannot be started, in all ways that the system knows.

import type { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
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
});
