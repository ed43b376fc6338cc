// Child processes as leaders of process groups. A group is killed as a whole: by us, when its leader ends, or by the reaper if we die.

import type { Readable, Writable } from "node:stream";
import { execa, type Options } from "execa";

export interface Exit {
  code: number | undefined;
  signal: NodeJS.Signals | undefined;
  /** Set if the program could not be started. */
  failure: string | undefined;
}

export interface Group {
  /** 0 if the program could not be started. */
  pid: number;
  /** By descriptor; null if the descriptor is not a pipe. */
  streams: readonly (Readable | Writable | null)[];
  /** Resolves when the leader has ended and the rest of the group is killed. */
  exited: Promise<Exit>;
  /** Signals the whole group. */
  kill(signal: NodeJS.Signals): void;
}

type Stdio = "pipe" | "ignore" | "inherit";

export interface GroupOptions {
  /** One entry per descriptor, from 0. */
  stdio: readonly [Stdio, Stdio, Stdio, ...Stdio[]];
  /** All environment variables; none are inherited. */
  environment: Readonly<Record<string, string>>;
}

// Detached, so that signals from the terminal reach only us. Not buffered, since the caller reads the streams.
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

/** Kills what the leader has started, so that it does not outlive the leader. */
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
    // The group is already gone.
  }
}

/**
 * Reads "+ pgid" and "- pgid". When its input ends, the supervisor is gone, and it kills the groups it still watches. First it gives idle
 * workers a second to exit by themselves, since their input has ended too; R removes its temporary folder then.
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

/** One small shell for all groups, in its own session so that a Ctrl-C does not reach it. */
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
