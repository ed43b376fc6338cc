// Requests that no route ever sees: headers over the limit, what is no HTTP, an address that cannot be decoded. Answered in the form of all errors.

import type { Socket } from "node:net";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { messageOf } from "../errors.js";
import { asDrumError, sendError } from "./errors.js";

const reasons: Readonly<Record<string, [status: string, words: string]>> = {
  HPE_HEADER_OVERFLOW: [
    "431 Request Header Fields Too Large",
    "the headers are larger than 16 KB; send shorter ones, or put what they hold into the body",
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    "408 Request Timeout",
    "the request did not come to its end in time; send it again",
  ],
};

/** What Node cannot read as HTTP; the connection is closed, since nobody knows where the next request would begin. */
export function refuseMalformed(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, words] = reasons[error.code ?? ""] ?? [
    "400 Bad Request",
    `the request is no well-formed HTTP: ${messageOf(error)}; send it with an HTTP client`,
  ];
  const body = JSON.stringify({ message: `ERROR: ${words}` });
  const headers = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close`;
  socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}`);
}

/** What fastify refuses before it looks for a route. */
export function refuseAddress(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  if (error.code === "FST_ERR_BAD_URL") {
    reply
      .code(400)
      .type("application/json")
      .send({
        message: `ERROR: the address cannot be decoded: ${error.message}; write a % in it as %25`,
      });
    return;
  }
  sendError(reply, asDrumError(error, 0));
}
