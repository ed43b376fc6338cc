// Medians of measures taken in turn, and the rows of the printed table.

import { execa } from "execa";

export const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** The medians of several measures. Runs them in turn, so that a slower machine affects all of them alike. */
export async function inTurn(rounds, ...measures) {
  const figures = measures.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, measure] of measures.entries()) figures[at].push(await measure());
  }
  return figures.map(median);
}

/** Milliseconds from start to end of a program. */
export async function wallTime(program, words) {
  const start = performance.now();
  await execa(program, words, { stdout: "ignore" });
  return performance.now() - start;
}

/** A row that holds if ours is at most `ratio` times theirs, or at most `difference` more. */
export function atMost(what, { ours, theirs, unit, ratio, difference }) {
  const figure = difference === undefined ? ours / theirs : ours - theirs;
  return {
    what,
    ours: `${ours.toFixed(0)} ${unit}`,
    theirs: `${theirs.toFixed(0)} ${unit}`,
    bar: difference === undefined ? `<= ${ratio}` : `<= +${difference} ${unit}`,
    value: difference === undefined ? figure.toFixed(2) : `+${figure.toFixed(0)} ${unit}`,
    holds: figure <= (difference ?? ratio),
  };
}

/** A row that holds if ours is at least `ratio` times theirs. */
export function atLeast(what, { ours, theirs, ratio }) {
  const figure = ours / theirs;
  return {
    what,
    ours: `${ours.toFixed(0)}/s`,
    theirs: `${theirs.toFixed(0)}/s`,
    bar: `>= ${ratio}`,
    value: figure.toFixed(2),
    holds: figure >= ratio,
  };
}

/** A row that holds if a figure is at most `limit`; it is compared with nothing. */
export function below(what, value, { unit = "", limit }) {
  const words = (number) => `${Number(number.toFixed(1))}${unit && ` ${unit}`}`;
  return {
    what,
    ours: words(value),
    theirs: "-",
    bar: `<= ${words(limit)}`,
    value: "-",
    holds: value <= limit,
  };
}

/** A row without a bar: both figures and their ratio, for information. */
export function told(what, { ours, theirs, unit }) {
  const words = (number) =>
    unit.startsWith("/") ? `${number.toFixed(0)}${unit}` : `${number.toFixed(0)} ${unit}`;
  return {
    what,
    ours: words(ours),
    theirs: words(theirs),
    bar: "-",
    value: (ours / theirs).toFixed(2),
  };
}
