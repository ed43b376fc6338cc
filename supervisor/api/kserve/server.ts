// The HTTP server of an InferenceGraph: every POST goes along the graph, except those to drum's own routes.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { validJson } from "../../formats/gjson/text.js";
import type { Log } from "../../log.js";
import type { InferenceGraph } from "../../model/graph/inference-graph/document.js";
import { RouteFailure, type StepAnswer, sendAlong } from "../../serving/graph/inference-graph/router.js";
import type { CustomMetrics } from "../../serving/metrics/custom-metrics.js";
import type { Models } from "../../serving/models.js";
import { Departure } from "../../serving/worker/departure.js";
import { adminRoutes } from "../admin/swap.js";
import { acceptBodies, rawBody } from "../bodies/bodies.js";
import { limitBodies } from "../bodies/budget.js";
import { modelsRoutes, statusRoutes } from "../drum/status.js";
import { buildApplication } from "../http/application.js";
import type { ErrorForm } from "../http/errors.js";
import { refuseRoute } from "../http/methods.js";
import { modelInPath } from "../http/requests.js";
import type { ApiSettings } from "../http/settings.js";
import { limitSlowBodies } from "../http/slow-bodies.js";
import type { PassedHeaders } from "./headers.js";
import type { Services } from "./services.js";

export interface InferenceServer {
  settings: ApiSettings;
  log: Log;
  graph: InferenceGraph;
  services: Services;
  /** What the wrapper classes measure. */
  metrics: CustomMetrics;
  passed: PassedHeaders;
}

const routerError: ErrorForm = ({ message }) => ({ error: "Failed to process request", cause: message });

export async function buildInferenceServer(
  models: Models,
  { settings, log, graph, services, metrics, passed }: InferenceServer,
): Promise<FastifyInstance> {
  const app = buildApplication({
    maxBodySize: settings.maxBodySize,
    log,
    form: routerError,
    refuseRoute: refuseRoute(() => "requests are sent with POST, to any path"),
  });
  limitBodies(app, settings);
  limitSlowBodies(app);
  await acceptBodies(app, settings.maxBodySize);
  app.get("/readyz", async (_request, reply) =>
    reply.code(models.all.every(({ state }) => state === "ready") ? 200 : 503).send(),
  );
  app.get("/metrics", async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  modelsRoutes(app, models, settings);
  adminRoutes(app, models, settings);
  app.register(async (scope) => statusRoutes(scope, modelInPath(models)), { prefix: "/models/:model" });

  const along = async (request: FastifyRequest, reply: FastifyReply) => {
    const body = await rawBody(request, settings.maxBodySize);
    const departures = departuresOf(reply);
    const headers = passed.of(request.headers);
    try {
      const answer = await sendAlong(graph, body, (target, given) =>
        services.ask(target, given, { headers, departure: departures() }),
      );
      return send(reply, answer);
    } catch (error) {
      if (!(error instanceof RouteFailure)) throw error;
      log.warn(`${error.message} (${request.method} ${request.url}, request ${request.id})`);
      return reply.code(error.status).send({ error: "Failed to process request", cause: error.message });
    }
  };
  for (const url of ["/", "/*"]) app.post(url, along);
  return app;
}

/** The type of the last service's answer is not passed on. */
function send(reply: FastifyReply, { status, body }: StepAnswer): FastifyReply {
  reply.code(status);
  if (body.length === 0) return reply.send();
  const isJson = validJson(body) !== undefined;
  return reply.type(isJson ? "application/json" : "text/plain; charset=utf-8").send(body);
}

/** Makes a departure for each of the calls of a request, since they may run at once. */
function departuresOf({ raw: response }: FastifyReply): () => Departure {
  const all: Departure[] = [];
  let hasLeft = false;
  response.once("close", () => {
    hasLeft = !response.writableFinished;
    if (hasLeft) for (const one of all) one.leave();
  });
  return () => {
    const departure = new Departure();
    if (hasLeft) departure.leave();
    all.push(departure);
    return departure;
  };
}
