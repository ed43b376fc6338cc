// A lock between processes, so that only one installs at a time: a folder with one file named after its owner.
// A process takes the lock by renaming its own folder onto it, which succeeds only if the lock is absent or empty, and for one process
// only. To free a dead owner's lock, it removes that owner's file by name, so that it cannot remove the file of a newer owner.

import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, rmdir, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const pollMilliseconds = 200;

export interface Waiting {
  /** Called once if another process holds the lock. */
  onWait?: (pid: number) => void;
  signal?: AbortSignal | undefined;
}

/** Runs `action` while it holds the lock. The parent folder of `lock` must exist. */
export async function withLock<T>(
  lock: string,
  { onWait, signal }: Waiting,
  action: () => Promise<T>,
): Promise<T> {
  const owner = `${process.pid}-${await startTime(process.pid)}-${randomUUID()}`;
  let told = false;
  while (!(await take(lock, owner))) {
    const holder = await livingOwner(lock);
    if (holder === undefined) continue;
    if (!told) onWait?.(holder);
    told = true;
    await sleep(pollMilliseconds, undefined, { signal });
  }
  try {
    return await action();
  } finally {
    await unlink(path.join(lock, owner));
    await rmdir(lock).catch(ignoreCode("ENOTEMPTY", "EEXIST", "ENOENT"));
  }
}

async function take(lock: string, owner: string): Promise<boolean> {
  const prepared = `${lock}.${owner}`;
  await mkdir(prepared);
  await writeFile(path.join(prepared, owner), "");
  try {
    await rename(prepared, lock);
    return true;
  } catch (error) {
    await rm(prepared, { recursive: true, force: true });
    ignoreCode("ENOTEMPTY", "EEXIST")(error);
    return false;
  }
}

/** The pid that holds the lock; undefined if no running process does. Removes a dead owner's file. */
async function livingOwner(lock: string): Promise<number | undefined> {
  const [owner] = await readdir(lock).catch(() => []);
  if (owner === undefined) return undefined;
  const [pid, started] = owner.split("-");
  if (isRunning(Number(pid)) && (await startTime(Number(pid))) === started) return Number(pid);
  await unlink(path.join(lock, owner)).catch(ignoreCode("ENOENT"));
  return undefined;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs as another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Distinguishes a process from a later one with the same pid: field 22 of stat in proc(5); "0" without /proc. */
async function startTime(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // Field 2 is the program's name in parentheses, which may contain blanks.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "0";
  } catch {
    return "0";
  }
}

function ignoreCode(...codes: string[]): (error: unknown) => void {
  return (error) => {
    if (!codes.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  };
}
