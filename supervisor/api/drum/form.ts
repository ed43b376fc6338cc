// Writes transformed data as multipart/form-data, as DRUM does: a format and a file for the data, and for the target if one came.

import { randomUUID } from "node:crypto";
import type { Table } from "../../../protocol/messages.js";
import { csvChunks } from "../../formats/csv/write.js";
import { columnNames, isMatrix, matrixMarketChunks } from "../../formats/matrix-market.js";
import { rowsPerChunk } from "../../predictions/files.js";
import type { Transformed } from "../../predictions/transformed.js";

type Part = readonly [name: string, content: string | Buffer];

export function formOf({ data, target }: Transformed): { contentType: string; body: Buffer } {
  const parts: Part[] = isMatrix(data)
    ? [
        ["X.format", "sparse"],
        ["X.transformed", Buffer.concat([...matrixMarketChunks(data)])],
        ["X.colnames", columnNames(data.names)],
      ]
    : [
        ["X.format", "csv"],
        ["X.transformed", asCsv(data)],
      ];
  if (target) parts.push(["y.format", "csv"], ["y.transformed", asCsv(target)]);
  const boundary = randomUUID();
  const body = parts.flatMap((part) => [Buffer.from(`--${boundary}\r\n`), ...linesOf(part)]);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...body, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

/** A string becomes a plain field, bytes become a file. */
function linesOf([name, content]: Part): Buffer[] {
  const isFile = typeof content !== "string";
  const more = isFile ? `; filename="${name}"\r\nContent-Type: application/octet-stream` : "";
  const head = `Content-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
  return [Buffer.from(head), isFile ? content : Buffer.from(content), Buffer.from("\r\n")];
}

/** Lines end in CR LF, except the last. */
function asCsv(table: Table): Buffer {
  const chunks = csvChunks({ predictions: table, extra: null }, rowsPerChunk, "\r\n");
  return Buffer.concat([...chunks]).subarray(0, -2);
}
