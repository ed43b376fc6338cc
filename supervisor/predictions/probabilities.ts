// Checks class probabilities: each is in [0, 1], and those of mutually exclusive labels add up to 1.

import type { Table } from "../../protocol/messages.js";
import { counted } from "../counted.js";
import { DrumError } from "../errors.js";
import { type Floats, numbersOf } from "../formats/text/numbers.js";

/** How far a row's sum may lie from 1: an absolute 1e-8 and a relative 1e-5. */
const tolerance = 1e-8 + 1e-5;

/** Throws PREDICTIONS_INVALID naming the first offending rows. Columns that are not floats are cast for the check. */
export function checkProbabilities({ rows, columns }: Table, exclusive: boolean): void {
  const floats = columns.map((column) => numbersOf(column, rows, `the probability of ${column.name}`));
  for (let row = 0; row < rows; row++) {
    if (!isFine(floats, row, exclusive)) throw faultOf({ floats, rows, exclusive });
  }
}

function isFine(floats: readonly Floats[], row: number, exclusive: boolean): boolean {
  let sum = 0;
  for (let at = 0; at < floats.length; at++) {
    const value = floats[at]![row]!;
    // Written so that NaN fails.
    if (!(value >= 0 && value <= 1)) return false;
    sum += value;
  }
  return !exclusive || Math.abs(sum - 1) <= tolerance;
}

interface Probabilities {
  floats: readonly Floats[];
  rows: number;
  exclusive: boolean;
}

const faults: readonly { what: string; remedy: string; isIn: (values: readonly number[]) => boolean }[] = [
  {
    what: "are missing or NaN",
    remedy: "return a probability for every class",
    isIn: (values) => values.some(Number.isNaN),
  },
  {
    what: "are negative",
    remedy: "return probabilities, not scores",
    isIn: (values) => values.some((value) => value < 0),
  },
  {
    what: "are over 1",
    remedy: "return probabilities, not scores or percentages",
    isIn: (values) => values.some((value) => value > 1),
  },
  {
    what: "do not add up to 1",
    remedy: "return the probabilities of all classes, divided by their sum",
    isIn: (values) => Math.abs(sumOf(values) - 1) > tolerance,
  },
];

/** The error for a table with an invalid row: the first fault that occurs, and its rows. */
function faultOf({ floats, rows, exclusive }: Probabilities): DrumError {
  for (const { what, remedy, isIn } of faults) {
    const examples: string[] = [];
    let count = 0;
    for (let row = 0; row < rows; row++) {
      const values = floats.map((column) => column[row]!);
      if (isIn(values) && count++ < 3) examples.push(`row ${row}: ${abridged(values)}`);
    }
    if (count === 0) continue;
    const expected = exclusive ? "values from 0 to 1 that add up to 1 in every row" : "values from 0 to 1";
    return new DrumError(
      "PREDICTIONS_INVALID",
      `the class probabilities ${what} in ${count} of ${counted(rows, "row")} (counted from 0); expected ${expected}; ` +
        `got ${examples.join("; ")}${count > 3 ? "; …" : ""}; ${remedy}`,
    );
  }
  throw new Error("a row failed the check of probabilities, but no fault was found in it");
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** `0.5 + 0.7 = 1.2`, with four terms at most. */
function abridged(values: readonly number[]): string {
  const terms = values.slice(0, 4).map(String);
  if (values.length > 4) terms.push("…");
  return values.length === 1 ? terms[0]! : `${terms.join(" + ")} = ${Number(sumOf(values).toPrecision(9))}`;
}
