// The route of requests through the languages of a model: which part reads, scores, post-processes or chats. Fixed once they are loaded.

import type { LoadResult } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import type { ModelPart, ModelSpec } from "../../model/model.js";
import type { TargetType } from "../../predictions/targets.js";
import type { Pool } from "../worker/pool.js";
import { chooseStages, chooseTransform, chooseUnstructured, type Stage } from "./stages.js";

/** One language of a release. */
export interface Part extends ModelPart {
  pool: Pool;
  /** Undefined until its first worker has loaded. */
  loaded: LoadResult | undefined;
}

export interface Route {
  stages: readonly Stage[];
  /** The parts that requests reach. */
  parts: readonly Part[];
  /** Receives the input. */
  reader: Part;
  /** Read and transform in turn, before the scorer is asked. */
  preparers: readonly Part[];
  /** Predicts, transforms, chats or scores unstructured data. */
  scorer: Part;
  postProcessor: Part | undefined;
  /** Whether the model only chats: no part scores rows. */
  chatsAlone: boolean;
}

/** For the target types without a table of predictions. */
const stagesOfOthers: Partial<Record<TargetType, typeof chooseStages>> = {
  unstructured: chooseUnstructured,
  transform: chooseTransform,
};

/** The route while the parts load. With a single language, requests can already wait in its queue. */
export function provisionalRoute(parts: readonly Part[]): Route {
  const [first] = parts as [Part];
  return {
    stages: [],
    parts,
    reader: first,
    preparers: [],
    scorer: first,
    postProcessor: undefined,
    chatsAlone: false,
  };
}

/** Throws what the choice of stages throws, and METHOD_UNKNOWN if a worker does not support its stage. */
export function chooseRoute(parts: readonly Part[], { target, metadata, component }: ModelSpec): Route {
  const loaded = parts.map(({ language, loaded }) => ({
    language: language.name,
    loaded: loaded!,
    endings: language.loadableExtensions,
    camelCase: language.camelCase,
  }));
  const choose = stagesOfOthers[target.type] ?? chooseStages;
  const stages: Stage[] = component
    ? [{ language: parts[0]!.language.name, method: "settings" in component ? "infer" : "call" }]
    : choose(loaded, metadata?.hooks ?? {});
  const partOf = ({ language }: Stage) => parts.find((part) => part.language.name === language)!;
  for (const stage of stages) checkMethod(partOf(stage), stage);
  const last = stages.at(-1)!;
  const postProcessor = last.method === "post_process" ? partOf(last) : undefined;
  const asking = postProcessor ? stages.slice(0, -1) : stages;
  const active = parts.filter(
    (part) => stages.some((stage) => partOf(stage) === part) || part.loaded!.hooks.includes("chat"),
  );
  return {
    stages,
    parts: active,
    reader: partOf(stages[0]!),
    preparers: asking.slice(0, -1).map(partOf),
    scorer: partOf(asking.at(-1)!),
    postProcessor,
    chatsAlone: stages[0]!.method === "chat",
  };
}

function checkMethod({ pool }: Part, { language, method }: Stage): void {
  const methods = pool.hello?.capabilities.methods;
  if (!methods || methods.includes(method)) return;
  throw new DrumError(
    "METHOD_UNKNOWN",
    `the ${language} worker does not support ${method}, which this model needs; it supports ${methods.join(", ")}`,
  );
}

/** The part whose hook file defines the hook; undefined if none does, or before the parts are loaded. */
export function partWith({ parts }: Route, hook: string): Part | undefined {
  return parts.find(({ loaded }) => loaded?.hooks.includes(hook));
}
