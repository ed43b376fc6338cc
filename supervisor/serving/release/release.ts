// One model loaded on its runtimes: a pool of workers per language, and the route through them. A swap replaces it as a whole.

import type {
  ChatParams,
  ChatResult,
  Method,
  Methods,
  ModelsResult,
  Payload,
  UnstructuredParams,
  UnstructuredResult,
} from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import { bytesPayload } from "../../formats/input/payload.js";
import type { Log } from "../../log.js";
import type { ModelPart, ModelSpec } from "../../model/model.js";
import type { CheckedPredictions } from "../../predictions/check.js";
import type { Transformed } from "../../predictions/transformed.js";
import type { Departure } from "../worker/departure.js";
import type { WarmupRequest } from "../worker/plan.js";
import { Pool } from "../worker/pool.js";
import type { Call } from "../worker/task.js";
import { warmupCsv } from "./example.js";
import { checkHasRows, withHint } from "./hints.js";
import { type PlanSettings, planFor } from "./plan.js";
import { type Ask, natureOf, postProcess, score, transform } from "./requests.js";
import { chooseRoute, type Part, partWith, provisionalRoute, type Route } from "./route.js";
import { ShortRows } from "./short-rows.js";

export type ReleaseState = "loading" | "ready" | "failed" | "draining";

/** The caller of a request: gets its chunks, and may leave before the response. */
export type Caller = Pick<Call, "departure" | "onChunk">;

export interface ReleaseSettings extends PlanSettings {
  log: Log;
  /** Prefix of the worker names. */
  prefix?: string;
}

interface WarmupRows {
  payload: Payload;
  /** The file; undefined for a row that was made up. */
  title: string | undefined;
}

export class Release {
  readonly parts: readonly Part[];
  failure: DrumError | undefined;
  route: Route;
  /** Resolves when the model has started. Rejects as `start` does. */
  readonly loaded: Promise<void>;
  /** The number of running requests. */
  active = 0;
  private readonly shortRows: ShortRows;
  private whenIdle: (() => void) | undefined;
  private readonly log: Log;
  /** Whether the rows of `warmup` are being predicted. */
  private isWarming = false;
  private settleStart: { resolve(): void; reject(error: DrumError): void } | undefined;

  constructor(
    readonly model: ModelSpec,
    readonly number: number,
    settings: ReleaseSettings,
  ) {
    this.parts = model.parts.map((part) => {
      const plan = { ...planFor(part, model, settings), name: nameOf(part, number, settings) };
      return { ...part, pool: new Pool(plan, settings.log), loaded: undefined };
    });
    this.route = provisionalRoute(this.parts);
    this.log = settings.log;
    this.shortRows = new ShortRows(model.name, settings.log);
    this.loaded = new Promise((resolve, reject) => {
      this.settleStart = { resolve, reject };
    });
    this.loaded.catch(() => {});
  }

  /**
   * Resolves when the first worker of every language (with `whole`, every worker) has loaded its part, and the rows of `warmup` are
   * predicted. Ends all workers and throws MODEL_NOT_LOADED with the worker's own diagnosis if this fails.
   */
  async start({ whole = false, warm = true } = {}): Promise<void> {
    const { warmup } = this.model.metadata ?? {};
    for (const hint of this.model.hints) this.log.warn(`${this.model.name}: ${hint}`);
    try {
      await Promise.all(
        this.parts.map(async (part) => {
          part.loaded = await part.pool.start({ whole });
        }),
      );
      this.isWarming = warm;
      this.route = chooseRoute(this.parts, this.model);
      const rows = warm ? await this.warmupRows(warmup) : undefined;
      const unused = this.parts.filter((part) => !this.route.parts.includes(part));
      await Promise.all(unused.map((part) => part.pool.drain(0)));
      if (rows) await this.warm(rows);
      this.isWarming = false;
      this.settleStart?.resolve();
    } catch (error) {
      const { message, traceback } = error as DrumError;
      this.failure = new DrumError("MODEL_NOT_LOADED", message, { traceback, cause: error });
      this.settleStart?.reject(this.failure);
      await Promise.all(this.parts.map((part) => part.pool.fail(this.failure!)));
      throw this.failure;
    }
  }

