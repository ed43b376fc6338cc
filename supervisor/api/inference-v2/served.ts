// What the Open Inference Protocol asks of the server as a whole, over REST and gRPC.

import { DrumError } from "../../errors.js";
import { versionedName } from "../../model/mlserver/repository.js";
import { version } from "../../places.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import type { Models } from "../../serving/models.js";
import { versionOf } from "./metadata.js";

const extensions = [
  "binary_tensor_data",
  "model_repository",
  "model_configuration",
  "statistics",
  "generate",
] as const;

export function serverMetadata() {
  return { name: "drumline", version: version(), extensions };
}

export function areReady(models: Models): boolean {
  return models.allBroken.length === 0 && models.all.every(({ state }) => state === "ready");
}

/** Throws MODEL_UNKNOWN for a model, or a version of it, that is not served, and the reason why a model is broken. */
export function findVersion(models: Models, name: string, wanted?: string): Deployment {
  const older = versionedName(name, wanted ?? "");
  const deployment = models.find(models.names.includes(older) ? older : name);
  const served = versionOf(deployment);
  if (wanted === undefined || wanted === served) return deployment;
  throw new DrumError("MODEL_UNKNOWN", `${name} has no version ${wanted}; it serves version ${served}`);
}
