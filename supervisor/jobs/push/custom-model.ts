// A custom model and its versions on the service.

import type { Api } from "../../datarobot/api.js";
import { DrumError } from "../../errors.js";
import { addFiles, type PushedFile } from "./folder.js";
import type { Wanted } from "./wanted.js";

export interface Pushed {
  modelId: string;
  versionId: string;
  /** For example 1.0; undefined if the service does not return it. */
  version: string | undefined;
}

/** Checks the ids in the metadata before anything is created or uploaded. */
export async function checkIds(api: Api, { metadata, environmentId, modelId, targetType }: Wanted) {
  const { entries } = metadata;
  const environment = await api.find({
    path: `executionEnvironments/${encodeURIComponent(environmentId)}/`,
    failure: "the execution environment could not be read",
  });
  if (environment === undefined) {
    throw entries.environmentID!.fault(
      `environmentID is ${environmentId}, but ${api.service.url} has no such execution environment; correct it`,
    );
  }
  if (modelId === undefined) return;
  const model = await api.find({
    path: `customModels/${encodeURIComponent(modelId)}/`,
    failure: "the custom model could not be read",
  });
  if (model === undefined) {
    throw entries.modelID!.fault(
      `modelID is ${modelId}, but ${api.service.url} has no such custom model; correct it, or leave it out to create one`,
    );
  }
  if (model.targetType === targetType) return;
  throw entries.targetType!.fault(
    `the custom model ${modelId} has the target type ${model.targetType}, but the metadata have ${targetType}; correct targetType or modelID`,
  );
}

/** Returns its id. */
export async function createModel(
  api: Api,
  { metadata, name, targetType }: Wanted,
  language: string,
): Promise<string> {
  const { positiveClassLabel, negativeClassLabel, classLabels } = metadata;
  const isBinary = metadata.targetType === "binary";
  const hasLabels = metadata.targetType === "multiclass" || metadata.targetType === "multilabel";
  const answer = await api.ask({
    method: "POST",
    path: "customModels/",
    // Undefined fields are not sent.
    body: {
      customModelType: "inference",
      name,
      description: metadata.description,
      language,
      targetType,
      targetName: metadata.targetName,
      supportsRegression: metadata.targetType === "regression" || undefined,
      supportsBinaryClassification: isBinary || undefined,
      positiveClassLabel: isBinary ? positiveClassLabel : undefined,
      negativeClassLabel: isBinary ? negativeClassLabel : undefined,
      predictionThreshold: isBinary ? metadata.predictionThreshold : undefined,
      classLabels: hasLabels ? classLabels : undefined,
    },
    failure: "the custom model could not be created",
  });
  return idOf(answer, "the custom model");
}

export interface Upload {
  modelId: string;
  wanted: Wanted;
  files: readonly PushedFile[];
  onProgress: (sent: number, all: number) => void;
}

/** Creates a version that has only these files. */
export async function createVersion(
  api: Api,
  { modelId, wanted, files, onProgress }: Upload,
): Promise<Pushed> {
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let sent = 0;
  const form = new FormData();
  form.append("isMajorUpdate", wanted.metadata.majorVersion === false ? "False" : "True");
  form.append("baseEnvironmentId", wanted.environmentId);
  await addFiles(form, files, (bytes) => {
    // A retry sends the files again.
    sent = sent >= all ? bytes : sent + bytes;
    onProgress(sent, all);
  });
  const answer = await api.ask({
    method: "POST",
    path: `customModels/${encodeURIComponent(modelId)}/versions/`,
    body: form,
    failure: `the version of the custom model ${modelId} could not be created`,
  });
  const { versionMajor, versionMinor } = answer;
  const version = versionMajor === undefined ? undefined : `${versionMajor}.${versionMinor}`;
  return { modelId, versionId: idOf(answer, "the version"), version };
}

function idOf({ id }: Record<string, unknown>, what: string): string {
  if (typeof id === "string" && id !== "") return id;
  throw new DrumError(
    "SERVICE_REFUSED",
    `${what} was created, but the response has no id; look for it on the service`,
  );
}
