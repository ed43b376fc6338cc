// How the workers of one language of a model run, and what they load.

import type { Params, Value } from "../../../protocol/messages.js";
import type { ModelPart, ModelSpec } from "../../model/model.js";
import type { RuntimeParameter } from "../../model/parameters/variables.js";
import type { PoolPlan } from "../worker/plan.js";
import type { WorkerSettings } from "./settings.js";

export interface PlanSettings {
  workers: WorkerSettings;
  /** Receives the progress texts of workers while they load. */
  onProgress?: ((text: string) => void) | undefined;
  /** Receives what hooks report. */
  onReport?: ((params: Params) => void) | undefined;
}

/** Bytes. Larger than most bodies, since a table of predictions may be larger than its input. */
const smallestMaxFrame = 2 ** 30;

export function planFor(
  part: ModelPart,
  model: ModelSpec,
  { workers: settings, onProgress, onReport }: PlanSettings,
): Omit<PoolPlan, "name"> {
  const { codeDirectory, target, parts, environment, runtimeParameters, serverParameters, userSecrets } =
    model;
  const isBinary = target.type === "binary";
  const { workers, requestTimeout } = serverParameters;
  return {
    onProgress,
    onReport,
    language: part.language,
    runtime: part.runtime,
    environment,
    threads: settings.workerThreads,
    size: workers ?? settings.maxWorkers,
    queueSize: settings.queueSize,
    maxFrame: Math.min(Math.max(smallestMaxFrame, settings.maxBodySize + 2 ** 20), 2 ** 32 - 1),
    startTimeout: settings.startTimeout,
    requestTimeout: requestTimeout ?? settings.requestTimeout,
    requestTimeoutName: settings.requestTimeoutName ?? "--request-timeout",
    retry: settings.retry,
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
      component: model.component ?? null,
    },
  };
}

function valueOrError(parameter: RuntimeParameter): { value: Value } | { error: string } {
  return parameter.type === null ? { error: parameter.error } : { value: parameter.value };
}
