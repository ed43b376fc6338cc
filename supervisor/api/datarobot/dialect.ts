// The API of DataRobot's clients over a hub: who may ask, and the form of errors.

import type { FastifyInstance, FastifyRequest } from "fastify";
import { DrumError } from "../../errors.js";
import { inactive, validationOf } from "../../hub/deployments/deployments.js";
import { checkRight, type Right } from "../../hub/deployments/roles.js";
import type { Hub } from "../../hub/hub.js";
import type { User } from "../../hub/registry/users.js";
import { type ErrorStyle, type StyleAt, statusOf } from "../http/errors.js";
import { normalPath } from "../http/methods.js";

declare module "fastify" {
  interface FastifyRequest {
    /** Of the token; there is one on every route that is not open. */
    user: User | undefined;
  }
}

/** The status and nothing else: open to health checks. */
const open: ReadonlySet<string> = new Set([
  "/",
  "/ping",
  "/health",
  "/v2",
  "/v2/health/live",
  "/v2/health/ready",
]);

/** The client repeats what is answered with these up to ten times, so no lasting refusal has one of them. */
const repeated: ReadonlySet<number> = new Set([413, 409]);

const management: ErrorStyle = {
  form: (error) => {
    const validation = validationOf(error);
    return { message: error.message, ...(validation && { checks: validation.checks }) };
  },
  statusOf: (error) => (repeated.has(statusOf(error)) ? 422 : statusOf(error)),
};

const prediction: ErrorStyle = { form: ({ message }) => ({ message }), statusOf };

/** `others` are the styles of all other routes. */
export function hubStyleAt(prefix: string, others: StyleAt): StyleAt {
  return (url) => {
    const path = normalPath(url);
    const own = path.startsWith(prefix) ? path.slice(prefix.length) : path;
    if (/^\/predApi\//.test(own) || /^\/api\/v2\/deployments\/[^/]+\/predictions/.test(own))
      return prediction;
    return own.startsWith("/api/v2/") ? management : others(url);
  };
}

/** Finds the user of every request, and whether they may ask the models themselves. */
export function guard(app: FastifyInstance, hub: Hub, prefix: string): void {
  app.decorateRequest("user", undefined);
  app.addHook("onRequest", async (request, reply) => {
    // A hub is well while it answers: one user's model must not take it from all others, nor be told to everybody.
    if (normalPath(request.url).slice(prefix.length) === "/health") return reply.send({ message: "OK" });
    const token = /^(?:Token|Bearer) +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
    request.user = token === undefined ? undefined : await hub.users.find(token);
    if (request.user || open.has(normalPath(request.url).slice(prefix.length) || "/")) return;
    throw new DrumError(
      "TOKEN_INVALID",
      token === undefined
        ? "the request has no token; send one of this hub as Authorization: Token TOKEN"
        : "the token is not one of this hub; ask its administrator, who makes one with drum hub token",
    );
  });
  app.addHook("preHandler", async (request) => {
    const path = normalPath(request.url).slice(prefix.length);
    if (!request.user || /^\/(api|predApi)\//.test(path)) return;
    const { model, name = model } = request.params as { model?: string; name?: string };
    await checkModelRoute(hub, request.user, { id: name, path });
  });
}

/** The routes of the engine name a deployment, or tell of all of them. */
async function checkModelRoute(
  hub: Hub,
  user: User,
  { id, path }: { id: string | undefined; path: string },
): Promise<void> {
  if (id === undefined) {
    if (user.isAdministrator) return;
    throw new DrumError(
      "RIGHT_MISSING",
      "this route tells of all deployments, which only an administrator may see",
    );
  }
  const { role, status, label } = await hub.deployments.records.served(user, id);
  if (/\/(info|stats)$/.test(path)) checkRight(role, "CAN_VIEW", "see it");
  if (status !== "active") throw inactive(label);
  hub.running.find(id);
}

/** Throws TOKEN_INVALID if the route is open and nobody asks. */
export function userOf({ user }: FastifyRequest): User {
  if (user) return user;
  throw new DrumError("TOKEN_INVALID", "the request has no token; send one as Authorization: Token TOKEN");
}

/** The deployment of the path, as the user sees it. Throws RESOURCE_UNKNOWN and RIGHT_MISSING. */
export function deploymentOf(hub: Hub, request: FastifyRequest, right: Right, what: string) {
  const { id } = request.params as { id: string };
  return hub.deployments.records.find(userOf(request), id, right, what);
}
