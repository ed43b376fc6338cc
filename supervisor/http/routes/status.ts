// GET / /ping/ /health/ /info/ /stats/ /capabilities/: what is told of the served model; of several, under each one's name and together.

import type { FastifyInstance } from "fastify";
import type { Config } from "../../config.js";
import { type Deployment, draining } from "../../deployment/deployment.js";
import { canChat, describeDeployment, payloadFormats } from "../../deployment/info.js";
import { readStats } from "../../deployment/stats.js";
import { DrumError } from "../../errors.js";
import {
  capabilitiesAnswer,
  errorAnswers,
  infoAnswer,
  messageAnswer,
  modelsAnswer,
  statsAnswer,
} from "../schemas.js";
import type { Served } from "../server.js";

const ok = { message: "OK" };

export function statusRoutes(app: FastifyInstance, deployment: Deployment, config: Config): void {
  sharedRoutes(app, [deployment], config);

  const info = { summary: "What runs here", tags: ["status"], response: { 200: infoAnswer } };
  app.get("/info/", { schema: info }, async () => describeDeployment(deployment));

  const capabilities = {
    summary: "What the model can be sent",
    tags: ["status"],
    response: { 200: capabilitiesAnswer, ...errorAnswers(503, 513) },
  };
  app.get("/capabilities/", { schema: capabilities }, async () => {
    const { release } = deployment;
    if (release.stages.length === 0) checkHealth(deployment);
    return {
      supported_payload_formats: payloadFormats(release),
      supported_methods: {
        chat: canChat(release),
        transform: release.model.target.type === "transform",
      },
    };
  });
}

/** What is told of all models of the server together. */
export function modelsRoutes(app: FastifyInstance, { deployments, broken }: Served, config: Config): void {
  sharedRoutes(app, deployments, config, broken[0]?.reason);

  const models = { summary: "The models served here", tags: ["status"], response: { 200: modelsAnswer } };
  const url = (name: string) => `${config.urlPrefix}/models/${name}/`;
  app.get("/models/", { schema: models }, async () => ({
    models: [
      ...deployments.map(({ name, state, release }) => ({
        name,
        state,
        release: release.number,
        targetType: release.model.target.type,
        codeDir: release.model.codeDirectory,
        languages: release.activeParts.map(({ language }) => language.name),
        url: url(name),
      })),
      ...broken.map(({ name, codeDirectory, reason }) => ({
        name,
        state: "failed",
        codeDir: codeDirectory,
        message: reason.message,
        url: url(name),
      })),
    ],
  }));
  const info = {
    summary: "What runs here",
    tags: ["status"],
    response: { 200: { type: "object", additionalProperties: true } },
  };
  app.get("/info/", { schema: info }, async () => ({ models: deployments.map(describeDeployment) }));
}

function sharedRoutes(
  app: FastifyInstance,
  deployments: readonly Deployment[],
  config: Config,
  fault?: DrumError,
): void {
  const alive = {
    summary: "Whether the server runs",
    tags: ["status"],
    response: { 200: messageAnswer, ...errorAnswers(513) },
  };
  for (const url of ["/", "/ping/"]) app.get(url, { schema: alive }, async () => ok);

  const health = {
    summary: "Whether every model is loaded and can answer",
    tags: ["status"],
    response: { 200: messageAnswer, ...errorAnswers(503, 513) },
  };
  app.get("/health/", { schema: health }, async () => {
    for (const deployment of deployments) checkHealth(deployment);
    if (fault) throw fault;
    return ok;
  });

  const stats = { summary: "Memory, CPU and times", tags: ["status"], response: { 200: statsAnswer } };
  app.get("/stats/", { schema: stats }, async () => readStats(deployments, config));
}

function checkHealth({ name, state, release }: Deployment): void {
  switch (state) {
    case "ready":
      return;
    case "loading":
      throw new DrumError("NOT_READY", `${name} is not ready: ${release.waitsFor}; ask again in a moment`);
    case "draining":
      throw draining();
    case "failed":
      throw release.reason ?? new DrumError("INTERNAL", `${name} failed for no reason that is known`);
  }
}
