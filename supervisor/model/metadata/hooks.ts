// The names of the hooks, and which of them each language of a code directory uses. Unstructured models have only
// score_unstructured.

/** Hooks that process requests, in the order of the data flow. A model has one of each at most. */
export const stageHooks = [
  "read_input_data",
  "transform",
  "score",
  "post_process",
  "score_unstructured",
  "chat",
] as const;
export type StageHook = (typeof stageHooks)[number];

/** Hooks that each language of a code directory may define for itself. */
export const ownHooks = ["init", "load_model", "get_supported_llm_models", "fit"] as const;

/**
 * The hooks that the language may use; null means all that it has. A hook that `assigned` (hook to language) gives to another
 * language counts as absent.
 */
export function hooksFor(language: string, assigned: Readonly<Record<string, string>>): string[] | null {
  if (Object.keys(assigned).length === 0) return null;
  return [...ownHooks, ...stageHooks.filter((hook) => (assigned[hook] ?? language) === language)];
}
