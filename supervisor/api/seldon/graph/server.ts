// The HTTP server of inference graphs: the routes of Seldon's executor, and status and swap of the nodes.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DrumError } from "../../../errors.js";
import type { Log } from "../../../log.js";
import type { Predictor } from "../../../model/graph/graph.js";
import { NodeRefusal } from "../../../serving/graph/executor.js";
import type { CustomMetrics } from "../../../serving/metrics/custom-metrics.js";
import type { ExecutorMetrics } from "../../../serving/metrics/executor-metrics.js";
import type { Models } from "../../../serving/models.js";
import { adminRoutes } from "../../admin/swap.js";
import { acceptBodies } from "../../bodies/bodies.js";
import { limitBodies } from "../../bodies/budget.js";
import { modelsRoutes, statusRoutes } from "../../drum/status.js";
import { buildApplication } from "../../http/application.js";
import { asDrumError, type ErrorForm, statusOf } from "../../http/errors.js";
import { refuseRoute } from "../../http/methods.js";
import { modelInPath } from "../../http/requests.js";
import type { ApiSettings } from "../../http/settings.js";
import { limitSlowBodies } from "../../http/slow-bodies.js";
import { addDocumentation } from "./documentation.js";
import { addHeaders, type HeaderSettings } from "./headers.js";
import type { GraphRequests } from "./requests.js";

const executorError: ErrorForm = ({ message }, status) => ({
  status: { code: status, info: message, status: "FAILURE" },
});

export interface GraphServing {
  settings: ApiSettings;
  log: Log;
  requests: GraphRequests;
  /** What the executor measures, and what the nodes do. */
  metrics: ExecutorMetrics;
  custom: CustomMetrics;
  headers: HeaderSettings;
}

export async function buildGraphServer(
  models: Models,
  { settings, log, requests, metrics, custom, headers }: GraphServing,
): Promise<FastifyInstance> {
  const { graphs } = requests;
  const app = buildApplication({
    maxBodySize: settings.maxBodySize,
    log,
    form: executorError,
    refuseRoute: refuseRoute(() => "messages go to /api/v1.0/predictions"),
  });
  addHeaders(app, headers);
  limitBodies(app, settings);
  limitSlowBodies(app);
  await acceptBodies(app, settings.maxBodySize);

  type Work = (request: FastifyRequest, predictor: Predictor) => Promise<GraphAnswer>;
  /** Answers with JSON; what a node answered in place of a result goes to the caller as it is. */
  const handler = (service: string, work: Work) => async (request: FastifyRequest, reply: FastifyReply) => {
    const { status, message } = await requests.run(
      { service, method: request.method.toLowerCase() },
      (predictor) => work(request, predictor).catch(refusal),
      (ended) =>
        String("result" in ended ? ended.result.status : statusOf(asDrumError(ended.error as Error, 0))),
    );
    return reply.code(status).type("application/json").send(escaped(message));
  };
  const answered = async (message: Promise<string>) => ({ status: 200, message: await message });
  const json = async (value: Promise<object>) => answered(value.then((one) => `${JSON.stringify(one)}\n`));
  const nodeIn = ({ params }: FastifyRequest) => (params as { node: string }).node;

  const graphRoutes = (scope: FastifyInstance) => {
    for (const version of ["v0.1", "v1.0"]) {
      const base = `/api/${version}`;
      scope.post(
        `${base}/predictions`,
        handler("predictions", (request, predictor) =>
          answered(graphs.predict(messageIn(request), predictor)),
        ),
      );
      scope.post(
        `${base}/feedback`,
        handler("feedback", (request, predictor) => answered(graphs.feedBack(messageIn(request), predictor))),
      );
      scope.get(
        `${base}/status/:node`,
        handler("status", (request) => graphs.statusOf(nodeIn(request))),
      );
      scope.get(
        `${base}/metadata/:node`,
        handler("metadata", (request) => json(graphs.metadataOf(nodeIn(request)))),
      );
    }
    scope.get(
      "/api/v1.0/metadata",
      handler("metadata", () => json(graphs.metadata())),
    );
  };
  graphRoutes(app);
  // Where the gateways of a cluster have the deployment.
  for (const prefix of ["/seldon/:deployment", "/seldon/:namespace/:deployment"]) {
    app.register(
      async (scope) => {
        scope.addHook("onRequest", async ({ params }) => {
          const { deployment } = params as { deployment: string };
          if (deployment !== requests.name)
            throw new DrumError(
              "MODEL_UNKNOWN",
              `there is no deployment ${deployment}; it is named ${requests.name}`,
            );
        });
        graphRoutes(scope);
      },
      { prefix },
    );
  }
  app.get("/live", async (_request, reply) => reply.send());
  for (const url of ["/ready", "/api/v1.0/status", "/api/v1.0/health/status"])
    app.get(url, async (_request, reply) => {
      const ailing = await graphs.findAiling();
      if (ailing === undefined) return reply.code(200).send();
      return reply.code(503).send({ status: { code: 503, info: ailing, status: "FAILURE" } });
    });
  app.get("/metrics", async (_request, reply) =>
    reply.type(metrics.contentType).send((await metrics.text()) + (await custom.text())),
  );
  app.get("/shadow/", async () => {
    const { shadowReport } = graphs;
    if (shadowReport) return shadowReport;
    throw new DrumError("ROUTE_NOT_SERVED", "no predictor of the graph is a shadow; set shadow: true on one");
  });
  addDocumentation(app, requests.name);
  modelsRoutes(app, models, settings);
  adminRoutes(app, models, settings);
  app.register(async (scope) => statusRoutes(scope, modelInPath(models)), { prefix: "/models/:model" });
  app.addHook("onClose", async () => graphs.stop());
  return app;
}

interface GraphAnswer {
  status: number;
  message: string;
}

function refusal(error: unknown): GraphAnswer {
  if (error instanceof NodeRefusal) return { status: error.status, message: error.body };
  throw error;
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
