// A place for one worker after the other: start, requests in flight, death, restart by the policy, pings while idle.

import { existsSync } from "node:fs";
import type { Hello, LoadResult, Value } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import type { Log } from "../../log.js";
import { watchFolder } from "../../model/watch.js";
import { isLate, windowFor } from "../policy/lateness.js";
import { type Death, nextRestart } from "../policy/restarts.js";
import type { WarmupRequest, WorkerPlan } from "./plan.js";
import type { Result, Runner, Task } from "./task.js";
import { Worker } from "./worker.js";

/** A worker died. */
export interface Loss {
  /** Requests that were with it, oldest first. */
  lost: readonly Task[];
  /** Those of them that it worked on. */
  running: readonly Task[];
  reason: DrumError;
  death: Death;
}

export interface SlotEvents {
  onReady(slot: Slot): void;
  onDeath(slot: Slot, loss: Loss): void;
  /** A request was answered: there is room again. */
  onAnswer(): void;
  onGiveUp(slot: Slot): void;
}

const deathsKept = 50;
const pingTimeout = 10_000;

export class Slot implements Runner {
  worker: Worker | undefined;
  requests = 0;
  restarts = 0;
  /** Oldest first; a worker answers in this order, so the first is the one it works on. */
  readonly inFlight: Task[] = [];
  /** Why the last start failed, undefined after one that did not. */
  failure: DrumError | undefined;
  /** Starts have failed so often that the next tries are far apart; until one works, nobody should wait for it. */
  givenUp = false;
  /** What its worker said of itself, also after it has died. */
  hello: Hello | undefined;
  private deaths: Death[] = [];
  /** Running mean of the milliseconds a request takes in the worker. */
  private meanService = 0;
  private lastAnswer = 0;
  private restartTimer: NodeJS.Timeout | undefined;
  private endWatch: (() => void) | undefined;
  private isStopped = false;

  constructor(
    readonly name: string,
    private readonly plan: WorkerPlan,
    private readonly context: { log: Log; events: SlotEvents; warmup: readonly WarmupRequest[] },
  ) {}

  get isReady(): boolean {
    return this.worker?.state === "ready";
  }

  /** Whether one more request may be given; one that a worker died of runs alone, so that it is known whose fault it was. */
  hasRoomFor(task: Task): boolean {
    if (!this.isReady || this.holdsSuspect || this.isLate()) return false;
    if (task.deaths.length > 0) return this.inFlight.length === 0;
    const { places } = this;
    if (places === 1) return this.inFlight.length < windowFor(this.meanService);
    const ofItsKind = this.inFlight.filter(({ call }) => call.pure === task.call.pure);
    return ofItsKind.length < (task.call.pure ? windowFor(this.meanService) : places);
  }

  /** Whether it has a request that a worker died of, which runs alone. */
  get holdsSuspect(): boolean {
    return (this.inFlight[0]?.deaths.length ?? 0) > 0;
  }

  /** Whether its worker has been silent much longer than it usually is. */
  isLate(now = performance.now()): boolean {
    return this.inFlight.length > 0 && isLate(now - this.lastAnswer, this.meanService);
  }

  /** What was given ahead to a worker that is late goes to another; one that is stopped is ended. */
  takeBackIfLate(): readonly Task[] {
    if (!this.isReady || !this.isLate()) return [];
    this.worker?.killIfFrozen();
    const { running } = this;
    const ahead = this.inFlight.filter((task) => task.call.pure && !task.settled && !running.includes(task));
    for (const task of ahead) {
      this.inFlight.splice(this.inFlight.indexOf(task), 1);
      this.cancel(task);
      task.runner = undefined;
    }
    return ahead;
  }

  /** How many requests that wait on something else its worker runs side by side; the pure ones compute, one after the other. */
  private get places(): number {
    return this.worker?.hello?.capabilities.concurrency ?? 1;
  }

  /** What its worker works on; the others were given ahead. It answers in order, but for those that wait side by side. */
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

  /** Whether everything that could run a request like this one is taken by requests that nobody waits for any more. */
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
      this.givenUp = false;
      this.hello = worker.hello;
      this.meanService = 0;
      this.context.events.onReady(this);
      return loaded;
    } catch (error) {
      this.failure = this.explained(error as DrumError);
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
      (value) => this.take(task, id, value),
      (error) => {
        // A death is told by `bury`, for all requests of the worker at once.
        if (worker.state === "ready") this.take(task, id, error);
      },
    );
  }

  private take(task: Task, id: number, outcome: Result | Error): void {
    // It was taken back: another worker answers it, or has.
    if (task.runner !== this || task.id !== id) {
      this.lastAnswer = performance.now();
      this.context.events.onAnswer();
      return;
    }
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
    const { loaded, isEndedFromOutside: isFromOutside } = worker;
    const death: Death = { at: performance.now(), wasReady: loaded !== undefined, isFromOutside };
    this.deaths = [...this.deaths, death].slice(-deathsKept);
    this.context.events.onDeath(this, {
      lost: this.inFlight.splice(0),
      running,
      reason,
      death,
    });
  }

  /** After a death: a new worker, at once or after a while. */
  planRestart(): void {
    const { delay, isSlow } = nextRestart(this.deaths, performance.now());
    if (isSlow) this.wait(delay);
    this.restartTimer = setTimeout(() => this.restart(), delay);
  }

  /** The tries become slow, but for what may have changed the cause. */
  private wait(delay: number): void {
    const { code_directory: folder } = this.plan.load;
    this.givenUp = true;
    this.failure = new DrumError(
      "WORKER_GAVE_UP",
      `${this.name} could not be started again and again; the next try comes in ${delay / 1000} s, ` +
        `or when a file of ${folder} changes; the last time: ${this.failure?.message}`,
      { traceback: this.failure?.traceback },
    );
    this.endWatch?.();
    this.endWatch = watchFolder(folder, () => this.retryNow());
    this.context.events.onGiveUp(this);
  }

  /** Does not wait for the next slow try. */
  retryNow(): void {
    if (this.givenUp && !this.worker && !this.isStopped) this.restart();
  }

  private restart(): void {
    clearTimeout(this.restartTimer);
    this.endWatch?.();
    this.restarts += 1;
    this.start().catch((error: DrumError) => {
      if (!this.isStopped) this.context.log.error(`a start of ${this.name} failed: ${error.message}`);
    });
  }

  /** Whatever the worker says of a folder that is not there. */
  private explained(error: DrumError): DrumError {
    const { code_directory: folder } = this.plan.load;
    if (existsSync(folder)) return error;
    return new DrumError("CODE_DIRECTORY_MISSING", `the code directory ${folder} is not there; put it back`, {
      cause: error,
    });
  }

  /** A busy worker cannot answer a ping, its deadline watches it; an idle one has to. */
  pingIfIdle(): void {
    const worker = this.worker;
    if (worker?.state !== "ready" || this.inFlight.length > 0) return;
    worker.killIfFrozen();
    const silent = () => {
      // Work that came in the meantime has a deadline of its own.
      if (this.inFlight.length > 0) return;
      const seconds = pingTimeout / 1000;
      worker.kill(
        new DrumError(
          "WORKER_DIED",
          `worker ${this.name} was idle and did not answer a ping in ${seconds} s`,
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
    this.isStopped = true;
    clearTimeout(this.restartTimer);
    this.endWatch?.();
    await this.worker?.stop(grace);
  }
}
