// The HTTP server of inference graphs: the routes of Seldon's executor, and status and swap of the nodes.

import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DrumError } from "../../../errors.js";
import type { Log } from "../../../log.js";
import type { Predictor } from "../../../model/graph/document.js";
import { NodeRefusal } from "../../../serving/graph/executor.js";
import type { Models } from "../../../serving/models.js";
import { adminRoutes } from "../../admin/swap.js";
import { acceptBodies } from "../../bodies/bodies.js";
import { limitBodies } from "../../bodies/budget.js";
import { modelsRoutes, statusRoutes } from "../../drum/status.js";
import { buildApplication } from "../../http/application.js";
import type { ErrorForm } from "../../http/errors.js";
import { refuseRoute } from "../../http/methods.js";
import { modelInPath } from "../../http/requests.js";
import type { ApiSettings } from "../../http/settings.js";
import { limitSlowBodies } from "../../http/slow-bodies.js";
import type { Graphs } from "./graphs.js";

const executorError: ErrorForm = ({ message }, status) => ({
  status: { code: status, info: message, status: "FAILURE" },
});

export async function buildGraphServer(
  models: Models,
  { settings, log, graphs }: { settings: ApiSettings; log: Log; graphs: Graphs },
): Promise<FastifyInstance> {
  const app = buildApplication({
    maxBodySize: settings.maxBodySize,
    log,
    form: executorError,
    refuseRoute: refuseRoute(() => "messages go to /api/v1.0/predictions"),
  });
  app.addHook("onRequest", (request, reply, done) => {
    const puid = (request.headers["seldon-puid"] as string | undefined) || randomUUID();
    reply.header("Seldon-Puid", puid).header("X-Content-Type-Options", "nosniff");
    reply.header("Access-Control-Allow-Origin", "*");
    done();
  });
  limitBodies(app, settings);
  limitSlowBodies(app);
  await acceptBodies(app, settings.maxBodySize);
  const answered = (answer: (text: string, predictor: Predictor) => Promise<string>) => {
    return async (request: FastifyRequest, reply: FastifyReply) => {
      try {
        const text = await answer(messageIn(request), graphs.choose());
        return reply.type("application/json").send(escaped(text));
      } catch (error) {
        if (!(error instanceof NodeRefusal)) throw error;
        // What a node answered goes to the caller as it is.
        return reply.code(error.status).type("application/json").send(escaped(error.body));
      }
    };
  };
  for (const version of ["v0.1", "v1.0"]) {
    app.post(
      `/api/${version}/predictions`,
      answered((text, predictor) => graphs.predict(text, predictor)),
    );
    app.post(
      `/api/${version}/feedback`,
      answered((text, predictor) => graphs.feedBack(text, predictor)),
    );
    for (const what of ["status", "metadata"] as const) {
      app.get(`/api/${version}/${what}/:node`, async (request, reply) => {
        const { node } = request.params as { node: string };
        return reply.type("application/json").send(await graphs.tell(what, node));
      });
    }
  }
  app.get("/live", async (_request, reply) => reply.send());
  for (const url of ["/ready", "/api/v1.0/status", "/api/v1.0/health/status"])
    app.get(url, async (_request, reply) => reply.code(graphs.areReady() ? 200 : 503).send());
  modelsRoutes(app, models, settings);
  adminRoutes(app, models, settings);
  app.register(async (scope) => statusRoutes(scope, modelInPath(models)), { prefix: "/models/:model" });
  return app;
}

/** Throws INPUT_EMPTY. */
function messageIn(request: FastifyRequest): string {
  const body = request.body as Buffer | undefined;
  if (body && body.length > 0) return body.toString("utf8");
  throw new DrumError("INPUT_EMPTY", "the body is empty; send a message as JSON");
}

/** As Go writes JSON: safe inside HTML. */
function escaped(text: string): string {
  return text.replace(/[<>&]/g, (found) => `\\u00${found.codePointAt(0)!.toString(16)}`);
}
