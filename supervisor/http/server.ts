// The fastify application: prefix, slashes, headers, errors, 404 and 405, OpenAPI, and the routes of the deployments.

import { randomUUID } from "node:crypto";
import fastifySwagger from "@fastify/swagger";
import fastifySwaggerUi from "@fastify/swagger-ui";
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { type Config, version } from "../config.js";
import type { Deployment } from "../deployment/deployment.js";
import type { DrumError } from "../errors.js";
import type { Log } from "../log.js";
import type { DeploymentConfig } from "../predictions/rows.js";
import { asDrumError, logFailure, sendError } from "./errors.js";
import { refuseAddress, refuseMalformed } from "./malformed.js";
import { acceptBodies } from "./payload.js";
import { adminRoutes } from "./routes/admin.js";
import { chatRoutes } from "./routes/chat.js";
import { directAccessRoutes } from "./routes/direct-access.js";
import { errorRoutes } from "./routes/error.js";
import { predictRoutes } from "./routes/predict.js";
import { modelsRoutes, statusRoutes } from "./routes/status.js";
import { transformRoutes } from "./routes/transform.js";
import { unstructuredRoutes } from "./routes/unstructured.js";

export interface Serving {
  config: Config;
  log: Log;
  /** Predictions are answered row by row. */
  deploymentConfig?: DeploymentConfig | undefined;
}

/** A code directory that makes no model, served beside others that do. */
export interface BrokenModel {
  name: string;
  codeDirectory: string;
  reason: DrumError;
}

export interface Served {
  deployments: readonly Deployment[];
  broken: readonly BrokenModel[];
}

/** Serves deployments, also while they load: one at the root, several under /models/NAME/. */
export async function buildServer(served: Served, serving: Serving): Promise<FastifyInstance> {
  const { config, log, deploymentConfig } = serving;
  const { deployments, broken } = served;
  return build(serving, (app) => {
    adminRoutes(app, deployments, config);
    const serveModel = (scope: FastifyInstance, deployment: Deployment) => {
      statusRoutes(scope, deployment, config);
      predictRoutes(scope, deployment, deploymentConfig);
      transformRoutes(scope, deployment);
      unstructuredRoutes(scope, deployment, config.maxBodySize);
      chatRoutes(scope, deployment, log);
      directAccessRoutes(scope, config);
    };
    if (!config.namesModels) return serveModel(app, deployments[0]!);
    modelsRoutes(app, served, config);
    const under = (name: string, addRoutes: (scope: FastifyInstance) => void) =>
      app.register(async (scope) => addRoutes(scope), { prefix: `/models/${name}` });
    for (const deployment of deployments) {
      under(deployment.name, (scope) => serveModel(scope, deployment));
    }
    for (const { name, reason } of broken) under(name, (scope) => errorRoutes(scope, reason));
  });
}

/** Serves the reason why there is no model. */
export async function buildErrorServer(reason: DrumError, serving: Serving): Promise<FastifyInstance> {
  return build(serving, (app) => errorRoutes(app, reason));
}

async function build(
  { config, log }: Serving,
  addRoutes: (app: FastifyInstance) => void,
): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: config.maxBodySize,
    forceCloseConnections: "idle",
    genReqId: (request) => (request.headers["x-request-id"] as string | undefined) || randomUUID(),
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
    return503OnClosing: false,
    clientErrorHandler: refuseMalformed,
    frameworkErrors: refuseAddress,
  });
  const drumVersion = version();
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("X_Request_ID", request.id).header("X-Drum-Version", drumVersion);
    // Empty means none, as in DRUM.
    if (request.headers["content-type"] === "") delete request.headers["content-type"];
    done();
  });
  // DRUM's clients know the bare media type; fastify adds a charset, which JSON has no use for.
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (reply.getHeader("content-type") === "application/json; charset=utf-8") reply.type("application/json");
    done();
  });
  if (log.isLevelEnabled("info")) logAnswers(app, log);
  // The schemas describe bodies for the OpenAPI document; the model's own reader checks them.
  app.setValidatorCompiler(() => () => true);
  const methods = new RouteMethods(app);
  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    // A body that cannot be read matters no more where nobody would read it.
    if (request.is404) return methods.refuse(request, reply);
    const error = asDrumError(thrown, config.maxBodySize);
    logFailure(log, error);
    return sendError(reply, error);
  });
  app.setNotFoundHandler((request, reply) => methods.refuse(request, reply));
  await acceptBodies(app, config.maxBodySize);
  await addDocumentation(app, config.urlPrefix, drumVersion);
  await app.register(async (scope) => addRoutes(scope), { prefix: config.urlPrefix });
  return app;
}

async function addDocumentation(app: FastifyInstance, prefix: string, drumVersion: string): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.0.3",
      info: {
        title: "drumline",
        description: "Predictions of models, and the health of their workers.",
        version: drumVersion,
      },
      tags: [{ name: "predictions" }, { name: "chat" }, { name: "status" }, { name: "admin" }],
    },
    transformObject: (found) => ("openapiObject" in found ? withOptionalBodies(found.openapiObject) : {}),
  });
  await app.register(fastifySwaggerUi, { routePrefix: `${prefix}/docs` });
}

/** The plugin has every body required, but where any bytes will do, none will too. */
function withOptionalBodies<Document extends { paths?: object }>(document: Document): Document {
  const paths: Record<string, Record<string, { requestBody?: { content: object; required?: boolean } }>> = {
    ...document.paths,
  };
  for (const { requestBody } of Object.values(paths).flatMap((path) => Object.values(path))) {
    if (requestBody && "*/*" in requestBody.content) requestBody.required = false;
  }
  return document;
}

function logAnswers(app: FastifyInstance, log: Log): void {
  app.addHook("onResponse", async (request, reply) => {
    log.info(
      `${request.method} ${request.url} ${reply.statusCode} ${reply.elapsedTime.toFixed(1)} ms ${request.id}`,
    );
  });
}

/** Which methods each path takes, so that a wrong one is told from a wrong path. */
class RouteMethods {
  private readonly methods = new Map<string, Set<string>>();

  constructor(app: FastifyInstance) {
    app.addHook("onRoute", ({ url, method }) => {
      const known = this.methods.get(normalPath(url)) ?? new Set(["OPTIONS"]);
      for (const one of [method].flat()) known.add(one);
      this.methods.set(normalPath(url), known);
    });
  }

  refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const path = normalPath(request.url);
    const known = this.methods.get(path) ?? this.below(path);
    if (!known) {
      return reply
        .code(404)
        .send({ message: `ERROR: there is no route ${path}; see /docs for those there are` });
    }
    const allowed = [...known].sort().join(", ");
    reply.header("Allow", allowed);
    if (request.method === "OPTIONS") return reply.code(200).send();
    return reply
      .code(405)
      .send({ message: `ERROR: ${path} does not take ${request.method}; it takes ${allowed}` });
  }

  /** Of a route that takes everything below it. */
  private below(path: string): Set<string> | undefined {
    const routes = [...this.methods].filter(([url]) => url.endsWith("/*"));
    return routes.find(([url]) => path.startsWith(url.slice(0, -1)))?.[1];
  }
}

function normalPath(url: string): string {
  const path = url.replace(/[?#].*$/s, "").replace(/\/+/g, "/");
  return path.length > 1 ? path.replace(/\/$/, "") : path || "/";
}
