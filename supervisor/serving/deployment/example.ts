// Rows that a model takes, as CSV: the first of its warmup file, else one made from what the model knows about its columns.

import { readFileSync } from "node:fs";
import { textColumn } from "../../../protocol/columns.js";
import type { ColumnType, SignatureColumn } from "../../../protocol/messages.js";
import { csvBytes, recordsIn, someRows } from "../../formats/csv/records.js";
import { csvChunks } from "../../formats/csv/write.js";
import type { Release } from "../release/release.js";

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

/**
 * A header and one row. Without a warmup file undefined while the model loads, if it does not know its columns, and if hooks make them from
 * others.
 */
export function exampleCsv({ route, model }: Release): string | undefined {
  const { warmup } = model.metadata ?? {};
  if (warmup?.endsWith(".csv")) return firstRow(warmup);
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
