// One wrapper class as both of its servers ask it: calls with their metrics recorded and the errors of user code logged.

import type { CallParams, CallResult, Value } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import { replaceBareNumbers } from "../../formats/json.js";
import type { Log } from "../../log.js";
import { type MetadataSources, metadataOf } from "../../model/metadata/wrapper-metadata.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import type { CustomMetrics } from "../../serving/metrics/custom-metrics.js";
import type { Departure } from "../../serving/worker/departure.js";

export interface WrapperSettings {
  /** What the environment says over the metadata of the class. */
  metadata: Omit<MetadataSources, "told">;
  metrics: CustomMetrics;
  /** Of all that the class measures; none without it. */
  labels?: Readonly<Record<string, string>>;
  log: Log;
  /** Whether rewards are left out of the metrics. */
  ignoresRewards?: boolean;
}

/** The user's methods that answer messages, and what their metrics are labelled with. */
export const labels = {
  predict: "predict",
  transform_input: "inputtransform",
  transform_output: "outputtransform",
  route: "router",
  aggregate: "aggregate",
  send_feedback: "feedback",
  health_status: "health",
} as const;

export type WrapperMethod = keyof typeof labels;

export interface Answer extends CallResult {
  message: string;
}

export class Wrapper {
  constructor(
    private readonly deployment: Deployment,
    private readonly settings: WrapperSettings,
  ) {}

  /** The answer to a message in JSON. */
  async call(method: WrapperMethod, message: string | null, departure?: Departure): Promise<Answer> {
    const result = await this.callWith({ method, message }, departure);
    return { ...result, message: result.message.toString() };
  }

  /** The answer to a message of any form. `reward` is that of a feedback. */
  async callWith(
    params: CallParams & { method: WrapperMethod },
    departure?: Departure,
    reward = rewardIn(params),
  ): Promise<CallResult> {
    const { metrics, log, ignoresRewards } = this.settings;
    const label = { ...this.settings.labels, method: labels[params.method] };
    const result = await this.deployment.call(params, departure);
    metrics.record(result.metrics, label);
    // What is refused as no feedback counts nothing.
    if (reward !== 0 && !ignoresRewards && result.status !== 400) metrics.record(metricsOf(reward), label);
    if (result.traceback !== null)
      log.error(`${this.deployment.name}.${params.method} failed\n${result.traceback}`);
    return result;
  }

  /** Whether a method of the class takes whole messages that are not JSON. */
  async takesWhole(method: WrapperMethod): Promise<boolean> {
    const { release } = this.deployment;
    await release.loaded;
    return release.route.scorer.loaded?.hooks.includes(`${method}_raw`) ?? false;
  }

  /** Throws METADATA_INVALID. */
  async metadata(): Promise<object> {
    await this.deployment.release.loaded;
    const told = this.deployment.release.route.scorer.loaded?.metadata ?? null;
    const metadata = metadataOf({ ...this.settings.metadata, told });
    if (!metadata) throw new DrumError("METADATA_INVALID", "Model metadata unavailable");
    return metadata;
  }
}

/** The reward in the JSON of a feedback, as protobuf reads it; 0 if there is none. */
function rewardIn({ method, message }: CallParams): number {
  if (method !== "send_feedback" || typeof message !== "string") return 0;
  try {
    const { reward } = JSON.parse(replaceBareNumbers(message, (found) => `"${found}"`)) as {
      reward?: unknown;
    };
    return Math.fround(Number(reward ?? 0)) || 0;
  } catch {
    return 0;
  }
}

function metricsOf(reward: number): Value[] {
  const counter = { type: "COUNTER", tags: {} };
  return [
    { ...counter, key: "seldon_api_model_feedback", value: 1 },
    { ...counter, key: "seldon_api_model_feedback_reward", value: reward },
  ];
}
