// A progress bar on stderr if that is a terminal; otherwise nothing.

import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  /** `done` of `total`, if known. */
  show(stage: string, done?: number, total?: number): void;
  end(): void;
}

/** `unit` names what `done` and `total` count. */
export function openProgress(unit = "rows"): Progress {
  if (!process.stderr.isTTY) return { show: () => {}, end: () => {} };
  const bar = new SingleBar(
    {
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      format: "{bar} {stage}{count} ({duration_formatted})",
    },
    Presets.shades_classic,
  );
  bar.start(1, 0, { stage: "starting", count: "" });
  const clock = setInterval(() => bar.updateETA(), 250).unref();
  return {
    show(stage, done = 0, total = 1) {
      bar.setTotal(total);
      bar.update(done, { stage, count: total > 1 ? ` ${done} of ${total} ${unit}` : "" });
    },
    end() {
      clearInterval(clock);
      bar.stop();
    },
  };
}
