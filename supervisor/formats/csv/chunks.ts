// Reads a CSV file in chunks of whole records, without ever holding more than a few of them. Where a chunk ends depends on the
// file and on where it begins alone, so that reading can go on after a break with the same chunks.

import { type FileHandle, open } from "node:fs/promises";
import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";
import { type Dialect, readCells } from "./dialect.js";

const [lineFeed, carriageReturn, blank, tab] = [10, 13, 32, 9] as const;

/** Bytes of the largest record: beyond it, a quote is open that nothing closes. */
const largestRecord = 16 * 2 ** 20;

/** Bytes that are read beyond a chunk at once, for its last record. */
const slack = 64 * 1024;

export interface ChunkLimits {
  /** A chunk ends with the record that reaches this number of bytes, */
  bytes: number;
  /** or with this many rows. */
  rows: number;
}

export interface Header {
  /** Latin-1 text, one character a byte, without a line end. */
  record: string;
  /** As UTF-8 reads them. */
  names: readonly string[];
  /** Where the first row begins. */
  end: number;
}

export interface Chunk {
  /** Whole records with their line ends, without the header. */
  bytes: Buffer;
  /** Where each row begins and ends in it, without its line end. Blank lines are no rows, unless there is a single column. */
  starts: readonly number[];
  ends: readonly number[];
  /** Where the next chunk begins. */
  end: number;
}

interface Walked {
  /** Whether the file ends with these bytes. */
  isLast: boolean;
  isSingle: boolean;
}

interface Found {
  starts: number[];
  ends: number[];
  end: number;
  isWhole: boolean;
}

export class ChunkReader {
  private constructor(
    private readonly file: FileHandle,
    private readonly dialect: Dialect,
    /** Bytes of the file. */
    readonly size: number,
  ) {}

  /** Rejects as opening does. */
  static async open(path: string, dialect: Dialect): Promise<ChunkReader> {
    const file = await open(path);
    return new ChunkReader(file, dialect, (await file.stat()).size);
  }

  /** Throws INPUT_EMPTY, and INPUT_UNREADABLE for what is no text or has no end. */
  async header(): Promise<Header> {
    const head = await this.read(0, 4);
    let at = 0;
    if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) at = 3;
    if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
      throw new DrumError("INPUT_UNREADABLE", "the CSV is UTF-16; send UTF-8");
    if ((head[0] === 0x1f && head[1] === 0x8b) || (head[0] === 0x50 && head[1] === 0x4b))
      throw new DrumError("INPUT_UNREADABLE", "the file is packed (gzip or zip); send the CSV itself");
    for (;;) {
      const chunk = await this.chunkAt(at, { bytes: 1, rows: 1 }, false);
      if (!chunk)
        throw new DrumError("INPUT_EMPTY", "the CSV is empty; send a line of column names, then rows");
      at = chunk.end;
      const record = chunk.bytes.toString("latin1").replace(/\r?\n$|\r$/, "");
      if (record.trim() === "") continue;
      const names = readCells(record, this.dialect).map((cell) => Buffer.from(cell, "latin1").toString());
      return { record, names, end: at };
    }
  }

  /** The chunk that begins at this byte; undefined at the end of the file. Throws INPUT_UNREADABLE for a record without an end. */
  async chunkAt(at: number, limits: ChunkLimits, isSingle: boolean): Promise<Chunk | undefined> {
    if (at >= this.size) return undefined;
    for (let length = limits.bytes + slack; ; length *= 2) {
      const bytes = await this.read(at, length);
      const isLast = at + bytes.length >= this.size;
      const found = this.recordsIn(bytes, limits, { isLast, isSingle });
      const { starts, ends } = found;
      if (found.isWhole) return { bytes: bytes.subarray(0, found.end), starts, ends, end: at + found.end };
      if (!isLast && bytes.length - found.end < largestRecord) continue;
      const where = `the record that begins at byte ${at + found.end + 1}`;
      throw new DrumError(
        "INPUT_UNREADABLE",
        isLast
          ? `${where} of the CSV opens a quote that nothing closes; close it`
          : `${where} of the CSV has more than ${counted(largestRecord, "byte")}, so that a quote may be open; close it`,
      );
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async read(at: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(Math.min(length, Math.max(0, this.size - at)));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await this.file.read(bytes, filled, bytes.length - filled, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  }

  /** The records of one chunk; not whole if more bytes have to be known. A quote opens only at the start of a cell. */
  private recordsIn(bytes: Buffer, limits: ChunkLimits, { isLast, isSingle }: Walked): Found {
    const delimiter = this.dialect.delimiter.charCodeAt(0);
    const quote = this.dialect.quote.charCodeAt(0);
    const { length } = bytes;
    const [starts, ends]: [number[], number[]] = [[], []];
    let start = 0;
    let isQuoted = false;
    let mayOpen = true;
    let isBlank = true;
    const endRow = (end: number) => {
      if (isBlank && !isSingle) return;
      starts.push(start);
      ends.push(end);
    };
    for (let at = 0; at < length; at++) {
      const code = bytes[at]!;
      if (isQuoted) {
        if (code !== quote) continue;
        isQuoted = false;
        mayOpen = true;
      } else if (code === lineFeed || code === carriageReturn) {
        // Whether a line feed belongs to it is not known yet.
        if (code === carriageReturn && at + 1 === length && !isLast) break;
        endRow(at);
        if (code === carriageReturn && bytes[at + 1] === lineFeed) at += 1;
        start = at + 1;
        if (start >= limits.bytes || starts.length >= limits.rows)
          return { starts, ends, end: start, isWhole: true };
        mayOpen = isBlank = true;
      } else {
        if (code === quote && mayOpen) isQuoted = true;
        mayOpen = code === delimiter;
        if (mayOpen || (code !== blank && code !== tab)) isBlank = false;
      }
    }
    if (!isLast || isQuoted) return { starts, ends, end: start, isWhole: false };
    if (start < length) endRow(length);
    return { starts, ends, end: length, isWhole: true };
  }
}

/** The rows of a chunk, as Latin-1 text. */
export function rowsOfChunk({ bytes, starts, ends }: Chunk): string[] {
  const text = bytes.toString("latin1");
  return starts.map((start, row) => text.slice(start, ends[row]));
}
