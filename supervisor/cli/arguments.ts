// DRUM's habits of the command line that commander does not know: -cd, and options shortened to a unique beginning.

import { usage } from "../values.js";

/**
 * `-cd` becomes `--code-dir`, `--inp x` becomes `--input x`, by the long names of the command's options. What is unknown is left
 * for the parser to refuse; a beginning of several options is USAGE.
 */
export function expandArguments(words: readonly string[], names: readonly string[]): string[] {
  const end = words.indexOf("--");
  return words.map((word, at) => (end !== -1 && at > end ? word : expandWord(word, names)));
}

function expandWord(word: string, names: readonly string[]): string {
  if (/^-cd(=|$)/.test(word)) return word.replace("-cd", "--code-dir");
  const match = /^--([^=]+)(=.*)?$/s.exec(word);
  if (!match) return word;
  const [, name = "", value = ""] = match;
  if (names.includes(name)) return word;
  const meant = names.filter((one) => one.startsWith(name));
  if (meant.length > 1) {
    const all = meant.map((one) => `--${one}`).join(", ");
    throw usage(`--${name} may mean ${all}; write more of the one that is meant`);
  }
  return meant.length === 1 ? `--${meant[0]}${value}` : word;
}
