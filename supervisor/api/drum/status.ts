// GET / /ping/ /health/ /info/ /stats/ /capabilities/: the status of the served model; of several, under each name and together.

import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Deployment } from "../../serving/deployment/deployment.js";
import { canChat, describeDeployment, payloadFormats } from "../../serving/deployment/info.js";
import { readStats } from "../../serving/deployment/stats.js";
import type { Models } from "../../serving/models.js";
import type { FindModel } from "../http/requests.js";
import { errorAnswers, messageAnswer } from "../http/schemas.js";
import type { ApiSettings } from "../http/settings.js";
import { capabilitiesAnswer, healthAnswer, infoAnswer, modelsAnswer, statsAnswer } from "./status-schemas.js";

const ok = { message: "OK" };

export function statusRoutes(app: FastifyInstance, find: FindModel): void {
  sharedRoutes(app, {
    choose: (request) => [find(request)],
    checkHealth: (request) => find(request).checkHealth(),
  });

  const info = { summary: "The model and its runtime", tags: ["status"], response: { 200: infoAnswer } };
  app.get("/info/", { schema: info }, async (request) => describeDeployment(find(request)));

  const capabilities = {
    summary: "The inputs that the model accepts",
    tags: ["status"],
    response: { 200: capabilitiesAnswer, ...errorAnswers(503, 513) },
  };
  app.get("/capabilities/", { schema: capabilities }, async (request) => {
    const deployment = find(request);
    const { release } = deployment;
    if (!release.isRouteKnown) deployment.checkHealth();
    return {
      supported_payload_formats: payloadFormats(release),
      supported_methods: {
        chat: canChat(release),
        transform: release.model.target.type === "transform",
      },
    };
  });
}

/** For Prometheus: the requests of all models of the server. */
export function metricsRoute(app: FastifyInstance, models: Models): void {
  app.get("/metrics", { schema: { hide: true } }, async (_request, reply) => {
    const { requestMetrics } = await import("../../serving/metrics/request-metrics.js");
    const { contentType, text } = await requestMetrics(models.all);
    return reply.type(contentType).send(text);
  });
}

/** The status of all models of the server together. */
export function modelsRoutes(app: FastifyInstance, models: Models, settings: ApiSettings): void {
  sharedRoutes(app, {
    choose: () => models.all,
    checkHealth: () => models.checkHealth(),
  });

  const schema = { summary: "The models served here", tags: ["status"], response: { 200: modelsAnswer } };
  app.get("/models/", { schema }, async () =>
    listModels(models, (name) => `${settings.urlPrefix}/models/${name}/`),
  );
  const info = {
    summary: "The models and their runtimes",
    tags: ["status"],
    response: { 200: { type: "object", additionalProperties: true } },
  };
  app.get("/info/", { schema: info }, async () => ({ models: models.all.map(describeDeployment) }));
}

interface Subject {
  choose(request: FastifyRequest): readonly Deployment[];
  checkHealth(request: FastifyRequest): void;
}

function sharedRoutes(app: FastifyInstance, { choose, checkHealth }: Subject): void {
  const alive = {
    summary: "Whether the server runs",
    tags: ["status"],
    response: { 200: messageAnswer, ...errorAnswers(513) },
  };
  for (const url of ["/", "/ping/"]) {
    app.get(url, { schema: alive }, async (request) => {
      choose(request);
      return ok;
    });
  }

  const health = {
    summary: "Whether every model is loaded and ready",
    tags: ["status"],
    response: { 200: healthAnswer, ...errorAnswers(503, 513) },
  };
  app.get("/health/", { schema: health }, async (request) => {
    checkHealth(request);
    const missing = choose(request).flatMap(({ release }) => release.missing);
    return missing.length > 0 ? { ...ok, missing } : ok;
  });

  const stats = { summary: "Memory, CPU and times", tags: ["status"], response: { 200: statsAnswer } };
  app.get("/stats/", { schema: stats }, async (request) => readStats(choose(request)));
}

/** The models and their states; `url` is where a model of that name is served. */
export function listModels(models: Models, url: (name: string) => string) {
  return {
    models: [
      ...models.all.map(({ name, state, release }) => ({
        name,
        state,
        release: release.number,
        targetType: release.model.target.type,
        codeDir: release.model.codeDirectory,
        languages: release.route.parts.map(({ language }) => language.name),
        url: url(name),
      })),
      ...models.allBroken.map(({ name, codeDirectory, reason }) => ({
        name,
        state: "failed",
        codeDir: codeDirectory,
        message: reason.message,
        url: url(name),
      })),
    ],
  };
}
