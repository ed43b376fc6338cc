// How long requests took since the last report: DRUM's run_predictor_total.

export interface Report {
  /** Seconds, rounded to milliseconds; null without requests. */
  min: number | null;
  max: number | null;
  avg: number | null;
  total: number | null;
}

export class Durations {
  private count = 0;
  private total = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = 0;

  /** `duration` in milliseconds. */
  answered(duration: number): void {
    this.count += 1;
    this.total += duration;
    if (duration < this.min) this.min = duration;
    if (duration > this.max) this.max = duration;
  }

  /** Adds the counts of `other` and resets it. */
  take(other: Durations): void {
    this.count += other.count;
    this.total += other.total;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    Object.assign(other, new Durations());
  }

  get report(): Report {
    if (this.count === 0) return { min: null, max: null, avg: null, total: null };
    return {
      min: seconds(this.min),
      max: seconds(this.max),
      avg: seconds(this.total / this.count),
      total: seconds(this.total),
    };
  }
}

/** One report over all of them; resets them. */
export function reportDurations(all: readonly Durations[]): Report {
  const sum = new Durations();
  for (const one of all) sum.take(one);
  return sum.report;
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
