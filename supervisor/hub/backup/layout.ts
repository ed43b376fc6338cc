// What a backup holds: a gzipped tar with backup.json first, then the store, then the other files of the data directory below data/.

import path from "node:path";
import { DrumError } from "../../errors.js";

export const headName = "backup.json";
/** Before the path of everything from the data directory. */
export const dataPrefix = "data/";

/** Grows when older versions of drum could not read a backup any more. */
export const format = 1;

export interface Head {
  format: number;
  /** The version of drum. */
  madeBy: string;
  /** ISO time in UTC. */
  madeAt: string;
  /** The data directory, as it was named and as it is after its links. */
  dataDirectories: string[];
}

/** The path in the data directory. Throws BACKUP_INVALID for one that leads outside. */
export function pathInData(name: string): string {
  const inner = name.startsWith(dataPrefix) ? name.slice(dataPrefix.length).replace(/\/$/, "") : "";
  const parts = inner.split("/");
  if (parts.every((part) => part !== "" && part !== "." && part !== "..") && !/[\0\\]/.test(inner))
    return inner;
  throw new DrumError(
    "BACKUP_INVALID",
    `it has a path that leads outside of the data directory: ${JSON.stringify(name.slice(0, 200))}`,
  );
}

/** Whether a link at a path of the data directory leads to another path of it. */
export function isInside(link: string, target: string): boolean {
  if (path.isAbsolute(target)) return false;
  const led = path.posix.normalize(path.posix.join(path.posix.dirname(link), target));
  return led !== ".." && !led.startsWith("../");
}
