// Helpers for several routes: the model of a request, its headers for hooks and other servers, and whether its client has left.

import type { FastifyReply, FastifyRequest } from "fastify";
import type { Deployment } from "../../serving/deployment/deployment.js";
import type { Models } from "../../serving/models.js";
import { Departure } from "../../serving/worker/departure.js";

/** Finds the model of a request. Throws MODEL_UNKNOWN, or the reason why the model is broken. */
export type FindModel = (request: FastifyRequest) => Deployment;

/** Finds the model by the path parameter `:model`. */
export function modelInPath(models: Models): FindModel {
  return ({ params }) => models.find((params as { model: string }).model);
}

/** Headers that belong to one connection, and headers that fetch sets itself: none of them is passed on. */
export const ownHeaders: ReadonlySet<string> = new Set(
  "connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade host content-length expect accept-encoding".split(
    " ",
  ),
);

/** Names are in lower case; repeated headers are joined, as HTTP allows. */
export function headersOf({ headers }: FastifyRequest): Record<string, string> {
  const all = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]);
  return Object.fromEntries(all);
}

/** Signals that the client left before the response was written. */
export function departureOf({ raw: response }: FastifyReply): Departure {
  const departure = new Departure();
  response.once("close", () => {
    if (!response.writableFinished) departure.leave();
  });
  return departure;
}
