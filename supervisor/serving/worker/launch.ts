// How a worker is started: its command line, its descriptors and its variables.

import type { Duplex, Readable } from "node:stream";
import { type Exit, type Group, startGroup } from "../../processes/groups.js";
import type { Language } from "../../runtimes/language.js";
import type { Runtime } from "../../runtimes/runtime.js";

/**
 * Frames have the descriptors 3 and 4 to themselves and standard input is empty, so no print of any kind can break a frame. The shell
 * joins standard output to standard error before the interpreter's first line runs: what is printed keeps its order. `exec` keeps the pid.
 */
const launcher = 'exec "$@" 1>&2';
const stdio = ["ignore", "ignore", "pipe", "pipe", "pipe"] as const;

export interface WorkerProcess extends Pick<Group, "pid" | "kill"> {
  command: readonly string[];
  /** Frames to the worker. Nothing comes from it but its end. */
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
  /** Requests that wait on something else which one worker may run at the same time. */
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
