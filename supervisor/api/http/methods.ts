// Which methods each path takes, so that a wrong method is told from a wrong path.

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

interface Route {
  pattern: RegExp;
  methods: Set<string>;
}

export class RouteMethods {
  private readonly routes = new Map<string, Route>();

  constructor(app: FastifyInstance) {
    app.addHook("onRoute", ({ url, method }) => {
      const path = normalPath(url);
      const route = this.routes.get(path) ?? { pattern: patternOf(path), methods: new Set(["OPTIONS"]) };
      for (const one of [method].flat()) route.methods.add(one);
      this.routes.set(path, route);
    });
  }

  /** Answers OPTIONS; 404 for a path that no route has, 405 for a method that its route does not take. */
  refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const path = normalPath(request.url);
    const route =
      this.routes.get(path) ?? [...this.routes.values()].find(({ pattern }) => pattern.test(path));
    if (!route) {
      return reply
        .code(404)
        .send({ message: `ERROR: there is no route ${path}; see /docs for those there are` });
    }
    const allowed = [...route.methods].sort().join(", ");
    reply.header("Allow", allowed);
    if (request.method === "OPTIONS") return reply.code(200).send();
    return reply
      .code(405)
      .send({ message: `ERROR: ${path} does not take ${request.method}; it takes ${allowed}` });
  }
}

/** `:name` stands for one part of a path, `*` for everything below. */
function patternOf(path: string): RegExp {
  const parts = path.split("/").map((part) => {
    if (part === "*") return ".*";
    return part.startsWith(":") ? "[^/]+" : part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("/")}$`);
}

function normalPath(url: string): string {
  const path = url.replace(/[?#].*$/s, "").replace(/\/+/g, "/");
  return path.length > 1 ? path.replace(/\/$/, "") : path || "/";
}
