// Reads from the kernel whether a process is stopped, and whether one was killed for lack of memory.

import { readFileSync } from "node:fs";

/** Whether a signal (SIGSTOP) or a debugger has stopped the process. False without /proc. */
export function isFrozen(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  // The program's name is in parentheses and may contain parentheses.
  return /^ [Tt] /.test(stat.slice(stat.lastIndexOf(")") + 1));
}

/** How many processes the system has killed for lack of memory, in our control group or else on the machine; undefined if unknown. */
function memoryKills(): number | undefined {
  const group = /^0::(.*)$/m.exec(read("/proc/self/cgroup"))?.[1] ?? "/";
  const count =
    /^oom_kill (\d+)$/m.exec(read(`/sys/fs/cgroup${group}/memory.events`)) ??
    /^oom_kill (\d+)$/m.exec(read("/proc/vmstat"));
  return count ? Number(count[1]) : undefined;
}

let known = memoryKills();
/** One lack of memory may kill several processes. */
const sameWant = 2000;
let lastWant = Number.NEGATIVE_INFINITY;

/** Whether the system has killed a process for lack of memory since the last call; undefined if unknown. */
export function wasMemoryWanted(): boolean | undefined {
  const before = known;
  known = memoryKills();
  if (known === undefined || before === undefined) return undefined;
  if (known > before) lastWant = performance.now();
  return performance.now() - lastWant < sameWant;
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
