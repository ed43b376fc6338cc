// Closes connections with 408 if their bodies do not arrive, or arrive too slowly.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

export interface Patience {
  /** Milliseconds without a byte. */
  silence: number;
  /** Bytes per second that a body must bring over its whole time, beyond one `silence`. */
  leastRate: number;
  /** Milliseconds between two checks. */
  every: number;
}

const usual: Patience = { silence: 30_000, leastRate: 1000, every: 1000 };

interface Coming {
  request: IncomingMessage;
  response: ServerResponse;
  startedAt: number;
  /** Bytes that the connection had brought before. */
  before: number;
  read: number;
  readAt: number;
}

/** Checks the last request of each connection at intervals, so that no request pays for it. */
export function limitSlowBodies(app: FastifyInstance, patience = usual): void {
  const connections = new Map<Socket, Coming>();
  app.server.on("connection", (socket: Socket) => socket.once("close", () => connections.delete(socket)));
  app.addHook("onRequest", ({ raw: request }, { raw: response }, done) => {
    if (request.method !== "GET") connections.set(request.socket, coming(request, response));
    done();
  });
  const timer = setInterval(() => {
    const now = performance.now();
    for (const [socket, one] of connections) {
      if (one.request.complete || one.request.destroyed) connections.delete(socket);
      else if (isTooSlow(one, now, patience)) refuse(app, one);
    }
  }, patience.every).unref();
  app.addHook("onClose", async () => clearInterval(timer));
}

function coming(request: IncomingMessage, response: ServerResponse): Coming {
  const now = performance.now();
  const { bytesRead: read } = request.socket;
  return { request, response, startedAt: now, before: read, read, readAt: now };
}

function isTooSlow(one: Coming, now: number, { silence, leastRate }: Patience): boolean {
  const { bytesRead } = one.request.socket;
  if (bytesRead > one.read) {
    one.read = bytesRead;
    one.readAt = now;
  }
  const earned = ((bytesRead - one.before) / leastRate) * 1000;
  return now - one.readAt > silence || now - one.startedAt > silence + earned;
}

/** Rejects a request as Node rejects late ones. If it already has its response, only closes the connection. */
function refuse(app: FastifyInstance, { request, response }: Coming): void {
  if (response.headersSent) request.socket.destroy();
  else {
    const late = Object.assign(new Error("the body is late"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
    app.server.emit("clientError", late, request.socket);
  }
}
