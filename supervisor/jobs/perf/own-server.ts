// `drum server` as a child process, for commands that measure it from outside: a client in the same event loop would measure itself.

import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { builtFile } from "../../places.js";
import { type Exit, startGroup } from "../../processes/groups.js";

export interface OwnServer {
  /** Its URL, with a slash at the end; undefined if it ended before it listened. */
  url: Promise<string | undefined>;
  exited: Promise<Exit>;
  /** Resolves when the process has ended; kills it after `grace` milliseconds. */
  stop(grace: number): Promise<void>;
}

/** Listens on a free port of this machine. Its log goes to our stderr. */
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
