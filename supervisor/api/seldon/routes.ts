// The routes of Seldon's wrapper for one class.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { CallParams } from "../../../protocol/messages.js";
import type { DrumError } from "../../errors.js";
import { departureOf } from "../http/requests.js";
import { seldonStatus } from "./errors.js";
import { bodyIn, messageIn } from "./message.js";
import { documentOf } from "./openapi.js";
import type { Wrapper, WrapperMethod } from "./wrapper.js";

/** The paths of each method for messages. Those of /api take POST alone. */
const paths: Readonly<Record<Exclude<WrapperMethod, "health_status">, readonly string[]>> = {
  predict: ["/predict", "/api/v1.0/predictions", "/api/v0.1/predictions"],
  transform_input: ["/transform-input"],
  transform_output: ["/transform-output"],
  route: ["/route"],
  aggregate: ["/aggregate"],
  send_feedback: ["/send-feedback", "/api/v1.0/feedback", "/api/v0.1/feedback"],
};
const tellingPaths = {
  health_status: ["/health/status", "/api/v1.0/health/status"],
  metadata: ["/metadata", "/api/v1.0/metadata"],
};

export interface WrapperRoutes {
  /** Whether the method `predict_raw` of the class gets bodies as they come. */
  passesBodies: boolean;
}

export function wrapperRoutes(app: FastifyInstance, wrapper: Wrapper, { passesBodies }: WrapperRoutes): void {
  const call = async (
    reply: FastifyReply,
    method: WrapperMethod,
    { message, form }: Pick<CallParams, "message" | "form"> = { message: null },
  ) => {
    const result = await wrapper.callWith({ method, message, ...(form && { form }) }, departureOf(reply));
    return reply.code(result.status).type(result.type).send(result.message);
  };
  for (const [method, urls] of Object.entries(paths) as [WrapperMethod, readonly string[]][]) {
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      const passes = passesBodies && method === "predict" && !request.isMultipart();
      if (passes && (await wrapper.takesWhole(method)))
        return call(reply, method, { message: bodyIn(request), form: "body" });
      return call(reply, method, { message: (await messageIn(request)) ?? null });
    };
    for (const url of urls)
      app.route({ method: url.startsWith("/api") ? "POST" : ["GET", "POST"], url, handler });
  }
  for (const url of tellingPaths.health_status)
    app.get(url, (_request, reply) => call(reply, "health_status"));
  const document = `${JSON.stringify(documentOf({ ...paths, ...tellingPaths }))}\n`;
  app.get("/seldon.json", async (_request, reply) => reply.type("application/json").send(document));
  app.get("/health/ping", async (_request, reply) => reply.type("text/html; charset=utf-8").send("pong"));
  for (const url of tellingPaths.metadata) {
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
