// Writes a table as a Parquet file. Import this lazily.

import { parquetWriteBuffer } from "hyparquet-writer";
import type { Column, Table } from "../../../protocol/messages.js";
import { boolAt, daysOf, floatsOf, int64sOf, isPresent, textsOf } from "../../../protocol/table.js";

type Values = (number | bigint | boolean | string | null)[] | Float64Array | Float32Array | BigInt64Array;

interface Format {
  /** The column's element in the Parquet schema. */
  element: {
    type: "DOUBLE" | "FLOAT" | "INT64" | "INT32" | "BOOLEAN" | "BYTE_ARRAY";
    converted_type?: "UTF8" | "DATE" | "TIMESTAMP_MICROS";
  };
  values: (column: Column, rows: number) => Values;
}

const text: Format = { element: { type: "BYTE_ARRAY", converted_type: "UTF8" }, values: textsOf };

/** Timestamps are in microseconds. Parquet has instants and local times, but no time zones. */
const formats: Readonly<Record<Column["type"], Format>> = {
  float64: { element: { type: "DOUBLE" }, values: floatsOf },
  float32: { element: { type: "FLOAT" }, values: floatsOf },
  int64: { element: { type: "INT64" }, values: int64sOf },
  bool: {
    element: { type: "BOOLEAN" },
    values: (column, rows) => Array.from({ length: rows }, (_, row) => boolAt(column, row)),
  },
  utf8: text,
  json: text,
  date: {
    element: { type: "INT32", converted_type: "DATE" },
    values: (column) => Array.from(daysOf(column)),
  },
  timestamp: { element: { type: "INT64", converted_type: "TIMESTAMP_MICROS" }, values: int64sOf },
};

export function parquetBytes({ rows, columns }: Table): Buffer {
  const schema = columns.map((column) => ({
    name: column.name,
    repetition_type: "OPTIONAL" as const,
    ...formats[column.type].element,
    ...(column.type === "timestamp" ? { logical_type: momentType(column) } : {}),
  }));
  const bytes = parquetWriteBuffer({
    schema: [{ name: "root", num_children: columns.length }, ...schema],
    columnData: columns.map((column) => ({ name: column.name, data: valuesOf(column, rows) })),
  });
  return Buffer.from(bytes);
}

function momentType({ timezone = null }: Column) {
  return { type: "TIMESTAMP" as const, isAdjustedToUTC: timezone !== null, unit: "MICROS" as const };
}

function valuesOf(column: Column, rows: number): Values {
  const values = formats[column.type].values(column, rows);
  if (column.validity === null) return values;
  return Array.from(values, (value, row) => (isPresent(column, row) ? value : null));
}
