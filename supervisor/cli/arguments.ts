// DRUM's habits of the command line that commander does not know: -cd, and options shortened to a unique beginning.

import type { Option } from "../options.js";

/** `-cd` becomes `--code-dir`, `--inp x` becomes `--input x`. What is ambiguous or unknown is left for the parser to refuse. */
export function expandArguments(words: readonly string[], options: readonly Option[]): string[] {
  const end = words.indexOf("--");
  return words.map((word, at) => (end !== -1 && at > end ? word : expandWord(word, options)));
}

function expandWord(word: string, options: readonly Option[]): string {
  if (word === "-cd") return "--code-dir";
  const match = /^--([^=]+)(=.*)?$/s.exec(word);
  if (!match) return word;
  const [, name = "", value = ""] = match;
  if (options.some((option) => option.name === name)) return word;
  const meant = options.filter((option) => option.name.startsWith(name));
  return meant.length === 1 ? `--${meant[0]!.name}${value}` : word;
}
