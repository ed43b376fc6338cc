// Files of rows as payloads that a worker reads itself, and what is known of a Matrix Market text before one does.

import { open, readFile } from "node:fs/promises";
import type { Payload } from "../../protocol/messages.js";

/** Matrix Market by its ending, anything else is CSV. */
const mimetypeOf = (path: string) => (path.toLowerCase().endsWith(".mtx") ? "text/mtx" : "text/csv");

const mostHeader = 64 * 2 ** 10;

/** For a worker that opens the file; `columnNames` go with Matrix Market. */
export function filePayload(path: string, columnNames?: string[]): Payload & { kind: "file" } {
  const names = columnNames && { column_names: columnNames };
  return { kind: "file", path, mimetype: mimetypeOf(path), charset: null, ...names };
}

/** As a request brings it. */
export async function bytesPayload(path: string): Promise<Payload> {
  return { kind: "bytes", data: await readFile(path), mimetype: mimetypeOf(path), charset: null };
}

/** Names of columns, one a line. */
export function readColumnNames(text: Buffer): string[] {
  return text
    .toString("utf8")
    .trim()
    .split(/\r?\n/)
    .map((name) => name.trim());
}

/** [rows, columns] that the size line of a Matrix Market text announces; NaN and undefined where it says no numbers. */
export function matrixSize(text: Buffer): number[] {
  const lines = text.toString("latin1", 0, mostHeader).split("\n").slice(1);
  const size = lines.find((line) => line.trim() !== "" && !line.startsWith("%"));
  return (size ?? "").trim().split(/\s+/).slice(0, 2).map(Number);
}

/** The same of a file. */
export async function matrixFileSize(path: string): Promise<number[]> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(mostHeader), 0, mostHeader, 0);
    return matrixSize(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
