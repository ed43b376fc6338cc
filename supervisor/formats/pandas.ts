// The note that pandas adds to Arrow and Parquet data about its index.

import { intColumn } from "../../protocol/columns.js";
import type { Column, Table } from "../../protocol/messages.js";
import { isMap } from "./json.js";

/** What holds a level of a DataFrame's index: a column, or numbers at equal distances. */
type Level = string | { kind: "range"; name: string | null; start: number; step: number };

/** Moves the columns that hold the index of a DataFrame to the table's index. */
export function withIndex({ rows, columns }: Table, note: string | undefined): Table {
  const levels = levelsOf(note);
  const index = levels.flatMap((level) => labelsOf(level, rows, columns));
  if (index.length === 0) return { rows, columns };
  return { rows, columns: columns.filter(({ name }) => !levels.includes(name)), index };
}

function levelsOf(note: string | undefined): Level[] {
  if (note === undefined) return [];
  try {
    const json: unknown = JSON.parse(note);
    const all: unknown[] = isMap(json) && Array.isArray(json.index_columns) ? json.index_columns : [];
    return all.filter((one): one is Level => typeof one === "string" || isRange(one));
  } catch {
    // Not pandas' own: then nothing is known.
    return [];
  }
}

function isRange(level: unknown): boolean {
  return (
    isMap(level) &&
    level.kind === "range" &&
    Number.isSafeInteger(level.start) &&
    Number.isSafeInteger(level.step)
  );
}

/** Rows that are counted from 0 need no labels. */
function labelsOf(level: Level, rows: number, columns: readonly Column[]): Column[] {
  if (typeof level === "string") return columns.filter(({ name }) => name === level).slice(0, 1);
  const { name, start, step } = level;
  if (start === 0 && step === 1 && typeof name !== "string") return [];
  const numbers = Array.from({ length: rows }, (_, row) => BigInt(start) + BigInt(step) * BigInt(row));
  return [intColumn(typeof name === "string" ? name : "__index_level_0__", numbers)];
}
