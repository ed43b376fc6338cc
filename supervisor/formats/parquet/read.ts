// Reads a Parquet file as a table. Import this lazily.

import {
  type FileMetaData,
  type ParquetParsers,
  parquetMetadata,
  parquetReadObjects,
  parquetSchema,
  type SchemaTree,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import {
  boolColumn,
  dateColumn,
  floatColumn,
  jsonColumn,
  numberColumn,
  textColumn,
  timestampColumn,
} from "../../../protocol/columns.js";
import type { Column, Table } from "../../../protocol/messages.js";
import { DrumError, messageOf } from "../../errors.js";
import { indexColumns } from "../pandas.js";

type Cell = number | bigint | boolean | string | null;

/** Moments as microseconds and dates as days, because a Date has milliseconds only. */
const parsers = {
  timestampFromMilliseconds: (millis: bigint) => BigInt(millis) * 1000n,
  timestampFromMicroseconds: (micros: bigint) => BigInt(micros),
  timestampFromNanoseconds: (nanos: bigint) => BigInt(nanos) / 1000n,
  dateFromDays: (days: number) => days,
} as unknown as ParquetParsers;

/** Index columns that pandas added are left out. Throws INPUT_UNREADABLE, and INPUT_UNSUPPORTED for bytes that are no text. */
export async function readParquetBytes(bytes: Uint8Array): Promise<Table> {
  try {
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const metadata = parquetMetadata(file);
    const left = indexColumns(pandasNote(metadata));
    const fields = parquetSchema(metadata).children.filter(({ element }) => !left.includes(element.name));
    const rows = await parquetReadObjects({ file, metadata, compressors, parsers });
    const columns = fields.map((field) =>
      columnOf(
        field,
        rows.map((row) => (row[field.element.name] ?? null) as Cell),
      ),
    );
    return { rows: rows.length, columns };
  } catch (error) {
    if (error instanceof DrumError) throw error;
    throw new DrumError(
      "INPUT_UNREADABLE",
      `the ${bytes.length} bytes are not a complete Parquet file: ${messageOf(error)}; write them again`,
    );
  }
}

function pandasNote({ key_value_metadata }: FileMetaData): string | undefined {
  return key_value_metadata?.find(({ key }) => key === "pandas")?.value;
}

function columnOf({ element, children }: SchemaTree, cells: Cell[]): Column {
  const { name, type, converted_type: converted, logical_type: logical } = element;
  if (children.length > 0) return jsonColumn(name, cells);
  if (converted === "DATE" || logical?.type === "DATE") return dateColumn(name, cells as (number | null)[]);
  if (logical?.type === "TIMESTAMP" || converted?.startsWith("TIMESTAMP") || type === "INT96") {
    const isUtc = logical?.type === "TIMESTAMP" ? logical.isAdjustedToUTC : false;
    return timestampColumn(name, cells as (bigint | null)[], isUtc ? "UTC" : null);
  }
  if (type === "BOOLEAN") return boolColumn(name, cells as (boolean | null)[]);
  if (type === "FLOAT" || type === "DOUBLE")
    return floatColumn(name, cells as (number | null)[], type === "FLOAT" ? "float32" : "float64");
  if (type === "INT32" || type === "INT64") return numberColumn(name, cells as (number | bigint | null)[]);
  if (cells.every((cell) => cell === null || typeof cell === "string"))
    return textColumn(name, cells as (string | null)[]);
  // Decimals, and floats of 16 bits.
  if (cells.every((cell) => cell === null || typeof cell === "number"))
    return floatColumn(name, cells as (number | null)[]);
  throw new DrumError(
    "INPUT_UNSUPPORTED",
    `the Parquet column "${name}" has the type ${converted ?? type}, which is not read; write numbers, texts, booleans, dates or timestamps`,
  );
}
