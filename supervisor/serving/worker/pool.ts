// The workers of one language of a release: least-busy dispatch, a bounded queue, one retry after a crash, timeouts, drain.

import type { Hello, LoadResult, Method, Methods } from "../../../protocol/messages.js";
import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";
import type { Log } from "../../log.js";
import { Quarantine } from "../policy/quarantine.js";
import { causeOfWait, slotFor } from "./dispatch.js";
import type { PoolPlan, WarmupRequest } from "./plan.js";
import { type Loss, Slot } from "./slot.js";
import { type Call, type Result, Task } from "./task.js";

export type PoolState = "starting" | "ready" | "failed" | "draining" | "stopped";

const pingEvery = 15_000;
/** Milliseconds between two checks of workers with requests. */
const watchEvery = 500;
const stopGrace = 5_000;

export class Pool {
  state: PoolState = "starting";
  readonly slots: readonly Slot[];
  private readonly queue: Task[] = [];
  /** Requests that a worker died of. At most one worker at a time runs them, so that the others stay free. */
  private readonly suspects: Task[] = [];
  private readonly quarantine = new Quarantine();
  private watch: NodeJS.Timeout | undefined;
  private whenIdle: (() => void) | undefined;
  private readonly pings: NodeJS.Timeout;
  /** Why the model could not be loaded: the answer to every request. */
  private failure: DrumError | undefined;
  /** The requests that a worker handles before it is ready. Shared with the slots, so that later workers see additions. */
  private readonly warmup: WarmupRequest[] = [];

  constructor(
    private readonly plan: PoolPlan,
    private readonly log: Log,
  ) {
    const events = {
      onReady: (slot: Slot) => this.welcome(slot),
      onDeath: (slot: Slot, loss: Loss) => this.mourn(slot, loss),
      onAnswer: () => this.dispatch(),
      onGiveUp: (slot: Slot) => this.giveUp(slot),
    };
    this.slots = Array.from(
      { length: plan.size },
      (_, index) => new Slot(`${plan.name}-${index + 1}`, plan, { log, events, warmup: this.warmup }),
    );
    this.pings = setInterval(() => {
      for (const slot of this.slots) slot.pingIfIdle();
    }, pingEvery).unref();
  }

  /**
   * Resolves when the first worker is ready. With `whole`, starts the workers in turn, which leaves processors to the rest of the machine,
   * and resolves when all are ready. Throws the first diagnosis if no worker becomes ready, or with `whole` if any fails.
   */
  async start({ whole = false } = {}): Promise<LoadResult> {
    try {
      return whole ? await this.startInTurn() : await Promise.any(this.slots.map((slot) => slot.start()));
    } catch (error) {
      throw error instanceof AggregateError ? error.errors[0] : error;
    }
  }

  private async startInTurn(): Promise<LoadResult> {
    let loaded: LoadResult | undefined;
    for (const slot of this.slots) {
      if (this.state === "draining" || this.state === "stopped") break;
      loaded = await slot.start();
    }
    if (loaded) return loaded;
    throw new DrumError("DRAINING", "the server is shutting down");
  }

  /** Workers that start from now on handle this request before they are ready. */
  addWarmup(request: WarmupRequest): void {
    this.warmup.push(request);
  }

  /** Runs one request. Rejects with a DrumError worded for the caller. */
  run<M extends Method>(call: Call<M>): Promise<Methods[M]["result"]> {
    return new Promise((resolve, reject) => {
      const refusal = this.refusal() ?? this.quarantine.find(call, performance.now());
      if (refusal) {
        reject(refusal);
        return;
      }
      const task = new Task(call, resolve as (result: Result) => void, reject);
      if (Number.isFinite(this.plan.requestTimeout)) {
        task.timer = setTimeout(() => this.expire(task), this.plan.requestTimeout);
      }
      this.queue.push(task);
      // After queueing, so that the request of a caller who has already left is removed before a worker gets it.
      call.departure?.onLeave(() => this.abandon(task));
      this.watch ??= setInterval(() => this.lookAfter(), watchEvery).unref();
      this.dispatch();
    });
  }

  /** The hello of the first worker that has run. */
  get hello(): Hello | undefined {
    return this.slots.map(({ worker, hello }) => worker?.hello ?? hello).find((hello) => hello !== undefined);
  }

  /** Whether any worker is ready. */
  get isReady(): boolean {
    return this.slots.some((slot) => slot.isReady);
  }

  /** Requests that wait for a worker. */
  get waiting(): number {
    return this.queue.length + this.suspects.length;
  }

  /** Rejects new requests, finishes the others within `limit` milliseconds, and ends the workers. */
  async drain(limit: number): Promise<void> {
    if (this.state === "draining" || this.state === "stopped") return;
    this.change("draining", "no more requests are accepted");
    const idle = new Promise<void>((resolve) => {
      this.whenIdle = resolve;
      setTimeout(resolve, limit).unref();
    });
    this.noteIdle();
    await idle;
    await this.stop(new DrumError("DRAINING", "the server shut down before the request was run; try again"));
  }

  /** Rejects all requests with `reason`, and ends the workers. */
  async fail(reason: DrumError): Promise<void> {
    if (this.state === "draining" || this.state === "stopped") return;
    this.failure = reason;
    this.change("draining", reason.message);
    await this.stop(reason);
  }

  /** Rejects waiting requests with `reason`. */
  private async stop(reason: DrumError): Promise<void> {
    clearInterval(this.pings);
    clearInterval(this.watch);
    this.failQueue(reason);
    await Promise.all(this.slots.map((slot) => slot.stop(stopGrace)));
    this.change("stopped", "all workers have ended");
  }

