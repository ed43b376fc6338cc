// The hooks of structured models, and which of them each language of a code directory is to use.

/** Those that answer, in the order of the data's way: of each there is one in a model. Unstructured models have score_unstructured alone. */
export const stageHooks = [
  "read_input_data",
  "transform",
  "score",
  "post_process",
  "score_unstructured",
  "chat",
] as const;
export type StageHook = (typeof stageHooks)[number];

/** Those that every language of a code directory may have for itself. */
const ownHooks = ["init", "load_model", "get_supported_llm_models", "fit"] as const;

/**
 * The hooks that the language may use, null for all it has: what `assigned` (hook to language) gives to another language counts
 * as absent.
 */
export function hooksFor(language: string, assigned: Readonly<Record<string, string>>): string[] | null {
  if (Object.keys(assigned).length === 0) return null;
  return [...ownHooks, ...stageHooks.filter((hook) => (assigned[hook] ?? language) === language)];
}
