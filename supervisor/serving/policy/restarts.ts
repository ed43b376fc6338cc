// When to restart a dead worker, as a pure policy: many deaths within a period delay the restart, many failed starts make restarts slow,
// but never end them.

export interface Death {
  /** Milliseconds on any steady clock. */
  at: number;
  /** False when the worker died before it was ready. */
  wasReady: boolean;
  /** Whether the worker was ended from outside, so that no request is the cause. */
  isFromOutside?: boolean;
  /** Set once a request is known to be the cause, and not the model. */
  isExcused?: boolean;
}

export interface RestartPolicy {
  /** Deaths older than this many milliseconds are forgotten. */
  period: number;
  /** The number of deaths within the period that are followed by an immediate restart. */
  intensity: number;
  /** Milliseconds; doubles with each further death, up to `longestDelay`. */
  firstDelay: number;
  longestDelay: number;
  /** The number of consecutive failed starts after which restarts are slow. */
  mostFailedStarts: number;
  /** Milliseconds between slow restarts; doubles with each, up to `slowestDelay`. */
  slowDelay: number;
  slowestDelay: number;
}

export interface Restart {
  /** Milliseconds to wait before the next start. */
  delay: number;
  /** Whether starts have failed so often that no request should wait for the next one. */
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
