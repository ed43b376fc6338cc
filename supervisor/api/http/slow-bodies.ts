// Bodies that do not come, or come too slowly: their connections are closed with 408.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

export interface Patience {
  /** Milliseconds without a byte. */
  silence: number;
  /** Bytes a second that a body has to bring over its whole time, beyond one `silence`. */
  leastRate: number;
  /** Milliseconds between two looks. */
  every: number;
}

const usual: Patience = { silence: 30_000, leastRate: 1000, every: 1000 };

interface Coming {
  request: IncomingMessage;
  response: ServerResponse;
  startedAt: number;
  /** What the connection had brought before. */
  before: number;
  read: number;
  readAt: number;
}

/** The last request of each connection is looked at now and then, so that none pays for it. */
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

/** As Node refuses requests that are late; one that has its answer already is only hung up. */
function refuse(app: FastifyInstance, { request, response }: Coming): void {
  if (response.headersSent) request.socket.destroy();
  else {
    const late = Object.assign(new Error("the body is late"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
    app.server.emit("clientError", late, request.socket);
  }
}
