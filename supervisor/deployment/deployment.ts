// One served model: its pool of workers, the way from a payload to checked predictions, and what is told of it.

import type {
  Hello,
  LoadResult,
  Params,
  Payload,
  PostProcessResult,
  PredictResult,
  Table,
  Value,
} from "../../protocol/messages.js";
import { checkTable } from "../../protocol/table.js";
import type { Config } from "../config.js";
import { DrumError, messageOf } from "../errors.js";
import type { Log } from "../log.js";
import type { ModelSpec } from "../model/model.js";
import { type CheckedPredictions, checkPredictions } from "../predictions/check.js";
import { Pool } from "../worker/pool.js";
import type { Call } from "../worker/task.js";
import { Durations } from "./durations.js";

export type DeploymentState = "loading" | "ready" | "failed" | "draining";

/** Frames carry the body and some names; a table of predictions may be larger than its input. */
const smallestMaxFrame = 2 ** 30;

export class Deployment {
  readonly durations = new Durations();
  private readonly pool: Pool;
  private loaded: LoadResult | undefined;
  private failure: DrumError | undefined;

  constructor(
    readonly model: ModelSpec,
    config: Config,
    log: Log,
  ) {
    const { target } = model;
    const isBinary = target.type === "binary";
    this.pool = new Pool(
      {
        language: model.language,
        runtime: model.runtime,
        environment: config.places.workerEnvironment,
        size: config.maxWorkers,
        queueSize: config.queueSize,
        maxFrame: Math.min(Math.max(smallestMaxFrame, config.maxBodySize + 2 ** 20), 2 ** 32 - 1),
        startTimeout: config.startTimeout,
        requestTimeout: config.requestTimeout,
        retry: config.retry,
        load: {
          code_directory: model.codeDirectory,
          hook_file: model.hookFile ?? null,
          artifacts: [...model.artifacts],
          target_type: target.type,
          negative_class_label: isBinary ? target.labels[0]! : null,
          positive_class_label: isBinary ? target.labels[1]! : null,
          class_labels: !isBinary && target.labels.length > 0 ? [...target.labels] : null,
        },
      },
      log,
    );
  }

  /** Resolves when the first worker has the model loaded; throws MODEL_NOT_LOADED with the worker's own diagnosis. */
  async start(): Promise<LoadResult> {
    try {
      this.loaded = await this.pool.start();
      return this.loaded;
    } catch (error) {
      const { message, traceback } = error as DrumError;
      this.failure = new DrumError("MODEL_NOT_LOADED", message, { traceback, cause: error });
      throw this.failure;
    }
  }

  get state(): DeploymentState {
    if (this.failure || this.pool.state === "failed") return "failed";
    if (this.pool.state === "draining" || this.pool.state === "stopped") return "draining";
    return this.pool.slots.some((slot) => slot.worker?.state === "ready") ? "ready" : "loading";
  }

  /** Why the state is "failed". */
  get reason(): DrumError | undefined {
    return this.failure ?? this.pool.slots.find((slot) => slot.givenUp)?.failure;
  }

  get loadResult(): LoadResult | undefined {
    return this.loaded;
  }

  /** Whether the worker knows how to chat, and the model has a hook for it. */
  get chats(): boolean {
    return (
      (this.hello?.capabilities.methods.includes("chat") && this.loaded?.hooks.includes("chat")) ?? false
    );
  }

  /** What the first of the workers that run said of itself. */
  get hello(): Hello | undefined {
    return this.pool.slots.find((slot) => slot.worker?.hello)?.worker?.hello;
  }

  /** Format to the version of what reads it. Arrow is decoded here, for every worker that reads tables. */
  get payloadFormats(): Record<string, string | null> {
    const readsTables = this.hello?.capabilities.payloads.includes("table");
    return { ...(readsTables ? { arrow: null } : {}), ...this.loaded?.payload_formats };
  }

  get slots() {
    return this.pool.slots;
  }

  get waiting(): number {
    return this.pool.waiting;
  }

  /** Reads, transforms and scores in a worker, checks, and post-processes where the model has a hook for it. */
  async predict(payload: Payload, whenGone?: Call["whenGone"]): Promise<CheckedPredictions> {
    if (this.failure) throw this.failure;
    const startedAt = performance.now();
    const result = (await this.run(
      "predict",
      { payload: payload as unknown as Params },
      whenGone,
    )) as unknown as PredictResult;
    let checked = this.check(result, result.rows);
    if (this.loaded?.hooks.includes("post_process")) {
      const before = checked;
      const predictions = before.predictions as unknown as Params;
      const processed = (await this.run(
        "post_process",
        { predictions },
        whenGone,
      )) as unknown as PostProcessResult;
      checked = this.check(processed, before.predictions.rows);
      checked = {
        ...checked,
        extra: joinExtra(before.extra, checked.extra),
        index: checked.index ?? before.index,
      };
    }
    this.durations.add(performance.now() - startedAt);
    return checked;
  }

  drain(limit: number): Promise<void> {
    return this.pool.drain(limit);
  }

  private run(method: "predict" | "post_process", params: Params, whenGone: Call["whenGone"]) {
    return this.pool.run({ method, params, pure: true, ...(whenGone ? { whenGone } : {}) });
  }

  private check(result: PostProcessResult, rows: number | null): CheckedPredictions {
    const { type, labels, name } = this.model.target;
    const { labelled, index } = result;
    return checkPredictions(
      { predictions: readTable(result), labelled, rows, index },
      { targetType: type, labels, targetName: name },
    );
  }
}

function readTable({ predictions }: PostProcessResult): Table {
  try {
    return checkTable(predictions as unknown as Value);
  } catch (error) {
    throw new DrumError(
      "PROTOCOL_BROKEN",
      `the worker's answer holds no table of predictions: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

function joinExtra(before: CheckedPredictions["extra"], after: CheckedPredictions["extra"]) {
  if (!before || !after) return before ?? after;
  return { rows: after.rows, columns: [...before.columns, ...after.columns] };
}
