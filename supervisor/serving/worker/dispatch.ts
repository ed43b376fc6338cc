// Chooses the worker of a request: the least busy one, except for requests that a worker died of. Says why none was free in time.

import type { Slot } from "./slot.js";
import type { Task } from "./task.js";

/** Undefined if the request must wait. */
export function slotFor(task: Task, slots: readonly Slot[], suspectsWait: boolean): Slot | undefined {
  if (suspectsWait) return besideSuspects(task, slots);
  return leastBusy(task, slots);
}

function leastBusy(task: Task, slots: readonly Slot[]): Slot | undefined {
  let best: Slot | undefined;
  for (const slot of slots) {
    if (!slot.hasRoomFor(task)) continue;
    if (!best || slot.inFlight.length < best.inFlight.length) best = slot;
  }
  return best;
}

/** Leaves the last ready worker to the suspects; the others never get one. A lone worker takes both in turn. */
function besideSuspects(task: Task, slots: readonly Slot[]): Slot | undefined {
  const ready = slots.filter((slot) => slot.isReady);
  const isAlone = slots.filter((slot) => !slot.givenUp).length === 1;
  const left = isAlone || ready.length > 1 ? ready.slice(-1) : [];
  if (task.deaths.length === 0)
    return leastBusy(
      task,
      ready.filter((slot) => !left.includes(slot)),
    );
  return slots.some((slot) => slot.holdsSuspect) ? undefined : leastBusy(task, left);
}

/** Why a request was not run within `limit`. */
export function causeOfWait({ loss }: Task, slots: readonly Slot[], limit: string): string {
  if (loss)
    return `${loss.message} while it was handling the request, and no worker was free to repeat it within ${limit}; check its rows, or try again`;
  if (slots.some((slot) => slot.isReady))
    return `the request waited for a worker for ${limit}; send fewer rows, or raise --max-workers`;
  const absent = slots.map(({ absence }) => absence).join(", ");
  return `no worker was ready within ${limit}: ${absent}; try again later, or raise the limit`;
}
