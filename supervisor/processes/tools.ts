// One step of an installation: a child process whose lines are progress, and a message for its failure.

import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { DrumError } from "../errors.js";
import { variables as ownVariables } from "../places.js";
import { exitInWords } from "./exit.js";
import { type Group, startGroup } from "./groups.js";

/** The present step in words, and if known how many of how many steps are done. */
export type OnProgress = (text: string, done?: number, total?: number) => void;

export interface Steps {
  /** What is being installed, for example "the environment python3_sklearn". */
  title: string;
  /** The command that tries again. */
  again: string;
  onProgress: OnProgress;
  signal: AbortSignal | undefined;
}

export interface Outcome {
  failed: boolean;
  /** Both streams. */
  output: string;
  stdout: string;
  /** How it ended, in words. */
  end: string;
}

interface Where {
  folder?: string;
  variables?: Readonly<Record<string, string>>;
}

const linesTold = 20;
/** Milliseconds that an interrupted step has to exit before it is killed. */
const grace = 5000;

/** Throws only if `signal` aborts. */
export async function run(
  [program, ...words]: readonly [string, ...string[]],
  { onProgress, signal }: Pick<Steps, "onProgress" | "signal">,
  { folder, variables = {} }: Where = {},
): Promise<Outcome> {
  signal?.throwIfAborted();
  // In its own group, so that all it has started ends with it, and signals from the terminal do not reach it.
  const { streams, exited, kill } = startGroup([program, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    environment: { ...ownVariables, ...variables },
    folder,
  });
  const [, printed, complaints] = streams as [null, Readable, Readable];
  let [output, stdout, rest] = ["", "", ""];
  printed.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    stdout += text;
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim()) onProgress(line.trim());
  });
  complaints.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const closed = Promise.all([printed, complaints].map(closing));
  const stop = () => void endGroup(kill, exited);
  signal?.addEventListener("abort", stop, { once: true });
  const exit = await exited;
  // By now, all that it has started is killed.
  await closed;
  signal?.removeEventListener("abort", stop);
  signal?.throwIfAborted();
  return {
    failed: exit.code !== 0,
    output: output.trimEnd(),
    stdout: stdout.trimEnd(),
    end: exitInWords(exit),
  };
}

function closing(stream: Readable): Promise<void> {
  return new Promise((resolve) => stream.once("close", resolve));
}

async function endGroup(kill: Group["kill"], ended: PromiseLike<unknown>): Promise<void> {
  kill("SIGTERM");
  const patience = new AbortController();
  await Promise.race([ended, sleep(grace, undefined, { signal: patience.signal }).catch(() => {})]);
  patience.abort();
  kill("SIGKILL");
}

export function stepFailure(
  steps: Steps,
  { what, end, output, remedy }: Outcome & { what: string; remedy: string },
): DrumError {
  const lines = output.trim().split("\n").slice(-linesTold).join("\n");
  return failure(steps, `${what} ${end}; ${remedy}. Its last lines:\n${lines}`);
}

export function failure({ title }: Pick<Steps, "title">, why: string, cause?: unknown): DrumError {
  return new DrumError("ENVIRONMENT_FAILED", `${title} could not be installed: ${why}`, { cause });
}
