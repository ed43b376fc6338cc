// Keeps descriptors in reserve, so that a dead worker can be replaced even if connections have taken all others.

import { closeSync, openSync, readFileSync } from "node:fs";

/** The descriptors that a start needs at once: both ends of its pipes, and the pipe that reports a failure. */
const size = 24;
const kept: number[] = [];
let wanted = 0;

/** Keeps a reserve from now on. Keeps few descriptors if few are allowed. */
export function keepReserve(): void {
  wanted = Math.min(size, Math.floor(mostDescriptors() / 8));
  fill();
}

/** Runs work that opens descriptors, with the reserve released. */
export function withReserve<Result>(work: () => Result): Result {
  for (const descriptor of kept.splice(0)) closeSync(descriptor);
  try {
    return work();
  } finally {
    fill();
  }
}

function fill(): void {
  try {
    while (kept.length < wanted) kept.push(openSync("/dev/null", "r"));
  } catch {
    // None are left; the next start refills the reserve.
  }
}

function mostDescriptors(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "latin1");
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
