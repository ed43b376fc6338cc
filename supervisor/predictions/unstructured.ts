// Converts a body to the input of an unstructured model, and its result to a response. Pure functions, for table tests.

import iconv from "iconv-lite";
import type { UnstructuredResult } from "../../protocol/messages.js";
import { DrumError } from "../errors.js";
import { readContentType } from "../formats/input/content-type.js";
import { decodeText } from "../formats/text/charsets.js";

export interface UnstructuredInput {
  /** Text if the media type is a text type. */
  data: string | Buffer;
  mimetype: string;
  charset: string;
}

export interface UnstructuredAnswer {
  body: Buffer;
  contentType: string;
}

const usualCharset = "utf8";
const usualText = "text/plain";
const usualBytes = "application/octet-stream";

/** Media types that begin with text/ or application/json (case-sensitive) are text, all others bytes. Throws INPUT_UNREADABLE. */
export function unstructuredInput(body: Buffer, header: string | undefined): UnstructuredInput {
  const given = readContentType(header);
  const mimetype = given.mimetype ?? usualText;
  const charset = given.charset ?? usualCharset;
  const isText = mimetype.startsWith("text/") || mimetype.startsWith("application/json");
  return { data: isText ? decode(body, charset) : body, mimetype, charset };
}

/** Throws HOOK_RESULT_INVALID if the charset cannot encode the text. */
export function unstructuredAnswer({ data, mimetype, ...result }: UnstructuredResult): UnstructuredAnswer {
  const charset = result.charset ?? usualCharset;
  if (data === null || typeof data === "string") {
    return { body: encode(data ?? "", charset), contentType: withCharset(mimetype ?? usualText, charset) };
  }
  return {
    body: Buffer.from(data.buffer, data.byteOffset, data.length),
    contentType: withCharset(mimetype ?? usualBytes, charset),
  };
}

/** Parses `a=1&b=2` into the values of each name, in their order. */
export function queryOf(text: string): Record<string, string[]> {
  const query = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) query.set(name, [...(query.get(name) ?? []), value]);
  return Object.fromEntries(query);
}

function withCharset(mimetype: string, charset: string): string {
  const contentType = `${mimetype};charset=${charset}`;
  if (/^[\t\x20-\x7e]*$/.test(contentType)) return contentType;
  throw new DrumError(
    "HOOK_RESULT_INVALID",
    `the hook returned the media type ${JSON.stringify(contentType)}, which is not valid in a header; return one like text/plain`,
  );
}

function decode(body: Buffer, charset: string): string {
  const text = isUtf8(charset) ? decodeUtf8(body) : decodeOther(body, charset);
  if (text !== undefined) return text;
  throw new DrumError(
    "INPUT_UNREADABLE",
    `the body is not valid ${charset} text; encode it as ${charset}, or set another charset or a binary type in Content-Type`,
  );
}

const isUtf8 = (charset: string) => /^utf-?8$/i.test(charset);

function decodeUtf8(body: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

function decodeOther(body: Buffer, charset: string): string | undefined {
  const text = decodeText(body, charset, { stripBOM: false });
  return text.includes("\ufffd") ? undefined : text;
}

function encode(text: string, charset: string): Buffer {
  if (isUtf8(charset)) return Buffer.from(text);
  if (iconv.encodingExists(charset)) {
    const body = iconv.encode(text, charset);
    if (iconv.decode(body, charset) === text) return body;
  }
  throw new DrumError(
    "HOOK_RESULT_INVALID",
    `the hook returned text that cannot be encoded in its charset ${JSON.stringify(charset)}; return another charset, e.g. ${usualCharset}`,
  );
}
