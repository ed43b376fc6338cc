// How many requests may lie with a worker, and since when its answer is late: pure policies of its measured time.

/** A worker that answers within microseconds is fed ahead, so that the way to it costs nothing; a slow one is not. */
const aheadBudget = 2;
const mostAhead = 64;

/** How many requests may lie with a worker at once, for a mean service time in milliseconds; 0 is a time not known yet. */
export function windowFor(meanService: number): number {
  if (meanService === 0) return 1;
  return Math.max(1, Math.min(mostAhead, Math.floor(aheadBudget / meanService)));
}

/** Milliseconds of silence below which no worker is late. */
const leastLate = 1000;
const lateFactor = 20;

/** Whether a worker that has been silent for so many milliseconds takes much longer than it usually does. */
export function isLate(silence: number, meanService: number): boolean {
  return silence > Math.max(leastLate, lateFactor * meanService);
}
