// Standard output and error as they may be: closed early, full, or read slowly.

import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds that a reader of stderr may take no byte at the end of a command. */
const patience = 1000;
const pollMilliseconds = 20;

let isServing = false;

/** `end` ends the process with an exit code. */
export function guardStreams(end: (exitCode: number) => void): void {
  // Nobody could be told.
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (isServing) return;
    // `drum score … | head` closes the pipe early: that is no fault.
    if (error.code === "EPIPE") return end(0);
    process.stderr.write(
      `drum: OUTPUT_UNWRITABLE: standard output cannot be written: ${error.message}; check the space where it leads to\n`,
    );
    end(1);
  });
}

/** From now on what cannot be printed is lost, and nothing ends for it. */
export function outliveOutput(): void {
  isServing = true;
}

/** Resolves when all that was printed has been read. Who reads the results of a command may take any time; stderr and a server wait for nobody. */
export async function flushStreams(): Promise<void> {
  await emptied(process.stdout, isServing ? patience : Number.POSITIVE_INFINITY);
  await emptied(process.stderr, patience);
}

async function emptied(stream: NodeJS.WriteStream, limit: number): Promise<void> {
  let left = stream.writableLength;
  for (let waited = 0; left > 0 && waited < limit; waited += pollMilliseconds) {
    await sleep(pollMilliseconds);
    if (stream.writableLength < left) waited = 0;
    left = stream.writableLength;
  }
}
