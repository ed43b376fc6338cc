// The folder of what the nodes of a graph learn: one process has it at a time.

import path from "node:path";
import { DrumError, messageOf } from "../../errors.js";
import { makeFolders } from "../../processes/folders.js";
import { withLock } from "../../runtimes/environments/lock.js";

/** Runs `work` as the only process with this folder. Throws STATE_UNUSABLE if it cannot be made, or another process has it. */
export async function withStateFolder<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  const unusable = (words: string, cause?: unknown) =>
    new DrumError("STATE_UNUSABLE", `--state-dir ${folder} ${words}; choose another folder`, { cause });
  try {
    makeFolders(folder);
  } catch (error) {
    throw unusable(`cannot be made: ${messageOf(error)}`, error);
  }
  const onWait = (pid: number) => {
    throw unusable(`is used by process ${pid}`);
  };
  return withLock(path.join(folder, ".lock"), { onWait }, work);
}
