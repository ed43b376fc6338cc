// Runs an installation for a command: shows a bar or counted steps on a terminal and plain lines elsewhere. A signal ends it and
// leaves nothing half-installed.

import type { OnProgress } from "../../processes/tools.js";
import { oneLine } from "./progress.js";
import { type StopRequest, stopRequest } from "./signals.js";
import { openStatusLine } from "./status-line.js";

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
  const line = openStatusLine({ text: `${title} starting` });
  let step = 0;
  const onProgress: OnProgress = (text, done = 0, total) => {
    step += 1;
    const place = total === undefined ? `step ${step}` : `${done} of ${total}`;
    const share = total === undefined ? undefined : done / Math.max(total, 1);
    line.show({ text: oneLine(`${title} ${place}: ${text}`), share });
  };
  return { onProgress, end: line.end };
}
