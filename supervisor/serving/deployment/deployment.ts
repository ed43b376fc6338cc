// One served model under its name: the release that serves it now, and the swap to another release under load.

import type {
  CallParams,
  CallResult,
  ChatParams,
  InferParams,
  InferResult,
  JsonMap,
  Payload,
  UnstructuredParams,
  UnstructuredResult,
  Value,
} from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import type { Log } from "../../log.js";
import { type ModelSpec, type ModelWishes, readModel, refuseUnusedRuntimes } from "../../model/model.js";
import type { CheckedPredictions } from "../../predictions/check.js";
import type { Transformed } from "../../predictions/transformed.js";
import { ChatText, lastMessage } from "../monitoring/chat-text.js";
import { reportsTo } from "../monitoring/hook-reports.js";
import type { Monitor } from "../monitoring/monitor.js";
import { type Caller, Release, type ReleaseState } from "../release/release.js";
import type { WorkerSettings } from "../release/settings.js";
import type { Departure } from "../worker/departure.js";
import { Durations } from "./durations.js";
import { Events } from "./events.js";
import { RecentRequests } from "./swap/recent.js";
import { checkSameTarget, type SwapReport, type SwapWishes, swapFailed } from "./swap/swap.js";
import type { Trial } from "./swap/trial.js";
import { tryOut } from "./swap/try-out.js";
import { Totals } from "./totals.js";

/** How a model is read and run, now and after each swap. */
export interface DeploymentSettings extends ModelWishes {
  workers: WorkerSettings;
}

export interface DeploymentContext {
  log: Log;
  /** Prefix of the worker names when several models are served. */
  prefix?: string;
  /** Receives the progress texts of workers while they load. */
  onProgress?: (text: string) => void;
  /** Receives a line for every successful swap. */
  onSwap?: (text: string) => void;
  /** Reports every prediction. */
  monitor?: Monitor | undefined;
  /** Sends the monitor only what hooks report, not the predictions. */
  reportsHooks?: boolean;
}

export class Deployment {
  readonly events = new Events();
  /** Durations of the requests since the last report. */
  readonly durations = new Durations();
  /** Counts of all its requests. */
  readonly totals = new Totals();
  /** The current step of a running swap. */
  swapping: string | undefined;
  private current: Release;
  /** The release that is starting, and those that are draining. */
  private readonly others = new Set<Release>();
  private readonly recent = new RecentRequests();
  /** Of the release that is starting. */
  private trial: Trial | undefined;
  private isDraining = false;
  private releases = 1;

  constructor(
    model: ModelSpec,
    private settings: DeploymentSettings,
    private readonly context: DeploymentContext,
  ) {
    this.current = this.makeRelease(model);
    this.events.subscribe(this.durations);
    this.events.subscribe(this.totals);
    this.events.subscribe(this.recent);
    const { monitor, reportsHooks } = context;
    if (monitor && !reportsHooks) this.events.subscribe(monitor);
  }

  get name(): string {
    return this.current.model.name;
  }

  get release(): Release {
    return this.current;
  }

  get state(): ReleaseState {
    return this.isDraining ? "draining" : this.current.state;
  }

  /** Returns if the model is ready. Throws NOT_READY, DRAINING, or the reason why the model failed. */
  checkHealth(): void {
    const { release } = this;
    switch (this.state) {
      case "ready":
        return;
      case "loading":
        throw new DrumError(
          "NOT_READY",
          `${this.name} is not ready: ${release.waitsFor}; try again in a moment`,
        );
      case "draining":
        throw draining();
      case "failed":
        throw release.reason ?? new DrumError("INTERNAL", `${this.name} failed for an unknown reason`);
    }
  }

  /** Workers of all releases, those of the current release first. */
  get slots() {
    return [this.current, ...this.others].flatMap((release) => release.slots);
  }

  /** The number of running requests. */
  get active(): number {
    return [this.current, ...this.others].reduce((sum, release) => sum + release.active, 0);
  }

  /** Resolves when the model is ready. Throws MODEL_NOT_LOADED with the worker's own diagnosis. */
  async start({ warm = true } = {}): Promise<void> {
    const first = this.current;
    try {
      await first.start({ warm });
    } catch (error) {
      // A swap may have replaced it while it was loading; its failure does not matter then.
      if (this.current === first) throw error;
    }
  }

  predict(payload: Payload, departure?: Departure): Promise<CheckedPredictions> {
    return this.observed(
      (release) =>
        this.trial ? this.trial.predict(release, payload, departure) : release.predict(payload, departure),
      (checked, duration) => this.events.predicted(payload, checked, duration),
    );
  }

  /** For the target type transform. Its requests are not kept for a swap, since their output is not predictions. */
  transform(payload: Payload, target: Payload | null, departure?: Departure): Promise<Transformed> {
    return this.observed((release) => release.transform(payload, target, departure));
  }

  /** For unstructured models. Their requests are not kept for a swap, since replaying one may have side effects. */
  scoreUnstructured(given: UnstructuredParams, departure?: Departure): Promise<UnstructuredResult> {
    return this.observed((release) => release.scoreUnstructured(given, departure));
  }

