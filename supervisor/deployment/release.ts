// One model loaded on its runtimes: a pool of workers a language, and the stages through them. A swap replaces it whole.

import type {
  ChatParams,
  ChatResult,
  Hello,
  LoadResult,
  Method,
  ModelsResult,
  Params,
  Payload,
  UnstructuredParams,
  UnstructuredResult,
  Value,
} from "../../protocol/messages.js";
import type { Config } from "../config.js";
import { DrumError } from "../errors.js";
import { bytesPayload } from "../input.js";
import type { Log } from "../log.js";
import type { ModelPart, ModelSpec } from "../model/model.js";
import type { RuntimeParameter } from "../model/parameter-variables.js";
import type { TargetType } from "../options.js";
import type { CheckedPredictions } from "../predictions/check.js";
import type { Transformed } from "../predictions/transformed.js";
import { Pool } from "../worker/pool.js";
import type { Call } from "../worker/task.js";
import type { WarmupRequest } from "../worker/worker.js";
import { type Ask, predictThrough, transformThrough } from "./pipeline.js";
import { chooseStages, chooseTransform, chooseUnstructured, type Stage } from "./stages.js";

/** Frames carry the body and some names; a table of predictions may be larger than its input. */
const smallestMaxFrame = 2 ** 30;

/** What one language does in a release. */
export interface Part extends ModelPart {
  pool: Pool;
  loaded: LoadResult | undefined;
  /** What its workers are asked before they are ready. */
  warmup: WarmupRequest[];
}

/** Of the target types that have no table of predictions. */
const waysOfOthers: Partial<Record<TargetType, typeof chooseStages>> = {
  unstructured: chooseUnstructured,
  transform: chooseTransform,
};

export type ReleaseState = "loading" | "ready" | "failed" | "draining";

type WhenGone = Call["whenGone"];

/** Who asks: told of chunks, and able to leave. */
export type Caller = Pick<Call, "whenGone" | "onChunk">;

export interface ReleaseSettings {
  config: Config;
  log: Log;
  /** Goes before the names of workers. */
  prefix?: string;
  onProgress?: (text: string) => void;
  /** What hooks report. */
  onReport?: ((params: Params) => void) | undefined;
}

export class Release {
  readonly parts: readonly Part[];
  stages: readonly Stage[] = [];
  failure: DrumError | undefined;
  /** Predictions on their way. */
  private active = 0;
  private whenIdle: (() => void) | undefined;
  /** When it is known which way data goes. Rejects as `start` does. */
  readonly loaded: Promise<void>;
  private readonly log: Log;
  /** The rows of `warmup` are being predicted. */
  private isWarming = false;
  private settleStart: { resolve(): void; reject(error: DrumError): void } | undefined;

  constructor(
    readonly model: ModelSpec,
    readonly number: number,
    settings: ReleaseSettings,
  ) {
    this.parts = model.parts.map((part) => {
      const warmup: WarmupRequest[] = [];
      const plan = { ...planFor(part, model, settings), name: nameOf(part, number, settings), warmup };
      return { ...part, pool: new Pool(plan, settings.log), loaded: undefined, warmup };
    });
    this.log = settings.log;
    this.loaded = new Promise((resolve, reject) => {
      this.settleStart = { resolve, reject };
    });
    this.loaded.catch(() => {});
  }

  /**
   * Resolves when the first worker of every language has its part loaded, or all of them with `whole`, and has predicted the rows of
   * `warmup`. Throws MODEL_NOT_LOADED with the worker's own diagnosis, and then has ended all workers.
   */
  async start({ whole = false, warm = true } = {}): Promise<void> {
    this.isWarming = warm && this.model.metadata?.warmup !== undefined;
    try {
      await Promise.all(
        this.parts.map(async (part) => {
          part.loaded = await part.pool.start({ whole });
        }),
      );
      this.stages = this.choose();
      await Promise.all(this.parts.filter((part) => !this.takesPart(part)).map((part) => part.pool.drain(0)));
      if (this.isWarming) await this.warm(this.model.metadata!.warmup!);
      this.isWarming = false;
      this.settleStart?.resolve();
    } catch (error) {
      const { message, traceback } = error as DrumError;
      this.failure = new DrumError("MODEL_NOT_LOADED", message, { traceback, cause: error });
      this.settleStart?.reject(this.failure);
      await Promise.all(this.parts.map((part) => part.pool.drain(0)));
      throw this.failure;
    }
  }

