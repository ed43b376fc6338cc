// Formats rows of text as lines with aligned columns.

/** Columns from `rightFrom` on are right-aligned, for numbers. */
export function formatTable(
  rows: readonly (readonly string[])[],
  rightFrom = Number.POSITIVE_INFINITY,
): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  const pad = (cell: string, at: number) =>
    at < rightFrom ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0);
  return rows
    .map((row) => row.map(pad).join("  ").trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}
