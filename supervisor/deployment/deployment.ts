// One served model under its name: the release that answers now, and how another one takes its place under load.

import type {
  ChatParams,
  ChatResult,
  JsonMap,
  Payload,
  UnstructuredParams,
  UnstructuredResult,
  Value,
} from "../../protocol/messages.js";
import type { Config } from "../config.js";
import { DrumError } from "../errors.js";
import type { Log } from "../log.js";
import { type ModelSpec, readModel } from "../model/model.js";
import { ChatText, lastMessage } from "../monitoring/chat-text.js";
import { reportsTo } from "../monitoring/hook-reports.js";
import type { Monitor } from "../monitoring/monitor.js";
import type { CheckedPredictions } from "../predictions/check.js";
import { comparePredictions } from "../predictions/compare.js";
import type { Transformed } from "../predictions/transformed.js";
import type { Call } from "../worker/task.js";
import { Durations } from "./durations.js";
import { RecentRequests } from "./recent.js";
import { type Caller, Release, type ReleaseState } from "./release.js";

/** What a swap changes; what is not given stays as it is. */
export interface SwapWishes {
  codeDirectory?: string | undefined;
  /** Language to interpreter or environment, beside those asked for before. */
  runtimes?: Readonly<Record<string, string>> | undefined;
  /** So many of the last requests are sent to both releases before the switch. */
  replay?: number | undefined;
  /** Largest difference of two predictions of the same row that the switch accepts. */
  maxDifference?: number | undefined;
}

export interface SwapReport {
  model: string;
  release: number;
  /** Milliseconds until the new release answered. */
  duration: number;
  /** Requests that were sent to both releases. */
  replayed: number;
  /** Between two numbers of the same prediction. */
  largestDifference: number;
  /** Replayed requests that one release refused, or that were answered with other texts or missing numbers. */
  unlike: number;
}

export interface DeploymentContext {
  log: Log;
  /** Goes before the names of workers, where several models are served. */
  prefix?: string;
  /** What workers tell while they load. */
  onProgress?: (text: string) => void;
  /** Takes note of every prediction. */
  monitor?: Monitor | undefined;
}

export class Deployment {
  readonly durations = new Durations();
  /** What is being done to put another release in the place of this one. */
  swapping: string | undefined;
  private current: Release;
  /** A release that starts, or ones that still finish what they have. */
  private readonly others = new Set<Release>();
  private readonly recent = new RecentRequests();
  private isDraining = false;
  private releases = 1;

