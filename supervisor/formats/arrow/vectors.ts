// Reads Arrow vectors as columns, by type. A type that no column type can hold is rejected.

import {
  type Data,
  DataType,
  type Decimal,
  type Dictionary,
  makeData,
  type Time,
  Vector,
} from "apache-arrow";
import { boolColumn, textColumn } from "../../../protocol/columns.js";
import { bitmap, int32sOf } from "../../../protocol/memory.js";
import type { Column, ColumnType } from "../../../protocol/messages.js";
import { boolAt, isPresent, textsOf } from "../../../protocol/table.js";
import { counted } from "../../counted.js";
import { decimalText, timeText } from "../logical.js";
import {
  isText,
  microsOf,
  readBools,
  readFixed,
  readTexts,
  readValidity,
  unsupported,
  valuesOf,
} from "./columns.js";
import { countUnpacked } from "./compression.js";

export function readVector(name: string, vector: Vector): Column {
  const { type, length } = vector;
  if (DataType.isNull(type)) {
    countUnpacked(length * 8);
    const validity = Buffer.alloc(Math.ceil(length / 8));
    return { name, type: "float64", data: Buffer.alloc(length * 8), validity, offsets: null };
  }
  if (DataType.isDictionary(type)) return readDictionary(name, vector);
  if (DataType.isDecimal(type)) return { ...textColumn(name, decimalsOf(vector)), logical: "decimal" };
  if (DataType.isTime(type)) return { ...textColumn(name, timesOf(name, vector)), logical: "time" };
  const validity = readValidity(vector);
  if (isText(type)) return { name, type: "utf8", ...readTexts(name, vector), validity };
  const kind = kindOf(type);
  if (!kind) throw unsupported(name, `has the Arrow type ${type}`);
  const data = kind === "bool" ? readBools(vector) : readFixed(name, vector);
  const column: Column = { name, type: kind, data, validity, offsets: null };
  if (DataType.isTimestamp(type)) column.timezone = type.timezone ?? null;
  if (DataType.isDuration(type)) column.logical = "duration";
  return column;
}

/** Bytes per row of the types that dictionaries of fixed width have. */
const widths: Partial<Record<ColumnType, number>> = {
  float64: 8,
  float32: 4,
  int64: 8,
  date: 4,
  timestamp: 8,
};

function kindOf(type: DataType): ColumnType | undefined {
  if (DataType.isFloat(type)) return type.precision === 2 ? "float64" : "float32";
  if (DataType.isInt(type) || DataType.isDuration(type)) return "int64";
  if (DataType.isBool(type)) return "bool";
  if (DataType.isDate(type)) return "date";
  return DataType.isTimestamp(type) ? "timestamp" : undefined;
}

/** One value per row, null where missing. */
function eachRow<T>(vector: Vector, read: (chunk: Data, row: number) => T): (T | null)[] {
  return vector.data.flatMap((chunk) =>
    Array.from({ length: chunk.length }, (_, row) => (chunk.getValid(row) ? read(chunk, row) : null)),
  );
}

function decimalsOf(vector: Vector): (string | null)[] {
  const { scale, bitWidth } = vector.type as Decimal;
  const width = bitWidth / 32;
  return eachRow(vector, ({ values, length }, row) => {
    if (values.length < length * width) throw new Error("a column of decimals is truncated");
    let unscaled = 0n;
    for (let word = width - 1; word >= 0; word--)
      unscaled = (unscaled << 32n) | BigInt(values[row * width + word]);
    return decimalText(BigInt.asIntN(bitWidth, unscaled), scale);
  });
}

function timesOf(name: string, vector: Vector): (string | null)[] {
  const { unit } = vector.type as Time;
  return eachRow(vector, (chunk, row) => timeText(microsOf(name, BigInt(valuesOf(chunk)[row]!), unit)));
}

interface Part {
  /** The values of the dictionary. */
  words: Column;
  /** The place of each row's value; null where missing. */
  codes: (number | null)[];
}

/** Values take the place of their codes. Texts are categories, in the dictionary's order. */
function readDictionary(name: string, vector: Vector): Column {
  const { dictionary, isOrdered } = vector.type as Dictionary;
  const known = new Map<Vector, Column>();
  // Each chunk may have its own dictionary.
  const parts = vector.data.map((chunk): Part => {
    const own = chunk.dictionary!;
    const words = known.get(own) ?? readVector(name, own);
    known.set(own, words);
    return { words, codes: codesOf(chunk, words, own.length) };
  });
  const { type, logical, timezone } =
    parts[0]?.words ?? readVector(name, new Vector([makeData({ type: dictionary })]));
  if (type === "bool") return boolColumn(name, pick(parts, boolAt));
  if (type !== "utf8")
    return {
      name,
      type,
      ...pickBytes(parts, widths[type]!),
      offsets: null,
      ...(logical && { logical }),
      ...(timezone !== undefined && { timezone }),
    };
  countUnpacked(sizeOfTexts(parts));
  const texts = new Map(parts.map(({ words }) => [words, textsOf(words)]));
  const column = textColumn(
    name,
    pick(parts, (words, code) => texts.get(words)![code]!),
  );
  if (logical) return { ...column, logical };
  const levels = new Set([...texts.values()].flat());
  return { ...column, levels: [...levels].filter((level) => level !== null), ordered: isOrdered };
}

function sizeOfTexts(parts: readonly Part[]): number {
  const sizes = parts.map(({ words, codes }) => {
    const ends = int32sOf(words.offsets!);
    return codes.reduce<number>((sum, code) => sum + (code === null ? 0 : ends[code + 1]! - ends[code]!), 0);
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

function codesOf(chunk: Data, words: Column, count: number): (number | null)[] {
  const codes = valuesOf(chunk);
  return Array.from({ length: chunk.length }, (_, row) => {
    if (!chunk.getValid(row)) return null;
    const code = Number(codes[row]);
    if (code < 0 || code >= count)
      throw new Error(`the code ${code} is outside the dictionary of ${counted(count, "value")}`);
    return isPresent(words, code) ? code : null;
  });
}

function pick<T>(parts: readonly Part[], read: (words: Column, code: number) => T): (T | null)[] {
  return parts.flatMap(({ words, codes }) => codes.map((code) => (code === null ? null : read(words, code))));
}

function pickBytes(parts: readonly Part[], width: number): Pick<Column, "data" | "validity"> {
  const places = pick(parts, ({ data }, code) => data.subarray(code * width, (code + 1) * width));
  const data = Buffer.concat(places.map((bytes) => bytes ?? Buffer.alloc(width)));
  return { data, validity: places.includes(null) ? bitmap(places, (bytes) => bytes !== null) : null };
}
