// A row that a model takes, as CSV, made from what the model knows about its columns.

import { textColumn } from "../../../protocol/columns.js";
import type { ColumnType, SignatureColumn } from "../../../protocol/messages.js";
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

/** A header and one row. Undefined while the model loads, if it does not know its columns, and if hooks make them from others. */
export function exampleCsv({ route }: Release): string | undefined {
  const hooks = route.parts.flatMap(({ loaded }) => loaded?.hooks ?? []);
  const columns = route.scorer.loaded?.signature?.columns ?? [];
  if (columns.length === 0 || hooks.includes("read_input_data") || hooks.includes("transform"))
    return undefined;
  const row = { rows: 1, columns: columns.map((column) => textColumn(column.name, [cellOf(column)])) };
  return Buffer.concat([...csvChunks({ predictions: row, extra: null }, 1)]).toString();
}

function cellOf({ type, levels }: SignatureColumn): string {
  return levels?.[0] ?? cells[type ?? "float64"];
}
