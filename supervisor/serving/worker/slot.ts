// A place for one worker at a time: its start, requests in flight, death, restart by the policy, and pings while idle.

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
  /** Its requests in flight, oldest first. */
  lost: readonly Task[];
  /** Those of them that it was working on. */
  running: readonly Task[];
  reason: DrumError;
  death: Death;
}

export interface SlotEvents {
  onReady(slot: Slot): void;
  onDeath(slot: Slot, loss: Loss): void;
  /** A request has ended, so there is room for another. */
  onAnswer(): void;
  onGiveUp(slot: Slot): void;
}

const deathsKept = 50;
const pingTimeout = 10_000;

export class Slot implements Runner {
  worker: Worker | undefined;
  requests = 0;
  restarts = 0;
  /** Oldest first. A worker handles them in this order, so it is working on the first. */
  readonly inFlight: Task[] = [];
  /** Why the last start failed; undefined after a successful start. */
  failure: DrumError | undefined;
  /** Whether starts have failed so often that the next ones are far apart; until one succeeds, no request waits for it. */
  givenUp = false;
  /** The hello of its worker, also after it has died. */
  hello: Hello | undefined;
  private deaths: Death[] = [];
  /** Moving average of the milliseconds that a request takes in the worker. */
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

  /** Why it has no ready worker, with its name. */
  get absence(): string {
    return `${this.name}: ${this.failure?.message ?? this.worker?.doing ?? "is started again"}`;
  }

  /** Whether the worker can take the request. A request that a worker died of runs alone, to find out whether it is the cause. */
  hasRoomFor(task: Task): boolean {
    if (!this.isReady || this.holdsSuspect) return false;
    if (task.deaths.length > 0) return this.inFlight.length === 0;
    const { inOrder } = this;
    if (!this.runsInOrder(task)) return this.inFlight.length - inOrder.length < this.places;
    return inOrder.length < windowFor(this.meanService) && !this.isLate();
  }

  /** Whether it has a request that a worker died of, which runs alone. */
  get holdsSuspect(): boolean {
    return (this.inFlight[0]?.deaths.length ?? 0) > 0;
  }

  /** Whether its worker has been silent much longer than usual. Concurrent requests say nothing: they may take any time. */
  isLate(now = performance.now()): boolean {
    return this.inOrder.length > 0 && isLate(now - this.lastAnswer, this.meanService);
  }

  /** Takes back what was sent ahead to a late worker, for another one. Ends a stopped worker. */
  takeBackIfLate(): readonly Task[] {
    if (!this.isReady || !this.isLate()) return [];
    this.worker?.killIfFrozen();
    const { running } = this;
    const ahead = this.inOrder.filter((task) => task.call.pure && !task.settled && !running.includes(task));
    for (const task of ahead) {
      this.inFlight.splice(this.inFlight.indexOf(task), 1);
      this.cancel(task);
      task.runner = undefined;
    }
    return ahead;
  }

  /** How many concurrent requests its worker runs at once. All others run one after the other. */
  private get places(): number {
    return this.worker?.hello?.capabilities.concurrency ?? 1;
  }

  private runsInOrder({ call }: Task): boolean {
    return !call.concurrent || this.places === 1;
  }

  /** The requests that its worker runs one after the other, oldest first. */
  private get inOrder(): readonly Task[] {
    if (this.places === 1) return this.inFlight;
    return this.inFlight.filter(({ call }) => !call.concurrent);
  }

  /** The requests its worker is working on; the others were sent ahead. */
  get running(): readonly Task[] {
    const [first] = this.inOrder;
    return this.inFlight.filter((task) => task === first || !this.runsInOrder(task));
  }

  cancel(task: Task): void {
    this.worker?.cancel(task.id);
  }

  giveUp(task: Task, reason: DrumError): void {
    if (this.isStuckOn(task)) this.worker?.kill(reason);
    else this.cancel(task);
  }

  /** Whether all places for this kind of request are taken by requests that nobody waits for any more. */
  private isStuckOn(task: Task): boolean {
    const inOrder = this.runsInOrder(task);
    const stuck = this.running.filter((one) => one.settled && this.runsInOrder(one) === inOrder);
    return stuck.length >= (inOrder ? 1 : this.places);
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
    if (this.inOrder.length === 0) this.lastAnswer = performance.now();
    const { method, params, onChunk } = task.call;
    const take = onChunk && ((data: Value) => task.takeChunk(data));
    const { id, result } = worker.request(method, params, take);
    task.runner = this;
    task.id = id;
    this.inFlight.push(task);
    result.then(
      (value) => this.take(task, id, value),
      (error) => {
        // After a death, `bury` handles all requests of the worker at once.
        if (worker.state === "ready") this.take(task, id, error);
      },
    );
  }

  private take(task: Task, id: number, outcome: Result | Error): void {
    const now = performance.now();
    // It was taken back, so another worker handles it.
    if (task.runner !== this || task.id !== id) {
      this.lastAnswer = now;
      this.context.events.onAnswer();
      return;
    }
    this.inFlight.splice(this.inFlight.indexOf(task), 1);
    if (this.runsInOrder(task)) {
      this.meanService += (now - this.lastAnswer - this.meanService) * (this.meanService === 0 ? 1 : 0.2);
      this.lastAnswer = now;
    }
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

  /** After a death: starts a new worker now or after a delay. */
  planRestart(): void {
    const { delay, isSlow } = nextRestart(this.deaths, performance.now());
    if (isSlow) this.wait(delay);
    this.restartTimer = setTimeout(() => this.restart(), delay);
  }

  /** From now on starts are far apart, unless a file changes that may be the cause. */
  private wait(delay: number): void {
    const { code_directory: folder } = this.plan.load;
    this.givenUp = true;
    this.failure = new DrumError(
      "WORKER_GAVE_UP",
      `${this.name} could not be started again and again; the next start is in ${delay / 1000} s, ` +
        `or when a file of ${folder} changes; the last error: ${this.failure?.message}`,
      { traceback: this.failure?.traceback },
    );
    this.endWatch?.();
    this.endWatch = watchFolder(folder, () => this.retryNow());
    this.context.events.onGiveUp(this);
  }

  /** Starts a worker now, if the next start is far away. */
  retryNow(): void {
    if (this.givenUp && !this.worker && !this.isStopped) this.restart();
  }

  private restart(): void {
    clearTimeout(this.restartTimer);
    this.endWatch?.();
    this.restarts += 1;
    this.start().catch((error: DrumError) => {
      if (!this.isStopped) this.context.log.error(`${this.name} could not be started: ${error.message}`);
    });
  }

  /** The error to report for a failed start: a missing folder explains whatever the worker says. */
  private explained(error: DrumError): DrumError {
    const { code_directory: folder } = this.plan.load;
    if (existsSync(folder)) return error;
    return new DrumError("CODE_DIRECTORY_MISSING", `the code directory ${folder} is not there; put it back`, {
      cause: error,
    });
  }

  /** Only idle workers are pinged: a busy one cannot respond, and its request has a timeout. */
  pingIfIdle(): void {
    const worker = this.worker;
    if (worker?.state !== "ready" || this.inFlight.length > 0) return;
    worker.killIfFrozen();
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
    this.isStopped = true;
    clearTimeout(this.restartTimer);
    this.endWatch?.();
    await this.worker?.stop(grace);
  }
}
