// Reads the names and the size of a Matrix Market text before a worker reads the text.

import { open } from "node:fs/promises";
import { bytesOf } from "../../protocol/memory.js";
import type { Payload } from "../../protocol/messages.js";

const mostHeader = 64 * 2 ** 10;

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

/** `matrixSize` of a payload, which standard input or a compressed file may have brought. */
export async function matrixPayloadSize(payload: Payload): Promise<number[]> {
  if (payload.kind === "table") return [payload.table.rows, payload.table.columns.length];
  return payload.kind === "file" ? matrixFileSize(payload.path) : matrixSize(bytesOf(payload.data));
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
