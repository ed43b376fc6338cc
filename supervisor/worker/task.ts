// One request on its way through the pool: waiting, with a worker, settled.

import type { Method, Params, Value } from "../../protocol/messages.js";
import type { Slot } from "./slot.js";

export interface Call {
  method: Method;
  params: Params;
  /** The result depends on the input alone, so the call may be repeated. */
  pure: boolean;
  /**
   * Registers what is to happen when the caller leaves before it has its answer. Not an AbortSignal: one for every
   * prediction costs as much as the way to the worker.
   */
  whenGone?: ((abandon: () => void) => void) | undefined;
  /** Takes the pieces of a streamed result. The limit of a request's time then counts from the last of them. */
  onChunk?: ((data: Value) => void) | undefined;
}

export class Task {
  /** The caller has its answer, whatever the worker still does. */
  settled = false;
  /** Workers that died while they had it. */
  deaths = 0;
  timer: NodeJS.Timeout | undefined;
  /** Where it runs, and its id there. */
  slot: Slot | undefined;
  id = 0;

  constructor(
    readonly call: Call,
    private readonly resolve: (result: Value) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  /** What comes after the caller has left, or was told that it is too late, is of no use to it. */
  takeChunk(data: Value): void {
    if (this.settled) return;
    this.timer?.refresh();
    this.call.onChunk?.(data);
  }

  /** The first outcome counts. */
  settle(outcome: Value | Error): void {
    if (this.settled) return;
    this.settled = true;
    if (outcome instanceof Error) this.reject(outcome);
    else this.resolve(outcome);
  }

  /** Nothing is going to happen to it any more. */
  finish(outcome: Value | Error): void {
    clearTimeout(this.timer);
    this.settle(outcome);
  }
}
