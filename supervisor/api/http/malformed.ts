// Requests that no route ever sees: headers over the limit, bytes that are no HTTP, an address that cannot be decoded.

import type { Socket } from "node:net";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { DrumError, messageOf } from "../../errors.js";
import { asDrumError, type ErrorForm, sendError } from "./errors.js";

const reasons: Readonly<Record<string, [status: number, title: string, words: string]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    "Request Header Fields Too Large",
    "the headers are larger than 16 KB; send shorter ones, or put what they hold into the body",
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    408,
    "Request Timeout",
    "the request did not come to its end in time; send it again",
  ],
};

/** What Node cannot read as HTTP. The connection is closed, since nobody knows where the next request would begin. */
export function refuseMalformed(form: ErrorForm) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    const [status, title, words] = reasons[error.code ?? ""] ?? [
      400,
      "Bad Request",
      `the request is no well-formed HTTP: ${messageOf(error)}; send it with an HTTP client`,
    ];
    const body = JSON.stringify(form(new DrumError("INPUT_UNREADABLE", words), status));
    const headers = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
    socket.end(`HTTP/1.1 ${status} ${title}\r\n${headers}\r\n\r\n${body}`);
  };
}

/** What fastify refuses before it looks for a route. */
export function refuseAddress(form: ErrorForm) {
  return (error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void => {
    if (error.code !== "FST_ERR_BAD_URL") {
      sendError(reply, asDrumError(error, 0), form);
      return;
    }
    const words = `the address cannot be decoded: ${error.message}; write a % in it as %25`;
    reply
      .code(400)
      .type("application/json")
      .send(form(new DrumError("INPUT_UNREADABLE", words), 400));
  };
}
