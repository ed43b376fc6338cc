// The headers of a graph's answers: the request's id, leave for pages of other origins, and those of a cloud event.

import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";

export interface HeaderSettings {
  /** Of the deployment document. */
  deployment: string;
  namespace: string;
  /** Origins that may call, and headers that they may send, as CORS writes them. */
  allowedOrigins: string;
  allowedHeaders: string;
}

export function addHeaders(
  app: FastifyInstance,
  { deployment, namespace, allowedOrigins, allowedHeaders }: HeaderSettings,
): void {
  app.addHook("onRequest", (request, reply, done) => {
    const puid = (request.headers["seldon-puid"] as string | undefined) || randomUUID();
    reply.header("Seldon-Puid", puid).header("X-Content-Type-Options", "nosniff");
    reply.header("Access-Control-Allow-Origin", allowedOrigins);
    if (request.method === "OPTIONS") {
      reply.header("Access-Control-Allow-Headers", allowedHeaders);
      reply.header("Access-Control-Allow-Methods", "GET,OPTIONS,POST");
    }
    if (request.headers["ce-specversion"] !== undefined) {
      reply.header("Ce-Id", puid).header("Ce-Specversion", "0.3").header("Ce-Path", request.url);
      reply.header("Ce-Type", `seldon.${deployment}.${namespace}.response`);
      reply.header("Ce-Source", `seldon.${deployment}`);
    }
    done();
  });
}
