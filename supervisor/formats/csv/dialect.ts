// Records of CSV with other delimiters and quotes. A record is Latin-1 text, one character a byte, as in records.ts.

export interface Dialect {
  /** One character. */
  delimiter: string;
  /** One character. */
  quote: string;
}

/** What workers read, and what write.ts writes. */
export const plainDialect: Dialect = { delimiter: ",", quote: '"' };

export function isPlain({ delimiter, quote }: Dialect): boolean {
  return delimiter === plainDialect.delimiter && quote === plainDialect.quote;
}

/** The cells as they are read. A quote opens only at the start of a cell; doubled inside, it stands for itself. */
export function readCells(record: string, { delimiter, quote }: Dialect): string[] {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    let text = "";
    if (record[at] === quote) {
      at += 1;
      for (;;) {
        const end = record.indexOf(quote, at);
        text += end < 0 ? record.slice(at) : record.slice(at, end);
        at = end < 0 ? record.length : end + 1;
        if (record[at] !== quote) break;
        text += quote;
        at += 1;
      }
    }
    // Without quotes, and what follows a closing quote.
    const end = record.indexOf(delimiter, at);
    cells.push(text + (end < 0 ? record.slice(at) : record.slice(at, end)));
    if (end < 0) return cells;
    at = end + 1;
  }
}

/** Quotes the cells that need it. One empty cell alone is quoted, so that its line is not blank. */
export function writeCells(cells: readonly string[], { delimiter, quote }: Dialect): string {
  const isSpecial = (cell: string) =>
    cell.includes(delimiter) || cell.includes(quote) || cell.includes("\n") || cell.includes("\r");
  const text = cells
    .map((cell) => (isSpecial(cell) ? quote + cell.replaceAll(quote, quote + quote) + quote : cell))
    .join(delimiter);
  return text === "" ? quote + quote : text;
}

/** A record in another dialect, without its line end. */
export function rewriteRecord(record: string, from: Dialect, to: Dialect): string {
  return writeCells(readCells(record, from), to);
}