  /** For wrapper classes. Their requests are not kept for a swap, since a replay may have side effects. */
  call(given: CallParams, departure?: Departure): Promise<CallResult> {
    return this.observed((release) => release.askClass("call", given, { departure }));
  }

  /** For model classes, whose requests are not kept for a swap: it compares predictions alone. The answers of a stream are chunks. */
  infer(given: InferParams, caller: Caller): Promise<InferResult> {
    return this.observed((release) => release.askClass("infer", given, caller));
  }

  /** Returns the completion, or null after all chunks went to `caller.onChunk`. */
  async chat(given: ChatParams, caller: Caller): Promise<JsonMap | null> {
    const said = this.events.hearsChats ? new ChatText() : undefined;
    const onChunk = said
      ? (chunk: Value) => {
          said.add(chunk);
          caller.onChunk?.(chunk);
        }
      : caller.onChunk;
    const { completion } = await this.observed(
      (release) => release.chat(given, { ...caller, onChunk }),
      ({ completion }, duration) => {
        if (completion) said?.add(completion);
        if (said) this.events.chatted(lastMessage(given.request), said.text, duration);
      },
    );
    return completion;
  }

  /** Runs one request on the release that is current when it starts, and tells the subscribers how it went. */
  private async observed<Answer>(
    ask: (release: Release) => Promise<Answer>,
    tell?: (answer: Answer, duration: number) => void,
  ): Promise<Answer> {
    if (this.isDraining) throw draining();
    const startedAt = performance.now();
    let answer: Answer;
    try {
      answer = await ask(this.current);
    } catch (error) {
      this.events.failed(error, performance.now() - startedAt);
      throw error;
    }
    const duration = performance.now() - startedAt;
    this.events.answered(duration);
    tell?.(answer, duration);
    return answer;
  }

  /**
   * Starts a new release, warms it up or replays recent requests on it, and switches to it. The old release first finishes its requests.
   * If any step fails, the old release keeps serving. Throws SWAP_FAILED with the reason, or SWAP_RUNNING during another swap.
   */
  async swap(wishes: SwapWishes): Promise<SwapReport> {
    if (this.isDraining) throw draining();
    if (this.swapping !== undefined) {
      throw new DrumError(
        "SWAP_RUNNING",
        `a swap of ${this.name} is already running (${this.swapping}); wait until it ends`,
      );
    }
    const startedAt = performance.now();
    let next: Release | undefined;
    try {
      this.note("reading the code directory");
      const runtimes = { ...this.settings.runtimes, ...wishes.runtimes };
      const { runtimeParametersFile: file = this.settings.runtimeParametersFile } = wishes;
      const own = { runtimes, runtimeParametersFile: file ?? undefined, refusesUnusedRuntimes: false };
      const settings = { ...this.settings, ...own };
      const served = this.current.model.target;
      const model = await readModel(
        { ...settings, served },
        wishes.codeDirectory ?? this.current.model.codeDirectory,
      );
      refuseUnusedRuntimes(wishes.runtimes ?? {}, model.parts);
      checkSameTarget(this.current.model, model);
      next = this.makeRelease({ ...model, name: this.name });
      this.others.add(next);
      this.note("loading the new release");
      await next.start({ whole: true });
      const compared = await tryOut(
        {
          current: this.current,
          next,
          recent: this.recent,
          note: (step) => this.note(step),
          onTrial: (trial) => {
            this.trial = trial;
          },
        },
        wishes,
      );
      if (this.isDraining) throw draining();
      this.switchTo(next, settings);
      const duration = Math.round(performance.now() - startedAt);
      const { codeDirectory } = next.model;
      this.context.onSwap?.(
        `${this.name} was reloaded in ${duration} ms (release ${next.number}) from ${codeDirectory}`,
      );
      return { model: this.name, release: next.number, duration, ...compared };
    } catch (error) {
      if (next) this.retire(next, 0);
      throw swapFailed(this.name, error, this.current.state === "ready");
    } finally {
      this.swapping = undefined;
    }
  }

  private switchTo(next: Release, settings: DeploymentSettings): void {
    const old = this.current;
    this.others.delete(next);
    this.current = next;
    this.settings = settings;
    // No limit: the requests of the old release end by their own timeout.
    this.retire(old, Number.POSITIVE_INFINITY);
  }

  private retire(release: Release, limit: number): void {
    this.others.add(release);
    release.drain(limit).finally(() => this.others.delete(release));
  }

  /**
   * Rejects new requests, finishes running ones within `limit` milliseconds, and ends all workers. Resolves with whether all requests
   * were finished.
   */
  async drain(limit: number): Promise<boolean> {
    this.isDraining = true;
    const drained = [this.current, ...this.others].map((release) => release.drain(limit));
    return (await Promise.all(drained)).every(Boolean);
  }

  private makeRelease(model: ModelSpec): Release {
    const { monitor, reportsHooks, log } = this.context;
    const onReport = reportsHooks && monitor ? reportsTo(monitor, log) : undefined;
    return new Release(model, this.releases++, { ...this.context, workers: this.settings.workers, onReport });
  }

  private note(step: string): void {
    this.swapping = step;
    this.context.log.info(`${this.name}: swap: ${step}`);
  }
}

export function draining(): DrumError {
  return new DrumError("DRAINING", "the server is shutting down; use another server");
}
