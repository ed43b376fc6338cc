// Writes checked predictions as the JSON response of /predict/: full precision, NaN and infinities as null.

import type { Column, Table } from "../../protocol/messages.js";
import { boolAt, floatsOf, int64sOf, isPresent, textsOf } from "../../protocol/table.js";
import { floatText } from "../formats/text/floats.js";
import { momentsOf } from "../formats/text/moments.js";
import { type Floats, numbersOf } from "../formats/text/numbers.js";
import type { CheckedPredictions } from "./check.js";
import { type TargetRule, targetRules } from "./targets.js";

/** The most rows in one string. Larger responses are bytes, since V8 limits a string to half a gigabyte. */
const rowsPerChunk = 4096;

/** Returns the JSON text of a row. */
type Cells = (row: number) => string;

/**
 * `{"predictions":[…]}`, with `"extraModelOutput":{"columns":[…],"index":[…],"data":[[…]]}` if a hook returned more columns.
 * Classification: objects of label to probability; other targets: a flat list. A string, or UTF-8 bytes above 4096 rows.
 * Throws PREDICTIONS_INVALID if a numeric target has values that are not numbers.
 */
export function predictionsAsJson(checked: CheckedPredictions): string | Buffer {
  const { rows } = checked.predictions;
  const parts = partsOf(checked);
  return rows <= rowsPerChunk ? asString(parts, rows) : Buffer.concat([...chunksOf(parts, rows)]);
}

/** The same in pieces, each made on demand. Throws at once, not in a later piece. */
export function predictionsAsJsonChunks(checked: CheckedPredictions): Iterable<Buffer> {
  return chunksOf(partsOf(checked), checked.predictions.rows);
}

function partsOf({ targetType, predictions, extra, index }: CheckedPredictions): readonly Part[] {
  const rule = targetRules[targetType];
  const cells = rule.shape === "classes" ? objectsOf(predictions) : valuesOf(predictions, rule, targetType);
  const parts: Part[] = ['{"predictions":[', cells];
  if (extra !== null) {
    const names = JSON.stringify(extra.columns.map(({ name }) => name));
    parts.push(`],"extraModelOutput":{"columns":${names},"index":[`, indexOf(index));
    parts.push('],"data":[', arraysOf(extra));
  }
  parts.push(extra === null ? "]}" : "]}}");
  return parts;
}

/** Yields UTF-8 chunks of `chunk` rows, one object per line. NaN, infinities and missing values are null. */
export function* jsonLines({ rows, columns }: Table, chunk: number): Generator<Buffer> {
  const cells = columns.map(cellsOf);
  const keys = columns.map(({ name }, at) => `${at === 0 ? "{" : ","}${JSON.stringify(name)}:`);
  for (let from = 0; from < rows; from += chunk) {
    let lines = "";
    for (let row = from; row < Math.min(rows, from + chunk); row++) {
      for (let at = 0; at < keys.length; at++) lines += keys[at]! + cells[at]!(row);
      lines += "}\n";
    }
    yield Buffer.from(lines);
  }
}

/** A piece of the text, or the cells that make the list of all rows. */
type Part = string | Cells;

function asString(parts: readonly Part[], rows: number): string {
  let text = "";
  for (const part of parts) text += typeof part === "string" ? part : listOf(part, 0, rows);
  return text;
}

function* chunksOf(parts: readonly Part[], rows: number): Generator<Buffer> {
  for (const part of parts) {
    if (typeof part === "string") yield Buffer.from(part);
    else yield* listChunks(part, rows);
  }
}

function* listChunks(cells: Cells, rows: number): Generator<Buffer> {
  for (let from = 0; from < rows; from += rowsPerChunk) {
    const list = listOf(cells, from, Math.min(rows, from + rowsPerChunk));
    yield Buffer.from(from === 0 ? list : `,${list}`);
  }
}

function listOf(cells: Cells, from: number, to: number): string {
  if (from === to) return "";
  let list = cells(from);
  for (let row = from + 1; row < to; row++) list += `,${cells(row)}`;
  return list;
}

function valuesOf({ rows, columns }: Table, rule: TargetRule, targetType: string): Cells {
  const column = columns[0]!;
  if (rule.cells === "values") return cellsOf(column);
  return floatCells(numbersOf(column, rows, `the ${targetType} prediction`));
}

function objectsOf({ rows, columns }: Table): Cells {
  const floats = columns.map((column) => numbersOf(column, rows, `the probability of ${column.name}`));
  const keys = columns.map(({ name }, at) => `${at === 0 ? "{" : ","}${JSON.stringify(name)}:`);
  return (row) => {
    let object = "";
    for (let at = 0; at < keys.length; at++) object += keys[at]! + floatText(floats[at]![row]!);
    return `${object}}`;
  };
}

function arraysOf({ columns }: Table): Cells {
  const cells = columns.map(cellsOf);
  return (row) => `[${cells.map((cell) => cell(row)).join(",")}]`;
}

function indexOf(index: Column | null): Cells {
  return index === null ? String : cellsOf(index);
}

/** A column's values by type: numbers, true and false, strings; `json` unchanged; dates in ISO 8601. */
function cellsOf(column: Column): Cells {
  const cells = presentCellsOf(column);
  return column.validity === null ? cells : (row) => (isPresent(column, row) ? cells(row) : "null");
}

function presentCellsOf(column: Column): Cells {
  switch (column.type) {
    case "float64":
    case "float32":
      return floatCells(floatsOf(column));
    case "int64": {
      const ints = int64sOf(column);
      return (row) => ints[row]!.toString();
    }
    case "bool":
      return (row) => (boolAt(column, row) ? "true" : "false");
    case "utf8": {
      const texts = textsOf(column);
      return (row) => JSON.stringify(texts[row]);
    }
    case "json": {
      const texts = textsOf(column);
      return (row) => texts[row]!;
    }
    default: {
      const moments = momentsOf(column, "T");
      return (row) => `"${moments(row)}"`;
    }
  }
}

function floatCells(floats: Floats): Cells {
  return (row) => {
    const value = floats[row]!;
    return Number.isFinite(value) ? floatText(value) : "null";
  };
}
