// What several routes want of a request: the model it is for, its headers for hooks, and that its client has left.

import type { FastifyReply, FastifyRequest } from "fastify";
import type { Deployment } from "../../serving/deployment/deployment.js";
import type { Models } from "../../serving/models.js";
import { Departure } from "../../serving/worker/departure.js";

/** The model that a request is for. Throws MODEL_UNKNOWN, or the reason why the model is broken. */
export type FindModel = (request: FastifyRequest) => Deployment;

/** By the part `:model` of the path. */
export function modelInPath(models: Models): FindModel {
  return ({ params }) => models.find((params as { model: string }).model);
}

/** Names in lower case; a header that came several times is joined as HTTP allows. */
export function headersOf({ headers }: FastifyRequest): Record<string, string> {
  const all = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]);
  return Object.fromEntries(all);
}

/** Tells when the client leaves before its response was written. */
export function departureOf({ raw: response }: FastifyReply): Departure {
  const departure = new Departure();
  response.once("close", () => {
    if (!response.writableFinished) departure.leave();
  });
  return departure;
}
