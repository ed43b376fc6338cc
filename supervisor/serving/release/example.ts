// A row that a model takes, as CSV, made from what the model knows about its columns.

import { textColumn } from "../../../protocol/columns.js";
import type { ColumnType, SignatureColumn } from "../../../protocol/messages.js";
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

/** A header and one row. Undefined while the model loads, if it does not know its columns, and if hooks make them from others. */
export function exampleCsv(route: Route): string | undefined {
  const hooks = route.parts.flatMap(({ loaded }) => loaded?.hooks ?? []);
  const columns = route.scorer.loaded?.signature?.columns ?? [];
  if (columns.length === 0 || hooks.includes("read_input_data") || hooks.includes("transform"))
    return undefined;
  const row = { rows: 1, columns: columns.map((column) => textColumn(column.name, [cellOf(column)])) };
  return Buffer.concat([...csvChunks({ predictions: row, extra: null }, 1)]).toString();
}

/** The same for a model that only a built-in predictor answers for: a hook may have side effects. */
export function warmupCsv(route: Route): string | undefined {
  const hooks = route.parts.flatMap(({ loaded }) => loaded?.hooks ?? []);
  return hooks.some((hook) => hook === "score" || hook === "post_process") ? undefined : exampleCsv(route);
}

function cellOf({ type, levels }: SignatureColumn): string {
  return levels?.[0] ?? cells[type ?? "float64"];
}
