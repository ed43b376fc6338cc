// Configuration and statistics in Triton's form.

import type { Datatype } from "../../formats/inference/datatypes.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import { metadataOf, type TensorMetadata, toldName, versionOf } from "./metadata.js";

export function configurationOf(deployment: Deployment): object {
  const { name, platform, inputs, outputs } = metadataOf(deployment);
  const { route } = deployment.release;
  return {
    name,
    platform,
    backend: route.scorer.language.name,
    version_policy: { latest: { num_versions: 1 } },
    // The first dimension of a shape is that of the rows.
    max_batch_size: 0,
    input: inputs.map(tensorOf),
    output: outputs.map(tensorOf),
    instance_group: route.parts.map(({ language, pool }) => ({
      name: language.name,
      kind: "KIND_CPU",
      count: pool.slots.length,
    })),
  };
}

function tensorOf({ name, datatype, shape }: TensorMetadata): object {
  return { name, data_type: typeOf(datatype), dims: shape };
}

function typeOf(datatype: Datatype): string {
  return `TYPE_${datatype === "BYTES" ? "STRING" : datatype}`;
}

/** A worker does not tell reading and writing apart from predicting, and waiting is part of a request: all of its time is `compute_infer`. */
export function statisticsOf(deployments: readonly Deployment[]): object {
  return {
    model_stats: deployments.map((deployment) => {
      const { succeeded, refused, inferences, lastAt } = deployment.totals;
      const none = { count: succeeded.count, ns: 0 };
      return {
        name: toldName(deployment),
        version: versionOf(deployment),
        last_inference: lastAt,
        inference_count: inferences,
        execution_count: succeeded.count,
        inference_stats: {
          success: durationOf(succeeded),
          fail: durationOf(refused),
          queue: none,
          compute_input: none,
          compute_infer: durationOf(succeeded),
          compute_output: none,
          cache_hit: { count: 0, ns: 0 },
          cache_miss: { count: 0, ns: 0 },
        },
        batch_stats: [],
      };
    }),
  };
}

function durationOf({ count, duration }: { count: number; duration: number }): { count: number; ns: number } {
  return { count, ns: Math.round(duration * 1e6) };
}