  private refusal(): DrumError | undefined {
    if (this.failure) return this.failure;
    if (this.state === "draining" || this.state === "stopped") {
      return new DrumError(
        "DRAINING",
        "the server is shutting down and accepts no more requests; use another server",
      );
    }
    if (this.state === "failed") return this.slots[0]?.failure;
    if (this.waiting < this.plan.queueSize) return undefined;
    return new DrumError(
      "QUEUE_FULL",
      `${counted(this.waiting, "request")} ${this.waiting === 1 ? "is" : "are"} already waiting, the limit of --queue-size is ${this.plan.queueSize}; ` +
        "try again later, or raise --max-workers",
    );
  }

  private dispatch(): void {
    this.feed(this.suspects);
    this.feed(this.queue);
    if (this.waiting === 0) this.noteIdle();
  }

  private feed(waiting: Task[]): void {
    while (waiting.length > 0) {
      const slot = slotFor(waiting[0]!, this.slots, this.suspects.length > 0);
      if (!slot) return;
      slot.give(waiting.shift()!);
    }
  }

  /** Takes back what was sent ahead to late workers. Runs while there are requests. */
  private lookAfter(): void {
    const ahead = this.slots.flatMap((slot) => slot.takeBackIfLate());
    this.queue.unshift(...ahead);
    if (ahead.length > 0) this.dispatch();
    if (this.waiting > 0 || this.slots.some((slot) => slot.inFlight.length > 0)) return;
    clearInterval(this.watch);
    this.watch = undefined;
  }

  /** Before any worker is ready, a failed start may mean a broken model. Once one is ready, the failed ones are restarted. */
  private welcome(slot: Slot): void {
    for (const other of this.slots) {
      if (other.givenUp) other.retryNow();
      else if (this.state === "starting" && !other.worker && other.failure) other.planRestart();
    }
    if (this.state === "starting" || this.state === "failed") this.change("ready", `${slot.name} is ready`);
    this.dispatch();
  }

  private mourn(slot: Slot, { lost, running, reason, death }: Loss): void {
    // Only the running requests can be the cause, not those that were sent ahead.
    for (const task of running) task.deaths.push(death);
    for (const task of lost.toReversed()) this.rescue(task, reason);
    if (this.isServing) {
      // The slot logs a failed start itself.
      if (!slot.failure) this.log.error(`${reason.message}; it had ${counted(lost.length, "request")}`);
      slot.planRestart();
    }
    this.dispatch();
  }

  private get isServing(): boolean {
    return this.state === "ready" || this.state === "failed";
  }

  /** Puts a pure request back at the head of its queue. Rejects it after the death of a second worker. */
  private rescue(task: Task, reason: DrumError): void {
    task.runner = undefined;
    const { call, deaths } = task;
    const again = this.state === "ready" && call.pure && this.plan.retry && deaths.length < 2;
    if (again && !task.settled) {
      if (deaths.length > 0) task.loss = reason;
      (deaths.length > 0 ? this.suspects : this.queue).unshift(task);
      return;
    }
    const { code, message, traceback } = reason;
    const refuse = (more: string) => {
      const refusal = new DrumError(code, `${message} while it was handling the request${more}`, {
        traceback,
      });
      task.finish(refusal);
      return refusal;
    };
    if (deaths.length < 2) refuse("");
    else if (deaths.some(({ isFromOutside }) => isFromOutside)) {
      refuse("; a worker that had it was ended from outside, so the request may not be the cause: try again");
    } else {
      // The worker had no other request.
      for (const death of deaths) death.isExcused = true;
      const refusal = refuse(
        "; a second worker died of the same request, so it is not retried: check its rows",
      );
      this.quarantine.add(call, refusal, performance.now());
    }
  }

  /** The caller has left: removes a waiting request; cancels a running one and ignores its result. */
  private abandon(task: Task): void {
    if (task.settled) return;
    const gone = new DrumError("CLIENT_GONE", "the client disconnected before the response was ready");
    if (this.unqueue(task)) {
      task.finish(gone);
      return;
    }
    // The timeout stays: a worker that hangs must be ended even if nobody waits.
    task.runner?.cancel(task);
    task.settle(gone);
  }

  /** A worker cannot be interrupted, so one that is too slow is ended and replaced. */
  private expire(task: Task): void {
    const limit = `${this.plan.requestTimeout / 1000} s, the limit of ${this.plan.requestTimeoutName}`;
    const late = (words: string) => new DrumError("DEADLINE_PASSED", words);
    if (this.unqueue(task)) {
      task.finish(late(causeOfWait(task, this.slots, limit)));
      return;
    }
    const slow = `response took longer than ${limit}; send fewer rows, or raise it`;
    task.settle(late(`the ${slow}`));
    task.runner?.giveUp(task, late(`a ${slow}`));
  }

  private unqueue(task: Task): boolean {
    for (const waiting of [this.queue, this.suspects]) {
      const at = waiting.indexOf(task);
      if (at >= 0) return waiting.splice(at, 1).length > 0;
    }
    return false;
  }

  private giveUp(slot: Slot): void {
    this.log.error(slot.failure!.message);
    if (this.state === "failed" || !this.slots.every((one) => one.givenUp)) return;
    this.change("failed", "no worker can be started");
    this.failQueue(slot.failure!);
  }

  private failQueue(reason: DrumError): void {
    for (const task of [...this.suspects.splice(0), ...this.queue.splice(0)]) task.finish(reason);
  }

  private noteIdle(): void {
    if (this.whenIdle && this.slots.every((slot) => slot.inFlight.length === 0)) this.whenIdle();
  }

  private change(state: PoolState, reason: string): void {
    this.log.info(`pool ${this.state} -> ${state}: ${reason}`);
    this.state = state;
  }
}
