// The rows of an input as CSV records, whatever its kind was, for commands that make copies of rows.

import { bytesOf } from "../../../protocol/memory.js";
import type { Payload } from "../../../protocol/messages.js";
import { type CsvRecords, readRecords, recordsIn } from "../csv/records.js";
import { csvChunks } from "../csv/write.js";

const rowsPerChunk = 10_000;

/** Undefined for Matrix Market, which has no cells. `name` is the input's file. Throws USAGE as readRecords does. */
export function recordsOf(payload: Payload, name: string): CsvRecords | undefined {
  if (payload.kind === "table") {
    const chunks = csvChunks({ predictions: payload.table, extra: null }, rowsPerChunk);
    return recordsIn(Buffer.concat([...chunks]), `--input ${name}`);
  }
  if (payload.mimetype === "text/mtx") return undefined;
  return payload.kind === "file"
    ? readRecords(payload.path)
    : recordsIn(bytesOf(payload.data), `--input ${name}`);
}
