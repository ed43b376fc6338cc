// Reads the Arrow schema that Arrow's writers keep in Parquet files, for what Parquet's own types do not tell.

import { field, follow, message, metadataAt, schema, slotAt, tablesAt, textAt, viewOf } from "./metadata.js";

export interface ColumnNote {
  /** Name of its extension type. */
  extension: string | undefined;
  /** Nanoseconds in its unit, if it is a duration. */
  nanos: bigint | undefined;
}

const durationType = 18;
/** Of seconds, milliseconds, microseconds and nanoseconds. */
const nanosIn = [1_000_000_000n, 1_000_000n, 1000n, 1n];
const milliseconds = 1;

/** By column, of the top level. Nothing if the note is not a schema. */
export function readSchemaNote(base64: string | undefined): Map<string, ColumnNote> {
  if (base64 === undefined) return new Map();
  try {
    return new Map(notesIn(Buffer.from(base64, "base64")));
  } catch {
    return new Map();
  }
}

function* notesIn(bytes: Buffer): Generator<[string, ColumnNote]> {
  const { at, size } = metadataAt(bytes, 0);
  const view = viewOf(bytes.subarray(at, at + size));
  const limits = { mostRows: 0, mostUnpackedRows: 0, isCompressed: false, left: bytes.length };
  const metadata = { view, limits };
  const root = follow(view, slotAt(view, follow(view, 0), message.header));
  for (const table of tablesAt(metadata, root, schema.fields)) {
    const pairs = tablesAt(metadata, table, field.metadata).map((pair) => [
      textAt(metadata, pair, 0),
      textAt(metadata, pair, 1),
    ]);
    const extension = pairs.find(([key]) => key === "ARROW:extension:name")?.[1];
    const isDuration = view.getUint8(slotAt(view, table, field.typeOf)) === durationType;
    const unitAt = isDuration ? slotAt(view, follow(view, slotAt(view, table, field.type)), 0) : 0;
    const unit = unitAt ? view.getInt16(unitAt, true) : milliseconds;
    yield [textAt(metadata, table, field.name), { extension, nanos: isDuration ? nanosIn[unit] : undefined }];
  }
}
