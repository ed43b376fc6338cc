// The stages of a request: which worker runs which method, in which order. Pure functions, so that tables of cases can test them.

import type { LoadResult, Method } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import type { StageHook } from "../../model/metadata/hooks.js";
import { hookName } from "../../runtimes/language.js";

export interface Stage {
  language: string;
  method: Extract<
    Method,
    "transform" | "predict" | "post_process" | "score_unstructured" | "chat" | "call" | "infer"
  >;
}

/** What the worker of one language found when it loaded. */
export interface LoadedPart {
  language: string;
  loaded: Pick<LoadResult, "hooks" | "predictor">;
  /** The endings of the artifacts that it loads. */
  endings?: readonly string[];
  /** Whether its hook files spell hooks in camel case. */
  camelCase?: boolean;
}

/**
 * `assigned` maps a hook to its language, from the metadata. If no part scores but one chats, `chat` is the only stage; otherwise chat is
 * not a stage. Throws HOOK_AMBIGUOUS if two languages define a hook, ARTIFACT_MISSING if nothing scores or chats, and
 * LANGUAGE_AMBIGUOUS if several languages could score.
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
  // The method `transform` reads the input, transforms it if the worker can, and returns the table.
  if (reader !== (transformer ?? scorer)) stages.push({ language: reader, method: "transform" });
  if (transformer && transformer !== scorer) stages.push({ language: transformer, method: "transform" });
  stages.push({ language: scorer, method: "predict" });
  if (postProcessor) stages.push({ language: postProcessor, method: "post_process" });
  return stages;
}

/** The only stage of an unstructured model. Throws as chooseStages does, and HOOK_MISSING if no language has the hook. */
export function chooseUnstructured(
  parts: readonly LoadedPart[],
  assigned: Readonly<Record<string, string>>,
): Stage[] {
  const language = ownerOf("score_unstructured", parts, assigned);
  if (language) return [{ language, method: "score_unstructured" }];
  const names = parts.map((part) => part.language).join(", ");
  const spellings = new Set(
    parts.map(({ camelCase = false }) => hookName("score_unstructured", { camelCase })),
  );
  throw new DrumError(
    "HOOK_MISSING",
    `an unstructured model needs the hook ${[...spellings].join(" or ")}, which none of ${names} defines; define it, or choose another target type`,
  );
}

/** The stages up to the transform hook, or else the only predictor. Throws as chooseStages does, and HOOK_MISSING without either. */
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
      `nothing transforms: none of ${names} has the hook transform or an artifact that transforms without it; define the hook`,
    );
  }
  const reader = ownerOf("read_input_data", parts, assigned) ?? transformer;
  // In the language that reads, a predictor would transform as well.
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
    const { camelCase = false } = parts.find(({ language }) => language === asked) ?? {};
    throw new DrumError(
      "METADATA_INVALID",
      `hooks in model-metadata.yaml assigns ${hook} to ${asked}, whose hook file does not define it; define ${hookName(hook, { camelCase })} there, or correct hooks`,
    );
  }
  if (owners.length > 1) {
    throw new DrumError(
      "HOOK_AMBIGUOUS",
      `the hook ${hook} is defined in ${owners.join(" and in ")}, expected one language; remove one, or choose one in model-metadata.yaml, e.g. hooks.${hook} as ${owners[0]}`,
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
      `nothing scores: none of ${names} has a score hook or an artifact that a built-in predictor supports; add one (${endingsOf(parts)})`,
    );
  }
  throw new DrumError(
    "LANGUAGE_AMBIGUOUS",
    `the artifacts of ${predicting.join(" and ")} could all score; remove one, choose with --language, or choose one in model-metadata.yaml, e.g. hooks.score as ${predicting[0]}`,
  );
}

function endingsOf(parts: readonly LoadedPart[]): string {
  return parts
    .map(({ language, endings = [] }) => `${language}: ${endings.map((one) => `*${one}`).join(" ")}`)
    .join("; ");
}