  constructor(
    model: ModelSpec,
    private config: Config,
    private readonly context: DeploymentContext,
  ) {
    this.current = this.makeRelease(model, config);
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

  /** Workers of all releases, those that answer first. */
  get slots() {
    return [this.current, ...this.others].flatMap((release) => release.slots);
  }

  /** Resolves when the model can answer; throws MODEL_NOT_LOADED with the worker's own diagnosis. */
  async start({ warm = true } = {}): Promise<void> {
    const first = this.current;
    try {
      await first.start({ warm });
    } catch (error) {
      // Another one has taken its place while it was still loading.
      if (this.current === first) throw error;
    }
  }

  async predict(payload: Payload, whenGone?: Call["whenGone"]): Promise<CheckedPredictions> {
    if (this.isDraining) throw draining();
    const [checked, duration] = await this.timed(() => this.current.predict(payload, whenGone));
    this.recent.add(payload);
    this.monitor?.predicted(payload, checked, duration);
    return checked;
  }

  /** For the target type transform, whose releases are not compared: their output is no prediction. */
  async transform(
    payload: Payload,
    target: Payload | null,
    whenGone?: Call["whenGone"],
  ): Promise<Transformed> {
    if (this.isDraining) throw draining();
    const [transformed] = await this.timed(() => this.current.transform(payload, target, whenGone));
    return transformed;
  }

  /** For unstructured models: they are not compared on recent requests, since what they do besides is not known. */
  async scoreUnstructured(
    given: UnstructuredParams,
    whenGone?: Call["whenGone"],
  ): Promise<UnstructuredResult> {
    if (this.isDraining) throw draining();
    const [result] = await this.timed(() => this.current.scoreUnstructured(given, whenGone));
    return result;
  }

  /** The completion, or null after all chunks went to `caller.onChunk`. */
  async chat(given: ChatParams, caller: Caller): Promise<JsonMap | null> {
    if (this.isDraining) throw draining();
    const { monitor } = this;
    const said = monitor && new ChatText();
    const onChunk = said
      ? (chunk: Value) => {
          said.add(chunk);
          caller.onChunk?.(chunk);
        }
      : caller.onChunk;
    const [{ completion }, duration] = await this.timed<ChatResult>(() =>
      this.current.chat(given, { ...caller, onChunk }),
    );
    if (completion) said?.add(completion);
    monitor?.chatted(lastMessage(given.request), said!.text, duration);
    return completion;
  }

  /** Takes note of what is asked; with --monitor-embedded that is for the hook alone. */
  private get monitor(): Monitor | undefined {
    return this.config.monitoring.monitor ? this.context.monitor : undefined;
  }

  /** With the milliseconds it took, of which note is taken. */
  private async timed<Answer>(work: () => Promise<Answer>): Promise<[Answer, number]> {
    const startedAt = performance.now();
    try {
      const answer = await work();
      const duration = performance.now() - startedAt;
      this.durations.add(duration);
      return [answer, duration];
    } catch (error) {
      this.monitor?.failed(error, performance.now() - startedAt);
      throw error;
    }
  }

  /**
   * Starts a new release, warms it, compares it on recent requests when asked, switches, and ends the old one when it has answered what
   * it was asked. Whatever fails leaves the old one serving: throws SWAP_FAILED with the reason, SWAP_RUNNING beside another swap.
   */
  async swap(wishes: SwapWishes): Promise<SwapReport> {
    if (this.isDraining) throw draining();
    if (this.swapping !== undefined) {
      throw new DrumError(
        "SWAP_RUNNING",
        `a swap of ${this.name} runs already (${this.swapping}); wait for its end`,
      );
    }
    const startedAt = performance.now();
    let next: Release | undefined;
    try {
      this.note("reading the code directory");
      const config = { ...this.config, runtimes: { ...this.config.runtimes, ...wishes.runtimes } };
      const model = await readModel(config, wishes.codeDirectory ?? this.current.model.codeDirectory);
      checkSameTarget(this.current.model, model);
      next = this.makeRelease({ ...model, name: this.name }, config);
      this.others.add(next);
      this.note("loading the new release");
      await next.start({ whole: true });
      const compared = await this.tryOut(next, wishes);
      if (this.isDraining) throw draining();
      this.switchTo(next, config);
      const duration = Math.round(performance.now() - startedAt);
      this.context.log.info(`${this.name}: release ${next.number} answers after ${duration} ms`);
      return { model: this.name, release: next.number, duration, ...compared };
    } catch (error) {
      if (next) this.retire(next, 0);
      throw swapFailed(this.name, error);
    } finally {
      this.swapping = undefined;
    }
  }

  /** Warms the new release on recent requests; with `replay`, compares its answers with the old one's. */
  private async tryOut(next: Release, { replay, maxDifference }: SwapWishes) {
    if (replay === undefined) {
      this.note("warming the new release");
      // What cannot be predicted now could not before either, or will be told to whoever asks.
      const warming = this.recent.last(next.slots.length).map((payload) => next.predict(payload));
      await Promise.allSettled(warming);
      return { replayed: 0, largestDifference: 0, unlike: 0 };
    }
    const payloads = this.recent.last(replay);
    this.note(`replaying the last ${payloads.length} requests`);
    const report = { replayed: payloads.length, largestDifference: 0, unlike: 0 };
    for (const payload of payloads) {
      const apart = differenceOf(await outcomeOf(this.current, payload), await outcomeOf(next, payload));
      if (Number.isFinite(apart)) report.largestDifference = Math.max(report.largestDifference, apart);
      else report.unlike += 1;
    }
    checkDifference(report, maxDifference);
    return report;
  }

  private switchTo(next: Release, config: Config): void {
    const old = this.current;
    this.others.delete(next);
    this.current = next;
    this.config = config;
    // Requests that it has taken are answered, however long they may take by their own deadline.
    this.retire(old, Number.POSITIVE_INFINITY);
  }

  private retire(release: Release, limit: number): void {
    this.others.add(release);
    release.drain(limit).finally(() => this.others.delete(release));
  }

  /** Takes no further request, finishes what runs within `limit` milliseconds, and ends all workers. */
  async drain(limit: number): Promise<void> {
    this.isDraining = true;
    await Promise.all([this.current, ...this.others].map((release) => release.drain(limit)));
  }

  private makeRelease(model: ModelSpec, config: Config): Release {
    const { monitor } = this.context;
    const onReport = config.monitoring.embedded && monitor ? reportsTo(monitor, this.context.log) : undefined;
    return new Release(model, this.releases++, { ...this.context, config, onReport });
  }

  private note(step: string): void {
    this.swapping = step;
    this.context.log.info(`${this.name}: swap: ${step}`);
  }
}

export function draining(): DrumError {
  return new DrumError("DRAINING", "the server is shutting down; use another");
}

async function outcomeOf(release: Release, payload: Payload): Promise<CheckedPredictions | DrumError> {
  return release.predict(payload).catch((error: DrumError) => error);
}

/** Who asks for predictions of one kind must not get others. */
function checkSameTarget({ target: served }: ModelSpec, { target }: ModelSpec): void {
  const words = ({ type, labels }: ModelSpec["target"]) => [type, ...labels].join(" ");
  if (words(served) === words(target)) return;
  throw new DrumError(
    "USAGE",
    `the new model predicts ${words(target)}, the served one ${words(served)}; serve it beside this one, with a code directory of its own`,
  );
}

/** Infinity where it cannot be reckoned; two refusals of the same kind are alike. */
function differenceOf(old: CheckedPredictions | DrumError, next: CheckedPredictions | DrumError): number {
  if (old instanceof DrumError || next instanceof DrumError) {
    const isSame = old instanceof DrumError && next instanceof DrumError && old.code === next.code;
    return isSame ? 0 : Number.POSITIVE_INFINITY;
  }
  try {
    const { largest, unlike } = comparePredictions(old, next);
    return unlike > 0 ? Number.POSITIVE_INFINITY : largest;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

type Replayed = Pick<SwapReport, "replayed" | "largestDifference" | "unlike">;

function checkDifference({ replayed, largestDifference, unlike }: Replayed, most: number | undefined): void {
  if (most === undefined || (largestDifference <= most && unlike === 0)) return;
  const found =
    unlike > 0 ? `${unlike} of ${replayed} requests have no like answer` : `up to ${largestDifference}`;
  throw new DrumError(
    "PREDICTIONS_DIFFER",
    `the new release's predictions differ: ${found}, expected ${most} at most; look at them with drum compare, or raise --max-diff`,
  );
}

function swapFailed(name: string, error: unknown): DrumError {
  if (!(error instanceof DrumError) || error.code === "DRAINING") return error as DrumError;
  const cause = error.cause instanceof DrumError ? error.cause : error;
  return new DrumError(
    "SWAP_FAILED",
    `${name} was not swapped, and the old release goes on serving: ${error.message}`,
    {
      traceback: error.traceback,
      cause,
    },
  );
}
