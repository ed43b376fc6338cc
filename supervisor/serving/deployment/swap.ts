// A swap: what is asked of it, how the new release is tried out before it answers, and what came of it.

import type { Payload } from "../../../protocol/messages.js";
import { DrumError, usage } from "../../errors.js";
import type { ModelSpec } from "../../model/model.js";
import type { CheckedPredictions } from "../../predictions/check.js";
import { comparePredictions } from "../../predictions/compare.js";
import type { Release } from "../release/release.js";

/** What a swap changes; what is not given stays as it is. */
export interface SwapWishes {
  codeDirectory?: string | undefined;
  /** Language to interpreter or environment, beside those asked for before. */
  runtimes?: Readonly<Record<string, string>> | undefined;
  /** The number of recent requests that both releases answer before the switch. */
  replay?: number | undefined;
  /** The largest difference between two predictions of the same row that the switch accepts. */
  maxDifference?: number | undefined;
}

/** How far the answers of two releases are apart. */
export interface Replayed {
  /** Requests that were sent to both releases. */
  replayed: number;
  /** Between two numbers of the same prediction. */
  largestDifference: number;
  /** Replayed requests that one release refused, or that were answered with other texts or missing numbers. */
  unlike: number;
}

export interface SwapReport extends Replayed {
  model: string;
  release: number;
  /** Milliseconds until the new release answered. */
  duration: number;
}

/** Sends the new release some requests, so that what it compiles is compiled. */
export async function warmUp(next: Release, payloads: readonly Payload[]): Promise<Replayed> {
  // What cannot be predicted now could not before either, or will be told to whoever asks.
  await Promise.allSettled(payloads.map((payload) => next.predict(payload)));
  return { replayed: 0, largestDifference: 0, unlike: 0 };
}

/** Sends requests to both releases. Throws PREDICTIONS_DIFFER where their answers are further apart than `most`. */
export async function replay(
  [current, next]: readonly [Release, Release],
  payloads: readonly Payload[],
  most: number | undefined,
): Promise<Replayed> {
  const report = { replayed: payloads.length, largestDifference: 0, unlike: 0 };
  for (const payload of payloads) {
    const apart = differenceOf(await outcomeOf(current, payload), await outcomeOf(next, payload));
    if (Number.isFinite(apart)) report.largestDifference = Math.max(report.largestDifference, apart);
    else report.unlike += 1;
  }
  checkDifference(report, most);
  return report;
}

async function outcomeOf(release: Release, payload: Payload): Promise<CheckedPredictions | DrumError> {
  return release.predict(payload).catch((error: DrumError) => error);
}

/** Infinity where it cannot be computed; two refusals of the same kind are alike. */
function differenceOf(old: CheckedPredictions | DrumError, next: CheckedPredictions | DrumError): number {
  if (old instanceof DrumError || next instanceof DrumError) {
    const isSame = old instanceof DrumError && next instanceof DrumError && old.code === next.code;
    return isSame ? 0 : Number.POSITIVE_INFINITY;
  }
  try {
    const { largest, unlike } = comparePredictions(old, next);
    return unlike > 0 ? Number.POSITIVE_INFINITY : largest;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function checkDifference({ replayed, largestDifference, unlike }: Replayed, most: number | undefined): void {
  if (most === undefined || (largestDifference <= most && unlike === 0)) return;
  const found =
    unlike > 0 ? `${unlike} of ${replayed} requests have no like answer` : `up to ${largestDifference}`;
  throw new DrumError(
    "PREDICTIONS_DIFFER",
    `the new release's predictions differ: ${found}, expected ${most} at most; look at them with drum compare, or raise --max-diff`,
  );
}

/** Who asks for predictions of one kind must not get others. Throws USAGE. */
export function checkSameTarget({ target: served }: ModelSpec, { target }: ModelSpec): void {
  const isSame =
    served.type === target.type &&
    served.labels.length === target.labels.length &&
    served.labels.every((label, at) => label === target.labels[at]);
  if (isSame) return;
  throw usage(
    `the new model predicts ${targetInWords(target)}, the served one ${targetInWords(served)}; serve it beside this one, with a code directory of its own`,
  );
}

function targetInWords({ type, labels }: ModelSpec["target"]): string {
  return labels.length === 0 ? type : `${type} of ${labels.map((label) => JSON.stringify(label)).join(", ")}`;
}

/** The error of a swap that did not happen. */
export function swapFailed(name: string, error: unknown): DrumError {
  if (!(error instanceof DrumError) || error.code === "DRAINING") return error as DrumError;
  const cause = error.cause instanceof DrumError ? error.cause : error;
  return new DrumError(
    "SWAP_FAILED",
    `${name} was not swapped, and the old release goes on serving: ${error.message}`,
    { traceback: error.traceback, cause },
  );
}
