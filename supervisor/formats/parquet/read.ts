// Reads a Parquet file as a table. Import this lazily.

import { isUtf8 } from "node:buffer";
import {
  type FileMetaData,
  type ParquetParsers,
  parquetMetadata,
  parquetReadObjects,
  parquetSchema,
  type SchemaElement,
  type SchemaTree,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import {
  boolColumn,
  dateColumn,
  floatColumn,
  intColumn,
  jsonColumn,
  numberColumn,
  textColumn,
  timestampColumn,
} from "../../../protocol/columns.js";
import { bytesOf } from "../../../protocol/memory.js";
import type { Column, Table } from "../../../protocol/messages.js";
import { DrumError, messageOf } from "../../errors.js";
import { readSchemaNote } from "../arrow/schema-note.js";
import { decimalText, timeText } from "../logical.js";
import { withIndex } from "../pandas.js";
import { unreadable } from "./guarded.js";

type Cell = number | bigint | boolean | string | Uint8Array | null;

/** Moments as numbers and dates as days, because a Date has milliseconds only. Bytes that are no text stay bytes. */
const parsers = {
  timestampFromMilliseconds: (millis: bigint) => BigInt(millis) * 1000n,
  timestampFromMicroseconds: (micros: bigint) => BigInt(micros),
  timestampFromNanoseconds: (nanos: bigint) => BigInt(nanos),
  dateFromDays: (days: number) => days,
  stringFromBytes: (bytes: Uint8Array) => (isUtf8(bytes) ? bytesOf(bytes).toString() : bytes),
} as unknown as ParquetParsers;

/** The most bytes that compressed columns may unpack to if there is no other limit. */
const mostUnpacked = 2 ** 32 - 1;

/** The index of a DataFrame, which pandas adds as columns, becomes the table's index. Throws INPUT_UNREADABLE, and INPUT_UNSUPPORTED for bytes that are no text. */
export async function readParquetBytes(bytes: Uint8Array, most = mostUnpacked): Promise<Table> {
  try {
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const metadata = parquetMetadata(file);
    checkUnpackedSize(metadata, most);
    const scales = takeDecimals(metadata);
    const fields = parquetSchema(metadata).children;
    const rows = await parquetReadObjects({ file, metadata, compressors, parsers });
    const notes = readSchemaNote(noteIn(metadata, "ARROW:schema"));
    const columns = fields.map((field) => {
      const { name } = field.element;
      const cells = rows.map((row) => (row[name] ?? null) as Cell);
      const { extension, nanos } = notes.get(name) ?? {};
      if (extension !== undefined) throw unsupported(name, `has the Arrow extension type ${extension}`);
      if (nanos !== undefined) return durationColumn(name, cells, nanos);
      return columnOf(field, cells, scales.get(field.element));
    });
    return withIndex({ rows: rows.length, columns }, noteIn(metadata, "pandas"));
  } catch (error) {
    if (error instanceof DrumError) throw error;
    throw unreadable(bytes, messageOf(error));
  }
}

function noteIn({ key_value_metadata }: FileMetaData, name: string): string | undefined {
  return key_value_metadata?.find(({ key }) => key === name)?.value;
}

/** Throws BODY_TOO_LARGE if the columns unpack to more than `most` bytes. */
function checkUnpackedSize({ row_groups: groups, num_rows: rows }: FileMetaData, most: number): void {
  const sizes = groups.flatMap(({ columns }) =>
    columns.map(({ meta_data }) => Number(meta_data?.total_uncompressed_size ?? 0)),
  );
  // Repeated values take hardly a byte in the file, but at least eight each here.
  const cells = Number(rows) * (groups[0]?.columns.length ?? 0) * 8;
  const size = Math.max(
    sizes.reduce((sum, one) => sum + one, 0),
    cells,
  );
  if (size <= most) return;
  throw new DrumError(
    "BODY_TOO_LARGE",
    `the Parquet columns unpack to ${size} bytes, more than ${most}; send fewer rows, or raise --max-body-size`,
  );
}

/** The scales of decimal columns. Hides that they are decimals from hyparquet, which would make floats of them. */
function takeDecimals({ schema }: FileMetaData): Map<SchemaElement, number> {
  const decimals = schema.filter(({ converted_type }) => converted_type === "DECIMAL");
  for (const element of decimals) delete element.converted_type;
  return new Map(decimals.map((element) => [element, element.scale ?? 0]));
}

function columnOf({ element, children }: SchemaTree, cells: Cell[], scale?: number): Column {
  const { name, type, converted_type: converted, logical_type: logical } = element;
  if (children.length > 0) return jsonColumn(name, cells);
  if (converted === "DATE" || logical?.type === "DATE") return dateColumn(name, cells as (number | null)[]);
  if (logical?.type === "TIMESTAMP" || converted?.startsWith("TIMESTAMP") || type === "INT96") {
    const isUtc = logical?.type === "TIMESTAMP" ? logical.isAdjustedToUTC : false;
    const isNanos = type === "INT96" || (logical?.type === "TIMESTAMP" && logical.unit === "NANOS");
    const micros = isNanos ? cells.map((cell) => wholeMicros(name, cell)) : cells;
    return timestampColumn(name, micros as (bigint | null)[], isUtc ? "UTC" : null);
  }
  if (scale !== undefined && cells.every(isUnscaled)) {
    const texts = cells.map((cell) => (cell === null ? null : decimalText(unscaledOf(cell), scale)));
    return { ...textColumn(name, texts), logical: "decimal" };
  }
  if (logical?.type === "TIME" || converted?.startsWith("TIME_")) {
    const unit = logical?.type === "TIME" ? logical.unit : converted === "TIME_MILLIS" ? "MILLIS" : "MICROS";
    const texts = cells.map((cell) => (cell === null ? null : timeText(microsOf(name, cell, unit))));
    return { ...textColumn(name, texts), logical: "time" };
  }
  if (type === "BOOLEAN") return boolColumn(name, cells as (boolean | null)[]);
  if (type === "FLOAT" || type === "DOUBLE")
    return floatColumn(name, cells as (number | null)[], type === "FLOAT" ? "float32" : "float64");
  if (type === "INT32" || type === "INT64") return numberColumn(name, cells as (number | bigint | null)[]);
  if (cells.every((cell) => cell === null || typeof cell === "string"))
    return textColumn(name, cells as (string | null)[]);
  // Floats of 16 bits.
  if (cells.every((cell) => cell === null || typeof cell === "number"))
    return floatColumn(name, cells as (number | null)[]);
  throw unsupported(name, `has the type ${converted ?? type}, which is not read`);
}

function durationColumn(name: string, cells: Cell[], nanos: bigint): Column {
  const values = cells.map((cell) => (cell === null ? null : BigInt(cell as number | bigint) * nanos));
  if (values.some((value) => value !== null && BigInt.asIntN(64, value) !== value))
    throw unsupported(name, "holds a duration beyond int64 in nanoseconds");
  return { ...intColumn(name, values), logical: "duration" };
}

function unsupported(name: string, what: string): DrumError {
  const remedy = "write numbers, texts, booleans, decimals, dates, times, timestamps or durations";
  return new DrumError("INPUT_UNSUPPORTED", `the Parquet column "${name}" ${what}; ${remedy}`);
}

function isUnscaled(cell: Cell): cell is number | bigint | Uint8Array | null {
  return cell === null || typeof cell === "number" || typeof cell === "bigint" || cell instanceof Uint8Array;
}

/** Bytes are big-endian, in two's complement. */
function unscaledOf(cell: number | bigint | Uint8Array): bigint {
  if (!(cell instanceof Uint8Array)) return BigInt(cell);
  return BigInt.asIntN(cell.length * 8, BigInt(`0x${Buffer.from(cell).toString("hex") || "0"}`));
}

function microsOf(name: string, cell: Cell, unit: "MILLIS" | "MICROS" | "NANOS"): bigint {
  if (unit === "NANOS") return wholeMicros(name, cell)!;
  return BigInt(cell as number | bigint) * (unit === "MILLIS" ? 1000n : 1n);
}

/** Throws INPUT_UNSUPPORTED for nanoseconds between two microseconds. */
function wholeMicros(name: string, cell: Cell): bigint | null {
  if (cell === null) return null;
  const nanos = BigInt(cell as number | bigint);
  if (nanos % 1000n === 0n) return nanos / 1000n;
  throw new DrumError(
    "INPUT_UNSUPPORTED",
    `the Parquet column "${name}" holds ${nanos} nanoseconds, and times are read in whole microseconds; round it`,
  );
}