  /** Every worker predicts the rows, those that start later by what was asked of the first ones. A refusal is told: other rows may do. */
  private async warm(file: string): Promise<void> {
    const startedAt = performance.now();
    const payload = await bytesPayload(file);
    const refused = (error: DrumError) =>
      this.log.warn(`the rows of warmup, ${file}, could not be predicted: ${error.message}`);
    const answer = (ask: Ask): Promise<unknown> =>
      this.model.target.type === "transform"
        ? transformThrough(this, { payload, target: null }, ask)
        : predictThrough(this, payload, ask);
    await answer(async (part, method, params) => {
      const value = await this.ask(part, method, params);
      part.warmup.push({ method, params });
      return value;
    }).catch(refused);
    const others = Math.max(...this.activeParts.map(({ pool }) => pool.slots.length)) - 1;
    const ask: Ask = (part, method, params) => this.ask(part, method, params);
    await Promise.allSettled(Array.from({ length: others }, () => answer(ask)));
    this.log.info(`warmed in ${Math.round(performance.now() - startedAt)} ms`);
  }

  private choose(): Stage[] {
    const loaded = this.parts.map(({ language, loaded }) => ({ language: language.name, loaded: loaded! }));
    const choose = waysOfOthers[this.model.target.type] ?? chooseStages;
    const stages = choose(loaded, this.model.metadata?.hooks ?? {});
    for (const { language, method } of stages) {
      const methods = this.helloOf(this.partOf(language))?.capabilities.methods;
      if (!methods || methods.includes(method)) continue;
      throw new DrumError(
        "METHOD_UNKNOWN",
        `the ${language} worker cannot ${method}, which this model needs of it; it answers ${methods.join(", ")}`,
      );
    }
    return stages;
  }

  private takesPart({ language, loaded }: Part): boolean {
    return this.stages.some((stage) => stage.language === language.name) || chats(loaded);
  }

  get state(): ReleaseState {
    const pools = this.activeParts.map(({ pool }) => pool);
    if (this.failure || pools.some(({ state }) => state === "failed")) return "failed";
    if (pools.some(({ state }) => state === "draining" || state === "stopped")) return "draining";
    const isReady = this.stages.length > 0 && !this.isWarming && pools.every((pool) => pool.isReady);
    return isReady ? "ready" : "loading";
  }

  /** Why the state is "failed". */
  get reason(): DrumError | undefined {
    return this.failure ?? this.slots.find(({ slot }) => slot.givenUp)?.slot.failure;
  }

  /** What is still being waited for, in words. */
  get waitsFor(): string {
    const waiting = this.activeParts.filter(({ pool }) => !pool.isReady);
    const words = waiting.map(({ language, pool }) => {
      const doing = pool.slots.map((slot) => slot.worker?.doing).find((text) => text !== undefined);
      return `the ${language.name} worker ${doing ?? "is starting"}`;
    });
    return (
      words.join(", ") ||
      (this.isWarming ? "the rows of warmup are predicted" : "the stages are being chosen")
    );
  }

  /** The parts that data passes through, all of them as long as that is not known. */
  get activeParts(): readonly Part[] {
    return this.stages.length === 0 ? this.parts : this.parts.filter((part) => this.takesPart(part));
  }

  get slots() {
    return this.activeParts.flatMap((part) =>
      part.pool.slots.map((slot) => ({ slot, language: part.language.name, release: this.number })),
    );
  }

  /** Requests that wait for a worker. */
  get waiting(): number {
    return this.parts.reduce((sum, { pool }) => sum + pool.waiting, 0);
  }

  /** The part that scores; the first one as long as that is not known. */
  get scorer(): Part {
    return this.partOf(this.stages[this.scoringStage]?.language) ?? this.parts[0]!;
  }

  /** Its place: the stages before it only prepare the data. -1 as long as that is not known. */
  get scoringStage(): number {
    return this.stages.findLastIndex(({ method }) => method !== "post_process");
  }

  /** The part whose hook file has the hook; undefined where none has, or it is not known yet. */
  partWith(hook: string): Part | undefined {
    return this.activeParts.find(({ loaded }) => loaded?.hooks.includes(hook));
  }

  /** The part that is given the input. */
  get reader(): Part {
    return this.partOf(this.stages[0]?.language) ?? this.parts[0]!;
  }

  /** Whether a hook reads the input, of whatever type it is. */
  get readsAnything(): boolean {
    return this.reader.loaded?.hooks.includes("read_input_data") ?? false;
  }

  partOf(language: string | undefined): Part {
    return this.parts.find((part) => part.language.name === language)!;
  }

  /** What the first of the part's workers that run said of itself. */
  helloOf({ pool }: Part): Hello | undefined {
    return pool.slots.find((slot) => slot.worker?.hello)?.worker?.hello;
  }

  /** Reads, transforms and scores in workers, checks, and post-processes where the model has a hook for it. */
  predict(payload: Payload, whenGone?: WhenGone): Promise<CheckedPredictions> {
    return this.during(() =>
      predictThrough(this, payload, (part, method, params) => this.ask(part, method, params, { whenGone })),
    );
  }

