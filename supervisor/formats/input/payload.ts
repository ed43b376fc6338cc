// Turns files and bodies of rows into payloads. A worker reads CSV and Matrix Market itself; every other kind is read here.

import { type FileHandle, open, readFile } from "node:fs/promises";
import type { Payload, Table } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import { jsonText } from "../json-text.js";
import { isUtf16, toUtf8 } from "./charset.js";
import {
  foreignFormat,
  headSize,
  isGzip,
  type Kind,
  kindOfBytes,
  kindOfJson,
  kindOfMediaType,
  kindOfName,
  readMediaTypes,
  titles,
} from "./kinds.js";
import { unpackFile } from "./unpack.js";

/** The most bytes that a compressed file, or compressed columns in a file, may unpack to. */
const mostUnpacked = 2 ** 32 - 1;

/** The names that stand for standard input. */
const standardInput = ["-", "/dev/stdin"];

export interface FileWishes {
  /** Of a Matrix Market file. */
  columnNames?: string[] | undefined;
  /** A hook reads the file, of whatever kind it is. */
  isRaw?: boolean;
}

/**
 * A file of rows: one that the worker opens itself, or its content if it is compressed, comes from standard input or is not CSV or Matrix
 * Market. Throws INPUT_UNSUPPORTED for other kinds, by name, and INPUT_UNREADABLE for damaged content.
 */
export async function filePayload(
  path: string,
  { columnNames, isRaw = false }: FileWishes = {},
): Promise<Payload> {
  const names = columnNames && { column_names: columnNames };
  const { head, isFile } = await lookAt(path);
  const isPlain = isFile && !isGzip(head) && !isUtf16(head);
  const kind = foreignFormat(head) ? undefined : kindOf(head, kindOfName(path));
  if (isFile && (isRaw || (isPlain && (kind === "csv" || kind === "matrix"))))
    return { kind: "file", path, mimetype: mimetypeOf(kind ?? "csv"), charset: null, ...names };
  const payload = await contentPayload(await readAll(path), { name: path, isRaw });
  return { ...payload, ...names };
}

/** A file's content as a payload, as if it had come in a request. */
export async function bytesPayload(path: string, { isRaw = false } = {}): Promise<Payload> {
  return contentPayload(await readAll(path), { name: path, isRaw });
}

/** Content under a file name, whose ending tells its kind if the bytes do not. */
export async function contentPayload(
  content: Buffer,
  { name, isRaw = false, most = mostUnpacked }: { name: string; isRaw?: boolean; most?: number },
): Promise<Payload> {
  if (isRaw)
    return { kind: "bytes", data: content, mimetype: mimetypeOf(kindOfName(name) ?? "csv"), charset: null };
  const bytes = isGzip(content) ? await unpackFile(content, name, most) : content;
  const kind = kindOf(bytes, kindOfName(name));
  return payloadOf(bytes, kind, { title: name, mimetype: mimetypeOf(kind), charset: null, most });
}

/** A body by its media type. Throws INPUT_UNSUPPORTED for a type that is not read. */
export async function bodyPayload(
  body: Buffer,
  { mimetype, charset }: { mimetype: string | null; charset: string | null },
  most = mostUnpacked,
): Promise<Payload> {
  const mediaType = mimetype?.toLowerCase() ?? null;
  // Sent as it lay on the disk, without a Content-Encoding.
  const bytes = isGzip(body) ? await unpackFile(body, "in the body", most) : body;
  const kind = kindOfBytes(bytes) ?? (mediaType === null ? "csv" : kindOfMediaType(mediaType));
  if (kind === undefined) throw unknownMediaType(mediaType!);
  return payloadOf(bytes, kind, { title: "the body", mimetype: mediaType, charset, most });
}

interface Named {
  title: string;
  /** Bytes that compressed columns may unpack to. */
  most: number;
  mimetype: string | null;
  charset: string | null;
}

async function payloadOf(bytes: Buffer, kind: Kind, named: Named): Promise<Payload> {
  const { title, mimetype, charset } = named;
  const foreign = foreignFormat(bytes);
  if (foreign) throw foreignInput(title, foreign);
  if (kind === "csv" || kind === "matrix") {
    const data = await toUtf8(bytes, charset);
    const decoded = data === bytes ? charset : "utf8";
    return { kind: "bytes", data, mimetype: kind === "matrix" ? "text/mtx" : mimetype, charset: decoded };
  }
  return { kind: "table", table: await readTable(bytes, kind, named) };
}

/** Readers are loaded on demand: most requests are CSV. */
async function readTable(
  bytes: Buffer,
  kind: Exclude<Kind, "csv" | "matrix">,
  { charset, most }: Named,
): Promise<Table> {
  switch (kind) {
    case "arrow":
      return (await import("../arrow/arrow.js")).readArrowBytes(bytes, most);
    case "parquet":
      return (await import("../parquet/guarded.js")).readParquet(bytes, most);
    case "json":
      return (await import("./json-rows.js")).readJson(textOf(await toUtf8(bytes, charset)));
    case "json lines":
      return (await import("./json-rows.js")).readJsonLines(textOf(await toUtf8(bytes, charset)));
  }
}

function textOf(bytes: Buffer): string {
  return jsonText(bytes).replace(/^\ufeff/, "");
}

function kindOf(content: Buffer, named: Kind | undefined): Kind {
  const marked = kindOfBytes(content);
  if (marked) return marked;
  if (named) return named;
  return kindOfJson(content) ?? "csv";
}

function foreignInput(title: string, format: string): DrumError {
  const known = Object.values(titles).join(", ");
  return new DrumError(
    "INPUT_UNSUPPORTED",
    `${title} is ${format}; expected ${known}, which gzip may compress`,
  );
}

function unknownMediaType(mediaType: string): DrumError {
  const curl =
    mediaType === "application/x-www-form-urlencoded"
      ? ", which curl sends by default; use curl --data-binary @FILE -H 'Content-Type: text/csv', since -d removes line ends"
      : "";
  return new DrumError(
    "INPUT_UNSUPPORTED",
    `the content type is ${mediaType}${curl || `; expected ${readMediaTypes.join(", ")} or multipart/form-data with a file part X`}`,
  );
}

/** Of what came without a media type: null for CSV, as DRUM tells hooks. */
function mimetypeOf(kind: Kind): string | null {
  return kind === "matrix" ? "text/mtx" : null;
}

async function lookAt(path: string): Promise<{ head: Buffer; isFile: boolean }> {
  if (standardInput.includes(path)) return { head: Buffer.alloc(0), isFile: false };
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    const isFile = (await file.stat()).isFile();
    const { buffer, bytesRead } = isFile
      ? await file.read(Buffer.alloc(headSize), 0, headSize, 0)
      : { buffer: Buffer.alloc(0), bytesRead: 0 };
    return { head: buffer.subarray(0, bytesRead), isFile };
  } finally {
    await file?.close();
  }
}

async function readAll(path: string): Promise<Buffer> {
  if (!standardInput.includes(path)) return readFile(path);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
