// Descriptors kept in reserve: when connections have taken all others, a worker can still be started in the place of a dead one.

import { closeSync, openSync, readFileSync } from "node:fs";

/** What a start takes at once: pipes with both ends, and the one that tells of a failure. */
const size = 24;
const kept: number[] = [];
let wanted = 0;

/** From now on. Where few descriptors are allowed, few are kept. */
export function keepReserve(): void {
  wanted = Math.min(size, Math.floor(mostDescriptors() / 8));
  fill();
}

/** Does work that opens descriptors, with those of the reserve. */
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
    // There are none left: the next start fills it.
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