  /** The rows of the metadata, or else one made of what the model knows of its columns. */
  private async warmupRows(file: string | undefined): Promise<WarmupRows | undefined> {
    if (file !== undefined) {
      return { payload: await bytesPayload(file, { isRaw: this.readsAnything }), title: file };
    }
    const csv = warmupCsv(this.route);
    if (csv === undefined) return undefined;
    const payload = { kind: "bytes", data: Buffer.from(csv), mimetype: "text/csv", charset: null } as const;
    return { payload, title: undefined };
  }

  /** Sends the rows to every worker; later workers get the same requests when they start. A failure is only logged: other rows may work. */
  private async warm({ payload, title }: WarmupRows): Promise<void> {
    const startedAt = performance.now();
    const answer = (ask: Ask): Promise<unknown> =>
      this.model.target.type === "transform"
        ? transform(this.route, this.model, { payload, target: null, ask })
        : this.predictWith(payload, ask);
    await answer(async (part, method, params) => {
      const result = await this.ask(part, method, params);
      part.pool.addWarmup({ method, params } as WarmupRequest);
      return result;
    }).catch((error: DrumError) =>
      title === undefined
        ? this.log.info(`a made-up row could not be predicted to warm up: ${error.message}`)
        : this.log.warn(`the rows of warmup (${title}) could not be predicted: ${error.message}`),
    );
    const others = Math.max(...this.route.parts.map(({ pool }) => pool.slots.length)) - 1;
    const ask: Ask = (part, method, params) => this.ask(part, method, params);
    await Promise.allSettled(Array.from({ length: others }, () => answer(ask)));
    this.log.info(`warmed up in ${Math.round(performance.now() - startedAt)} ms`);
  }

  get isRouteKnown(): boolean {
    return this.route.stages.length > 0;
  }

  get state(): ReleaseState {
    const pools = this.route.parts.map(({ pool }) => pool);
    if (this.failure || pools.some(({ state }) => state === "failed")) return "failed";
    if (pools.some(({ state }) => state === "draining" || state === "stopped")) return "draining";
    const isReady = this.isRouteKnown && !this.isWarming && pools.every((pool) => pool.isReady);
    return isReady ? "ready" : "loading";
  }

  /** Why the state is "failed". */
  get reason(): DrumError | undefined {
    return this.failure ?? this.slots.find(({ slot }) => slot.givenUp)?.slot.failure;
  }

  /** What the release still waits for, in words. */
  get waitsFor(): string {
    const waiting = this.route.parts.filter(({ pool }) => !pool.isReady);
    const words = waiting.map(({ language, pool }) => {
      const doing = pool.slots.map((slot) => slot.worker?.doing).find((text) => text !== undefined);
      return `the ${language.name} worker ${doing ?? "is starting"}`;
    });
    if (words.length > 0) return words.join(", ");
    return this.isWarming ? "the rows of warmup are being predicted" : "the stages are being chosen";
  }

  get slots() {
    return this.route.parts.flatMap((part) =>
      part.pool.slots.map((slot) => ({ slot, language: part.language.name, release: this.number })),
    );
  }

  /** Workers that are not ready now, each with the reason. */
  get missing(): string[] {
    return this.slots.filter(({ slot }) => !slot.isReady).map(({ slot }) => slot.absence);
  }

  /** Requests that wait for a worker. */
  get waiting(): number {
    return this.parts.reduce((sum, { pool }) => sum + pool.waiting, 0);
  }

  /** The part whose hook file defines the hook; undefined if none does, or before the parts are loaded. */
  partWith(hook: string): Part | undefined {
    return partWith(this.route, hook);
  }

  /** Whether the read_input_data hook reads the input, which may then be of any type. */
  get readsAnything(): boolean {
    return this.route.reader.loaded?.hooks.includes("read_input_data") ?? false;
  }

  /** Reads, transforms and scores in workers, checks the predictions, and runs the post_process hook if the model has one. */
  predict(payload: Payload, departure?: Departure): Promise<CheckedPredictions> {
    const ask: Ask = (part, method, params) => this.ask(part, method, params, { departure });
    return this.during(() => this.predictWith(payload, ask), payload);
  }

