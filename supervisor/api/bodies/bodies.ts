// Reads an HTTP body as the payload of a model: raw CSV, Matrix Market or Arrow, or the multipart part X.

import multipart from "@fastify/multipart";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Payload, ProtocolError } from "../../../protocol/messages.js";
import { DrumError, messageOf } from "../../errors.js";
import { readContentType } from "../../formats/content-type.js";
import { readColumnNames } from "../../formats/payload.js";
import { bodyTooLarge } from "../http/errors.js";
import { checkMatrixSize } from "./matrix-size.js";

const arrowTypes = ["application/x-apache-arrow-stream", "application/vnd.apache.arrow.stream"];
const usedParts: readonly string[] = ["X", "y", "X.colnames"];
const mostColumnNames = 64 * 2 ** 20;

/** Bodies of every type arrive as one Buffer; multipart ones are read part by part. */
export async function acceptBodies(app: FastifyInstance, maxBodySize: number): Promise<void> {
  await app.register(multipart, {
    throwFileSizeLimit: true,
    limits: { fileSize: maxBodySize, fieldSize: mostColumnNames, files: 16, fields: 64, headerPairs: 200 },
  });
  app.removeContentTypeParser(["application/json", "text/plain"]);
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

/** The input of a structured model. */
export interface Input {
  payload: Payload;
  /** The target of the rows, from the multipart part y; CSV. */
  target: Payload | null;
}

/** `readsAnything` is true for a model with a read_input_data hook, which accepts every media type. */
export async function readInput(request: FastifyRequest, readsAnything: boolean): Promise<Input> {
  if (request.isMultipart()) return readMultipart(request);
  return { payload: await readBody(request, readsAnything), target: null };
}

async function readBody(request: FastifyRequest, readsAnything: boolean): Promise<Payload> {
  const body = request.body as Buffer | undefined;
  if (!body || body.length === 0) throw missingBody("the body is empty");
  const { mimetype, charset } = readContentType(request.headers["content-type"]);
  if (!readsAnything && arrowTypes.includes(mimetype ?? "")) return readArrow(body);
  if (!readsAnything && mimetype === "text/mtx") checkMatrixSize(body);
  if (readsAnything || mimetype === null || ["text/csv", "text/plain", "text/mtx"].includes(mimetype)) {
    return { kind: "bytes", data: body, mimetype, charset };
  }
  throw new DrumError(
    "INPUT_UNSUPPORTED",
    `the content type is ${mimetype}; expected text/csv, text/plain, text/mtx, ${arrowTypes[0]} or multipart/form-data with a file part X`,
  );
}

/** The raw body, of any type; empty if there is none. Throws BODY_TOO_LARGE. */
export async function rawBody(request: FastifyRequest, maxBodySize: number): Promise<Buffer> {
  if (!request.isMultipart()) return (request.body as Buffer | undefined) ?? Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let size = 0;
  // Forms are not parsed here: they are bytes like any other body.
  for await (const chunk of request.raw as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodySize) throw bodyTooLarge(maxBodySize);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Decodes Arrow here, so that languages without an Arrow reader accept it too. */
async function readArrow(body: Buffer): Promise<Payload> {
  const { readArrowBytes } = await import("../../formats/arrow/arrow.js");
  return { kind: "table", table: readArrowBytes(body) };
}

function missingBody(what: string): DrumError {
  return new DrumError(
    "INPUT_EMPTY",
    `${what}; send samples as the body (text/csv, text/mtx or Arrow), or as a file part named X in multipart/form-data`,
  );
}

async function readMultipart(request: FastifyRequest): Promise<Input> {
  try {
    return await readParts(request);
  } catch (error) {
    // fastify's own errors have a status; any other means that the form is malformed.
    if (
      error instanceof DrumError ||
      error instanceof ProtocolError ||
      (error as { statusCode?: number }).statusCode
    ) {
      throw error;
    }
    throw new DrumError(
      "INPUT_UNREADABLE",
      `the multipart body cannot be read: ${messageOf(error)}; send a well-formed form`,
    );
  }
}

async function readParts(request: FastifyRequest): Promise<Input> {
  const files = new Map<string, { content: Buffer; fileName: string }>();
  for await (const part of request.parts()) {
    if (part.type !== "file") continue;
    const content = await part.toBuffer();
    // Other parts are discarded, since a form may have many.
    const isNew = usedParts.includes(part.fieldname) && !files.has(part.fieldname);
    if (isNew) files.set(part.fieldname, { content, fileName: part.filename });
  }
  const [x, y, names] = usedParts.map((name) => files.get(name));
  if (!x) throw missingBody("the form has no file part named X");
  if (x.content.length === 0) throw missingBody("the part X is empty");
  if (y?.content.length === 0) {
    throw new DrumError(
      "INPUT_EMPTY",
      "the part y is empty; send CSV with one row per row of X, or leave the part out",
    );
  }
  const target: Payload | null = y
    ? { kind: "bytes", data: y.content, mimetype: "text/csv", charset: null }
    : null;
  if (x.fileName.endsWith(".arrow")) return { payload: await readArrow(x.content), target };
  const mimetype = x.fileName.endsWith(".mtx") ? "text/mtx" : "text/csv";
  if (mimetype === "text/mtx") checkMatrixSize(x.content);
  const column_names = names && { column_names: readColumnNames(names.content) };
  return { payload: { kind: "bytes", data: x.content, mimetype, charset: null, ...column_names }, target };
}
