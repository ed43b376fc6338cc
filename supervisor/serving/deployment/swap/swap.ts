// A swap: its options, how it tries out the new release before the switch, and its report.

import type { Payload } from "../../../../protocol/messages.js";
import { counted } from "../../../counted.js";
import { DrumError, usage } from "../../../errors.js";
import type { ModelSpec } from "../../../model/model.js";
import type { CheckedPredictions } from "../../../predictions/check.js";
import { comparePredictions } from "../../../predictions/compare.js";
import type { Release } from "../../release/release.js";
import type { Departure } from "../../worker/departure.js";

/** What a swap changes; everything else stays as it is. */
export interface SwapWishes {
  codeDirectory?: string | undefined;
  /** Language to interpreter or environment, added to those in use. */
  runtimes?: Readonly<Record<string, string>> | undefined;
  /** With the values of runtime parameters; null for none. */
  runtimeParametersFile?: string | null | undefined;
  /** The number of recent requests that both releases answer before the switch. */
  replay?: number | undefined;
  /** The largest difference between two predictions of the same row that the switch accepts. */
  maxDifference?: number | undefined;
  /** How the new release is tried out before the switch. */
  trial?: TrialWishes | undefined;
}

/** How a new release is tried out under load. */
export interface TrialWishes {
  /** Of the requests, from above 0 to 1. */
  share: number;
  /** Whether the old release answers them, and the new one gets copies. */
  isShadow: boolean;
  /** The number of requests after which the trial is over. */
  requests: number;
  /** Milliseconds in which so many must come. */
  patience: number;
}

/** How far the responses of two releases differ. */
export interface Replayed {
  /** Requests that were sent to both releases. */
  replayed: number;
  /** The largest difference between two numbers of the same prediction. */
  largestDifference: number;
  /** Replayed requests that one release rejected, or whose responses differ in texts or missing numbers. */
  unlike: number;
}

export interface SwapReport extends Replayed {
  model: string;
  release: number;
  /** Milliseconds from the start of the swap to the switch. */
  duration: number;
}

/** Sends the new release some requests, so that it compiles its code before the switch. */
export async function warmUp(next: Release, payloads: readonly Payload[]): Promise<Replayed> {
  // A request that fails here does not stop the swap: it may have failed before as well.
  await Promise.allSettled(payloads.map((payload) => next.predict(payload)));
  return { replayed: 0, largestDifference: 0, unlike: 0 };
}

/** Sends requests to both releases. Throws PREDICTIONS_DIFFER if their responses differ by more than `most`. */
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

export async function outcomeOf(
  release: Release,
  payload: Payload,
  departure?: Departure,
): Promise<CheckedPredictions | DrumError> {
  return release.predict(payload, departure).catch((error: DrumError) => error);
}

/** Infinity if it cannot be computed; 0 if both failed with the same code. */
export function differenceOf(
  old: CheckedPredictions | DrumError,
  next: CheckedPredictions | DrumError,
): number {
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

/** Throws PREDICTIONS_DIFFER. */
export function checkDifference(
  { replayed, largestDifference, unlike }: Replayed,
  most: number | undefined,
): void {
  if (most === undefined || (largestDifference <= most && unlike === 0)) return;
  const found =
    unlike > 0
      ? `${unlike} of ${counted(replayed, "response")} ${unlike === 1 ? "does" : "do"} not match`
      : `by up to ${largestDifference}`;
  throw new DrumError(
    "PREDICTIONS_DIFFER",
    `the new release's predictions differ: ${found}, expected at most ${most}; inspect them with drum compare, or raise --max-diff`,
  );
}

/** Throws USAGE if the two models have different targets: clients must not suddenly get other predictions. */
export function checkSameTarget({ target: served }: ModelSpec, { target }: ModelSpec): void {
  const isSame =
    served.type === target.type &&
    served.labels.length === target.labels.length &&
    served.labels.every((label, at) => label === target.labels[at]);
  if (isSame) return;
  throw usage(
    `the new model predicts ${targetInWords(target)}, but the served one predicts ${targetInWords(served)}; serve the new model next to the old one, from a code directory of its own`,
  );
}

function targetInWords({ type, labels }: ModelSpec["target"]): string {
  return labels.length === 0 ? type : `${type} of ${labels.map((label) => JSON.stringify(label)).join(", ")}`;
}

/** The error of a failed swap; `serves` says whether there is an old release that serves. */
export function swapFailed(name: string, error: unknown, serves: boolean): DrumError {
  if (!(error instanceof DrumError) || error.code === "DRAINING") return error as DrumError;
  const cause = error.cause instanceof DrumError ? error.cause : error;
  return new DrumError(
    "SWAP_FAILED",
    `${name} was not swapped, ${serves ? "and the old release keeps serving" : "and no release serves yet"}: ${error.message}`,
    { traceback: error.traceback, cause },
  );
}
