// How many requests a worker may have in flight, and when its response is late, as pure policies of its measured time.

/** Milliseconds of work to send ahead of a fast worker, to hide the time of the pipe. */
const aheadBudget = 2;
const mostAhead = 64;
/** Milliseconds up to which a worker gets one request ahead: beyond, it gains less than a free worker beside it loses. */
const pairedService = 5;

/** How many requests a worker may have in flight, for a mean service time in milliseconds; 0 means not yet known. */
export function windowFor(meanService: number): number {
  if (meanService === 0 || meanService > pairedService) return 1;
  return Math.max(2, Math.min(mostAhead, Math.floor(aheadBudget / meanService)));
}

/** Milliseconds of silence below which no worker is late. */
const leastLate = 1000;
const lateFactor = 20;

/** Whether a worker that has been silent for so many milliseconds takes much longer than usual. */
export function isLate(silence: number, meanService: number): boolean {
  return silence > Math.max(leastLate, lateFactor * meanService);
}
