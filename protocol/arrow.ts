// Tables <-> apache-arrow. Only table.ts imports this file, and lazily. Arrow's memory layout is ours, so most columns are
// a copy of bytes; whatever has no column type of ours is refused.

import {
  Table as ArrowTable,
  Bool,
  type Data,
  DataType,
  DateDay,
  DateUnit,
  Field,
  Float32,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  TimeUnit,
  tableFromIPC,
  Utf8,
  type Vector,
} from "apache-arrow";
import { checkArrowBytes } from "./arrow-metadata.js";
import { bitmap, bytesOf, textColumn } from "./columns.js";
import { type Column, type ColumnType, ProtocolError, type Table, type Value } from "./messages.js";
import { bitAt, checkColumn, daysOf, floatsOf, int32sOf, int64sOf, textsOf } from "./table.js";

/** An Arrow IPC stream or file. Throws INPUT_UNREADABLE or INPUT_UNSUPPORTED. */
export function readArrowBytes(bytes: Uint8Array): Table {
  try {
    checkArrowBytes(bytes);
    const table = tableFromIPC(bytes);
    if (table.schema.fields.length === 0) throw new Error("there is no schema in it, or one without columns");
    if (table.numRows > bytes.length * 8 + 2 ** 20)
      throw new Error(`they cannot hold the ${table.numRows} rows they announce`);
    return readArrow(table);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "INPUT_UNSUPPORTED") throw error;
    const why = error instanceof Error ? error.message : String(error);
    if (/compressed/.test(why))
      throw new ProtocolError("INPUT_UNSUPPORTED", "the Arrow data is compressed; write it uncompressed");
    throw new ProtocolError(
      "INPUT_UNREADABLE",
      `the ${bytes.length} bytes are not a whole Arrow stream or file: ${why}; write them with an Arrow IPC writer`,
    );
  }
}

/** An Arrow table. Throws INPUT_UNSUPPORTED naming column and type. */
export function readArrow(table: ArrowTable): Table {
  const rows = table.numRows;
  const columns = table.schema.fields.map((field, at) => {
    const vector = table.getChildAt(at);
    if (!vector || vector.length !== rows) throw new Error(`the column ${field.name} has not ${rows} rows`);
    // Lengths and offsets came from outside as well.
    return checkColumn(readColumn(field.name, vector) as unknown as Value, rows);
  });
  return { rows, columns };
}

function readColumn(name: string, vector: Vector): Column {
  const { type, length } = vector;
  if (DataType.isNull(type)) {
    const validity = Buffer.alloc(Math.ceil(length / 8));
    return { name, type: "float64", data: Buffer.alloc(length * 8), validity, offsets: null };
  }
  if (DataType.isDictionary(type) && isText(type.dictionary))
    return textColumn(name, textsOfDictionary(vector));
  const validity = readValidity(vector);
  if (isText(type)) return { name, type: "utf8", ...readTexts(name, vector), validity };
  const kind = kindOf(type);
  if (!kind) throw unsupported(name, `is of Arrow type ${type}`);
  const data = kind === "bool" ? readBools(vector) : readFixed(name, vector);
  const column: Column = { name, type: kind, data, validity, offsets: null };
  if (DataType.isTimestamp(type)) column.timezone = type.timezone ?? null;
  return column;
}

function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type);
}

function kindOf(type: DataType): ColumnType | undefined {
  if (DataType.isFloat(type)) return type.precision === 2 ? "float64" : "float32";
  if (DataType.isInt(type)) return "int64";
  if (DataType.isBool(type)) return "bool";
  if (DataType.isDate(type)) return "date";
  return DataType.isTimestamp(type) ? "timestamp" : undefined;
}

function unsupported(name: string, what: string): ProtocolError {
  return new ProtocolError(
    "INPUT_UNSUPPORTED",
    `the column ${JSON.stringify(name)} ${what}; send floats, ints within int64, bools, strings, dates or timestamps`,
  );
}

/** A chunk's numbers without padding. Corrupt data may announce more than there are. */
function valuesOf({ values, length }: Data): ArrayLike<number | bigint> & ArrayBufferView {
  if (values.length < length) throw new Error(`a column holds ${values.length} of ${length} values`);
  return values.subarray(0, length);
}

