// `drum server` as a child process, for commands that measure it from outside: a client in the same event loop would measure itself.

import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { builtFile } from "../../places.js";
import { type Exit, startGroup } from "../../processes/groups.js";

export interface OwnServer {
  /** Where it listens, with a slash at the end; undefined when it ended before it did. */
  url: Promise<string | undefined>;
  exited: Promise<Exit>;
  /** Resolves when the process is gone; killed when it takes longer than so many milliseconds. */
  stop(grace: number): Promise<void>;
}

/** On a free port of this machine. What it logs goes to our stderr. */
export function launchServer(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): OwnServer {
  const { streams, exited, kill } = startGroup(
    [process.execPath, builtFile("main"), "server", "--address=127.0.0.1:0", ...words],
    { stdio: ["ignore", "pipe", "inherit"], environment },
  );
  let printed = "";
  const url = new Promise<string>((resolve) => {
    (streams[1] as Readable).on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      const match = /^drum listens at (\S+)$/m.exec(printed);
      if (match) resolve(match[1]!);
    });
  });
  return {
    url: Promise.race([url, exited.then(() => undefined)]),
    exited,
    async stop(grace) {
      kill("SIGTERM");
      const isGone = await Promise.race([exited.then(() => true), sleep(grace, false)]);
      if (!isGone) kill("SIGKILL");
      await exited;
    },
  };
}
