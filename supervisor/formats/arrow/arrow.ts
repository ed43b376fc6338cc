// Converts tables to and from apache-arrow. Import this lazily: apache-arrow takes time and memory to load. Our columns have
// Arrow's memory layout, so most are copied byte for byte.

import {
  Table as ArrowTable,
  Bool,
  type Data,
  DateDay,
  Field,
  Float32,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMicrosecond,
  tableFromIPC,
  tableToIPC,
  Utf8,
} from "apache-arrow";
import { bigint64sOf, bytesOf, float32sOf, float64sOf, int32sOf } from "../../../protocol/memory.js";
import type { Column, Table, Value } from "../../../protocol/messages.js";
import { checkTable } from "../../../protocol/table.js";
import { counted } from "../../counted.js";
import { DrumError, messageOf } from "../../errors.js";
import { withIndex } from "../pandas.js";
import { unsupported } from "./columns.js";
import { unpackingAtMost } from "./compression.js";
import { checkArrowBytes, markAsVersion4 } from "./metadata.js";
import { readVector } from "./vectors.js";

/** The most bytes that compressed buffers may unpack to if there is no other limit. */
const mostUnpacked = 2 ** 32 - 1;

/**
 * Reads an Arrow IPC stream or file, whose buffers may be compressed and unpack to `most` bytes. Ints of every width become int64, float16
 * becomes float32, a null column becomes float64, dictionaries of strings become categories. Timestamps become microseconds; a fraction of
 * one is refused.
 * Throws INPUT_UNSUPPORTED with the column and its type, INPUT_UNREADABLE for bytes that are not Arrow, BODY_TOO_LARGE.
 */
export function readArrowBytes(bytes: Uint8Array, most = mostUnpacked): Table {
  try {
    const mostRows = checkArrowBytes(bytes, most);
    return unpackingAtMost(most, () => {
      const table = tableFromIPC(bytes);
      if (table.schema.fields.length === 0) throw new Error("the schema is missing or has no columns");
      if (table.numRows > mostRows)
        throw new Error(`they declare ${counted(table.numRows, "row")}, more than they can hold`);
      return readArrow(table);
    });
  } catch (error) {
    if (error instanceof DrumError) throw error;
    throw new DrumError(
      "INPUT_UNREADABLE",
      `this is not a complete Arrow stream or file (${counted(bytes.length, "byte")}): ${messageOf(error)}; write them with an Arrow IPC writer`,
    );
  }
}

/** Extension types whose storage is their value. */
const plainExtensions = ["arrow.json"];

/** Converts an Arrow table by the same rules. */
export function readArrow(table: ArrowTable): Table {
  const rows = table.numRows;
  const columns = table.schema.fields.map(({ name, metadata }, at) => {
    const extension = metadata.get("ARROW:extension:name");
    if (extension !== undefined && !plainExtensions.includes(extension))
      throw unsupported(name, `has the Arrow extension type ${extension}`);
    const vector = table.getChildAt(at);
    if (!vector || vector.length !== rows)
      throw new Error(`the column ${name} does not have ${counted(rows, "row")}`);
    return readVector(name, vector);
  });
  const read = withIndex({ rows, columns }, table.schema.metadata.get("pandas"));
  // Lengths and offsets are untrusted input.
  return checkTable(read as unknown as Value);
}

/** The bytes of an Arrow IPC stream as readers before Arrow 0.20, also those before 0.15, read it. */
export function writeLegacyArrowStream(table: Table): Buffer {
  const writer = RecordBatchStreamWriter.writeAll(makeArrow(table), { writeLegacyIpcFormat: true });
  const bytes = writer.toUint8Array(true);
  markAsVersion4(bytes);
  return bytesOf(bytes);
}

/** The bytes of an Arrow IPC file or stream. */
export function writeArrowBytes(table: Table, form: "file" | "stream" = "file"): Buffer {
  return bytesOf(tableToIPC(makeArrow(table), form));
}

/** Converts a table to an Arrow table of one record batch, without copying where alignment allows. `json` becomes utf8. */
export function makeArrow({ rows, columns }: Table): ArrowTable {
  const children = columns.map((column) => makeArrowData(column, rows));
  const fields = columns.map((column, at) => new Field(column.name, children[at]!.type, true));
  const schema = new Schema(fields);
  const struct = makeData({ type: new Struct(fields), length: rows, nullCount: 0, children });
  // A RecordBatch rebuilds its schema by name, which mixes up columns of the same name.
  return new ArrowTable(schema, [Object.assign(new RecordBatch(schema, struct), { schema })]);
}

function makeArrowData(column: Column, length: number): Data {
  const { type, data, validity, offsets, timezone } = column;
  const nullBitmap = validity ?? undefined;
  const shape = { length, nullCount: validity ? -1 : 0, ...(nullBitmap ? { nullBitmap } : {}) };
  switch (type) {
    case "float64":
      return makeData({ type: new Float64(), data: float64sOf(data), ...shape });
    case "float32":
      return makeData({ type: new Float32(), data: float32sOf(data), ...shape });
    case "int64":
      return makeData({ type: new Int64(), data: bigint64sOf(data), ...shape });
    case "bool":
      return makeData({ type: new Bool(), data, ...shape });
    case "date":
      return makeData({ type: new DateDay(), data: int32sOf(data), ...shape });
    case "timestamp":
      return makeData({ type: new TimestampMicrosecond(timezone), data: bigint64sOf(data), ...shape });
    default:
      return makeData({ type: new Utf8(), data, valueOffsets: int32sOf(offsets!), ...shape });
  }
}
