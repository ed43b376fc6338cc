// POST /predictUnstructured/ and /predictionsUnstructured/: a body of any type in, what the hook returns out.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DrumError } from "../../errors.js";
import { isModelClass } from "../../model/model.js";
import { queryOf, unstructuredAnswer, unstructuredInput } from "../../predictions/unstructured.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import { rawBody } from "../bodies/bodies.js";
import { sendAnswer } from "../bodies/send.js";
import { departureOf, type FindModel, headersOf } from "../http/requests.js";
import { anyBody, errorAnswers } from "../http/schemas.js";
import { takesTensors } from "./predict.js";
import { unstructuredAnswerSchema } from "./schemas.js";

const schema = {
  summary: "The result of an unstructured model for the body",
  tags: ["predictions"],
  body: anyBody,
  response: { 200: unstructuredAnswerSchema, ...errorAnswers(413, 422, 500, 503, 504, 513) },
};

export function unstructuredRoutes(app: FastifyInstance, find: FindModel, maxBodySize: number): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const deployment = find(request);
    checkUnstructured(deployment);
    const body = await rawBody(request, maxBodySize);
    const input = unstructuredInput(body, request.headers["content-type"]);
    const given = { ...input, query: queryOf(request.url.split("?")[1] ?? ""), headers: headersOf(request) };
    const result = unstructuredAnswer(await deployment.scoreUnstructured(given, departureOf(reply)));
    return sendAnswer(request, reply, result);
  };
  for (const url of ["/predictUnstructured/", "/predictionsUnstructured/"]) {
    app.post(url, { schema, handler: answer });
  }
}

/** A textgeneration model may also have the hook score_unstructured. */
function checkUnstructured({ name, release }: Deployment): void {
  const { type } = release.model.target;
  if (isModelClass(release.model)) throw takesTensors(name);
  if (type === "unstructured" || (type === "textgeneration" && release.partWith("score_unstructured")))
    return;
  throw new DrumError(
    "INPUT_UNSUPPORTED",
    `${name} is a ${type} model, which this route does not serve; POST rows to ${type === "transform" ? "/transform/" : "/predict/"}`,
  );
}
