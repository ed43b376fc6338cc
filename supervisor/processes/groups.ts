// Child processes as leaders of process groups. A group is killed as a whole: by us, when its leader ends, or by the reaper if we die.

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { type Duplex, PassThrough, type Readable, type Writable } from "node:stream";
import { messageOf } from "../errors.js";
import { variables } from "../places.js";
import { withReserve } from "./reserve.js";

export interface Exit {
  code: number | undefined;
  signal: NodeJS.Signals | undefined;
  /** Set if the program could not be started. */
  failure: string | undefined;
}

export interface Group {
  /** 0 if the program could not be started. */
  pid: number;
  /** By descriptor; null if the descriptor is not a pipe. Those of a program that could not be started are closed. */
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
  environment: Readonly<Record<string, string | undefined>>;
  folder?: string | undefined;
}

/** Never throws: a program that cannot be started has ended, with the reason as its `failure`. */
export function startGroup(words: readonly [string, ...string[]], options: GroupOptions): Group {
  let child: ChildProcess | undefined;
  let refusal: string | undefined;
  try {
    child = withReserve(() => launch(words, options));
  } catch (error) {
    refusal = messageOf(error);
  }
  const pid = child?.pid ?? 0;
  const number = groups;
  if (pid > 0) reaper.watch(pid);
  const exited = new Promise<Exit>((resolve) => {
    const fail = (failure: string) => resolve({ code: undefined, signal: undefined, failure });
    if (refusal !== undefined) fail(refusal);
    child?.once("exit", (code, signal) =>
      resolve({ code: code ?? undefined, signal: signal ?? undefined, failure: undefined }),
    );
    child?.on("error", (error) => fail(error.message));
  });
  return {
    pid,
    streams: options.stdio.map((kind, at) => (kind === "pipe" ? guarded(child?.stdio?.[at]) : null)),
    exited: exited.finally(() => bury(pid, number)),
    kill: (signal) => signalGroup(pid, signal),
  };
}

/** Starts a program detached, so that signals from the terminal reach only us. */
function launch([program, ...words]: readonly [string, ...string[]], options: GroupOptions): ChildProcess {
  const { stdio, environment, folder } = options;
  const env = { ...environment, [markName]: `${mark}-${++groups}` };
  return spawn(program, words, { stdio: [...stdio], env, detached: true, cwd: folder });
}

/** A variable that all processes of a group carry, also those that have left the group for their own session. */
const markName = "DRUM_GROUP";
const mark = randomUUID();
let groups = 0;

async function killMarked(group: number): Promise<void> {
  const marked = `${markName}=${mark}-${group}`;
  const entries = await readdir("/proc").catch(() => []);
  for (const entry of entries.filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${entry}/environ`, "latin1").catch(() => "");
    if (!environment.split("\0").includes(marked)) continue;
    try {
      process.kill(Number(entry), "SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

/** Ignores errors of the stream, since the end of its process tells why. Without free descriptors there is no stream. */
function guarded(stream: Readable | Writable | null | undefined): Readable | Writable {
  return (stream ?? new PassThrough().destroy()).on("error", () => {});
}

/** Kills what the leader has started, so that it does not outlive the leader. */
function bury(pid: number, number: number): void {
  if (pid === 0) return;
  void killMarked(number);
  signalGroup(pid, "SIGKILL");
  reaper.forget(pid);
}

/** Signals every process of the group that `pid` leads. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
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
read -r mark
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
  [ "$alive" ] || break
  sleep 0.1
done
for group in $watched; do kill -KILL "-$group" 2>/dev/null; done
for file in $(grep -alF "$mark" /proc/[0-9]*/environ 2>/dev/null); do
  pid=\${file#/proc/}
  kill -KILL "\${pid%/environ}" 2>/dev/null
done
`;

/** One small shell for all groups, in its own session so that a Ctrl-C does not reach it. If it has ended, the next group starts another. */
class Reaper {
  private readonly groups = new Set<number>();
  private input: Writable | undefined;

  watch(group: number): void {
    this.groups.add(group);
    if (this.input) this.input.write(`+ ${group}\n`);
    else this.start();
  }

  forget(group: number): void {
    this.groups.delete(group);
    this.input?.write(`- ${group}\n`);
  }

  private start(): void {
    // Without the mark of the group that this process may belong to: whoever kills that group must leave the reaper.
    const shell = spawn("sh", ["-c", reaperScript], {
      env: { PATH: variables.PATH },
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    const gone = () => {
      this.input = undefined;
    };
    shell.on("error", gone).on("exit", gone).unref();
    // Without descriptors there is no stream; the next group tries again.
    const input = shell.stdin as Duplex | null | undefined;
    if (!input) return;
    input.on("error", gone);
    (input as unknown as { unref(): void }).unref();
    this.input = input;
    input.write(`${markName}=${mark}-\n`);
    for (const group of this.groups) input.write(`+ ${group}\n`);
  }
}

const reaper = new Reaper();
