// Answers clients that close their side of the connection after the request. A client that has left altogether looks the same until
// something is sent to it, so interim responses tell the two apart: the connection of one that has left breaks.

import type { ServerResponse } from "node:http";
import type { Server, Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** Milliseconds between interim responses. The first one makes the other side refuse the second one. */
const probeEvery = 250;

const responses = new WeakMap<Socket, ServerResponse>();

export function answerHalfClosed(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    const { socket } = request.raw as { socket: Socket & { server?: Server } };
    if (!responses.has(socket)) {
      // Node's own switch, which it does not document.
      Object.assign(socket.server ?? {}, { httpAllowHalfOpen: true });
      socket.once("end", () => probe(socket));
    }
    responses.set(socket, reply.raw);
    done();
  });
}

/** Until the response begins. HTTP/1.0 has no interim responses. */
function probe(socket: Socket): void {
  const response = responses.get(socket);
  if (!response || socket.destroyed || response.headersSent || response.req.httpVersion === "1.0") return;
  response.writeContinue();
  setTimeout(() => probe(socket), probeEvery).unref();
}
