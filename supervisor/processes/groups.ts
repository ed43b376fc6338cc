// Child processes that lead a group of their own, which is killed whole: by us, when the leader ends, or by the reaper when we are killed.

import type { Readable, Writable } from "node:stream";
import { execa, type Options } from "execa";

export interface Exit {
  code: number | undefined;
  signal: NodeJS.Signals | undefined;
  /** Set when the program could not be started at all. */
  failure: string | undefined;
}

export interface Group {
  /** 0 when the program could not be started. */
  pid: number;
  /** By descriptor; null where the descriptor is no pipe. */
  streams: readonly (Readable | Writable | null)[];
  /** Resolves when the leader has ended; what it started itself is killed then. */
  exited: Promise<Exit>;
  /** Signals the whole group. */
  kill(signal: NodeJS.Signals): void;
}

type Stdio = "pipe" | "ignore" | "inherit";

export interface GroupOptions {
  /** One entry a descriptor, from 0 on. */
  stdio: readonly [Stdio, Stdio, Stdio, ...Stdio[]];
  /** All of the variables; nothing is inherited. */
  environment: Readonly<Record<string, string>>;
}

// A signal of the terminal is ours to pass on, and streams are read by whoever started the process.
const settings = {
  detached: true,
  cleanup: false,
  buffer: false,
  reject: false,
  encoding: "buffer",
} as const satisfies Options;

export function startGroup(
  [program, ...words]: readonly [string, ...string[]],
  { stdio, environment }: GroupOptions,
): Group {
  const child = execa(program, words, {
    ...settings,
    stdio,
    env: { ...environment },
    extendEnv: false,
  });
  const pid = child.pid ?? 0;
  if (pid > 0) reaper().watch(pid);
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) =>
      resolve({ code: code ?? undefined, signal: signal ?? undefined, failure: undefined }),
    );
    child.once("error", (error) => resolve({ code: undefined, signal: undefined, failure: error.message }));
  });
  return {
    pid,
    streams: child.stdio,
    exited: exited.finally(() => bury(pid)),
    kill: (signal) => signalGroup(pid, signal),
  };
}

/** What the leader has started itself must not outlive it. */
function bury(pid: number): void {
  if (pid === 0) return;
  signalGroup(pid, "SIGKILL");
  reaper().forget(pid);
}

/** Signals every process of the group that `pid` leads. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    if (pid > 0) process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

/**
 * Reads "+ pgid" and "- pgid". When its input ends, the supervisor is gone, and the groups still watched are killed. An idle worker
 * sees the end of its own input and gets a second to leave by itself: R removes its temporary folder then.
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

/** One small shell for all groups, in a session of its own so that a Ctrl-C does not reach it. */
function reaper(): Reaper {
  runningReaper ??= startReaper();
  return runningReaper;
}

function startReaper(): Reaper {
  const shell = execa("sh", ["-c", reaperScript], { ...settings, stdio: ["pipe", "ignore", "ignore"] });
  const input = shell.stdin;
  shell.on("error", () => {});
  input.on("error", () => {});
  shell.unref();
  (input as unknown as { unref(): void }).unref();
  return {
    watch: (group) => input.write(`+ ${group}\n`),
    forget: (group) => input.write(`- ${group}\n`),
  };
}
