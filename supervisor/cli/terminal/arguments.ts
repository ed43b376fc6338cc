// Conventions of other command lines that commander lacks: -cd, options shortened to a unique prefix, and underscores for dashes.

import { usage } from "../../errors.js";

export interface KnownOption {
  /** Without its dashes. */
  name: string;
  takesValue: boolean;
}

/**
 * `-cd` becomes `--code-dir`, `--inp x` becomes `--input x`. Leaves unknown options for the parser to reject. Throws USAGE for an
 * ambiguous prefix, and for an option in place of another one's value, which the parser would take as the value.
 */
export function expandArguments(words: readonly string[], options: readonly KnownOption[]): string[] {
  const end = words.indexOf("--");
  const names = options.map(({ name }) => name);
  const expanded = words.map((word, at) => (end !== -1 && at > end ? word : expandWord(word, names)));
  for (const [at, word] of expanded.entries()) {
    const next = expanded[at + 1]?.slice(2) ?? "";
    const isWanting = options.some(({ name, takesValue }) => takesValue && word === `--${name}`);
    if (isWanting && expanded[at + 1] === `--${next}` && names.includes(next)) {
      throw usage(`${word} needs a value, got the option --${next}; write the value after ${word}`);
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
  // KServe writes its flags so: --model_dir.
  const dashed = name.replaceAll("_", "-");
  if (names.includes(dashed)) return `--${dashed}${value}`;
  const meant = names.filter((one) => one.startsWith(name));
  if (meant.length > 1) {
    const all = meant.map((one) => `--${one}`).join(", ");
    throw usage(`--${name} is ambiguous: it may mean ${all}; write out the option`);
  }
  return meant.length === 1 ? `--${meant[0]}${value}` : word;
}
