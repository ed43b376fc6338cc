// One step of an installation: a child process whose lines are progress, and a message for its failure.

import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { DrumError } from "../errors.js";
import { signalGroup } from "./groups.js";

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
  const child = execa(program, words, {
    all: true,
    reject: false,
    stdin: "ignore",
    env: variables,
    ...(folder !== undefined && { cwd: folder }),
    // In its own group, so that all it has started ends with it, and signals from the terminal do not reach it.
    detached: true,
    cleanup: false,
  });
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim()) onProgress(line.trim());
  });
  const stop = () => void endGroup(child.pid, child);
  signal?.addEventListener("abort", stop, { once: true });
  const result = await child;
  signal?.removeEventListener("abort", stop);
  signal?.throwIfAborted();
  const end = result.exitCode === undefined ? result.shortMessage : `ended with exit code ${result.exitCode}`;
  // A program that could not be started has no output.
  const { failed, all = "", stdout = "" } = result;
  return { failed, output: all, stdout, end: end ?? "" };
}

async function endGroup(pid: number | undefined, ended: PromiseLike<unknown>): Promise<void> {
  if (pid === undefined) return;
  signalGroup(pid, "SIGTERM");
  const patience = new AbortController();
  await Promise.race([ended, sleep(grace, undefined, { signal: patience.signal }).catch(() => {})]);
  patience.abort();
  signalGroup(pid, "SIGKILL");
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
