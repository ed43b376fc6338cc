// Turns a failure into an HTTP response (status and headers) and a log line. Each dialect has its own format of the body.

import type { OutgoingHttpHeaders } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ProtocolError } from "../../../protocol/messages.js";
import { counted } from "../../counted.js";
import { DrumError, type ErrorCode } from "../../errors.js";
import type { Log } from "../../log.js";

/** Makes the JSON body of an error response in a dialect. */
export type ErrorForm = (error: DrumError, status: number) => Record<string, unknown>;

/** How a dialect answers errors. */
export interface ErrorStyle {
  form: ErrorForm;
  statusOf(error: DrumError): number;
}

/** The style of the route at a URL. */
export type StyleAt = (url: string) => ErrorStyle;

/** Codes that are not the model's fault; any other is 500. */
const statuses: Partial<Record<ErrorCode, number>> = {
  USAGE: 400,
  CODING_UNSUPPORTED: 415,
  JSON_INVALID: 400,
  INPUT_EMPTY: 422,
  INPUT_UNREADABLE: 422,
  INPUT_UNSUPPORTED: 422,
  INPUT_INVALID: 422,
  TYPE_SCHEMA_VIOLATED: 422,
  TENSOR_INVALID: 400,
  BODY_TOO_LARGE: 413,
  FRAME_TOO_LARGE: 413,
  BODY_MEMORY_FULL: 503,
  QUEUE_FULL: 503,
  NOT_READY: 503,
  DRAINING: 503,
  WORKER_GAVE_UP: 503,
  DEADLINE_PASSED: 504,
  CLIENT_GONE: 499,
  MODEL_NOT_LOADED: 513,
  DIRECT_ACCESS_UNAVAILABLE: 400,
  DIRECT_ACCESS_FAILED: 502,
  ROUTE_NOT_SERVED: 404,
  MODEL_UNKNOWN: 404,
  ADMIN_REFUSED: 403,
  SWAP_RUNNING: 409,
  SWAP_FAILED: 409,
  PREDICTIONS_DIFFER: 409,
  RESOURCE_UNKNOWN: 404,
  FIELD_INVALID: 422,
  TOKEN_INVALID: 401,
  RIGHT_MISSING: 403,
  RATE_EXCEEDED: 429,
  REPLACEMENT_REFUSED: 422,
  DEPLOYMENT_INACTIVE: 422,
  BATCH_REFUSED: 422,
  UPLOAD_REFUSED: 422,
  DISK_FULL: 507,
  RESOURCE_IN_USE: 422,
};

/** The HTTP status of an error; a hook may have set its own. */
export function statusOf({ code, httpStatus }: DrumError): number {
  return httpStatus ?? statuses[code] ?? 500;
}

/** Seconds after which a rejected client should retry. */
const retryAfter = "1";

export function sendError(reply: FastifyReply, error: DrumError, style: ErrorStyle): FastifyReply {
  const status = style.statusOf(error);
  const body = style.form(error, status);
  if (error.httpStatus !== undefined) reply.header("X-Drum-User-Http-Error", "true");
  else if (status === 413 && !reply.request.raw.complete) return answerAndLinger(reply, status, body);
  else if (status === 503) reply.header("Retry-After", retryAfter);
  return reply.code(status).send(body);
}

/** Not logged: states that health checks poll, failed starts that were already reported, and clients that disconnect. */
const quietCodes: readonly ErrorCode[] = [
  "NOT_READY",
  "DRAINING",
  "MODEL_NOT_LOADED",
  "CLIENT_GONE",
  "WORKER_GAVE_UP",
];

export function logFailure(
  log: Log,
  error: DrumError,
  { method, url, id }: Pick<FastifyRequest, "method" | "url" | "id">,
): void {
  if (quietCodes.includes(error.code)) return;
  const place = `${method} ${url.replace(/\?.*/s, "")}, request ${id}`;
  const text = `${error.message} (${place})${error.traceback ? `\n${error.traceback}` : ""}`;
  if (error.code === "INTERNAL" && error.cause instanceof Error) log.error(`${text}\n${error.cause.stack}`);
  else log.warn(`${error.code}: ${text}`);
}

/** Milliseconds that a client may keep sending a rejected body. */
const lingerLimit = 30_000;

/**
 * Sends the response, then reads and discards the rest of the request before closing. Closing while the client still sends
 * would reset the connection, and a client that reads only after sending would lose the response.
 */
function answerAndLinger(
  reply: FastifyReply,
  status: number,
  content: Record<string, unknown>,
): FastifyReply {
  reply.hijack();
  const { raw: response, request } = reply;
  const body = JSON.stringify(content);
  response.writeHead(status, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    connection: "close",
  });
  response.write(body);
  const timer = setTimeout(() => response.end(), lingerLimit).unref();
  request.raw.once("close", () => clearTimeout(timer)).once("end", () => response.end());
  request.raw.resume();
  return reply;
}

/** Converts errors that fastify throws before a handler runs, and any unexpected error. */
export function asDrumError(
  error: Error & { code?: string; statusCode?: number },
  maxBodySize: number,
): DrumError {
  if (error instanceof DrumError) return error;
  if (error instanceof ProtocolError) return new DrumError(error.code, error.message, { cause: error });
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE" || error.code === "FST_REQ_FILE_TOO_LARGE") {
    return bodyTooLarge(maxBodySize);
  }
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    return new DrumError(
      "INPUT_UNSUPPORTED",
      "the Content-Type header is not a valid media type; send one such as text/csv",
    );
  }
  if (error.name === "SqliteError")
    return new DrumError(
      "STORE_UNUSABLE",
      `the hub's store refused it: ${error.message} (${error.code}); look at the disk of --data-dir, free space if it is full, and ask again`,
      { cause: error },
    );
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new DrumError("INPUT_UNREADABLE", `the request cannot be read: ${error.message}`);
  }
  return new DrumError("INTERNAL", `internal error: ${error.message}; please report it`, { cause: error });
}

export function bodyTooLarge(maxBodySize: number): DrumError {
  return new DrumError(
    "BODY_TOO_LARGE",
    `the body is larger than ${counted(maxBodySize, "byte")}, the limit of --max-body-size; send fewer rows, or raise it`,
  );
}
