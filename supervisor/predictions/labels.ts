// Matches the columns of a table to the requested class labels.

import { numberOf } from "../formats/text/floats.js";

const trueWords = new Set(["true", "yes", "on", "t", "y"]);
const falseWords = new Set(["false", "no", "off", "f", "n"]);

/** The same value for all spellings of a label: `1`, `1.0`, `True` and `yes` are one label, as are `A` and `a`. */
export function normalLabel(label: string): string | number {
  const number = numberOf(label);
  if (number !== undefined && !Number.isNaN(number)) return number;
  const word = label.trim().toLowerCase();
  if (trueWords.has(word)) return 1;
  return falseWords.has(word) ? 0 : word;
}

/**
 * Returns the requested labels in the order of the column names; undefined if the sets differ. Equal spellings are matched
 * first, so that labels that differ only in case stay apart.
 */
export function matchLabels(names: readonly string[], labels: readonly string[]): string[] | undefined {
  if (names.length !== labels.length) return undefined;
  if (names.every((name, at) => name === labels[at])) return [...names];
  const exact = new Set(names);
  if (exact.size !== names.length) return undefined;
  const requested = new Set(labels);
  const byNormal = new Map<string | number, string>();
  for (const label of labels) {
    if (exact.has(label)) continue;
    const normal = normalLabel(label);
    if (byNormal.has(normal)) return undefined;
    byNormal.set(normal, label);
  }
  const matched = names.map((name) => (requested.has(name) ? name : take(byNormal, normalLabel(name))));
  return matched.some((label) => label === undefined) ? undefined : (matched as string[]);
}

function take<K, V>(from: Map<K, V>, key: K): V | undefined {
  const value = from.get(key);
  from.delete(key);
  return value;
}
