// One child process that hosts one model: starting -> ready -> draining -> stopped.

import { setTimeout as sleep } from "node:timers/promises";
import {
  type Hello,
  type LoadResult,
  type Method,
  type Methods,
  type Params,
  PROTOCOL_VERSION,
  type Value,
} from "../../../protocol/messages.js";
import { checkHello } from "../../../protocol/results.js";
import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";
import { type Log, workerLog } from "../../log.js";
import { exitInWords, isFromOutside, PrintedLines } from "../../processes/exit.js";
import type { Exit } from "../../processes/groups.js";
import { isFrozen, wasMemoryWanted } from "../../processes/state.js";
import { broken, Channel } from "./channel.js";
import { checkRuntime, explainStartFailure } from "./diagnosis.js";
import { launchWorker, type WorkerProcess } from "./launch.js";
import type { WarmupRequest, WorkerPlan } from "./plan.js";

export type WorkerState = "starting" | "ready" | "draining" | "stopped";

/** Milliseconds to wait for the last output of a dead worker. */
const lastWordsTimeout = 500;
/** Milliseconds that a worker which still loads its model may take to end: it does not look at its input. */
const loadingGrace = 1000;
/** Milliseconds that a worker may take to end after it has closed its streams. */
const lostTimeout = 200;

export class Worker {
  state: WorkerState = "starting";
  hello: Hello | undefined;
  loaded: LoadResult | undefined;
  /** What it is doing until it is ready, for messages. */
  doing: string | undefined = "is starting";
  readonly startedAt = performance.now();
  /** Resolves with the reason when the process is gone and its requests have failed with it. */
  readonly died: Promise<DrumError>;
  private readonly process: WorkerProcess;
  private readonly channel: Channel;
  private readonly prints: PrintedLines;
  private readonly log: Log;
  private onHello: ((hello: Hello) => void) | undefined;
  /** Why the supervisor killed it, if it did. */
  private verdict: DrumError | undefined;
  /** Whether it was ended or stopped from outside, so that its requests are not the cause. */
  isEndedFromOutside = false;

  constructor(
    readonly name: string,
    private readonly plan: WorkerPlan,
    log: Log,
    /** Requests to handle before it is ready. */
    private readonly warmup: readonly WarmupRequest[] = [],
  ) {
    const logs = workerLog(log, name);
    this.log = logs.log;
    this.process = launchWorker(plan);
    this.prints = new PrintedLines(this.process.prints, (line, level) =>
      level ? logs.log[level](line) : logs.prints.info(line),
    );
    this.channel = new Channel(this.process.output, this.process.input, {
      maxFrame: plan.maxFrame,
      events: {
        onNotification: (method, params) => this.notice(method, params),
        onClose: (fault) => (fault ? this.kill(fault) : this.lose()),
      },
    });
    this.died = this.process.exited.then((exit) => this.bury(exit));
  }

  get pid(): number {
    return this.process.pid;
  }

  get language(): string {
    return this.plan.language.name;
  }

  get command(): readonly string[] {
    return this.process.command;
  }

  /** From launch to ready: hello, version check, load, warm-up. On failure, ends the process and rejects with a diagnosis. */
  start(): Promise<LoadResult> {
    return this.inTime(async () => {
      await this.greet();
      return this.load();
    });
  }

  /** From launch to hello, for a request other than load. Rejects like start. */
  open(): Promise<Hello> {
    return this.inTime(() => this.greet());
  }

  private async inTime<Result>(work: () => Promise<Result>): Promise<Result> {
    const limit = AbortSignal.timeout(this.plan.startTimeout);
    const expired = new Promise<never>((_, reject) => {
      limit.addEventListener("abort", () => reject(this.lateStart()), { once: true });
    });
    try {
      return await Promise.race([work(), expired]);
    } catch (error) {
      this.kill(error as DrumError);
      throw error;
    }
  }

  private async greet(): Promise<Hello> {
    const hello = new Promise<Hello>((resolve) => {
      this.onHello = resolve;
    });
    this.hello = await Promise.race([hello, this.explained()]);
    checkVersion(this.hello);
    checkRuntime(this.plan, this.hello);
    this.tellThreads(this.hello);
    return this.hello;
  }

  private async load(): Promise<LoadResult> {
    this.doing = "is loading the model";
    const { result } = this.channel.request("load", this.plan.load);
    this.loaded = await result.catch((error: DrumError) => {
      if (this.state === "stopped") return this.explained();
      throw error;
    });
    await this.warm();
    if (!this.channel.isOpen) return this.explained();
    this.doing = undefined;
    this.change("ready", `loaded in ${Math.round(performance.now() - this.startedAt)} ms`);
    return this.loaded;
  }

  /** Rejects with the diagnosis when the process is gone. */
  private explained(): Promise<never> {
    const explained = this.died.then(async (reason) => {
      throw await explainStartFailure(this.plan, {
        hello: this.hello,
        reason,
        lastLines: this.prints.tail(),
      });
    });
    explained.catch(() => {});
    return explained;
  }

