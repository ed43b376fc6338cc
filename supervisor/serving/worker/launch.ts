// How a worker is started: its command line, file descriptors and environment variables.

import type { Duplex, Readable } from "node:stream";
import { type Exit, type Group, startGroup } from "../../processes/groups.js";
import type { Language } from "../../runtimes/language.js";
import type { Runtime } from "../../runtimes/runtime.js";

/**
 * Frames use the descriptors 3 and 4 alone and standard input is empty, so that printing cannot break a frame. The shell redirects
 * standard output to standard error before the interpreter starts, so that all prints keep their order. `exec` keeps the pid.
 */
const launcher = 'exec "$@" 1>&2';
const stdio = ["ignore", "ignore", "pipe", "pipe", "pipe"] as const;

export interface WorkerProcess extends Pick<Group, "pid" | "kill"> {
  command: readonly string[];
  /** Carries frames to the worker. Only its end can be read. */
  input: Duplex;
  /** Frames from the worker. */
  output: Readable;
  /** Everything the worker and user code print. */
  prints: Readable;
  exited: Promise<Exit>;
}

export interface Launch {
  language: Language;
  runtime: Runtime;
  /** Bytes. */
  maxFrame: number;
  environment: Readonly<Record<string, string>>;
  /** Impure requests (chat, unstructured) that one worker may run at the same time. */
  threads: number;
}

export function launchWorker({ language, runtime, maxFrame, environment, threads }: Launch): WorkerProcess {
  const command = language.command.map((word) =>
    word.replace("{interpreter}", runtime.interpreter).replace("{worker}", language.folder),
  );
  const { pid, streams, exited, kill } = startGroup(["sh", "-c", launcher, "sh", ...command], {
    stdio,
    environment: {
      ...environment,
      DRUM_PROTOCOL_IN: "3",
      DRUM_PROTOCOL_OUT: "4",
      DRUM_MAX_FRAME: String(maxFrame),
      DRUM_WORKER_THREADS: String(threads),
    },
  });
  const [, , prints, input, output] = streams as [null, null, Readable, Duplex, Readable];
  return { pid, command, input, output, prints, exited, kill };
}
