// Runs an installation for a command: shows a bar or counted steps on a terminal and plain lines elsewhere. A signal ends it and
// leaves nothing half-installed.

import cliProgress, { type Options, type Params, Presets, SingleBar } from "cli-progress";
import type { OnProgress } from "../../processes/tools.js";
import { type StopRequest, stopRequest } from "./signals.js";

export interface Installing {
  onProgress: OnProgress;
  signal: AbortSignal;
}

/** Resolves with the result of `install`, or with the signal that stopped it. */
export async function installing<T>(
  title: string,
  install: (how: Installing) => Promise<T>,
): Promise<{ result: T } | { stopped: StopRequest }> {
  const stopping = new AbortController();
  let stopped: StopRequest | undefined;
  stopRequest().then((request) => {
    stopped = request;
    stopping.abort();
  });
  const { onProgress, end } = process.stderr.isTTY ? barOf(title) : linesOf(title);
  try {
    return { result: await install({ onProgress, signal: stopping.signal }) };
  } catch (error) {
    if (stopped) return { stopped };
    throw error;
  } finally {
    end();
  }
}

function linesOf(title: string) {
  return {
    onProgress: (text: string) => void process.stderr.write(`${title}: ${text}\n`),
    end: () => {},
  };
}

function barOf(title: string) {
  const bar = new SingleBar(
    { stream: process.stderr, clearOnComplete: true, hideCursor: true, format: asLine },
    Presets.shades_classic,
  );
  bar.start(1, 0, { title, text: "starting", step: 0, counted: false });
  const clock = setInterval(() => bar.updateETA(), 250).unref();
  let step = 0;
  const onProgress: OnProgress = (text, done, total) => {
    step += 1;
    if (total !== undefined) bar.setTotal(Math.max(total, 1));
    bar.update(done ?? 0, { text, step, counted: total !== undefined });
  };
  return {
    onProgress,
    end() {
      clearInterval(clock);
      bar.stop();
    },
  };
}

interface Payload {
  title: string;
  text: string;
  step: number;
  counted: boolean;
}

function asLine(options: Options, params: Params, { title, text, step, counted }: Payload): string {
  const bar = counted ? cliProgress.Format.BarFormat(params.progress, options) : `step ${step}`;
  const seconds = Math.round((Date.now() - params.startTime) / 1000);
  return `${title} ${bar} ${seconds} s  ${text}`;
}
