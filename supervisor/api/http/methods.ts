// Records the methods of each path, to tell a wrong method (405) from a wrong path (404).

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DrumError } from "../../errors.js";
import type { ErrorForm } from "./errors.js";

/** Answers a request that no route takes; `allowed` lists the methods of the path, if there is one. */
export type RefuseRoute = (
  request: FastifyRequest,
  reply: FastifyReply,
  allowed: string | undefined,
) => FastifyReply;

/** 404 for an unknown path, 405 for a method that the path does not support. */
export function refuseRoute(
  routesInWords: () => string,
  formAt: (url: string) => ErrorForm = () => plainForm,
): RefuseRoute {
  return (request, reply, allowed) => {
    const path = normalPath(request.url);
    const words =
      allowed === undefined
        ? `unknown route ${path}; ${routesInWords()}`
        : `${path} does not support ${request.method}; it supports ${allowed}`;
    const status = allowed === undefined ? 404 : 405;
    return reply.code(status).send(formAt(request.url)(new DrumError("ROUTE_NOT_SERVED", words), status));
  };
}

const plainForm: ErrorForm = ({ message }) => ({ message: `ERROR: ${message}` });

interface Route {
  pattern: RegExp;
  methods: Set<string>;
}

export class RouteMethods {
  private readonly routes = new Map<string, Route>();

  constructor(
    app: FastifyInstance,
    private readonly refused: RefuseRoute,
  ) {
    app.addHook("onRoute", ({ url, method }) => {
      const path = normalPath(url);
      const route = this.routes.get(path) ?? { pattern: patternOf(path), methods: new Set(["OPTIONS"]) };
      for (const one of [method].flat()) route.methods.add(one);
      this.routes.set(path, route);
    });
  }

  /** Responds to OPTIONS, and refuses all other requests. */
  refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const path = normalPath(request.url);
    const route =
      this.routes.get(path) ?? [...this.routes.values()].find(({ pattern }) => pattern.test(path));
    // Below a wildcard, its handler decides which paths there are.
    if (!route || (request.method !== "OPTIONS" && route.methods.has(request.method))) {
      return this.refused(request, reply, undefined);
    }
    const allowed = [...route.methods].sort().join(", ");
    reply.header("Allow", allowed);
    if (request.method === "OPTIONS") return reply.code(200).send();
    return this.refused(request, reply, allowed);
  }
}

/** `:name` stands for one part of a path, `:name(…)::end` for one that ends in `:end`, `*` for everything below. */
function patternOf(path: string): RegExp {
  const parts = path.split("/").map((part) => {
    if (part === "*") return ".*";
    const [first = "", suffix] = part.split("::");
    if (first.startsWith(":")) return suffix === undefined ? "[^/]+" : `[^/]+:${suffix}`;
    return part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("/")}$`);
}

/** Without a query, and with single slashes. */
export function normalPath(url: string): string {
  const path = url.replace(/[?#].*$/s, "").replace(/\/+/g, "/");
  return path.length > 1 ? path.replace(/\/$/, "") : path || "/";
}
