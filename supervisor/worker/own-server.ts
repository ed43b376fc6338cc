// `drum server` as a child process, for commands that measure it from outside. It ends with whoever started it, under the same reaper as
// workers.

import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Exit, exitOf, killGroup, reaper } from "./launch.js";

export interface OwnServer {
  /** Where it listens, with a slash at the end; undefined when it ended before it did. */
  url: Promise<string | undefined>;
  exited: Promise<Exit>;
  /** Resolves when the process is gone; killed when it takes longer than so many milliseconds. */
  stop(grace: number): Promise<void>;
}

const main = fileURLToPath(new URL("../main.js", import.meta.url));

/** On a free port of this machine. What it logs goes to our stderr. */
export function launchServer(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): OwnServer {
  const command = [main, "server", "--address=127.0.0.1:0", ...words];
  const child = spawn(process.execPath, command, {
    stdio: ["ignore", "pipe", "inherit"],
    // A Ctrl-C of the terminal is ours to pass on.
    detached: true,
    env: environment,
  });
  const pid = child.pid ?? 0;
  if (pid > 0) reaper().watch(pid);
  const exited = exitOf(child, pid);
  let printed = "";
  const url = new Promise<string>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      const match = /^drum listens at (\S+)$/m.exec(printed);
      if (match) resolve(match[1]!);
    });
  });
  return {
    url: Promise.race([url, exited.then(() => undefined)]),
    exited,
    async stop(grace) {
      killGroup(pid, "SIGTERM");
      const isGone = await Promise.race([exited.then(() => true), sleep(grace, false)]);
      if (!isGone) killGroup(pid, "SIGKILL");
      await exited;
    },
  };
}
