// Formats rows of text as lines with aligned columns, which fit the terminal.

import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";

const [gap, narrowest] = ["  ", 8];

interface TableLayout {
  /** Columns from here on are right-aligned, for numbers. */
  rightFrom?: number;
  /** The width of the terminal. Cells are wrapped to fit it; undefined does not limit them. */
  width?: number | undefined;
}

export function formatTable(
  rows: readonly (readonly string[])[],
  { rightFrom = Number.POSITIVE_INFINITY, width = process.stdout.columns }: TableLayout = {},
): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => stringWidth(row[at] ?? ""))),
  );
  if (width) narrow(widths, width);
  const pad = (cell: string, at: number) => {
    const blanks = " ".repeat(Math.max(0, widths[at]! - stringWidth(cell)));
    return at < rightFrom ? cell + blanks : blanks + cell;
  };
  return rows
    .flatMap((row) => linesOf(row, widths))
    .map((line) => `${line.map(pad).join(gap).trimEnd()}\n`)
    .join("");
}

/** Takes from the widest columns what is too much. */
function narrow(widths: number[], width: number): void {
  let excess = widths.reduce((sum, one) => sum + one + gap.length, -gap.length) - width;
  for (; excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= narrowest) return;
    widths[widest]! -= 1;
  }
}

/** A row as lines of cells; more than one if a cell is wrapped. */
function linesOf(row: readonly string[], widths: readonly number[]): string[][] {
  const cells = row.map((cell, at) => wrapAnsi(cell, widths[at]!, { hard: true }).split("\n"));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => cells.map((lines) => lines[line] ?? ""));
}
