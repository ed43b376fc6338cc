// When a dead worker is replaced: a pure policy. Intensity within a period makes the delay grow; a model that no longer starts is tried slowly, for ever.

export interface Death {
  /** Milliseconds on any steady clock. */
  at: number;
  /** False when the worker died before it was ready. */
  wasReady: boolean;
  /** Somebody has ended the worker, so no request is to blame. */
  isFromOutside?: boolean;
  /** Set once it is known that a request is to blame, and not the model. */
  isExcused?: boolean;
}

export interface RestartPolicy {
  /** Deaths older than this many milliseconds are forgotten. */
  period: number;
  /** Deaths within the period that are followed by a restart at once. */
  intensity: number;
  /** Milliseconds; doubles with each further death, up to the longest. */
  firstDelay: number;
  longestDelay: number;
  /** Failed starts in a row after which the tries are slow. */
  mostFailedStarts: number;
  /** Milliseconds between slow tries; doubles with each, up to the slowest. */
  slowDelay: number;
  slowestDelay: number;
}

export interface Restart {
  /** Milliseconds to wait before the next start. */
  delay: number;
  /** The starts have failed so often that nobody should wait for the next one. */
  isSlow: boolean;
}

export const restartPolicy: RestartPolicy = {
  period: 60_000,
  intensity: 5,
  firstDelay: 200,
  longestDelay: 10_000,
  mostFailedStarts: 8,
  slowDelay: 30_000,
  slowestDelay: 300_000,
};

/** `deaths` is in order of time and ends with the newest. */
export function nextRestart(deaths: readonly Death[], now: number, policy = restartPolicy): Restart {
  const failedStarts = deaths.length - 1 - deaths.findLastIndex((death) => death.wasReady);
  const slow = failedStarts - policy.mostFailedStarts;
  if (slow >= 0) return { delay: Math.min(policy.slowDelay * 2 ** slow, policy.slowestDelay), isSlow: true };
  const recent = deaths.filter(({ at, isExcused }) => !isExcused && now - at <= policy.period).length;
  const excess = Math.max(recent - policy.intensity, failedStarts - 1);
  const delay = excess <= 0 ? 0 : Math.min(policy.firstDelay * 2 ** (excess - 1), policy.longestDelay);
  return { delay, isSlow: false };
}
