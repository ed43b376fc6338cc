// How a worker's process is run: descriptors, process group, and the reaper that ends the groups when the supervisor is killed.

import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Language } from "../model/language.js";
import type { Runtime } from "../model/runtime.js";

/**
 * Node gives a child socket pairs. The frames move to descriptors 3 and 4 before the interpreter's first line runs, standard input
 * becomes empty and standard output joins standard error, so that no print of any kind can break a frame. `exec` keeps the pid.
 */
const launcher = 'exec "$@" 3<&0 4>&1 </dev/null 1>&2';

export interface Exit {
  code: number | undefined;
  signal: NodeJS.Signals | undefined;
  /** Set when the program could not be started at all. */
  failure: string | undefined;
}

export interface WorkerProcess {
  pid: number;
  command: readonly string[];
  /** Frames to the worker. */
  input: Writable;
  /** Frames from the worker. */
  output: Readable;
  /** Everything the worker and user code print. */
  prints: Readable;
  exited: Promise<Exit>;
  /** Signals the worker's whole process group. */
  kill(signal: NodeJS.Signals): void;
}

export interface Launch {
  language: Language;
  runtime: Runtime;
  /** Bytes. */
  maxFrame: number;
  environment: Readonly<Record<string, string>>;
  /** Requests that wait on something else which one worker may run side by side. */
  threads: number;
}

export function launchWorker({ language, runtime, maxFrame, environment, threads }: Launch): WorkerProcess {
  const command = language.command.map((word) =>
    word.replace("{interpreter}", runtime.interpreter).replace("{worker}", language.folder),
  );
  const child = spawn("sh", ["-c", launcher, "sh", ...command], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    env: {
      ...environment,
      DRUM_PROTOCOL_IN: "3",
      DRUM_PROTOCOL_OUT: "4",
      DRUM_MAX_FRAME: String(maxFrame),
      DRUM_WORKER_THREADS: String(threads),
    },
  });
  const pid = child.pid ?? 0;
  if (pid > 0) reaper().watch(pid);
  // A worker that dies with frames unread breaks the pipe; its exit tells why, so the stream's own error is not news.
  child.stdin.on("error", () => {});
  return {
    pid,
    command,
    input: child.stdin,
    output: child.stdout,
    prints: child.stderr,
    exited: exitOf(child, pid),
    kill: (signal) => killGroup(pid, signal),
  };
}

/** The process's own end: a grandchild that keeps the streams open must not hide it. */
export async function exitOf(child: ChildProcess, pid: number): Promise<Exit> {
  const exit = await new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) =>
      resolve({ code: code ?? undefined, signal: signal ?? undefined, failure: undefined }),
    );
    child.once("error", (error) => resolve({ code: undefined, signal: undefined, failure: error.message }));
  });
  if (pid > 0) {
    // What the worker has started itself must not outlive it.
    killGroup(pid, "SIGKILL");
    reaper().forget(pid);
  }
  return exit;
}

export function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    if (pid > 0) process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

/**
 * Reads "+ pgid" and "- pgid"; when its input ends, the supervisor is gone, and the groups still watched are killed. An idle worker sees the
 * end of its own input and is given a second to leave by itself: R removes its temporary folder then.
 */
const reaperScript = `
watched=" "
while read -r change group; do
  case $change in
    +) watched="$watched$group " ;;
    -) watched="\${watched%% $group *} \${watched#* $group }" ;;
  esac
done
for try in 1 2 3 4 5 6 7 8 9 10; do
  alive=
  for group in $watched; do kill -0 "-$group" 2>/dev/null && alive=yes; done
  [ "$alive" ] || exit 0
  sleep 0.1
done
for group in $watched; do kill -KILL "-$group" 2>/dev/null; done
`;

interface Reaper {
  watch(group: number): void;
  forget(group: number): void;
}

let runningReaper: Reaper | undefined;

/** One small shell for all workers, in a session of its own so that a Ctrl-C does not reach it. */
export function reaper(): Reaper {
  runningReaper ??= startReaper();
  return runningReaper;
}

function startReaper(): Reaper {
  const shell = spawn("sh", ["-c", reaperScript], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  shell.on("error", () => {});
  shell.stdin.on("error", () => {});
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  return {
    watch: (group) => shell.stdin.write(`+ ${group}\n`),
    forget: (group) => shell.stdin.write(`- ${group}\n`),
  };
}
