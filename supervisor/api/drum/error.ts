// The error server: the model could not be started, so its routes respond with 513 and the reason.

import type { FastifyInstance } from "fastify";
import type { DrumError } from "../../errors.js";
import { errorAnswers } from "../http/schemas.js";

const asked = ["/", "/ping/", "/health/"];
const sent = [
  "/predict/",
  "/predictions/",
  "/invocations",
  "/transform/",
  "/predictUnstructured/",
  "/predictionsUnstructured/",
];

export function errorRoutes(app: FastifyInstance, reason: () => DrumError): void {
  const handler = async () => {
    throw reason();
  };
  const schema = {
    summary: "Why the model could not be started",
    tags: ["status"],
    response: errorAnswers(513),
  };
  for (const url of asked) app.get(url, { schema, handler });
  for (const url of sent) app.post(url, { schema, handler });
}
