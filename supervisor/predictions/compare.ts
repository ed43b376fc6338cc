// Measures how far apart the predictions of two models for the same rows are.

import type { Column, Table } from "../../protocol/messages.js";
import { counted } from "../counted.js";
import { DrumError } from "../errors.js";
import { valuesOf } from "../formats/cells.js";
import { type Floats, isNumeric, numbersOf } from "../formats/text/numbers.js";
import type { CheckedPredictions } from "./check.js";
import { targetRules } from "./targets.js";

/** Predictions, or the rows that a transform model returned. */
export type Comparable = Pick<CheckedPredictions, "predictions"> & {
  targetType: CheckedPredictions["targetType"] | "transform";
};

export interface RowDifference {
  /** Counted from 0. */
  row: number;
  column: string;
  first: number | string | null;
  second: number | string | null;
}

export interface Comparison {
  rows: number;
  /** The largest difference between two numbers in the same cell; 0 if all are equal. */
  largest: number;
  /** The cell with the largest difference. */
  at: RowDifference | undefined;
  /** The number of rows that differ. */
  differing: number;
  /** The number of rows whose difference has no size: texts differ, or only one of two numbers is missing. */
  unlike: number;
  /** The rows that differ most, ten at most: those without a size, then the largest. */
  worst: readonly RowDifference[];
}

const mostTold = 10;

export interface Leeway {
  /** The largest difference that counts as equal, relative to the larger number or to 1. */
  tolerance?: number;
  /** The row of the first predictions at which the second begin. The second may end before the last row. */
  from?: number;
  /** A row of the second predictions that is not compared. */
  except?: number;
}

/** Pairs columns by name. Throws PREDICTIONS_DIFFER if the rows or columns do not match, so that they cannot be compared. */
export function comparePredictions(
  first: Comparable,
  second: Comparable,
  { tolerance = 0, from, except }: Leeway = {},
): Comparison {
  const pairs = pairColumns(first.predictions, second.predictions, from);
  const { rows } = second.predictions;
  const cells = pairs.map((pair) => {
    const pieces = { from: from ?? 0, rows: first.predictions.rows, tolerance };
    return hasNumbers(first, pair) ? numbersOfPair(pair, rows, pieces) : textsOfPair(pair, rows, pieces);
  });
  const comparison = {
    rows,
    largest: 0,
    at: undefined as RowDifference | undefined,
    differing: 0,
    unlike: 0,
  };
  const worst = new Worst();
  for (let row = 0; row < rows; row++) {
    if (row === except) continue;
    const found = cells.map((cell) => cell(row)).filter((one) => one !== undefined);
    const worstCell = found.toSorted((one, other) => other.size - one.size)[0];
    if (!worstCell) continue;
    const place = row + (from ?? 0);
    const difference = { row: place, ...worstCell.difference };
    comparison.differing += 1;
    worst.add(difference, worstCell.size);
    if (worstCell.size === Number.POSITIVE_INFINITY) comparison.unlike += 1;
    const finite = found.map(({ size }) => size).filter(Number.isFinite);
    const size = Math.max(0, ...finite);
    if (size > comparison.largest) {
      comparison.largest = size;
      comparison.at = { row: place, ...found.find((one) => one.size === size)!.difference };
    }
  }
  return { ...comparison, worst: worst.rows };
}

/** Keeps the largest; of equal ones, those that came first. */
class Worst {
  private kept: { difference: RowDifference; size: number }[] = [];

  add(difference: RowDifference, size: number): void {
    const last = this.kept.at(-1);
    if (last && this.kept.length === mostTold && size <= last.size) return;
    this.kept.push({ difference, size });
    this.kept = this.kept
      .sort((one, other) => (one.size === other.size ? 0 : other.size - one.size))
      .slice(0, mostTold);
  }

  get rows(): RowDifference[] {
    return this.kept.map(({ difference }) => difference);
  }
}

interface CellDifference {
  /** Infinity if the difference has no size. */
  size: number;
  difference: Omit<RowDifference, "row">;
}

/** The difference in a row; undefined if there is none. */
type Cells = (row: number) => CellDifference | undefined;

type Pair = readonly [Column, Column];

function pairColumns(first: Table, second: Table, from: number | undefined): Pair[] {
  const named = new Map(second.columns.map((column) => [column.name, column]));
  const pairs = first.columns.map((column) => [column, named.get(column.name)] as const);
  const isWhole = first.columns.length === second.columns.length && pairs.every(([, other]) => other);
  const fits = from === undefined ? first.rows === second.rows : from + second.rows <= first.rows;
  if (isWhole && fits) return pairs as unknown as Pair[];
  const words = ({ rows, columns }: Table) =>
    `${counted(rows, "row")} of ${columns.map(({ name }) => name).join(", ")}`;
  throw new DrumError(
    "PREDICTIONS_DIFFER",
    `the predictions cannot be compared: ${words(first)} on one side, ${words(second)} on the other; compare models of the same target`,
  );
}

interface Pieces extends Required<Omit<Leeway, "except">> {
  /** The rows of the first predictions. */
  rows: number;
}

/** In transformed rows, the type of each column decides. */
function hasNumbers({ targetType }: Comparable, pair: Pair): boolean {
  if (targetType !== "transform") return targetRules[targetType].cells === "numbers";
  return pair.every(isNumeric);
}

function numbersOfPair([one, other]: Pair, rows: number, pieces: Pieces): Cells {
  const column = one.name;
  const { from, tolerance } = pieces;
  const first: Floats = numbersOf(one, pieces.rows, `the column ${column}`);
  const second: Floats = numbersOf(other, rows, `the column ${column}`);
  return (row) => {
    const [a, b] = [first[row + from]!, second[row]!];
    if (Object.is(a, b) || a === b) return undefined;
    const size = Math.abs(a - b);
    if (size <= tolerance * Math.max(1, Math.abs(a), Math.abs(b))) return undefined;
    const difference = { column, first: Number.isNaN(a) ? null : a, second: Number.isNaN(b) ? null : b };
    return { size: Number.isNaN(size) ? Number.POSITIVE_INFINITY : size, difference };
  };
}

function textsOfPair([one, other]: Pair, rows: number, { from, rows: allRows }: Pieces): Cells {
  const column = one.name;
  const [first, second] = [cellTexts(one, allRows), cellTexts(other, rows)];
  return (row) => {
    const [a, b] = [first[row + from]!, second[row]!];
    return a === b
      ? undefined
      : { size: Number.POSITIVE_INFINITY, difference: { column, first: a, second: b } };
  };
}

/** The cells of a column of any type as texts; null if missing. */
export function cellTexts(column: Column, rows: number): (string | null)[] {
  return valuesOf(column, rows).map((value) => (value === null ? null : String(value)));
}
