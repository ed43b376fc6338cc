// GET / /ping/ /health/ /info/ /stats/ /capabilities/: what is told of the served model.

import type { FastifyInstance } from "fastify";
import type { Config } from "../../config.js";
import type { Deployment } from "../../deployment/deployment.js";
import { describeDeployment } from "../../deployment/info.js";
import { readStats } from "../../deployment/stats.js";
import { DrumError } from "../../errors.js";
import { capabilitiesAnswer, errorAnswers, infoAnswer, messageAnswer, statsAnswer } from "../schemas.js";

const ok = { message: "OK" };

export function statusRoutes(app: FastifyInstance, deployment: Deployment, config: Config): void {
  const alive = {
    summary: "Whether the server runs",
    tags: ["status"],
    response: { 200: messageAnswer, ...errorAnswers(513) },
  };
  for (const url of ["/", "/ping/"]) app.get(url, { schema: alive }, async () => ok);

  const health = {
    summary: "Whether the model is loaded and can answer",
    tags: ["status"],
    response: { 200: messageAnswer, ...errorAnswers(503, 513) },
  };
  app.get("/health/", { schema: health }, async () => {
    checkHealth(deployment);
    return ok;
  });

  const info = { summary: "What runs here", tags: ["status"], response: { 200: infoAnswer } };
  app.get("/info/", { schema: info }, async () => describeDeployment(deployment));

  const stats = { summary: "Memory, CPU and times", tags: ["status"], response: { 200: statsAnswer } };
  app.get("/stats/", { schema: stats }, async () => readStats(deployment, config));

  const capabilities = {
    summary: "What the model can be sent",
    tags: ["status"],
    response: { 200: capabilitiesAnswer, ...errorAnswers(503) },
  };
  app.get("/capabilities/", { schema: capabilities }, async () => {
    if (!deployment.loadResult) checkHealth(deployment);
    return {
      supported_payload_formats: deployment.payloadFormats,
      supported_methods: { chat: deployment.chats },
    };
  });
}

function checkHealth(deployment: Deployment): void {
  switch (deployment.state) {
    case "ready":
      return;
    case "loading":
      throw new DrumError("NOT_READY", "no worker is ready: the model is loading; ask again in a moment");
    case "draining":
      throw new DrumError("DRAINING", "the server is shutting down; use another");
    case "failed":
      throw deployment.reason ?? new DrumError("INTERNAL", "the model failed for no reason that is known");
  }
}