  /** Reads and transforms in workers, and checks; `target` belongs to the rows. For the target type transform. */
  transform(payload: Payload, target: Payload | null, whenGone?: WhenGone): Promise<Transformed> {
    return this.during(() =>
      transformThrough(this, { payload, target }, (part, method, params) =>
        this.ask(part, method, params, { whenGone }),
      ),
    );
  }

  /** What the hook returned. */
  scoreUnstructured(given: UnstructuredParams, whenGone?: WhenGone): Promise<UnstructuredResult> {
    return this.askOwner("score_unstructured", given as unknown as Params, { whenGone });
  }

  /** What the hook returned; chunks are handed over as they come. */
  chat(given: ChatParams, caller: Caller): Promise<ChatResult> {
    return this.askOwner("chat", given as unknown as Params, caller);
  }

  /** What the hook get_supported_llm_models returned. */
  async supportedModels(): Promise<ModelsResult> {
    return this.during(async () => {
      const part = this.partWith("get_supported_llm_models")!;
      return (await this.ask(part, "models", {})) as unknown as ModelsResult;
    });
  }

  private askOwner<Result>(
    method: "score_unstructured" | "chat",
    params: Params,
    caller: Caller,
  ): Promise<Result> {
    return this.during(async () => {
      const part = this.partWith(method) ?? this.scorer;
      return (await this.ask(part, method, params, caller)) as unknown as Result;
    });
  }

  private async during<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    if (this.failure) throw this.failure;
    this.active += 1;
    try {
      // A single language is asked at once, so that requests wait in its queue while it loads.
      if (this.stages.length === 0 && this.parts.length > 1) await this.loaded;
      return await work();
    } finally {
      this.active -= 1;
      if (this.active === 0) this.whenIdle?.();
    }
  }

  /** Finishes what is on its way, within `limit` milliseconds, and ends the workers. */
  async drain(limit: number): Promise<void> {
    if (this.active > 0 && limit > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.whenIdle = resolve;
        if (Number.isFinite(limit)) timer = setTimeout(resolve, limit);
      });
      clearTimeout(timer);
    }
    await Promise.all(this.parts.map(({ pool }) => pool.drain(0)));
  }

  private ask({ pool }: Part, method: Method, params: Params, caller: Caller = {}): Promise<Value> {
    // These hooks may do more than compute, so they are never asked twice.
    const pure = method !== "score_unstructured" && method !== "chat";
    return pool.run({ method, params, pure, ...caller });
  }
}

/** Whether the part takes requests to chat. */
function chats(loaded: LoadResult | undefined): boolean {
  return loaded?.hooks.includes("chat") ?? false;
}

/** How workers of a part are run, and what they are to load. */
export function planFor(
  part: ModelPart,
  { codeDirectory, target, parts, environment, runtimeParameters, serverParameters, userSecrets }: ModelSpec,
  { config, onProgress, onReport }: Pick<ReleaseSettings, "config" | "onProgress" | "onReport">,
) {
  const isBinary = target.type === "binary";
  const { workers, requestTimeout } = serverParameters;
  return {
    onProgress,
    onReport,
    language: part.language,
    runtime: part.runtime,
    environment,
    threads: config.workerThreads,
    size: workers ?? config.maxWorkers,
    queueSize: config.queueSize,
    maxFrame: Math.min(Math.max(smallestMaxFrame, config.maxBodySize + 2 ** 20), 2 ** 32 - 1),
    startTimeout: config.startTimeout,
    requestTimeout: requestTimeout ?? config.requestTimeout,
    retry: config.retry,
    load: {
      code_directory: codeDirectory,
      hook_file: part.hookFile ?? null,
      artifacts: [...part.artifacts],
      target_type: target.type,
      negative_class_label: isBinary ? target.labels[0]! : null,
      positive_class_label: isBinary ? target.labels[1]! : null,
      class_labels: !isBinary && target.labels.length > 0 ? [...target.labels] : null,
      hooks: part.hooks,
      partial: parts.length > 1,
      reports: onReport !== undefined,
      runtime_parameters: Object.fromEntries(runtimeParameters.map((one) => [one.name, valueOrError(one)])),
      user_secrets: userSecrets,
    },
  };
}

function valueOrError(parameter: RuntimeParameter): { value: Value } | { error: string } {
  return parameter.type === null ? { error: parameter.error } : { value: parameter.value };
}

/** e.g. `python`, in the second release `python@2`, beside other models `sales/python@2`. */
function nameOf({ language }: ModelPart, number: number, { prefix = "" }: ReleaseSettings): string {
  return `${prefix}${language.name}${number > 1 ? `@${number}` : ""}`;
}
