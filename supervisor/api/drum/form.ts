// Writes transformed data as multipart/form-data, as DRUM does: a format and a file for the data, and for the target if one came.

import { randomUUID } from "node:crypto";
import type { Table } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import { csvChunks } from "../../formats/csv/write.js";
import { columnNames, isMatrix, matrixMarketChunks } from "../../formats/matrix-market.js";
import { rowsPerChunk } from "../../predictions/files.js";
import type { Transformed } from "../../predictions/transformed.js";

type Part = readonly [name: string, content: string | Buffer];

/** Tables are CSV, or Arrow of the version that the client asks for. */
export async function formOf(
  { data, target }: Transformed,
  arrowVersion: string | null,
): Promise<{ contentType: string; body: Buffer }> {
  const { format, write } =
    arrowVersion === null ? { format: "csv", write: asCsv } : await arrowOf(arrowVersion);
  const parts: Part[] = isMatrix(data)
    ? [
        ["X.format", "sparse"],
        ["X.transformed", Buffer.concat([...matrixMarketChunks(data)])],
        ["X.colnames", columnNames(data.names)],
      ]
    : [
        ["X.format", format],
        ["X.transformed", write(data)],
      ];
  if (target) parts.push(["y.format", format], ["y.transformed", write(target)]);
  const boundary = randomUUID();
  const body = parts.flatMap((part) => [Buffer.from(`--${boundary}\r\n`), ...linesOf(part)]);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...body, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

/** Versions from 0.20 on read what is written today. Throws INPUT_UNSUPPORTED for what is no version. */
async function arrowOf(version: string): Promise<{ format: string; write: (table: Table) => Buffer }> {
  const [, major, minor] = /^(\d+)\.(\d+)(\.\w+)*$/.exec(version) ?? [];
  if (major === undefined) {
    throw new DrumError(
      "INPUT_UNSUPPORTED",
      `the part arrow_version is ${JSON.stringify(version.slice(0, 40))}; expected a version such as 0.20`,
    );
  }
  const { writeArrowBytes, writeLegacyArrowStream } = await import("../../formats/arrow/arrow.js");
  const isLegacy = Number(major) === 0 && Number(minor) < 20;
  return {
    format: "arrow",
    write: isLegacy ? writeLegacyArrowStream : (table) => writeArrowBytes(table, "stream"),
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
