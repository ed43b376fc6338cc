// Converts tables to and from apache-arrow. Import this lazily: apache-arrow takes time and memory to load. Our columns have
// Arrow's memory layout, so most are copied byte for byte. A type that no column type can hold is rejected.

import {
  Table as ArrowTable,
  Bool,
  type Data,
  DataType,
  DateDay,
  type Dictionary,
  Field,
  Float32,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  tableFromIPC,
  tableToIPC,
  Utf8,
  type Vector,
} from "apache-arrow";
import { boolColumn, floatColumn, intColumn, textColumn } from "../../../protocol/columns.js";
import { bigint64sOf, float32sOf, float64sOf, int32sOf } from "../../../protocol/memory.js";
import {
  type Column,
  type ColumnType,
  ProtocolError,
  type Table,
  type Value,
} from "../../../protocol/messages.js";
import { checkTable } from "../../../protocol/table.js";
import { indexColumns } from "../pandas.js";
import {
  isText,
  readBools,
  readFixed,
  readTexts,
  readValidity,
  textsOfDictionary,
  unsupported,
  valuesOfDictionary,
} from "./columns.js";
import { checkArrowBytes } from "./metadata.js";

/**
 * Reads an Arrow IPC stream or file. Ints of every width become int64, float16 becomes float32, dictionaries of strings
 * become utf8, a null column becomes float64. Timestamps become microseconds; a fraction of one is refused.
 * Throws INPUT_UNSUPPORTED with the column and its type, INPUT_UNREADABLE for bytes that are not Arrow.
 */
export function readArrowBytes(bytes: Uint8Array): Table {
  try {
    checkArrowBytes(bytes);
    const table = tableFromIPC(bytes);
    if (table.schema.fields.length === 0) throw new Error("the schema is missing or has no columns");
    if (table.numRows > bytes.length * 8 + 2 ** 20)
      throw new Error(`they declare ${table.numRows} rows, more than they can hold`);
    return readArrow(table);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "INPUT_UNSUPPORTED") throw error;
    const why = error instanceof Error ? error.message : String(error);
    if (/compressed/.test(why))
      throw new ProtocolError("INPUT_UNSUPPORTED", "the Arrow data is compressed; write it uncompressed");
    throw new ProtocolError(
      "INPUT_UNREADABLE",
      `the ${bytes.length} bytes are not a complete Arrow stream or file: ${why}; write them with an Arrow IPC writer`,
    );
  }
}

/** Converts an Arrow table by the same rules. The index of a DataFrame, which pandas adds as columns, is left out. */
export function readArrow(table: ArrowTable): Table {
  const rows = table.numRows;
  const index = indexColumns(table.schema.metadata.get("pandas"));
  const fields = [...table.schema.fields.entries()].filter(([, { name }]) => !index.includes(name));
  const columns = fields.map(([at, field]) => {
    const extension = field.metadata.get("ARROW:extension:name");
    if (extension !== undefined) throw unsupported(field.name, `has the Arrow extension type ${extension}`);
    const vector = table.getChildAt(at);
    if (!vector || vector.length !== rows)
      throw new Error(`the column ${field.name} does not have ${rows} rows`);
    return readColumn(field.name, vector);
  });
  // Lengths and offsets are untrusted input.
  return checkTable({ rows, columns } as unknown as Value);
}

function readColumn(name: string, vector: Vector): Column {
  const { type, length } = vector;
  if (DataType.isNull(type)) {
    const validity = Buffer.alloc(Math.ceil(length / 8));
    return { name, type: "float64", data: Buffer.alloc(length * 8), validity, offsets: null };
  }
  if (DataType.isDictionary(type) && isText(type.dictionary))
    return textColumn(name, textsOfDictionary(name, vector));
  if (DataType.isDictionary(type)) return readDictionary(name, vector);
  const validity = readValidity(vector);
  if (isText(type)) return { name, type: "utf8", ...readTexts(name, vector), validity };
  const kind = kindOf(type);
  if (!kind) throw unsupported(name, `has the Arrow type ${type}`);
  const data = kind === "bool" ? readBools(vector) : readFixed(name, vector);
  const column: Column = { name, type: kind, data, validity, offsets: null };
  if (DataType.isTimestamp(type)) column.timezone = type.timezone ?? null;
  return column;
}

/** Dictionaries of ints, floats and bools, whose values take the place of their codes. */
function readDictionary(name: string, vector: Vector): Column {
  const { dictionary } = vector.type as Dictionary;
  const values = valuesOfDictionary(vector);
  if (DataType.isInt(dictionary)) return intColumn(name, values as (bigint | number | null)[]);
  if (DataType.isFloat(dictionary)) return floatColumn(name, values as (number | null)[]);
  if (DataType.isBool(dictionary)) return boolColumn(name, values as (boolean | null)[]);
  throw unsupported(name, `has the Arrow type ${vector.type}`);
}

function kindOf(type: DataType): ColumnType | undefined {
  if (DataType.isFloat(type)) return type.precision === 2 ? "float64" : "float32";
  if (DataType.isInt(type)) return "int64";
  if (DataType.isBool(type)) return "bool";
  if (DataType.isDate(type)) return "date";
  return DataType.isTimestamp(type) ? "timestamp" : undefined;
}

/** The bytes of an Arrow IPC file or stream. */
export function writeArrowBytes(table: Table, form: "file" | "stream" = "file"): Buffer {
  const { buffer, byteOffset, byteLength } = tableToIPC(makeArrow(table), form);
  return Buffer.from(buffer, byteOffset, byteLength);
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
