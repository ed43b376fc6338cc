// What /info/ tells: DRUM's fields, and which interpreter was chosen and why.

import { version } from "../config.js";
import type { Deployment } from "./deployment.js";

export function describeDeployment(deployment: Deployment) {
  const { model, loadResult, hello } = deployment;
  const { target, runtime } = model;
  return {
    targetType: target.type,
    codeDir: model.codeDirectory,
    language: model.language.name,
    drumVersion: version(),
    drumServer: "fastify",
    modelMetadata: model.metadata?.content ?? null,
    predictor: loadResult?.predictor ?? null,
    ...(target.type === "binary"
      ? { negativeClassLabel: target.labels[0], positiveClassLabel: target.labels[1] }
      : {}),
    ...(target.type === "multiclass" ? { classLabels: target.labels } : {}),
    hooks: loadResult?.hooks ?? [],
    runtime: {
      interpreter: hello?.executable ?? runtime.interpreter,
      version: hello?.language_version ?? null,
      environment: runtime.environment ?? null,
      reason: runtime.reason,
      packages: loadResult?.packages ?? {},
    },
  };
}
