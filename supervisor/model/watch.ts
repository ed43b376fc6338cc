// Watches a code directory for changes. Polls it, which also works in containers and on network disks.

import { lstat, readdir } from "node:fs/promises";
import path from "node:path";

const everyMilliseconds = 1000;

/** Calls the listener when the folder or a file in it appears, disappears or changes. Returns a function that ends the watch. */
export function watchFolder(folder: string, listener: () => void): () => void {
  const before = snapshot(folder);
  let isAsking = false;
  const timer = setInterval(async () => {
    if (isAsking) return;
    isAsking = true;
    const isChanged = (await snapshot(folder)) !== (await before);
    isAsking = false;
    if (isChanged && !isOver) {
      stop();
      listener();
    }
  }, everyMilliseconds).unref();
  let isOver = false;
  const stop = () => {
    isOver = true;
    clearInterval(timer);
  };
  return stop;
}

async function snapshot(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return "none";
  const states = await Promise.all(
    names.sort().map(async (name) => {
      const state = await lstat(path.join(folder, name)).catch(() => undefined);
      return `${name}:${state?.ino}:${state?.size}:${state?.mtimeMs}`;
    }),
  );
  return states.join("\n");
}
