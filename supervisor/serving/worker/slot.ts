// A place for one worker at a time: its start, requests in flight, death, restart by the policy, and pings while idle.

import type { LoadResult, Value } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import type { Log } from "../../log.js";
import type { WarmupRequest, WorkerPlan } from "./plan.js";
import { type Death, nextRestart } from "./restarts.js";
import type { Result, Runner, Task } from "./task.js";
import { Worker } from "./worker.js";

/** A worker died. */
export interface Loss {
  /** Its requests in flight, oldest first. */
  lost: readonly Task[];
  /** Those of them that it was working on. */
  running: readonly Task[];
  reason: DrumError;
}

export interface SlotEvents {
  onReady(slot: Slot): void;
  onDeath(slot: Slot, loss: Loss): void;
  /** A request has ended, so there is room for another. */
  onAnswer(): void;
  onGiveUp(slot: Slot): void;
}

/** Milliseconds of work to send ahead of a fast worker, to hide the time of the pipe. Slow workers get one request at a time. */
const aheadBudget = 2;
const mostAhead = 64;
const deathsKept = 50;
const pingTimeout = 10_000;

/** How many requests a worker may have in flight, for a mean service time in milliseconds; 0 means not yet known. */
export function windowFor(meanService: number): number {
  if (meanService === 0) return 1;
  return Math.max(1, Math.min(mostAhead, Math.floor(aheadBudget / meanService)));
}

export class Slot implements Runner {
  worker: Worker | undefined;
  requests = 0;
  restarts = 0;
  /** Oldest first. A worker handles them in this order, so it is working on the first. */
  readonly inFlight: Task[] = [];
  /** Why the last start failed; undefined after a successful start. */
  failure: DrumError | undefined;
  /** Whether restarts have ended. */
  givenUp = false;
  private deaths: Death[] = [];
  /** Moving average of the milliseconds that a request takes in the worker. */
  private meanService = 0;
  private lastAnswer = 0;
  private restartTimer: NodeJS.Timeout | undefined;

  constructor(
    readonly name: string,
    private readonly plan: WorkerPlan,
    private readonly context: { log: Log; events: SlotEvents; warmup: readonly WarmupRequest[] },
  ) {}

  get isReady(): boolean {
    return this.worker?.state === "ready";
  }

  /** Whether the worker can take the request. A request that a worker died of runs alone, to find out whether it is the cause. */
  hasRoomFor(task: Task): boolean {
    if (!this.isReady || this.inFlight[0]?.deaths) return false;
    if (task.deaths > 0) return this.inFlight.length === 0;
    const { places } = this;
    if (places === 1) return this.inFlight.length < windowFor(this.meanService);
    const ofItsKind = this.inFlight.filter(({ call }) => call.pure === task.call.pure);
    return ofItsKind.length < (task.call.pure ? windowFor(this.meanService) : places);
  }

  /** How many impure requests its worker runs concurrently. Pure requests run one after the other. */
  private get places(): number {
    return this.worker?.hello?.capabilities.concurrency ?? 1;
  }

  /** The requests its worker is working on; the others were sent ahead. It works in order, except for concurrent impure requests. */
  get running(): readonly Task[] {
    if (this.places === 1) return this.inFlight.slice(0, 1);
    const computing = this.inFlight.find(({ call }) => call.pure);
    return this.inFlight.filter((task) => task === computing || !task.call.pure);
  }

  cancel(task: Task): void {
    this.worker?.cancel(task.id);
  }

  giveUp(task: Task, reason: DrumError): void {
    if (this.isStuckOn(task)) this.worker?.kill(reason);
    else this.cancel(task);
  }

  /** Whether all places for this kind of request are taken by requests that nobody waits for any more. */
  private isStuckOn({ call }: Task): boolean {
    const { places } = this;
    const stuck = this.running.filter((one) => one.settled && (places === 1 || one.call.pure === call.pure));
    return stuck.length >= (call.pure ? 1 : places);
  }

  async start(): Promise<LoadResult> {
    const worker = new Worker(this.name, this.plan, this.context.log, this.context.warmup);
    this.worker = worker;
    try {
      const loaded = await worker.start();
      worker.died.then((reason) => this.bury(worker, reason));
      this.failure = undefined;
      this.meanService = 0;
      this.context.events.onReady(this);
      return loaded;
    } catch (error) {
      this.failure = error as DrumError;
      this.bury(worker, await worker.died);
      throw error;
    }
  }

  give(task: Task): void {
    const worker = this.worker!;
    if (this.inFlight.length === 0) this.lastAnswer = performance.now();
    const { method, params, onChunk } = task.call;
    const take = onChunk && ((data: Value) => task.takeChunk(data));
    const { id, result } = worker.request(method, params, take);
    task.runner = this;
    task.id = id;
    this.inFlight.push(task);
    result.then(
      (value) => this.take(task, value),
      (error) => {
        // After a death, `bury` handles all requests of the worker at once.
        if (worker.state === "ready") this.take(task, error);
      },
    );
  }

  private take(task: Task, outcome: Result | Error): void {
    this.inFlight.splice(this.inFlight.indexOf(task), 1);
    const now = performance.now();
    if (this.places === 1 || task.call.pure)
      this.meanService += (now - this.lastAnswer - this.meanService) * (this.meanService === 0 ? 1 : 0.2);
    this.lastAnswer = now;
    this.requests += 1;
    task.finish(outcome);
    this.context.events.onAnswer();
  }

  private bury(worker: Worker, reason: DrumError): void {
    const { running } = this;
    this.worker = undefined;
    this.deaths.push({ at: performance.now(), wasReady: worker.loaded !== undefined });
    this.deaths = this.deaths.slice(-deathsKept);
    this.context.events.onDeath(this, { lost: this.inFlight.splice(0), running, reason });
  }

  /** After a death: starts a new worker now or after a delay, unless starts failed too often. */
  planRestart(): void {
    const delay = nextRestart(this.deaths, performance.now());
    if (delay === "give up") {
      this.givenUp = true;
      this.failure = new DrumError(
        "WORKER_GAVE_UP",
        `${this.name} could not be restarted and is given up; the last error: ${this.failure?.message}`,
        { traceback: this.failure?.traceback },
      );
      this.context.events.onGiveUp(this);
      return;
    }
    this.restartTimer = setTimeout(() => {
      this.restarts += 1;
      this.start().catch((error: DrumError) => {
        this.context.log.error(`${this.name} could not be started: ${error.message}`);
      });
    }, delay);
  }

  /** Only idle workers are pinged: a busy one cannot respond, and its request has a timeout. */
  pingIfIdle(): void {
    const worker = this.worker;
    if (worker?.state !== "ready" || this.inFlight.length > 0) return;
    const silent = () => {
      // A request that came in the meantime has its own timeout.
      if (this.inFlight.length > 0) return;
      const seconds = pingTimeout / 1000;
      worker.kill(
        new DrumError(
          "WORKER_DIED",
          `worker ${this.name} was idle and did not respond to a ping within ${seconds} s`,
        ),
      );
    };
    const timer = setTimeout(silent, pingTimeout).unref();
    worker
      .request("ping", {})
      .result.catch(() => {})
      .finally(() => clearTimeout(timer));
  }

  /** Milliseconds of grace before the worker is killed. */
  async stop(grace: number): Promise<void> {
    clearTimeout(this.restartTimer);
    await this.worker?.stop(grace);
  }
}
