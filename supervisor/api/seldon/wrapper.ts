// One wrapper class as both of its servers ask it: calls with their metrics recorded and the errors of user code logged.

import type { CallResult } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import type { Log } from "../../log.js";
import { type MetadataSources, metadataOf } from "../../model/metadata/wrapper-metadata.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import type { CustomMetrics } from "../../serving/metrics/custom-metrics.js";
import type { Departure } from "../../serving/worker/departure.js";

export interface WrapperSettings {
  /** What the environment says over the metadata of the class. */
  metadata: Omit<MetadataSources, "told">;
  metrics: CustomMetrics;
  log: Log;
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

export class Wrapper {
  constructor(
    private readonly deployment: Deployment,
    private readonly settings: WrapperSettings,
  ) {}

  async call(method: WrapperMethod, message: string | null, departure?: Departure): Promise<CallResult> {
    const result = await this.deployment.call({ method, message }, departure);
    this.settings.metrics.record(result.metrics, { method: labels[method] });
    if (result.traceback !== null)
      this.settings.log.error(`${this.deployment.name}.${method} failed\n${result.traceback}`);
    return result;
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
