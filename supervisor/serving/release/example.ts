// Rows that a model takes, as CSV: the first of its warmup file, else one made from what the model knows about its columns.

import { readFileSync } from "node:fs";
import { textColumn } from "../../../protocol/columns.js";
import type { ColumnType, SignatureColumn } from "../../../protocol/messages.js";
import { cellsOf, csvBytes, recordsIn, someRows, textOf } from "../../formats/csv/records.js";
import { inferredColumn } from "../../formats/csv/table.js";
import { csvChunks } from "../../formats/csv/write.js";
import type { Route } from "./route.js";

const cells: Readonly<Record<ColumnType, string>> = {
  float64: "1.5",
  float32: "1.5",
  int64: "1",
  bool: "true",
  utf8: "text",
  json: "{}",
  date: "2024-01-31",
  timestamp: "2024-01-31T12:00:00",
};

export interface ExampleRow {
  csv: string;
  /** The same cells by column, as JSON has them; undefined where a hook reads the body as it is. */
  record: Record<string, unknown> | undefined;
}

/** Of the CSV that exampleCsv gives; undefined where that is, or has no row. */
export function exampleRow(route: Route, warmup: string | undefined): ExampleRow | undefined {
  const csv = exampleCsv(route, warmup);
  if (csv === undefined) return undefined;
  if (route.reader.loaded?.hooks.includes("read_input_data")) return { csv, record: undefined };
  const { names, rows } = recordsIn(Buffer.from(csv), "the example");
  if (rows[0] === undefined) return undefined;
  const cells = cellsOf(rows[0]).map(textOf);
  const known = route.scorer.loaded?.signature?.columns ?? [];
  const record = names.map((name, at): [string, unknown] => {
    const text = cells[at] ?? "";
    const type = known.find((column) => column.name === name)?.type ?? inferredColumn(name, [text]).type;
    return [name, jsonCell(text, type)];
  });
  return { csv, record: Object.fromEntries(record) };
}

function jsonCell(text: string, type: ColumnType): unknown {
  if (text === "") return null;
  if (type === "bool") return /^true$/i.test(text);
  const number = Number(text);
  if (/^(int|uint|float)/.test(type)) return Number.isFinite(number) ? number : null;
  return text;
}

/**
 * A header and one row: the first of `warmup`, if that is a CSV file. Otherwise undefined while the model loads, if it does not know its
 * columns, and if hooks make them from others.
 */
function exampleCsv(route: Route, warmup: string | undefined): string | undefined {
  return warmup?.endsWith(".csv") ? firstRow(warmup) : madeRow(route);
}

/** A row for a model that only a built-in predictor answers for: a hook may have side effects. */
export function warmupCsv(route: Route): string | undefined {
  const hooks = route.parts.flatMap(({ loaded }) => loaded?.hooks ?? []);
  return hooks.some((hook) => hook === "score" || hook === "post_process") ? undefined : madeRow(route);
}

function madeRow(route: Route): string | undefined {
  const hooks = route.parts.flatMap(({ loaded }) => loaded?.hooks ?? []);
  const columns = route.scorer.loaded?.signature?.columns ?? [];
  if (columns.length === 0 || hooks.includes("read_input_data") || hooks.includes("transform"))
    return undefined;
  const row = { rows: 1, columns: columns.map((column) => textColumn(column.name, [cellOf(column)])) };
  return Buffer.concat([...csvChunks({ predictions: row, extra: null }, 1)]).toString();
}

/** Undefined if the file has been emptied or taken away. */
function firstRow(file: string): string | undefined {
  try {
    return csvBytes(someRows(recordsIn(readFileSync(file), file), 0, 1)).toString();
  } catch {
    return undefined;
  }
}

function cellOf({ type, levels }: SignatureColumn): string {
  return levels?.[0] ?? cells[type ?? "float64"];
}
