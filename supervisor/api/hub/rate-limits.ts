// How many requests a token may send a minute.

import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { DrumError } from "../../errors.js";
import { normalPath } from "../http/methods.js";

/** Requests a minute and token; 0 is no limit. */
export interface RateLimits {
  rateLimit: number;
  predictionRateLimit: number;
}

const minute = 60_000;

/** Tokens whose requests are counted; the counts of the least recent ones are forgotten beyond it. */
const mostTokens = 10_000;

type Limit = ReturnType<FastifyInstance["createRateLimit"]>;

/** After the hook that finds the user of a request: only known tokens are counted. Beyond a limit, a request throws RATE_EXCEEDED. */
export function limitRates(app: FastifyInstance, prefix: string, limits: RateLimits): void {
  if (limits.rateLimit === 0 && limits.predictionRateLimit === 0) return;
  let limitOf: { api: Limit | undefined; predictions: Limit | undefined } | undefined;
  app.register(rateLimit, { global: false, cache: mostTokens });
  app.after(() => {
    const limit = (max: number) =>
      max === 0 ? undefined : app.createRateLimit({ max, timeWindow: minute, keyGenerator: tokenOf });
    limitOf = { api: limit(limits.rateLimit), predictions: limit(limits.predictionRateLimit) };
  });
  // With a callback: a request without a limit waits for no promise.
  app.addHook("onRequest", (request, reply, done) => {
    const kind = request.user && kindOf(request, prefix);
    const limit = kind && limitOf?.[kind];
    if (!limit) return done();
    limit(request).then((counted) => {
      if (counted.isAllowed || !counted.isExceeded) return done();
      reply.header("Retry-After", counted.ttlInSeconds);
      done(exceeded(kind, counted));
    }, done);
  });
}

function exceeded(
  kind: "api" | "predictions",
  { max, ttlInSeconds }: { max: number; ttlInSeconds: number },
): DrumError {
  const option = kind === "api" ? "--rate-limit" : "--prediction-rate-limit";
  return new DrumError(
    "RATE_EXCEEDED",
    `the token has sent more than ${max} requests in a minute, the limit of ${option}; wait ${ttlInSeconds} s, or ask the hub's administrator to raise it`,
  );
}

/** Undefined for what tells of the hub and its models. */
function kindOf({ method, url }: FastifyRequest, prefix: string): "api" | "predictions" | undefined {
  const path = normalPath(url).slice(prefix.length);
  if (path.startsWith("/api/v2/"))
    return /^\/api\/v2\/deployments\/[^/]+\/predictions(Unstructured)?$/.test(path) ? "predictions" : "api";
  return method === "POST" ? "predictions" : undefined;
}

function tokenOf({ headers }: FastifyRequest): string {
  return /\S+\s*$/.exec(headers.authorization ?? "")?.[0].trim() ?? "";
}
