// What the kernel tells of a process and its end: whether it is stopped, and whether memory was wanted.

import { readFileSync } from "node:fs";

/** Whether a signal (SIGSTOP) or a debugger has stopped it: it computes nothing. False where there is no /proc. */
export function isFrozen(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  // The program's name stands in parentheses and may hold parentheses itself.
  return /^ [Tt] /.test(stat.slice(stat.lastIndexOf(")") + 1));
}

/** How many processes the system has killed for want of memory: in our control group, else on the machine; undefined where it does not tell. */
function memoryKills(): number | undefined {
  const group = /^0::(.*)$/m.exec(read("/proc/self/cgroup"))?.[1] ?? "/";
  const count =
    /^oom_kill (\d+)$/m.exec(read(`/sys/fs/cgroup${group}/memory.events`)) ??
    /^oom_kill (\d+)$/m.exec(read("/proc/vmstat"));
  return count ? Number(count[1]) : undefined;
}

let known = memoryKills();
/** Of one want, several processes may die. */
const sameWant = 2000;
let lastWant = Number.NEGATIVE_INFINITY;

/** Whether the system has killed a process for want of memory since this was last asked; undefined where it does not tell. */
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
