// Finds the process that listens on a port, from /proc.

import { readdir, readFile, readlink } from "node:fs/promises";

export interface Holder {
  pid: number;
  /** The name of its program. */
  name: string;
}

const listening = "0A";

/** Undefined if nothing listens there, if the process belongs to another user or container, and without /proc. */
export async function holderOf(port: number): Promise<Holder | undefined> {
  const tables = await Promise.all(["/proc/net/tcp", "/proc/net/tcp6"].map(textOf));
  const sockets = new Set(tables.flatMap((table) => socketsAt(port, table)));
  if (sockets.size === 0) return undefined;
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid) || !(await holds(pid, sockets))) continue;
    return { pid: Number(pid), name: (await textOf(`/proc/${pid}/comm`)).trim() };
  }
  return undefined;
}

/** What the descriptors of the sockets that listen on the port lead to. */
function socketsAt(port: number, table: string): string[] {
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/));
  return rows
    .filter(([, address = "", , state]) => state === listening && address.endsWith(`:${hex(port)}`))
    .map((cells) => `socket:[${cells[9]}]`);
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}

async function holds(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await readdir(folder).catch(() => []);
  const targets = await Promise.all(descriptors.map((one) => readlink(`${folder}/${one}`).catch(() => "")));
  return targets.some((target) => sockets.has(target));
}

function textOf(file: string): Promise<string> {
  return readFile(file, "latin1").catch(() => "");
}
