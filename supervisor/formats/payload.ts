// Turns files of rows into payloads, and reads the size of a Matrix Market text before a worker reads the text.

import { open, readFile } from "node:fs/promises";
import type { Payload } from "../../protocol/messages.js";

/** .mtx is Matrix Market, anything else is CSV. */
const mimetypeOf = (path: string) => (path.toLowerCase().endsWith(".mtx") ? "text/mtx" : "text/csv");

const mostHeader = 64 * 2 ** 10;

/** A payload that the worker opens itself; `columnNames` are those of a Matrix Market file. */
export function filePayload(path: string, columnNames?: string[]): Payload & { kind: "file" } {
  const names = columnNames && { column_names: columnNames };
  return { kind: "file", path, mimetype: mimetypeOf(path), charset: null, ...names };
}

/** A payload with the file's content, as in a request. */
export async function bytesPayload(path: string): Promise<Payload> {
  return { kind: "bytes", data: await readFile(path), mimetype: mimetypeOf(path), charset: null };
}

/** Column names, one per line. */
export function readColumnNames(text: Buffer): string[] {
  return text
    .toString("utf8")
    .trim()
    .split(/\r?\n/)
    .map((name) => name.trim());
}

/** [rows, columns] from the size line of a Matrix Market text; NaN or undefined if the line lacks the numbers. */
export function matrixSize(text: Buffer): number[] {
  const lines = text.toString("latin1", 0, mostHeader).split("\n").slice(1);
  const size = lines.find((line) => line.trim() !== "" && !line.startsWith("%"));
  return (size ?? "").trim().split(/\s+/).slice(0, 2).map(Number);
}

/** `matrixSize` of a file. */
export async function matrixFileSize(path: string): Promise<number[]> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(mostHeader), 0, mostHeader, 0);
    return matrixSize(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
