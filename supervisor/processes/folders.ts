// Makes a folder with those above it.

import { mkdirSync, statSync } from "node:fs";
import path from "node:path";

/**
 * Does nothing if the folder is there. Throws the system's error. Each folder is made by a call of its own: in some places mkdir of Node
 * with `recursive` never returns.
 */
export function makeFolders(folder: string, mode?: number): void {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return;
  if (!stats) makeFolders(path.dirname(path.resolve(folder)), mode);
  try {
    mkdirSync(folder, mode);
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !statSync(folder).isDirectory()) throw error;
  }
}
