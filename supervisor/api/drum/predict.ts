// POST /predict/ and /predictions/: a payload in, checked predictions out.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DrumError } from "../../errors.js";
import { isModelClass } from "../../model/model.js";
import { type DeploymentConfig, predictionsAsRows } from "../../predictions/datarobot/rows.js";
import type { Deployment } from "../../serving/deployment/deployment.js";
import { readInput } from "../bodies/bodies.js";
import { sendAnswer } from "../bodies/send.js";
import { departureOf, type FindModel } from "../http/requests.js";
import { errorAnswers } from "../http/schemas.js";
import { answerOf } from "./answers.js";
import { predictionsAnswer, samples } from "./schemas.js";

const schema = {
  summary: "Predictions for the rows of the body",
  tags: ["predictions"],
  body: samples,
  response: { 200: predictionsAnswer, ...errorAnswers(413, 422, 500, 503, 504, 513) },
};

export function predictRoutes(
  app: FastifyInstance,
  find: FindModel,
  deploymentConfig: DeploymentConfig | undefined,
): void {
  const predict = async (request: FastifyRequest, reply: FastifyReply) => {
    const deployment = find(request);
    checkStructured(deployment);
    const { payload } = await readInput(request, deployment.release.readsAnything);
    const checked = await deployment.predict(payload, departureOf(reply));
    if (deploymentConfig) {
      const { labels } = deployment.release.model.target;
      const body = predictionsAsRows(checked, deploymentConfig, labels);
      return sendAnswer(request, reply, { contentType: "application/json", body });
    }
    return sendAnswer(request, reply, await answerOf(checked, request.headers.accept));
  };
  for (const url of ["/predict/", "/predictions/", "/invocations"])
    app.post(url, { schema, handler: predict });
}

/** For a class written for MLServer. */
export function takesTensors(name: string): DrumError {
  return new DrumError(
    "INPUT_UNSUPPORTED",
    `${name} takes tensors, which this route does not serve; POST them to /v2/models/${name}/infer`,
  );
}

function checkStructured({ name, release }: Deployment): void {
  const { type } = release.model.target;
  if (type !== "unstructured" && type !== "transform") return;
  if (isModelClass(release.model)) throw takesTensors(name);
  const route = type === "transform" ? "the rows to /transform/" : "the body to /predictUnstructured/";
  throw new DrumError(
    "INPUT_UNSUPPORTED",
    `${name} is a ${type} model, which this route does not serve; POST ${route}`,
  );
}
