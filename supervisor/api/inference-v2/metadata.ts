// What a model takes and answers, as the Open Inference Protocol tells it.

import type { ColumnType } from "../../../protocol/messages.js";
import type { Datatype } from "../../formats/inference/datatypes.js";
import type { Parameters } from "../../formats/inference/message.js";
import { nameAlone } from "../../model/mlserver/repository.js";
import { isModelClass } from "../../model/model.js";
import { targetRules } from "../../predictions/targets.js";
import type { Deployment } from "../../serving/deployment/deployment.js";

export interface TensorMetadata {
  name: string;
  datatype: Datatype;
  /** -1 stands for any number of rows. */
  shape: readonly number[];
  parameters?: Parameters;
}

export interface ModelMetadata {
  name: string;
  versions: readonly string[];
  platform: string;
  inputs: readonly TensorMetadata[];
  outputs: readonly TensorMetadata[];
}

const datatypeOf: Readonly<Record<ColumnType, Datatype>> = {
  float64: "FP64",
  float32: "FP32",
  int64: "INT64",
  bool: "BOOL",
  utf8: "BYTES",
  json: "BYTES",
  date: "BYTES",
  timestamp: "BYTES",
};

/** That of its settings, or else the number of its release. */
export function versionOf({ release }: Deployment): string {
  return release.model.version ?? String(release.number);
}

export function toldName({ name, release }: Deployment): string {
  return nameAlone(name, release.model.version);
}

export function metadataOf(deployment: Deployment): ModelMetadata {
  const { model, route } = deployment.release;
  // The worker tells it in this form.
  if (isModelClass(model))
    return { ...nothingKnown, ...route.scorer.loaded?.metadata, name: toldName(deployment) };
  return {
    name: deployment.name,
    versions: [versionOf(deployment)],
    platform: platformOf(deployment),
    inputs: inputsOf(deployment),
    outputs: outputsOf(deployment),
  };
}

const nothingKnown = { versions: [], platform: "", inputs: [], outputs: [] };

function platformOf({ release }: Deployment): string {
  const { scorer } = release.route;
  return `${scorer.language.name}_${scorer.loaded?.predictor ?? "hooks"}`.toLowerCase();
}

/** One column an input; empty if the model does not know its columns. */
function inputsOf({ release }: Deployment): TensorMetadata[] {
  const columns = release.route.scorer.loaded?.signature?.columns ?? [];
  return columns.map(({ name, type }) => {
    // A model that does not say reads numbers.
    const input = { name, datatype: type === null ? ("FP64" as const) : datatypeOf[type], shape: [-1, 1] };
    return type === "date" || type === "timestamp"
      ? { ...input, parameters: { content_type: "datetime" } }
      : input;
  });
}

function outputsOf({ release }: Deployment): TensorMetadata[] {
  const { type, labels } = release.model.target;
  if (type === "transform" || type === "unstructured") return [];
  const rule = targetRules[type];
  const datatype = rule.cells === "numbers" ? "FP64" : "BYTES";
  const names = rule.shape === "classes" ? labels : ["Predictions"];
  return names.map((name) => ({ name, datatype, shape: [-1, 1] }));
}
