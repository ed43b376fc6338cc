// The Open Inference Protocol (V2) over REST, with Triton's extensions, for the served models.

import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from "fastify";
import type { DrumError } from "../../errors.js";
import type { Log } from "../../log.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import type { Models } from "../../serving/models.js";
import { generate, generateStream } from "./generate.js";
import { infer } from "./infer.js";
import { metadataOf } from "./metadata.js";
import { type RepositoryRoutes, repositoryRoutes } from "./repository.js";
import { schemaOf } from "./schemas.js";
import { areReady, findVersion, serverMetadata } from "./served.js";
import { configurationOf, statisticsOf } from "./triton.js";

type Handle = (deployment: Deployment, request: FastifyRequest, reply: FastifyReply) => unknown;

export interface InferenceRoutes extends RepositoryRoutes {
  log: Log;
}

/** For a scope under /v2. */
export function inferenceRoutes(scope: FastifyInstance, routes: InferenceRoutes): void {
  const { models, log } = routes;
  scope.get("/", { schema: schemaOf("server") }, async () => serverMetadata());
  scope.get("/health/live", { schema: schemaOf("live") }, async () => ({ live: true }));
  scope.get("/health/ready", { schema: schemaOf("ready") }, async (_request, reply) => {
    const ready = areReady(models);
    return reply.code(ready ? 200 : 400).send({ ready });
  });
  scope.get("/models/stats", { schema: schemaOf("statistics") }, async () => statisticsOf(models.all));
  repositoryRoutes(scope, routes);

  const ofModel = (method: "GET" | "POST", path: string, schema: FastifySchema, handle: Handle) => {
    for (const url of [`/models/:name${path}`, `/models/:name/versions/:version${path}`])
      scope.route({
        method,
        url,
        schema,
        handler: (request, reply) => handle(find(models, request), request, reply),
      });
  };
  ofModel("GET", "", schemaOf("metadata"), async (deployment) => {
    await deployment.release.loaded;
    return metadataOf(deployment);
  });
  ofModel("GET", "/ready", schemaOf("modelReady"), async ({ name, state }, _request, reply) =>
    reply.code(state === "ready" ? 200 : 400).send({ name, ready: state === "ready" }),
  );
  ofModel("GET", "/config", schemaOf("configuration"), async (deployment) => {
    await deployment.release.loaded;
    return configurationOf(deployment);
  });
  ofModel("GET", "/stats", schemaOf("statistics"), async (deployment) => statisticsOf([deployment]));
  ofModel("POST", "/infer", schemaOf("infer"), infer);
  ofModel("POST", "/generate", schemaOf("generate"), generate);
  for (const path of ["/generate_stream", "/infer_stream"])
    ofModel("POST", path, schemaOf("stream"), (deployment, request, reply) =>
      generateStream(deployment, request, reply, log),
    );
}

/** For the server of a model that could not be started: it lives, and is not ready. */
export function brokenRoutes(scope: FastifyInstance, reason: () => DrumError): void {
  const refuse = async () => {
    throw reason();
  };
  scope.get("/health/live", { schema: schemaOf("live") }, async () => ({ live: true }));
  scope.get("/health/ready", { schema: schemaOf("ready") }, refuse);
  for (const path of ["", "/ready", "/config"])
    scope.get(`/models/:name${path}`, { schema: { hide: true } }, refuse);
  for (const path of ["/infer", "/generate", "/generate_stream", "/infer_stream"])
    scope.post(`/models/:name${path}`, { schema: { hide: true } }, refuse);
}

/** Throws MODEL_UNKNOWN. */
function find(models: Models, { params }: FastifyRequest): Deployment {
  const { name, version } = params as { name: string; version?: string };
  return findVersion(models, name, version);
}
