// POST /chat/completions and /v1/chat/completions, GET /models and /v1/models: OpenAI's API over the hook chat.

import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { JsonMap } from "../../../protocol/messages.js";
import { DrumError } from "../../errors.js";
import type { Log } from "../../log.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import { canChat } from "../../serving/deployment/info.js";
import { languageModels, supportedModels } from "../../serving/deployment/supported-models.js";
import type { Models } from "../../serving/models.js";
import { EventStream } from "../bodies/event-stream.js";
import { readJsonMap } from "../bodies/json.js";
import { logFailure } from "../http/errors.js";
import { departureOf, type FindModel, headersOf } from "../http/requests.js";
import { errorAnswers, jsonRefused } from "../http/schemas.js";
import { chatAnswer, chatBody, namedChatBody, supportedModelsAnswer } from "./schemas.js";

const chatSchema = {
  summary: "A chat completion, whole or as server-sent events",
  tags: ["chat"],
  body: chatBody,
  response: { 200: chatAnswer, 400: jsonRefused, ...errorAnswers(404, 413, 422, 500, 503, 504, 513) },
};

const modelsSchema = {
  summary: "The language models that a request can name",
  tags: ["chat"],
  response: { 200: supportedModelsAnswer, ...errorAnswers(404, 500, 503, 504, 513) },
};

export interface ChatSettings {
  log: Log;
  /**
   * For one model at the root: the list of the server's models, at the address of language models if it generates no text. There,
   * /v1/models is not among these routes.
   */
  listed: (() => object) | undefined;
}

export function chatRoutes(app: FastifyInstance, find: FindModel, { log, listed }: ChatSettings): void {
  completionRoutes(app, { find, log, schema: chatSchema });
  for (const url of listed ? ["/models"] : ["/models", "/v1/models"]) {
    app.get(url, { schema: modelsSchema }, async (request) => {
      const deployment = find(request);
      const { type } = deployment.release.model.target;
      if (listed && type !== "textgeneration") return listed();
      return { object: "list", data: await supportedModels(deployment) };
    });
  }
}

/** At the root of several models, where the field `model` names the served model, or a language model of one. */
export function namedChatRoutes(app: FastifyInstance, models: Models, log: Log): void {
  const find = async (request: FastifyRequest) => {
    const { model } = readJsonMap(request);
    if (typeof model !== "string")
      throw new DrumError(
        "JSON_INVALID",
        `the field model must name one of ${models.names.join(", ")}, or a language model that GET /v1/models lists`,
      );
    if (models.names.includes(model)) return models.find(model);
    const found = (await languageModels(models.all)).find(({ entry }) => entry.id === model);
    return found?.deployment ?? models.find(model);
  };
  completionRoutes(app, { find, log, schema: { ...chatSchema, body: namedChatBody } });
}

interface Completions {
  find(request: FastifyRequest): Deployment | Promise<Deployment>;
  log: Log;
  schema: object;
}

function completionRoutes(app: FastifyInstance, { find, log, schema }: Completions): void {
  const chat = async (request: FastifyRequest, reply: FastifyReply) => {
    const deployment = await find(request);
    await checkChats(deployment);
    const body = readJsonMap(request);
    const associationId = idOf(body);
    const named = (map: JsonMap) => ({ ...map, datarobot_association_id: associationId });
    const events = new EventStream(reply);
    const answer = deployment.chat(
      { request: body, headers: headersOf(request) },
      { departure: departureOf(reply), onChunk: (chunk) => events.send(named(chunk as JsonMap)) },
    );
    // A failure before the first chunk gets its own status.
    const completion = await Promise.race([answer, events.started]);
    if (completion) return reply.type("application/json").send(JSON.stringify(named(completion)));
    answer.then(
      () => events.end(),
      (error: DrumError) => {
        logFailure(log, error, request);
        events.fail(error.message);
      },
    );
    return events.reply();
  };
  for (const url of ["/chat/completions", "/v1/chat/completions"]) {
    app.post(url, { schema, handler: chat });
  }
}

/** Waits until the model is loaded, since only then it is known whether it has the hook. */
export async function checkChats({ name, release }: Deployment): Promise<void> {
  await release.loaded;
  if (canChat(release)) return;
  const { type } = release.model.target;
  const remedy =
    type === "textgeneration"
      ? "define chat(completion_create_params, model) in the hook file"
      : "POST rows to /predict/, or define the hook";
  throw new DrumError("ROUTE_NOT_SERVED", `${name} is a ${type} model without a chat hook; ${remedy}`);
}

function idOf({ datarobot_association_id: given }: JsonMap): string {
  return typeof given === "string" && given !== "" ? given : randomUUID();
}
