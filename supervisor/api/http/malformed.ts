// Rejects requests that never reach a route: headers over the limit, bytes that are not HTTP, URLs that cannot be decoded.

import type { Socket } from "node:net";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { DrumError, messageOf } from "../../errors.js";
import { asDrumError, type ErrorForm, type StyleAt, sendError } from "./errors.js";

const reasons: Readonly<Record<string, [status: number, title: string, words: string]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    "Request Header Fields Too Large",
    "the headers are larger than 16 KB; send shorter ones, or move their content to the body",
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout", "the request was not complete in time; send it again"],
};

/** Rejects what Node cannot parse as HTTP, and closes the connection, since the next request has no known start. */
export function refuseMalformed(form: ErrorForm) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const [status, title, words] = reasons[error.code ?? ""] ?? [
      400,
      "Bad Request",
      `the request is not well-formed HTTP: ${messageOf(error)}; send it with an HTTP client`,
    ];
    const body = JSON.stringify(form(new DrumError("INPUT_UNREADABLE", words), status));
    const headers = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
    socket.end(`HTTP/1.1 ${status} ${title}\r\n${headers}\r\n\r\n${body}`);
  };
}

/** Responds to errors that fastify raises before it looks for a route. */
export function refuseAddress(styleAt: StyleAt) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const style = styleAt(request.url);
    if (error.code !== "FST_ERR_BAD_URL") {
      sendError(reply, asDrumError(error, 0), style);
      return;
    }
    const words = `the URL cannot be decoded: ${error.message}; write % as %25`;
    reply
      .code(400)
      .type("application/json")
      .send(style.form(new DrumError("INPUT_UNREADABLE", words), 400));
  };
}
