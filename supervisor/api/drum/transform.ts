// POST /transform/: rows in, transformed rows out, for a model of the target type transform.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DrumError } from "../../errors.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import { readInput } from "../bodies/bodies.js";
import { sendAnswer } from "../bodies/send.js";
import { departureOf, type FindModel } from "../http/requests.js";
import { errorAnswers } from "../http/schemas.js";
import { answerTransformed } from "./answers.js";
import { samplesAndTarget, schemaRefused, transformedAnswer } from "./schemas.js";

const schema = {
  summary: "The rows, transformed by a model of the target type transform",
  tags: ["predictions"],
  body: samplesAndTarget,
  response: { 200: transformedAnswer, 422: schemaRefused, ...errorAnswers(413, 500, 503, 504, 513) },
};

export function transformRoutes(app: FastifyInstance, find: FindModel): void {
  app.post("/transform/", { schema }, async (request: FastifyRequest, reply: FastifyReply) => {
    const deployment = find(request);
    checkTransform(deployment);
    const { payload, target, arrowVersion } = await readInput(request, deployment.release.readsAnything);
    const wishes = { accept: request.headers.accept, arrowVersion };
    const transformed = await deployment.transform(payload, target, departureOf(reply));
    return sendAnswer(request, reply, await answerTransformed(transformed, wishes));
  });
}

function checkTransform({ name, release }: Deployment): void {
  const { type } = release.model.target;
  if (type === "transform") return;
  const route = type === "unstructured" ? "the body to /predictUnstructured/" : "rows to /predict/";
  throw new DrumError(
    "INPUT_UNSUPPORTED",
    `${name} is a ${type} model, which this route does not serve; POST ${route}`,
  );
}
