// Reads an HTTP body as the payload of a model: the rows themselves, or the multipart part X.

import multipart from "@fastify/multipart";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { bytesOf } from "../../../protocol/memory.js";
import type { Payload } from "../../../protocol/messages.js";
import { DrumError, messageOf } from "../../errors.js";
import { readContentType } from "../../formats/input/content-type.js";
import { bodyPayload, contentPayload } from "../../formats/input/payload.js";
import { unpackBody } from "../../formats/input/unpack.js";
import { readColumnNames } from "../../formats/matrix-size.js";
import { bodyTooLarge } from "../http/errors.js";
import { countUnpacked } from "./budget.js";
import { checkMatrixSize } from "./matrix-size.js";

const usedParts: readonly string[] = ["X", "y", "X.colnames", "arrow_version"];
const mostColumnNames = 64 * 2 ** 20;

/** Bodies of every type arrive as one Buffer; multipart ones are read part by part. */
export async function acceptBodies(app: FastifyInstance, maxBodySize: number): Promise<void> {
  await app.register(multipart, {
    throwFileSizeLimit: true,
    limits: { fileSize: maxBodySize, fieldSize: mostColumnNames, files: 16, fields: 64, headerPairs: 200 },
  });
  app.removeContentTypeParser(["application/json", "text/plain"]);
  app.addContentTypeParser("*", { parseAs: "buffer" }, (request, body, done) => {
    const coding = request.headers["content-encoding"];
    if (coding === undefined) return done(null, body);
    unpackBody(body as Buffer, coding, maxBodySize)
      .then((content) => {
        countUnpacked(request, content.length - body.length);
        done(null, content);
      })
      .catch(done);
  });
}

/** The input of a structured model. */
export interface Input {
  payload: Payload;
  /** The target of the rows, from the multipart part y. */
  target: Payload | null;
  /** The version of Arrow in which the client wants its answer, from the part of this name. */
  arrowVersion: string | null;
}

/** `readsAnything` is true for a model with a read_input_data hook, which accepts every media type. */
export async function readInput(request: FastifyRequest, readsAnything: boolean): Promise<Input> {
  if (request.isMultipart()) return readMultipart(request, readsAnything);
  return { payload: await readBody(request, readsAnything), target: null, arrowVersion: null };
}

async function readBody(request: FastifyRequest, readsAnything: boolean): Promise<Payload> {
  const body = request.body as Buffer | undefined;
  if (!body || body.length === 0) throw missingBody("the body is empty");
  const type = readContentType(request.headers["content-type"]);
  if (readsAnything) return { kind: "bytes", data: body, ...type };
  const payload = await bodyPayload(body, type, request.routeOptions.bodyLimit);
  countUnpacked(request, sizeOf(payload) - body.length);
  return checkedMatrix(payload);
}

/** Bytes. Arrow, Parquet and JSON have become a table. */
function sizeOf(payload: Payload): number {
  if (payload.kind === "bytes") return payload.data.length;
  if (payload.kind === "file") return 0;
  const parts = payload.table.columns.flatMap(({ data, validity, offsets }) => [data, validity, offsets]);
  return parts.reduce((sum, part) => sum + (part?.length ?? 0), 0);
}

/** Throws if a Matrix Market text declares more than a worker's memory holds. */
function checkedMatrix(payload: Payload): Payload {
  if (payload.kind === "bytes" && payload.mimetype === "text/mtx") checkMatrixSize(bytesOf(payload.data));
  return payload;
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

function missingBody(what: string): DrumError {
  return new DrumError(
    "INPUT_EMPTY",
    `${what}; send rows as the body (text/csv, application/json, text/mtx, Arrow or Parquet), or as a file part named X in multipart/form-data`,
  );
}

async function readMultipart(request: FastifyRequest, readsAnything: boolean): Promise<Input> {
  try {
    return await readParts(request, readsAnything);
  } catch (error) {
    // fastify's own errors have a status; any other means that the form is malformed.
    if (error instanceof DrumError || (error as { statusCode?: number }).statusCode) throw error;
    throw new DrumError(
      "INPUT_UNREADABLE",
      `the multipart body cannot be read: ${messageOf(error)}; send a well-formed form`,
    );
  }
}

/** Forms are parsed while they arrive, before they could be unpacked. */
function checkFormCoding(coding: string | undefined): void {
  if (coding === undefined || coding.toLowerCase() === "identity") return;
  throw new DrumError(
    "CODING_UNSUPPORTED",
    `the form has the Content-Encoding ${coding}; compress the part X with gzip instead, or send the rows as the body`,
  );
}

async function readParts(request: FastifyRequest, readsAnything: boolean): Promise<Input> {
  checkFormCoding(request.headers["content-encoding"]);
  const most = request.routeOptions.bodyLimit;
  const files = new Map<string, { content: Buffer; fileName: string }>();
  const seen = new Set<string>();
  let repeated: string | undefined;
  for await (const part of request.parts()) {
    if (seen.has(part.fieldname) && usedParts.includes(part.fieldname)) repeated ??= part.fieldname;
    seen.add(part.fieldname);
    if (part.type !== "file" && part.fieldname !== "arrow_version") continue;
    const content = part.type === "file" ? await part.toBuffer() : Buffer.from(String(part.value));
    // Other parts are discarded, since a form may have many.
    if (usedParts.includes(part.fieldname))
      files.set(part.fieldname, { content, fileName: part.type === "file" ? part.filename : "" });
  }
  if (repeated !== undefined) {
    throw new DrumError(
      "INPUT_INVALID",
      `the form has several parts named ${repeated}; send all rows in one, or a request for each`,
    );
  }
  const [x, y, names, version] = usedParts.map((name) => files.get(name));
  if (!x) throw missingBody("the form has no file part named X");
  if (x.content.length === 0) throw missingBody("the part X is empty");
  if (y?.content.length === 0) {
    throw new DrumError(
      "INPUT_EMPTY",
      "the part y is empty; send CSV with one row per row of X, or leave the part out",
    );
  }
  const target = y ? await contentPayload(y.content, { name: y.fileName || "the part y", most }) : null;
  const name = x.fileName || "the part X";
  const payload = checkedMatrix(await contentPayload(x.content, { name, isRaw: readsAnything, most }));
  countUnpacked(request, sizeOf(payload) - x.content.length);
  if (target) countUnpacked(request, sizeOf(target) - y!.content.length);
  const column_names = names && { column_names: readColumnNames(names.content) };
  const arrowVersion = version ? version.content.toString("utf8").trim() : null;
  return { payload: { ...payload, ...column_names }, target, arrowVersion };
}
