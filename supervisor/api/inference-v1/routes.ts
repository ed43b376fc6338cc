// KServe's V1 protocol: POST /v1/models/NAME:predict, and the lists of models, which OpenAI's clients read at the same addresses.

import type { FastifyInstance } from "fastify";
import type { Deployment } from "../../serving/deployment/deployment.js";
import { supportedModels } from "../../serving/deployment/supported-models.js";
import type { Models } from "../../serving/models.js";
import { sendAnswer } from "../bodies/send.js";
import { departureOf } from "../http/requests.js";
import { answerBody } from "./answer.js";
import { modelSchema, modelsSchema, predictSchema } from "./schemas.js";

/** Seconds since 1970. */
const startedAt = Math.floor(Date.now() / 1000);

export function v1Routes(app: FastifyInstance, models: Models): void {
  // The name, then a colon of the path, which is written twice.
  app.post("/v1/models/:name(.+)::predict", { schema: predictSchema }, async (request, reply) => {
    const { name } = request.params as { name: string };
    const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
    return sendAnswer(request, reply, await answerBody(models.find(name), body, departureOf(reply)));
  });

  app.get("/v1/models", { schema: modelsSchema }, async () => ({
    object: "list",
    data: await languageModels(models),
    models: models.names,
  }));

  app.get("/v1/models/:name", { schema: modelSchema }, async (request) => {
    const { name } = request.params as { name: string };
    if (!models.names.includes(name)) {
      const found = (await languageModels(models)).find(({ id }) => id === name);
      if (found) return found;
    }
    models.find(name).checkHealth();
    const entry = { id: name, object: "model", created: startedAt, owned_by: "drumline" };
    return { ...entry, name, ready: true };
  });
}

/** Waits for models that load, and leaves out those that have failed. */
async function languageModels(models: Models) {
  const all = models.all.filter((deployment) => generatesText(deployment) && deployment.state !== "failed");
  return (await Promise.all(all.map(supportedModels))).flat();
}

function generatesText({ release }: Deployment): boolean {
  return release.model.target.type === "textgeneration";
}
