// Memory and CPU of whole process trees, with PSS where the kernel reports it, and the container's memory limit (cgroup v2 and v1).

import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import pidusage from "pidusage";

export interface Usage {
  /** Bytes, summed over the tree; shared pages count once per process. */
  rss: number;
  /** Bytes, with shared pages divided among the processes that share them; null if the kernel does not report it. */
  pss: number | null;
  /** Percent of one processor since the last measurement, at first since the start of the process. */
  cpuPercent: number;
  processes: number;
  /** Of the process itself, after its starters have become it; undefined if the kernel does not report it. */
  commandLine: string[] | undefined;
}

/**
 * The usage of each process with its descendants, in the order of `pids`. A descendant that is listed itself is not counted with its
 * ancestor; a process that is gone counts as 0.
 */
export async function measureTrees(pids: readonly number[]): Promise<Usage[]> {
  const children = await readChildren();
  const trees = pids.map((pid) =>
    withDescendants(pid, children).filter((one) => one === pid || !pids.includes(one)),
  );
  const all = [...new Set(trees.flat())];
  const [usages, shares] = await Promise.all([
    Promise.all(all.map((pid) => pidusage(pid).catch(() => undefined))),
    Promise.all(all.map(readPss)),
  ]);
  const known = new Map(all.map((pid, at) => [pid, { usage: usages[at], pss: shares[at] ?? null }]));
  const commandLines = await Promise.all(pids.map(readCommandLine));
  return trees.map((tree, at) => {
    const seen = tree.map((pid) => known.get(pid)!).filter((one) => one.usage);
    return {
      rss: sum(seen.map((one) => one.usage!.memory)),
      pss: seen.every((one) => one.pss !== null) ? sum(seen.map((one) => one.pss!)) : null,
      cpuPercent: sum(seen.map((one) => one.usage!.cpu)),
      processes: seen.length,
      commandLine: commandLines[at],
    };
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** Parent to children, from /proc; empty without /proc. */
async function readChildren(): Promise<Map<number, number[]>> {
  const children = new Map<number, number[]>();
  const entries = await readdir("/proc").catch(() => []);
  await Promise.all(
    entries
      .filter((entry) => /^\d+$/.test(entry))
      .map(async (entry) => {
        const stat = await readFile(`/proc/${entry}/stat`, "latin1").catch(() => "");
        // The program's name is in parentheses and may contain blanks and parentheses.
        const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        if (parent > 0) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
      }),
  );
  return children;
}

function withDescendants(pid: number, children: ReadonlyMap<number, readonly number[]>): number[] {
  return [pid, ...(children.get(pid) ?? []).flatMap((child) => withDescendants(child, children))];
}

async function readCommandLine(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return text === "" ? undefined : text.replace(/\0$/, "").split("\0");
}

async function readPss(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "latin1").catch(() => "");
  const match = /^Pss:\s+(\d+) kB$/m.exec(text);
  return match ? Number(match[1]) * 1024 : null;
}

export interface ContainerMemory {
  /** Bytes; null without a limit or a container. */
  limit: number | null;
  used: number | null;
  mostUsed: number | null;
}

const nothing: ContainerMemory = { limit: null, used: null, mostUsed: null };

/** The memory of our own control group. Only a group with a limit counts as a container. Tests replace `root`. */
export async function readContainerMemory(root = "/"): Promise<ContainerMemory> {
  const groups = await readFile(path.join(root, "proc/self/cgroup"), "latin1").catch(() => "");
  const mounted = path.join(root, "sys/fs/cgroup");
  const own = (pattern: RegExp) => pattern.exec(groups)?.[1] ?? "/";
  const v2 = await readGroup(mounted, own(/^0::(.*)$/m), {
    limit: "memory.max",
    used: "memory.current",
    mostUsed: "memory.peak",
  });
  if (v2.limit !== null) return v2;
  const v1 = await readGroup(path.join(mounted, "memory"), own(/^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m), {
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    mostUsed: "memory.max_usage_in_bytes",
  });
  return v1.limit !== null ? v1 : nothing;
}

/** The nearest group with a limit, from our own up to the mounted root (which is our own inside a container). */
async function readGroup(mounted: string, own: string, files: Record<keyof ContainerMemory, string>) {
  for (let group = path.posix.normalize(own); ; group = path.posix.dirname(group)) {
    const folder = path.join(mounted, group);
    const limit = await readBytes(path.join(folder, files.limit));
    if (limit !== null) {
      return {
        limit,
        used: await readBytes(path.join(folder, files.used)),
        mostUsed: await readBytes(path.join(folder, files.mostUsed)),
      };
    }
    if (group === "/" || group === ".") return nothing;
  }
}

/** Null for no limit: "max", or in version 1 a number near 2^63. */
async function readBytes(file: string): Promise<number | null> {
  const text = (await readFile(file, "latin1").catch(() => "")).trim();
  const bytes = Number(text);
  return text === "" || !Number.isFinite(bytes) || bytes >= 2 ** 60 ? null : bytes;
}
