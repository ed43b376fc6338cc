// What model-metadata.yaml must say about a pushed model, in the service's terms.

import { DrumError } from "../../errors.js";
import { findMetadata, type Metadata } from "../../model/metadata/metadata.js";
import type { TargetType } from "../../predictions/targets.js";

export interface Wanted {
  metadata: Metadata;
  name: string;
  environmentId: string;
  /** If undefined, a custom model is created. */
  modelId: string | undefined;
  targetType: string;
}

const serviceTypes: Partial<Record<TargetType, string>> = {
  binary: "Binary",
  regression: "Regression",
  multiclass: "Multiclass",
  multilabel: "Multilabel",
  anomaly: "Anomaly",
  unstructured: "Unstructured",
  textgeneration: "TextGeneration",
  agenticworkflow: "AgenticWorkflow",
};
const withoutTarget: readonly TargetType[] = ["anomaly", "unstructured"];

/** Throws METADATA_INVALID, with the place in the file if there is one. */
export function readWanted(codeDirectory: string): Wanted {
  const metadata = findMetadata(codeDirectory);
  if (!metadata) {
    throw new DrumError(
      "METADATA_INVALID",
      `${codeDirectory} has no model-metadata.yaml, which drum push needs; add it with name, type, targetType and environmentID`,
    );
  }
  const { name, type, targetType, environmentID, entries } = metadata;
  if (name === undefined) throw lacks(metadata, "name: the model's name on the service");
  if (type === undefined) throw lacks(metadata, "type: inference");
  if (targetType === undefined) throw lacks(metadata, "targetType: what the model predicts");
  if (environmentID === undefined)
    throw lacks(metadata, "environmentID: the id of the execution environment that the model runs in");
  if (type === "training") {
    throw entries.type!.fault(
      "type is training, but drum push creates inference models; train it with drum fit and push the output folder with type: inference",
    );
  }
  const serviceType = serviceTypes[targetType];
  if (serviceType === undefined) {
    const known = Object.keys(serviceTypes).join(", ");
    throw entries.targetType!.fault(
      `the service has no custom models of the target type ${targetType}; choose one of ${known}`,
    );
  }
  if (metadata.targetName === undefined && !withoutTarget.includes(targetType)) {
    const place = entries.inferenceModel ?? entries.targetType!;
    throw place.fault(`a ${targetType} model needs the name of its target; add inferenceModel.targetName`);
  }
  return { metadata, name, environmentId: environmentID, modelId: metadata.modelID, targetType: serviceType };
}

function lacks({ file }: Metadata, what: string): DrumError {
  return new DrumError("METADATA_INVALID", `${file}: ${what.split(":")[0]} is missing; add ${what}`);
}
