// KServe's V1 protocol: POST /v1/models/NAME:predict, and the lists of models, which OpenAI's clients read at the same addresses.

import type { FastifyInstance } from "fastify";
import { DrumError } from "../../errors.js";
import { languageModels } from "../../serving/deployment/supported-models.js";
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
    const asker = { departure: departureOf(reply), headers: request.headers };
    return sendAnswer(request, reply, await answerBody(models.find(name), body, asker));
  });

  app.post("/v1/models/:name(.+)::explain", { schema: { hide: true } }, async (request) => {
    const { name } = request.params as { name: string };
    models.find(name);
    throw new DrumError(
      "ROUTE_NOT_SERVED",
      `${name} has no explainer; POST instances to /v1/models/${name}:predict`,
    );
  });

  app.get("/v1/models", { schema: modelsSchema }, async () => ({
    object: "list",
    data: (await languageModels(models.all)).map(({ entry }) => entry),
    models: models.names,
  }));

  app.get("/v1/models/:name", { schema: modelSchema }, async (request) => {
    const { name } = request.params as { name: string };
    if (!models.names.includes(name)) {
      const found = (await languageModels(models.all)).find(({ entry }) => entry.id === name);
      if (found) return found.entry;
    }
    models.find(name).checkHealth();
    const entry = { id: name, object: "model", created: startedAt, owned_by: "drumline" };
    return { ...entry, name, ready: true };
  });
}
