// How a new release is tried out before it takes over: warmed, compared on recent requests, or given a share of the load.

import { counted } from "../../../counted.js";
import type { Release } from "../../release/release.js";
import type { RecentRequests } from "./recent.js";
import { type Replayed, replay, type SwapWishes, warmUp } from "./swap.js";
import { Trial } from "./trial.js";

export interface TryOut {
  current: Release;
  next: Release;
  recent: RecentRequests;
  /** Gets the step that begins. */
  note(step: string): void;
  /** From now on, predictions are asked of the trial; undefined ends that. */
  onTrial(trial: Trial | undefined): void;
}

/** Throws PREDICTIONS_DIFFER. */
export async function tryOut(
  { current, next, recent, note, onTrial }: TryOut,
  { replay: count, maxDifference, trial: wishes }: SwapWishes,
): Promise<Replayed> {
  if (count !== undefined) {
    const payloads = recent.last(count);
    note(`replaying ${counted(payloads.length, "recent request")}`);
    return replay([current, next], payloads, maxDifference);
  }
  note("warming the new release");
  const warmed = await warmUp(next, recent.last(next.slots.length));
  if (!wishes) return warmed;
  note(`trying the new release with ${counted(wishes.requests, "request")}`);
  const trial = new Trial(next, wishes, maxDifference);
  onTrial(trial);
  try {
    return await trial.done;
  } finally {
    trial.end();
    onTrial(undefined);
  }
}
