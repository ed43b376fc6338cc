// Summarises how many seconds requests took.

export interface Figures {
  min: number;
  avg: number;
  max: number;
  p50: number;
  p90: number;
  p99: number;
  total: number;
}

/** Needs at least one time. A percentile is a measured time: the smallest one that this percentage of the times does not exceed. */
export function figuresOf(times: readonly number[]): Figures {
  const sorted = times.toSorted((one, other) => one - other);
  const percentile = (percent: number) =>
    sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
  const total = times.reduce((sum, time) => sum + time, 0);
  return {
    min: sorted[0]!,
    avg: total / times.length,
    max: sorted.at(-1)!,
    p50: percentile(50),
    p90: percentile(90),
    p99: percentile(99),
    total,
  };
}
