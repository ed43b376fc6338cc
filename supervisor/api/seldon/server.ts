// The HTTP server of a wrapper class, and that of its metrics.

import fastify, { type FastifyInstance } from "fastify";
import type { Log } from "../../log.js";
import type { CustomMetrics } from "../../serving/metrics/custom-metrics.js";
import { acceptBodies } from "../bodies/bodies.js";
import { limitBodies } from "../bodies/budget.js";
import { buildApplication } from "../http/application.js";
import type { ApiSettings } from "../http/settings.js";
import { limitSlowBodies } from "../http/slow-bodies.js";
import { seldonError, seldonStatus } from "./errors.js";
import { type WrapperRoutes, wrapperRoutes } from "./routes.js";
import type { Wrapper } from "./wrapper.js";

export async function buildWrapper(
  wrapper: Wrapper,
  {
    settings,
    log,
    logsResponses,
    ...wishes
  }: { settings: ApiSettings; log: Log; logsResponses: boolean } & WrapperRoutes,
): Promise<FastifyInstance> {
  const app = buildApplication({
    maxBodySize: settings.maxBodySize,
    log,
    logsResponses,
    form: seldonError,
    // As an error of user code: the wrapper handles both alike.
    refuseRoute: (_request, reply, allowed) => {
      const what = allowed
        ? "405 Method Not Allowed: The method is not allowed for the requested URL."
        : unknown;
      return reply.code(500).send(seldonStatus(what));
    },
  });
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("Access-Control-Allow-Origin", request.headers.origin ?? "*");
    done();
  });
  limitBodies(app, settings);
  limitSlowBodies(app);
  await acceptBodies(app, settings.maxBodySize);
  wrapperRoutes(app, wrapper, wishes);
  return app;
}

const unknown =
  "404 Not Found: The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.";

/** Serves the metrics alone. */
export function buildMetrics(metrics: CustomMetrics, path: string): FastifyInstance {
  const app = fastify({ routerOptions: { ignoreTrailingSlash: true } });
  app.get(path, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  return app;
}