function readFixed(name: string, vector: Vector): Buffer {
  const convert = converterOf(name, vector.type);
  const parts = vector.data.map((chunk) => {
    const values = valuesOf(chunk);
    if (!convert) return bytesOf(values);
    return bytesOf(convert(values, (row) => chunk.getValid(row)));
  });
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

type Convert = (values: ArrayLike<number | bigint>, isPresent: (row: number) => boolean) => ArrayBufferView;

/** How a type's memory becomes ours; undefined where it is the same already. */
function converterOf(name: string, type: DataType): Convert | undefined {
  if (DataType.isFloat(type) && type.precision === 0) {
    return (values) => Float32Array.from(values as ArrayLike<number>, floatOfHalf);
  }
  if (DataType.isInt(type) && type.bitWidth < 64) {
    return (values) => BigInt64Array.from(values as ArrayLike<number>, BigInt);
  }
  if (DataType.isInt(type) && !type.isSigned) return scaled(name, 1n);
  if (DataType.isDate(type) && type.unit === DateUnit.MILLISECOND) {
    return (values) => Int32Array.from(values, (value) => Math.floor(Number(value) / 86_400_000));
  }
  if (DataType.isTimestamp(type)) {
    if (type.unit === TimeUnit.SECOND) return scaled(name, 1_000_000n);
    if (type.unit === TimeUnit.MILLISECOND) return scaled(name, 1000n);
    if (type.unit === TimeUnit.NANOSECOND) {
      return (values) => BigInt64Array.from(values as ArrayLike<bigint>, (value) => value / 1000n);
    }
  }
  return undefined;
}

/** Times `factor`, refusing what no int64 can hold. */
function scaled(name: string, factor: bigint): Convert {
  return (values, isPresent) =>
    BigInt64Array.from(values as ArrayLike<bigint>, (value, row) => {
      const product = value * factor;
      if (BigInt.asIntN(64, product) === product) return product;
      if (!isPresent(row)) return 0n;
      throw unsupported(
        name,
        `holds ${value}, which is beyond int64${factor === 1n ? "" : " in microseconds"}`,
      );
    });
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function floatOfHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function readBools(vector: Vector): Buffer {
  for (const { values, offset, length } of vector.data) {
    if (values.length * 8 < offset + length)
      throw new Error(`a column holds ${values.length * 8} of ${length} bits`);
  }
  return readBits(vector, ({ values, offset }, row) => bitAt(values, offset + row));
}

function readValidity(vector: Vector): Buffer | null {
  return vector.nullCount === 0 ? null : readBits(vector, (chunk, row) => chunk.getValid(row));
}

function readBits(vector: Vector, isSet: (chunk: Data, row: number) => boolean): Buffer {
  const rows: boolean[] = [];
  for (const chunk of vector.data) for (let row = 0; row < chunk.length; row++) rows.push(isSet(chunk, row));
  return bitmap(rows, (bit) => bit);
}

/** Joins the strings of all chunks, each of which has offsets of its own. */
function readTexts(name: string, vector: Vector): { data: Buffer; offsets: Buffer } {
  const ends = new Int32Array(vector.length + 1);
  const parts: Uint8Array[] = [];
  let [row, size] = [0, 0];
  for (const { length, values, valueOffsets } of vector.data) {
    if (length === 0) continue;
    const from = Number(valueOffsets[0]);
    const to = Number(valueOffsets[length]);
    if (!(from >= 0 && from <= to && to <= values.length))
      throw new Error("the offsets of a column lie outside its data");
    const shift = size - from;
    size += to - from;
    if (size > 0x7fffffff) throw unsupported(name, "has over 2 GiB of strings");
    for (let i = 1; i <= length; i++) ends[++row] = Number(valueOffsets[i]) + shift;
    parts.push(values.subarray(from, to));
  }
  const data = parts.length === 1 ? bytesOf(parts[0]!) : Buffer.concat(parts);
  return { data, offsets: bytesOf(ends) };
}

/** Every chunk may have a dictionary of its own; each string is decoded once. */
function textsOfDictionary(vector: Vector): (string | null)[] {
  const texts: (string | null)[] = [];
  for (const chunk of vector.data) {
    const dictionary = chunk.dictionary!;
    const column = checkColumn(readColumn("dictionary", dictionary) as unknown as Value, dictionary.length);
    const words = textsOf(column);
    const codes = valuesOf(chunk);
    for (let row = 0; row < chunk.length; row++) {
      const word = chunk.getValid(row) ? words[Number(codes[row])] : null;
      if (word === undefined)
        throw new Error(`the code ${codes[row]} is outside a dictionary of ${words.length}`);
      texts.push(word);
    }
  }
  return texts;
}

/** Our table as an Arrow table of one record batch. */
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
      return makeData({ type: new Float64(), data: floatsOf(column) as Float64Array, ...shape });
    case "float32":
      return makeData({ type: new Float32(), data: floatsOf(column) as Float32Array, ...shape });
    case "int64":
      return makeData({ type: new Int64(), data: int64sOf(column), ...shape });
    case "bool":
      return makeData({ type: new Bool(), data, ...shape });
    case "date":
      return makeData({ type: new DateDay(), data: daysOf(column), ...shape });
    case "timestamp":
      return makeData({ type: new TimestampMicrosecond(timezone), data: int64sOf(column), ...shape });
    default:
      return makeData({ type: new Utf8(), data, valueOffsets: int32sOf(offsets!), ...shape });
  }
}