  /** Ignores failures: they were logged when the first worker handled these requests. */
  private async warm(): Promise<void> {
    for (const { method, params } of this.warmup) {
      this.doing = "is warming up";
      await this.channel.request(method, params).result.catch(() => {});
    }
  }

  request<M extends Method>(method: M, params: Methods[M]["params"], onChunk?: (data: Value) => void) {
    return this.channel.request(method, params, onChunk);
  }

  cancel(id: number): void {
    this.channel.cancel(id);
  }

  /** Kills the process group. Requests in flight fail with `reason`, and the worker gets no new ones. */
  kill(reason: DrumError): void {
    this.verdict ??= reason;
    if (this.state === "ready") this.change("draining", reason.message);
    this.process.kill("SIGKILL");
  }

  /** Sends no more requests to it, since it cannot receive them. Most often it is ending, and its exit will tell why. */
  private lose(): void {
    if (this.state !== "ready" && this.state !== "starting") return;
    if (this.state === "ready") this.change("draining", "it has closed its streams");
    const reason = new DrumError(
      "WORKER_DIED",
      `worker ${this.name} closed the streams of the protocol and kept running; the descriptors 3 and 4 belong to drum: leave them open`,
    );
    const timer = setTimeout(() => this.kill(reason), lostTimeout);
    this.died.then(() => clearTimeout(timer));
  }

  /** Kills it if the kernel reports it as stopped, since it cannot respond. */
  killIfFrozen(): void {
    if (this.state !== "ready" || !isFrozen(this.pid)) return;
    this.isEndedFromOutside = true;
    const words = `worker ${this.name} was stopped from outside (SIGSTOP, or a debugger) and could not respond`;
    this.kill(new DrumError("WORKER_DIED", words));
  }

  /** Asks the worker to exit, and kills it after `grace` milliseconds, or sooner if it is not ready. */
  async stop(grace: number): Promise<void> {
    if (this.state === "stopped") return;
    const limit = this.state === "starting" ? Math.min(grace, loadingGrace) : grace;
    this.verdict ??= new DrumError(
      "DRAINING",
      `worker ${this.name} was ended with the server, which waits no longer`,
    );
    this.change("draining", "stop");
    this.channel.end();
    const patience = new AbortController();
    await Promise.race([this.died, sleep(limit, undefined, { signal: patience.signal }).catch(() => {})]);
    patience.abort();
    this.process.kill("SIGKILL");
    await this.died;
  }

  private notice(method: string, params: Params): void {
    if (method === "hello") this.welcome(params);
    else if (method === "progress") this.tellProgress(params);
    else if (method === "report") this.plan.onReport?.(params);
    else if (method === "log") {
      const level = String(params.level);
      const known = level === "debug" || level === "info" || level === "warn" || level === "error";
      this.log[known ? level : "info"](String(params.text));
    }
  }

  private welcome(params: Params): void {
    try {
      this.onHello?.(checkHello(params));
    } catch (error) {
      this.kill(broken("the worker's hello has", error));
    }
  }

  private tellThreads({ language, capabilities }: Hello): void {
    if (capabilities.concurrency >= this.plan.threads) return;
    this.log.warn(
      `a ${language} worker runs ${counted(capabilities.concurrency, "request")} at a time, whatever --worker-threads says; raise --max-workers`,
    );
  }

  private tellProgress({ text }: Params): void {
    if (typeof text !== "string" || this.state !== "starting") return;
    this.doing = `is loading the model: ${text}`;
    this.log.info(text);
    this.plan.onProgress?.(text);
  }

  private async bury(exit: Exit): Promise<DrumError> {
    const memoryWanted = exit.signal === "SIGKILL" && !this.verdict ? wasMemoryWanted() : undefined;
    this.isEndedFromOutside ||= !this.verdict && isFromOutside(exit, memoryWanted);
    const words = exitInWords(exit, memoryWanted);
    this.change("stopped", words);
    await Promise.race([this.prints.ended, sleep(lastWordsTimeout)]);
    const lines = this.prints.tail();
    const reason =
      this.verdict ??
      new DrumError(exit.failure ? "WORKER_START_FAILED" : "WORKER_DIED", `worker ${this.name} ${words}`, {
        traceback: lines === "" ? undefined : lines,
      });
    this.channel.fail(reason);
    return reason;
  }

  private lateStart(): DrumError {
    const seconds = this.plan.startTimeout / 1000;
    const doing = this.hello ? "loading the model" : "starting the interpreter";
    return new DrumError(
      "WORKER_START_TIMEOUT",
      `worker ${this.name} was still ${doing} after ${seconds} s; make the start faster, or raise --start-timeout`,
      { traceback: this.prints.tail() || undefined },
    );
  }

  private change(state: WorkerState, reason: string): void {
    this.log.info(`${this.state} -> ${state} (pid ${this.pid}): ${reason}`);
    this.state = state;
  }
}

function checkVersion(hello: Hello): void {
  if (hello.protocol === PROTOCOL_VERSION) return;
  throw new DrumError(
    "PROTOCOL_VERSION",
    `the ${hello.language} worker speaks protocol ${hello.protocol}, this drumline speaks ${PROTOCOL_VERSION}; ` +
      "use the worker that came with this version, or one made for it",
  );
}
