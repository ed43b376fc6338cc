// Suggests the word that a mistyped one was probably meant to be.

/** The nearest word, ignoring case and punctuation. Undefined if even that differs in more than a third of its letters. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const bare = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const scored = words.map((one) => ({ one, distance: editDistance(bare(word), bare(one)) }));
  const [best] = scored.sort((first, second) => first.distance - second.distance);
  return best && best.distance <= Math.floor(bare(best.one).length / 3) ? best.one : undefined;
}

/** `; did you mean X?` with the nearest word; empty if none is near. */
export function suggested(word: string, words: readonly string[]): string {
  const meant = nearest(word, words);
  return meant === undefined ? "" : `; did you mean ${meant}?`;
}

/** The Damerau-Levenshtein distance: letters to insert, delete, replace, or swap with their neighbour. */
function editDistance(first: string, second: string): number {
  const rows = [Array.from({ length: second.length + 1 }, (_, at) => at)];
  for (let row = 1; row <= first.length; row++) {
    const [above, current] = [rows[row - 1]!, [row]];
    for (let at = 1; at <= second.length; at++) {
      const isSame = first[row - 1] === second[at - 1];
      const isSwap =
        row > 1 && at > 1 && first[row - 1] === second[at - 2] && first[row - 2] === second[at - 1];
      const swapped = isSwap ? rows[row - 2]![at - 2]! + 1 : Number.POSITIVE_INFINITY;
      const replaced = above[at - 1]! + (isSame ? 0 : 1);
      current.push(Math.min(replaced, above[at]! + 1, current[at - 1]! + 1, swapped));
    }
    rows.push(current);
  }
  return rows[first.length]![second.length]!;
}
