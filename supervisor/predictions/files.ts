// Writes checked predictions in the format of the file's extension, chunk by chunk where the format allows.

import path from "node:path";
import type { Table } from "../../protocol/messages.js";
import { csvChunks, type Written } from "../formats/csv/write.js";
import { jsonLines } from "./json.js";

/** For formats that are written chunk by chunk. */
export const rowsPerChunk = 65_536;

type Chunks = Iterable<Buffer> | AsyncIterable<Buffer>;

const formats: Readonly<Record<string, (checked: Written) => Chunks>> = {
  ".csv": (checked) => csvChunks(checked, rowsPerChunk),
  ".jsonl": (checked) => jsonLines(allColumns(checked), rowsPerChunk),
  ".arrow": async function* (checked) {
    const { writeArrowBytes } = await import("../formats/arrow/arrow.js");
    yield writeArrowBytes(allColumns(checked));
  },
  ".parquet": async function* (checked) {
    const { parquetBytes } = await import("../formats/parquet/write.js");
    yield parquetBytes(allColumns(checked));
  },
};

/** Any other extension is CSV, as in DRUM. */
export function fileChunks(checked: Written, file: string): Chunks {
  const format = formats[path.extname(file).toLowerCase()] ?? formats[".csv"]!;
  return format(checked);
}

/** Prediction columns first. */
export function allColumns({ predictions, extra }: Written): Table {
  return { rows: predictions.rows, columns: [...predictions.columns, ...(extra?.columns ?? [])] };
}
