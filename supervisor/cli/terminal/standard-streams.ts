// Handles standard output and error that are closed early, full, or read slowly.

import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds that a reader of stderr may pause at the end of a command. */
const patience = 1000;
const pollMilliseconds = 20;

let isServing = false;

/** `end` ends the process with an exit code. */
export function guardStreams(end: (exitCode: number) => void): void {
  // No reader is left to report to.
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (isServing) return;
    // `drum score … | head` closes the pipe early, which is not an error.
    if (error.code === "EPIPE") return end(0);
    process.stderr.write(
      `drum: OUTPUT_UNWRITABLE: standard output cannot be written: ${error.message}; check the space where it leads to\n`,
    );
    end(1);
  });
}

/** From now on, output that cannot be printed is lost and ends nothing. */
export function outliveOutput(): void {
  isServing = true;
}

/** Resolves when all output is read. The reader of a command's results may take any time; stderr and a server do not wait. */
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