  /** Reads `this.route` again after `score`: a request that waited for a loading model has the final route only then. */
  private async predictWith(payload: Payload, ask: Ask): Promise<CheckedPredictions> {
    const before = await score(this.route, this.model, { payload, ask });
    if (!this.readsAnything) checkHasRows(before.predictions.rows, payload);
    return this.route.postProcessor ? postProcess(this.route, this.model, { before, ask }) : before;
  }

  /** For the target type transform: reads and transforms in workers, and checks the result. `target` belongs to the rows. */
  transform(payload: Payload, target: Payload | null, departure?: Departure): Promise<Transformed> {
    const ask: Ask = (part, method, params) => this.ask(part, method, params, { departure });
    return this.during(async () => {
      const transformed = await transform(this.route, this.model, { payload, target, ask });
      if (!this.readsAnything) checkHasRows(transformed.data.rows, payload);
      return transformed;
    }, payload);
  }

  /** Returns what the hook returned. */
  scoreUnstructured(given: UnstructuredParams, departure?: Departure): Promise<UnstructuredResult> {
    return this.askOwner("score_unstructured", given, { departure });
  }

  /** Returns what the hook returned, and passes on its chunks as they come. */
  chat(given: ChatParams, caller: Caller): Promise<ChatResult> {
    return this.askOwner("chat", given, caller);
  }

  /** Returns the answer of the wrapper class (`call`) or the model class (`infer`). */
  askClass<M extends "call" | "infer">(
    method: M,
    given: Methods[M]["params"],
    caller: Caller,
  ): Promise<Methods[M]["result"]> {
    return this.during(() => this.ask(this.route.scorer, method, given, caller));
  }

  /** Returns what the hook get_supported_llm_models returned. */
  supportedModels(): Promise<ModelsResult> {
    return this.during(() => this.ask(this.partWith("get_supported_llm_models")!, "models", {}));
  }

  private askOwner<M extends "score_unstructured" | "chat">(
    method: M,
    params: Methods[M]["params"],
    caller: Caller,
  ): Promise<Methods[M]["result"]> {
    return this.during(() => this.ask(this.partWith(method) ?? this.route.scorer, method, params, caller));
  }

  private async during<Answer>(work: () => Promise<Answer>, payload?: Payload): Promise<Answer> {
    if (this.failure) throw this.failure;
    this.active += 1;
    try {
      // With a single language there is nothing to wait for here: its queue keeps requests until it is loaded.
      if (!this.isRouteKnown && this.parts.length > 1) await this.loaded;
      const working = work();
      const looking =
        payload && this.isRouteKnown && !this.readsAnything ? this.shortRows.look(payload) : undefined;
      const answer = await working;
      if (looking) await looking;
      return answer;
    } catch (error) {
      throw payload && !this.readsAnything ? await withHint(error, payload) : error;
    } finally {
      this.active -= 1;
      if (this.active === 0) this.whenIdle?.();
    }
  }

  /** Finishes running requests within `limit` milliseconds, and ends the workers. Resolves with whether all requests were finished. */
  async drain(limit: number): Promise<boolean> {
    if (this.active > 0 && limit > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.whenIdle = resolve;
        if (Number.isFinite(limit)) timer = setTimeout(resolve, limit);
      });
      clearTimeout(timer);
    }
    const isOrderly = this.active === 0;
    await Promise.all(this.parts.map(({ pool }) => pool.drain(0)));
    return isOrderly;
  }

  private ask<M extends Method>(
    { pool }: Part,
    method: M,
    params: Methods[M]["params"],
    { departure, onChunk }: Caller = {},
  ): Promise<Methods[M]["result"]> {
    return pool.run({ method, params, ...natureOf(method, params), departure, onChunk });
  }
}

/** For example `python`, in the second release `python@2`, and with several models `sales/python@2`. */
function nameOf({ language }: ModelPart, number: number, { prefix = "" }: ReleaseSettings): string {
  return `${prefix}${language.name}${number > 1 ? `@${number}` : ""}`;
}
