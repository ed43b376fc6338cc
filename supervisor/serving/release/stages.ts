// The way of data through the languages of a model: which worker is asked what, in which order. Pure, so that a table tests it.

import type { LoadResult, Method } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import type { StageHook } from "../../model/metadata/hooks.js";

export interface Stage {
  language: string;
  method: Extract<Method, "transform" | "predict" | "post_process" | "score_unstructured" | "chat">;
}

/** What the worker of one language found. */
export interface LoadedPart {
  language: string;
  loaded: Pick<LoadResult, "hooks" | "predictor">;
}

/**
 * `assigned` is hook to language, from the metadata. A model that has nothing but `chat` has this stage alone; beside others, chat is no
 * part of the way. Throws HOOK_AMBIGUOUS for a hook in two languages, ARTIFACT_MISSING when nothing scores or chats,
 * LANGUAGE_AMBIGUOUS when more than one could score.
 */
export function chooseStages(
  parts: readonly LoadedPart[],
  assigned: Readonly<Record<string, string>>,
): Stage[] {
  const chatter = ownerOf("chat", parts, assigned);
  const scores = ({ loaded }: LoadedPart) => loaded.predictor !== null || loaded.hooks.includes("score");
  if (chatter && !parts.some(scores)) return [{ language: chatter, method: "chat" }];
  const scorer = chooseScorer(parts, assigned);
  const transformer = ownerOf("transform", parts, assigned);
  const reader = ownerOf("read_input_data", parts, assigned) ?? transformer ?? scorer;
  const postProcessor = ownerOf("post_process", parts, assigned);
  const stages: Stage[] = [];
  // A worker asked to `transform` reads, transforms if it can, and hands the table on.
  if (reader !== (transformer ?? scorer)) stages.push({ language: reader, method: "transform" });
  if (transformer && transformer !== scorer) stages.push({ language: transformer, method: "transform" });
  stages.push({ language: scorer, method: "predict" });
  if (postProcessor) stages.push({ language: postProcessor, method: "post_process" });
  return stages;
}

/** The only stage of an unstructured model. Throws as chooseStages does, HOOK_MISSING where no language has the hook. */
export function chooseUnstructured(
  parts: readonly LoadedPart[],
  assigned: Readonly<Record<string, string>>,
): Stage[] {
  const language = ownerOf("score_unstructured", parts, assigned);
  if (language) return [{ language, method: "score_unstructured" }];
  const names = parts.map((part) => part.language).join(", ");
  throw new DrumError(
    "HOOK_MISSING",
    `an unstructured model needs the hook score_unstructured, which none of ${names} defines; define it, or choose another target type`,
  );
}

/** The way to the hook transform, or else to the one predictor. Throws as chooseStages does, HOOK_MISSING where nothing transforms. */
export function chooseTransform(
  parts: readonly LoadedPart[],
  assigned: Readonly<Record<string, string>>,
): Stage[] {
  const predicting = parts.filter(({ loaded }) => loaded.predictor !== null).map(({ language }) => language);
  const hook = ownerOf("transform", parts, assigned);
  const transformer = hook ?? predicting[0];
  const names = parts.map(({ language }) => language).join(", ");
  if (transformer === undefined) {
    throw new DrumError(
      "HOOK_MISSING",
      `nothing transforms: none of ${names} has the hook transform or an artifact that transforms without one; define it`,
    );
  }
  const reader = ownerOf("read_input_data", parts, assigned) ?? transformer;
  // A predictor of the language that reads would transform as well.
  const rivals = predicting.filter((language) => language !== transformer && (!hook || language === reader));
  if (rivals.length > 0) {
    throw new DrumError(
      "LANGUAGE_AMBIGUOUS",
      `${[transformer, ...rivals].join(" and ")} could both transform; remove an artifact, or choose with --language`,
    );
  }
  return [...new Set([reader, transformer])].map((language) => ({ language, method: "transform" }));
}

function ownerOf(
  hook: StageHook,
  parts: readonly LoadedPart[],
  assigned: Readonly<Record<string, string>>,
): string | undefined {
  const owners = parts.filter(({ loaded }) => loaded.hooks.includes(hook)).map(({ language }) => language);
  const asked = assigned[hook];
  if (asked !== undefined && !owners.includes(asked)) {
    throw new DrumError(
      "METADATA_INVALID",
      `hooks of model-metadata.yaml gives ${hook} to ${asked}, whose hook file does not define it; define it there, or correct the map`,
    );
  }
  if (owners.length > 1) {
    throw new DrumError(
      "HOOK_AMBIGUOUS",
      `the hook ${hook} is defined in ${owners.join(" and in ")}, expected one language; remove one, or say which in model-metadata.yaml: hooks: {${hook}: ${owners[0]}}`,
    );
  }
  return owners[0];
}

function chooseScorer(parts: readonly LoadedPart[], assigned: Readonly<Record<string, string>>): string {
  const asked = assigned.score;
  const predicting = parts.filter(({ loaded }) => loaded.predictor !== null).map(({ language }) => language);
  if (asked !== undefined && predicting.includes(asked)) return asked;
  const hook = ownerOf("score", parts, assigned);
  if (hook) return hook;
  if (predicting.length === 1) return predicting[0]!;
  const names = parts.map(({ language }) => language).join(", ");
  if (predicting.length === 0) {
    throw new DrumError(
      "ARTIFACT_MISSING",
      `nothing scores: none of ${names} has a score hook or an artifact that a built-in predictor knows; add one`,
    );
  }
  throw new DrumError(
    "LANGUAGE_AMBIGUOUS",
    `artifacts of ${predicting.join(" and ")} could score; remove one, choose with --language, or say which in model-metadata.yaml: hooks: {score: ${predicting[0]}}`,
  );
}
