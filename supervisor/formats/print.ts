// Prints checked predictions for `drum score`, as pandas shows a data frame on a page 80 characters wide. Columns that do not
// fit continue below; none is left out. Of more than 60 rows, only the first and last five are shown.

import type { Column } from "../../protocol/messages.js";
import { boolAt, floatsOf, int64sOf, isPresent, textAt } from "../../protocol/table.js";
import { plainText, type Written } from "./csv/write.js";
import { decimalTexts } from "./text/decimals.js";
import { shortestFloat32 } from "./text/floats.js";
import { momentsOf } from "./text/moments.js";
import { isNumeric } from "./text/numbers.js";

const [pageWidth, widestCell, mostRows, rowsAtEnds, mostNames] = [80, 50, 60, 5, 100];

/** The header, the index and right-aligned values, ending with a newline. Prediction columns come first, then extra columns. */
export function predictionsAsText({ predictions, extra }: Written, terminalWidth = pageWidth): string {
  const { rows } = predictions;
  const columns = [...predictions.columns, ...(extra?.columns ?? [])];
  if (rows === 0) return emptyText(columns);
  const shown = shownRows(rows);
  const isCut = shown.length < rows;
  const index = block(shown.map(String), { header: "", align: "left", isCut });
  const blocks = columns.map((column) => columnBlock(column, { rows, shown, isCut }));
  const size = isCut ? `\n[${rows} rows x ${columns.length} columns]\n` : "";
  return `${wrapped(index, blocks, Math.min(pageWidth, terminalWidth)).join("\n\n")}\n${size}`;
}

function emptyText(columns: readonly Column[]): string {
  const names = columns.slice(0, mostNames).map(({ name }) => name);
  if (columns.length > mostNames) names.push("...");
  return `Empty DataFrame\nColumns: [${names.join(", ")}]\nIndex: []\n`;
}

function shownRows(rows: number): number[] {
  const all = rows <= mostRows;
  return Array.from({ length: all ? rows : 2 * rowsAtEnds }, (_, at) =>
    all || at < rowsAtEnds ? at : rows - 2 * rowsAtEnds + at,
  );
}

/** A column of the page: a line for the header, then one per row. */
interface Block {
  lines: string[];
  width: number;
}

/** Shows the column as pandas would read it from CSV: a missing value turns ints into floats and booleans into objects. */
function columnBlock(column: Column, { rows, shown, isCut }: Page): Block {
  const hasGaps = isMissingSome(column, rows);
  // The header keeps room for a sign.
  const isNumber = isNumeric(column) && !(column.type === "bool" && hasGaps);
  const header = `${isNumber ? " " : ""}${escaped(column.name)}`;
  return block(cellTexts(column, shown, hasGaps), { header, align: "right", isCut });
}

interface Page {
  rows: number;
  /** The rows shown; `isCut` if rows between them are left out. */
  shown: readonly number[];
  isCut: boolean;
}

function isMissingSome(column: Column, rows: number): boolean {
  if (column.validity === null) return false;
  for (let row = 0; row < rows; row++) if (!isPresent(column, row)) return true;
  return false;
}

/** Cells start with a blank or a minus sign. */
function cellTexts(column: Column, shown: readonly number[], hasGaps: boolean): string[] {
  const present = (row: number) => isPresent(column, row);
  switch (column.type) {
    case "float64": {
      const floats = floatsOf(column);
      return decimalTexts(shown.map((row) => (present(row) ? floats[row]! : Number.NaN)));
    }
    case "float32": {
      const floats = floatsOf(column);
      return decimalTexts(shown.map((row) => (present(row) ? shortestFloat32(floats[row]!) : Number.NaN)));
    }
    case "int64": {
      const ints = int64sOf(column);
      if (!hasGaps) return shown.map((row) => `${ints[row]! < 0n ? "" : " "}${ints[row]}`);
      return decimalTexts(shown.map((row) => (present(row) ? Number(ints[row]) : Number.NaN)));
    }
    case "bool":
      return shown.map((row) => (present(row) ? (boolAt(column, row) ? " True" : " False") : " NaN"));
    default: {
      const text = textsAt(column);
      return shown.map((row) => (present(row) ? ` ${escaped(text(row))}` : " NaN"));
    }
  }
}

function textsAt(column: Column): (row: number) => string {
  if (column.type === "utf8") return (row) => textAt(column, row);
  if (column.type === "json") return (row) => plainText(textAt(column, row));
  return momentsOf(column, " ");
}

function escaped(text: string): string {
  return text.replaceAll("\t", "\\t").replaceAll("\r", "\\r").replaceAll("\n", "\\n");
}

/** Cuts cells to the maximum width and aligns them. Under a wider header they stay at its left edge. */
function block(
  cells: readonly string[],
  { header, align, isCut }: { header: string; align: "left" | "right"; isCut: boolean },
): Block {
  const cut = cells.map((cell) =>
    lengthOf(cell) > widestCell ? `${[...cell].slice(0, widestCell - 3).join("")}...` : cell,
  );
  const cellWidth = Math.min(widestCell, Math.max(lengthOf(header), ...cut.map(lengthOf)));
  const pad = align === "left" ? padRight : padLeft;
  const lines = cut.map((cell) => pad(cell, cellWidth));
  if (isCut) lines.splice(rowsAtEnds, 0, pad(cellWidth > 3 ? "..." : "..", cellWidth));
  const width = Math.max(cellWidth, lengthOf(header));
  return { lines: [padLeft(header, width), ...lines.map((line) => padRight(line, width))], width };
}

/** Counts code points, as Python does. */
function lengthOf(text: string): number {
  return [...text].length;
}

function padLeft(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - lengthOf(text))) + text;
}

function padRight(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - lengthOf(text)));
}

/** Prints the sections, each with the index. The header of every section but the last ends with a backslash. */
function wrapped(index: Block, blocks: readonly Block[], width: number): string[] {
  const sections = sectionsOf(blocks, width - index.width - 1);
  return sections.map((section, at) => {
    const mark =
      sections.length === 1 ? undefined : at < sections.length - 1 ? ["  \\", "   "] : ["  ", "  "];
    return index.lines
      .map(
        (line, row) =>
          [line, ...section.map(({ lines }) => lines[row]!)].join(" ") +
          (mark ? mark[row === 0 ? 0 : 1]! : ""),
      )
      .join("\n");
  });
}

/** Puts as many columns in a section as fit beside the index, with room for the continuation mark. */
function sectionsOf(blocks: readonly Block[], room: number): Block[][] {
  const sections: Block[][] = [];
  let width = 0;
  blocks.forEach((block, at) => {
    const mark = at === blocks.length - 1 ? 1 : 2;
    width += block.width + 1;
    if (at > 0 && width + mark > room) {
      sections.push([]);
      width = block.width + 1;
    }
    if (at === 0) sections.push([]);
    sections.at(-1)!.push(block);
  });
  return sections;
}
