// One request on its way through the pool: waiting, with a worker, settled.

import type { Method, Methods, Value } from "../../../protocol/messages.js";
import type { Death } from "../policy/restarts.js";
import type { Departure } from "./departure.js";

export interface Call<M extends Method = Method> {
  method: M;
  params: Methods[M]["params"];
  /** The result depends on the input alone, so the call may be repeated. */
  pure: boolean;
  /** A worker with several threads may run it beside others. */
  concurrent: boolean;
  departure?: Departure | undefined;
  /** Receives the chunks of a streamed result. The request timeout then counts from the last chunk. */
  onChunk?: ((data: Value) => void) | undefined;
}

export type Result = Methods[Method]["result"];

/** Where a task runs. */
export interface Runner {
  /** Tells the worker that nobody waits for the task any more. */
  cancel(task: Task): void;
  /** The task took too long: cancels it, or ends the worker if that could not handle other requests. */
  giveUp(task: Task, reason: Error): void;
}

export class Task {
  /** Whether the caller has its response, whatever the worker still does. */
  settled = false;
  /** The deaths of the workers that died while they worked on it. */
  readonly deaths: Death[] = [];
  /** Why the worker died that worked on it last. */
  loss: Error | undefined;
  timer: NodeJS.Timeout | undefined;
  /** Where it runs, and its id there. */
  runner: Runner | undefined;
  id = 0;

  constructor(
    readonly call: Call,
    private readonly resolve: (result: Result) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  /** Drops chunks after the caller has left or the request has timed out. */
  takeChunk(data: Value): void {
    if (this.settled) return;
    this.timer?.refresh();
    this.call.onChunk?.(data);
  }

  /** Gives the caller the outcome; only the first one counts. */
  settle(outcome: Result | Error): void {
    if (this.settled) return;
    this.settled = true;
    if (outcome instanceof Error) this.reject(outcome);
    else this.resolve(outcome);
  }

  /** Ends the timeout and settles. */
  finish(outcome: Result | Error): void {
    clearTimeout(this.timer);
    this.settle(outcome);
  }
}
