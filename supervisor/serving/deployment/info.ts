// The content of /info/: DRUM's fields, every stage with its language, and which interpreters were chosen and why.

import { isMap } from "../../formats/json.js";
import { blank, maskTexts } from "../../masking.js";
import type { Metadata } from "../../model/metadata/metadata.js";
import { version } from "../../places.js";
import type { TargetType } from "../../predictions/targets.js";
import type { Release } from "../release/release.js";
import type { Part } from "../release/route.js";
import type { Deployment } from "./deployment.js";

export function describeDeployment({ release, name }: Deployment) {
  const { model, route } = release;
  const { scorer, parts } = route;
  const { target } = model;
  return {
    model: name,
    targetType: target.type,
    codeDir: model.codeDirectory,
    language: scorer.language.name,
    drumVersion: version(),
    drumServer: "fastify",
    modelMetadata: model.metadata ? shownMetadata(model.metadata) : null,
    runtimeParameters: model.runtimeParameters.map(({ name, type }) => ({ name, type })),
    userSecrets: Object.keys(model.userSecrets),
    predictor: predictorOf(release),
    signature: scorer.loaded?.signature ?? null,
    ...(target.type === "binary"
      ? { negativeClassLabel: target.labels[0], positiveClassLabel: target.labels[1] }
      : {}),
    ...(target.type !== "binary" && target.labels.length > 0 ? { classLabels: target.labels } : {}),
    hooks: [...new Set(parts.flatMap(({ loaded }) => loaded?.hooks ?? []))],
    release: release.number,
    runtime: describeRuntime(scorer),
    stages: route.stages.map(({ language, method }) => {
      const part = parts.find((one) => one.language.name === language)!;
      const { hooks = [], predictor = null } = part.loaded ?? {};
      return { stage: method, language, hooks, predictor, runtime: describeRuntime(part) };
    }),
  };
}

/** Hooks that take the place of a predictor, for the target types with hooks of their own. */
const scoringHooks: Partial<Record<TargetType, readonly string[]>> = {
  transform: ["transform"],
  unstructured: ["score_unstructured"],
};

/** The built-in predictor, or the name of the hook that takes its place; null before the model is loaded. */
function predictorOf({ route, model }: Release): string | null {
  const { predictor = null, hooks = [] } = route.scorer.loaded ?? {};
  const scoring = scoringHooks[model.target.type] ?? ["score", "chat"];
  return predictor ?? scoring.find((hook) => hooks.includes(hook)) ?? null;
}

/** model-metadata.yaml with its secrets masked. The default value of a credential always counts as a secret. */
function shownMetadata({ content }: Metadata): Metadata["content"] {
  const { runtimeParameterDefinitions: definitions, ...others } = maskTexts(content);
  if (definitions === undefined) return others;
  if (!Array.isArray(definitions)) return { ...others, runtimeParameterDefinitions: definitions };
  const shown = definitions.map((one) =>
    isMap(one) && one.type === "credential" && one.defaultValue ? { ...one, defaultValue: blank } : one,
  );
  return { ...others, runtimeParameterDefinitions: shown };
}

function describeRuntime(part: Part) {
  const { hello } = part.pool;
  const { runtime, loaded } = part;
  return {
    interpreter: hello?.executable ?? runtime.interpreter,
    version: hello?.language_version ?? null,
    environment: runtime.environment ?? null,
    reason: runtime.reason,
    packages: loaded?.packages ?? {},
  };
}

/** Each format with the version of its reader. The supervisor decodes Arrow for every worker that reads tables. */
export function payloadFormats(release: Release): Record<string, string | null> {
  const { reader } = release.route;
  const readsTables = reader.pool.hello?.capabilities.payloads.includes("table");
  return { ...(readsTables ? { arrow: null } : {}), ...reader.loaded?.payload_formats };
}

/** Whether the model has a chat hook and its worker can run it. */
export function canChat(release: Release): boolean {
  const part = release.partWith("chat");
  return part !== undefined && (part.pool.hello?.capabilities.methods.includes("chat") ?? false);
}
