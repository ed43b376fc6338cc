// How long predictions took since somebody last asked: DRUM's run_predictor_total.

export interface Report {
  /** Seconds, to the millisecond; null when there was no prediction. */
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

  /** Milliseconds. */
  add(duration: number): void {
    this.count += 1;
    this.total += duration;
    if (duration < this.min) this.min = duration;
    if (duration > this.max) this.max = duration;
  }

  /** Reports and starts anew. */
  take(): Report {
    const report =
      this.count === 0
        ? { min: null, max: null, avg: null, total: null }
        : {
            min: seconds(this.min),
            max: seconds(this.max),
            avg: seconds(this.total / this.count),
            total: seconds(this.total),
          };
    this.count = 0;
    this.total = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = 0;
    return report;
  }
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
