// The routes of Seldon's wrapper for one class.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { DrumError } from "../../errors.js";
import { departureOf } from "../http/requests.js";
import { seldonStatus } from "./errors.js";
import { messageIn } from "./message.js";
import type { Wrapper, WrapperMethod } from "./wrapper.js";

/** The paths of each method. Those of /api take POST alone. */
const paths: Readonly<Record<Exclude<WrapperMethod, "health_status">, readonly string[]>> = {
  predict: ["/predict", "/api/v1.0/predictions", "/api/v0.1/predictions"],
  transform_input: ["/transform-input"],
  transform_output: ["/transform-output"],
  route: ["/route"],
  aggregate: ["/aggregate"],
  send_feedback: ["/send-feedback", "/api/v1.0/feedback", "/api/v0.1/feedback"],
};

export function wrapperRoutes(app: FastifyInstance, wrapper: Wrapper): void {
  const call = async (reply: FastifyReply, method: WrapperMethod, message: string | null) => {
    const result = await wrapper.call(method, message, departureOf(reply));
    return reply.code(result.status).type(result.type).send(result.message);
  };
  for (const [method, urls] of Object.entries(paths) as [WrapperMethod, readonly string[]][]) {
    const handler = async (request: FastifyRequest, reply: FastifyReply) =>
      call(reply, method, (await messageIn(request)) ?? null);
    for (const url of urls)
      app.route({ method: url.startsWith("/api") ? "POST" : ["GET", "POST"], url, handler });
  }
  for (const url of ["/health/status", "/api/v1.0/health/status"])
    app.get(url, (_request, reply) => call(reply, "health_status", null));
  app.get("/health/ping", async (_request, reply) => reply.type("text/html; charset=utf-8").send("pong"));
  for (const url of ["/metadata", "/api/v1.0/metadata"]) {
    app.get(url, async (_request, reply) => {
      reply.type("application/json");
      try {
        return `${JSON.stringify(sorted(await wrapper.metadata()))}\n`;
      } catch (error) {
        if ((error as DrumError).code !== "METADATA_INVALID") throw error;
        const told = seldonStatus((error as DrumError).message, "MICROSERVICE_BAD_METADATA");
        return reply.code(500).send(`${JSON.stringify(told)}\n`);
      }
    });
  }
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
