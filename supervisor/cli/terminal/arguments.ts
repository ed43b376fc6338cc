// DRUM's habits of the command line that commander does not know: -cd, and options shortened to a unique beginning.

import { usage } from "../../errors.js";

export interface KnownOption {
  /** Without its dashes. */
  name: string;
  takesValue: boolean;
}

/**
 * `-cd` becomes `--code-dir`, `--inp x` becomes `--input x`. What is unknown is left for the parser to refuse; USAGE is a beginning
 * of several options, and an option in the place of another one's value, which the parser would take for it.
 */
export function expandArguments(words: readonly string[], options: readonly KnownOption[]): string[] {
  const end = words.indexOf("--");
  const names = options.map(({ name }) => name);
  const expanded = words.map((word, at) => (end !== -1 && at > end ? word : expandWord(word, names)));
  for (const [at, word] of expanded.entries()) {
    const next = expanded[at + 1]?.slice(2) ?? "";
    const isWanting = options.some(({ name, takesValue }) => takesValue && word === `--${name}`);
    if (isWanting && expanded[at + 1] === `--${next}` && names.includes(next)) {
      throw usage(`${word} needs a value, got the option --${next}; write the value behind ${word}`);
    }
  }
  return expanded;
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
