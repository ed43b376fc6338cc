// Chooses rows at random, the same ones each time.

/** `count` of the numbers 0 to `total` - 1, ascending; each set of rows is equally likely. */
export function chooseRows(total: number, count: number): number[] {
  const random = generator(42);
  const chosen: number[] = [];
  for (let row = 0; row < total; row++) {
    if (random() * (total - row) < count - chosen.length) chosen.push(row);
  }
  return chosen;
}

/** From 0 to below 1: a linear congruential generator with the constants of Numerical Recipes. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
