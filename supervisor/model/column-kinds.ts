// Infers what kind of data each column holds, in the terms of typeSchema: NUM, TXT, CAT, IMG or DATE.

import type { Column, Table } from "../../protocol/messages.js";
import { floatsOf, isPresent, textsOf } from "../../protocol/table.js";
import type { DataType } from "./metadata/type-schema.js";

export type Kind = Extract<DataType, "NUM" | "TXT" | "CAT" | "IMG" | "DATE">;

export interface ColumnShape {
  name: string;
  /** Undefined if the column has no values. */
  kind: Kind | undefined;
  /** Whether a NUM column holds only integers or booleans, which also count as categories. */
  isWhole: boolean;
  /** Rows without a value; NaN counts as missing. */
  missing: number;
}

/** The shape of data, dense or sparse. */
export interface Shape {
  isSparse: boolean;
  columns: readonly ColumnShape[];
}

/** A column is prose if at least this share of rows has white space and this share or count of texts is unique. */
const prose = { spaced: 0.75, unique: 0.05, uniqueCount: 60 };

export function shapeOf({ rows, columns }: Table): Shape {
  return { isSparse: false, columns: columns.map((column) => columnShape(column, rows)) };
}

/** Sparse data are numbers without missing values, since omitted entries are zero. */
export function sparseShape(names: readonly string[]): Shape {
  const columns = names.map((name) => ({ name, kind: "NUM" as const, isWhole: false, missing: 0 }));
  return { isSparse: true, columns };
}

function columnShape(column: Column, rows: number): ColumnShape {
  const { name, type } = column;
  if (type === "float64" || type === "float32") return floatShape(column, rows);
  let missing = 0;
  for (let row = 0; row < rows; row++) if (!isPresent(column, row)) missing += 1;
  if (missing === rows) return { name, kind: undefined, isWhole: false, missing };
  if (type === "int64" || type === "bool") return { name, kind: "NUM", isWhole: true, missing };
  if (column.logical === "decimal") return { name, kind: "NUM", isWhole: false, missing };
  if (column.levels) return { name, kind: "CAT", isWhole: false, missing };
  if (type === "date" || type === "timestamp") return { name, kind: "DATE", isWhole: false, missing };
  return { name, kind: type === "json" ? "CAT" : kindOfTexts(textsOf(column)), isWhole: false, missing };
}

function floatShape(column: Column, rows: number): ColumnShape {
  const { name } = column;
  const floats = floatsOf(column);
  let missing = 0;
  let isWhole = true;
  for (let row = 0; row < rows; row++) {
    const value = floats[row]!;
    if (!isPresent(column, row) || Number.isNaN(value)) missing += 1;
    else if (!Number.isInteger(value)) isWhole = false;
  }
  return missing === rows
    ? { name, kind: undefined, isWhole: false, missing }
    : { name, kind: "NUM", isWhole, missing };
}

/** At least one text must not be null. */
function kindOfTexts(texts: readonly (string | null)[]): "TXT" | "CAT" | "IMG" {
  const present = texts.filter((text) => text !== null);
  if (present.every(isImage)) return "IMG";
  const spaced = present.filter((text) => /\s/.test(text)).length;
  const unique = new Set(present).size;
  const differ = unique >= prose.uniqueCount || unique / texts.length >= prose.unique;
  return spaced / texts.length >= prose.spaced && differ ? "TXT" : "CAT";
}

/** The first bytes, in hex, of JPEG, PNG, GIF, BMP and TIFF (both byte orders). WebP names itself only after its size. */
const imageStarts = [
  "ffd8ff",
  "89504e470d0a1a0a",
  "474946383761",
  "474946383961",
  "424d",
  "49492a00",
  "4d4d002a",
];

/** Whether the text is the base64 of an image, judged by its first bytes. */
function isImage(text: string): boolean {
  const start = text.slice(0, 64).replace(/\s/g, "").slice(0, 32);
  if (start.length < 16 || !/^[A-Za-z0-9+/]+={0,2}$/.test(start)) return false;
  const bytes = Buffer.from(start, "base64");
  const hex = bytes.toString("hex");
  const isWebp = hex.startsWith("52494646") && bytes.toString("latin1", 8, 12) === "WEBP";
  return isWebp || imageStarts.some((begin) => hex.startsWith(begin));
}
