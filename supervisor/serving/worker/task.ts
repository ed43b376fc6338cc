// One request on its way through the pool: waiting, with a worker, settled.

import type { Method, Methods, Value } from "../../../protocol/messages.js";
import type { Death } from "../policy/restarts.js";
import type { Departure } from "./departure.js";

export interface Call<M extends Method = Method> {
  method: M;
  params: Methods[M]["params"];
  /** The result depends on the input alone, so the call may be repeated. */
  pure: boolean;
  departure?: Departure | undefined;
  /** Takes the pieces of a streamed result. The limit of a request's time then counts from the last of them. */
  onChunk?: ((data: Value) => void) | undefined;
}

export type Result = Methods[Method]["result"];

/** Where a task runs. */
export interface Runner {
  /** Tells the worker that nobody waits for the task any more. */
  cancel(task: Task): void;
  /** The task took too long: its worker is ended where nothing else would be answered. */
  giveUp(task: Task, reason: Error): void;
}

export class Task {
  /** The caller has its answer, whatever the worker still does. */
  settled = false;
  /** Of the workers that died while they worked on it. */
  readonly deaths: Death[] = [];
  timer: NodeJS.Timeout | undefined;
  /** Where it runs, and its id there. */
  runner: Runner | undefined;
  id = 0;

  constructor(
    readonly call: Call,
    private readonly resolve: (result: Result) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  /** What comes after the caller has left, or was told that it is too late, is of no use to it. */
  takeChunk(data: Value): void {
    if (this.settled) return;
    this.timer?.refresh();
    this.call.onChunk?.(data);
  }

  /** The first outcome counts. */
  settle(outcome: Result | Error): void {
    if (this.settled) return;
    this.settled = true;
    if (outcome instanceof Error) this.reject(outcome);
    else this.resolve(outcome);
  }

  /** Nothing is going to happen to it any more. */
  finish(outcome: Result | Error): void {
    clearTimeout(this.timer);
    this.settle(outcome);
  }
}
