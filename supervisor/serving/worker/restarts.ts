// When to restart a dead worker, as a pure policy: many deaths within a period delay the restart, many failed starts end the restarts.

export interface Death {
  /** Milliseconds on any steady clock. */
  at: number;
  /** False when the worker died before it was ready. */
  wasReady: boolean;
}

export interface RestartPolicy {
  /** Deaths older than this many milliseconds are forgotten. */
  period: number;
  /** The number of deaths within the period that are followed by an immediate restart. */
  intensity: number;
  /** Milliseconds; doubles with each further death, up to `longestDelay`. */
  firstDelay: number;
  longestDelay: number;
  /** The number of consecutive failed starts after which restarts end. */
  mostFailedStarts: number;
}

export const restartPolicy: RestartPolicy = {
  period: 60_000,
  intensity: 5,
  firstDelay: 200,
  longestDelay: 10_000,
  mostFailedStarts: 5,
};

/** Milliseconds to wait before the next start, or "give up". `deaths` is in order of time and ends with the newest. */
export function nextRestart(
  deaths: readonly Death[],
  now: number,
  policy = restartPolicy,
): number | "give up" {
  const failedStarts = deaths.length - 1 - deaths.findLastIndex((death) => death.wasReady);
  if (failedStarts >= policy.mostFailedStarts) return "give up";
  const recent = deaths.filter((death) => now - death.at <= policy.period).length;
  const excess = Math.max(recent - policy.intensity, failedStarts - 1);
  if (excess <= 0) return 0;
  return Math.min(policy.firstDelay * 2 ** (excess - 1), policy.longestDelay);
}
