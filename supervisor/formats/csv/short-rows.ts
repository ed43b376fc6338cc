// Finds the first row of a CSV that has fewer cells than the header. Every language fills such a row with missing values.

import { open } from "node:fs/promises";
import { setImmediate as turn } from "node:timers/promises";

export interface ShortRow {
  /** Of the file, counted from 1. */
  line: number;
  cells: number;
  width: number;
}

const [comma, quote, lineFeed, carriageReturn, tab, blank] = [44, 34, 10, 13, 9, 32] as const;

/** Bytes that are walked without giving other work its turn. */
const pieceSize = 256 * 1024;

/** Of the whole CSV in one go. */
export function shortRowOf(bytes: Uint8Array): ShortRow | undefined {
  const walk = new Walk();
  walk.take(bytes);
  return walk.end();
}

/** Of a large CSV, while other work goes on. */
export async function shortRowOfLarge(bytes: Uint8Array): Promise<ShortRow | undefined> {
  const walk = new Walk();
  for (let at = 0; at < bytes.length; at += pieceSize) {
    await turn();
    if (walk.take(bytes.subarray(at, at + pieceSize))) break;
  }
  return walk.end();
}

/** Of a file, while other work goes on. Rejects as reading it does. */
export async function shortRowOfFile(path: string): Promise<ShortRow | undefined> {
  const walk = new Walk();
  const file = await open(path);
  try {
    const piece = Buffer.alloc(pieceSize);
    let size: number;
    do {
      size = (await file.read(piece, 0, pieceSize)).bytesRead;
    } while (!walk.take(piece.subarray(0, size)) && size > 0);
  } finally {
    await file.close();
  }
  return walk.end();
}

/** Counts the cells of each row, piece by piece. Blank lines are no rows. Quotes count as in records.ts. */
class Walk {
  private found: ShortRow | undefined;
  private isOver = false;
  /** Of the header; 0 before it. */
  private width = 0;
  private line = 1;
  private firstLine = 1;
  private cells = 1;
  private isBlank = true;
  private isQuoted = false;
  /** Whether a quote would open a cell here. */
  private mayOpen = true;
  private isAfterReturn = false;
  private isAtStart = true;

  /** Returns whether nothing more has to be known. */
  take(bytes: Uint8Array): boolean {
    let at = this.isAtStart && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    this.isAtStart = false;
    let { cells, isBlank, isQuoted, mayOpen, isAfterReturn } = this;
    const { length } = bytes;
    for (; at < length; at++) {
      const code = bytes[at]!;
      // Most bytes mean nothing here.
      if (code > comma) {
        isBlank = mayOpen = isAfterReturn = false;
        continue;
      }
      const isPair = isAfterReturn && code === lineFeed;
      isAfterReturn = code === carriageReturn;
      const isLineEnd = isAfterReturn || code === lineFeed;
      if (isLineEnd && !isPair) this.line += 1;
      if (isQuoted) {
        isQuoted = code !== quote;
        mayOpen = !isQuoted;
      } else if (code === comma) {
        cells += 1;
        mayOpen = true;
        isBlank = false;
      } else if (isLineEnd) {
        if (!isPair) this.endRow(cells, isBlank);
        this.firstLine = this.line;
        cells = 1;
        isBlank = mayOpen = true;
        if (this.isOver) break;
      } else {
        isQuoted = code === quote && mayOpen;
        mayOpen = false;
        if (code !== blank && code !== tab) isBlank = false;
      }
    }
    this.cells = cells;
    this.isBlank = isBlank;
    this.isQuoted = isQuoted;
    this.mayOpen = mayOpen;
    this.isAfterReturn = isAfterReturn;
    return this.isOver;
  }

  end(): ShortRow | undefined {
    if (!this.isOver) this.endRow(this.cells, this.isBlank);
    return this.found;
  }

  private endRow(cells: number, isBlank: boolean): void {
    if (isBlank) return;
    if (this.width === 0) this.width = cells;
    else if (cells < this.width) this.found = { line: this.firstLine, cells, width: this.width };
    this.isOver = this.width === 1 || this.found !== undefined;
  }
}
