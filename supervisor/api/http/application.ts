// The fastify application without routes: slashes, request ids, headers, errors, 404 and 405.

import { randomUUID } from "node:crypto";
import fastify, { type FastifyError, type FastifyInstance } from "fastify";
import type { Log } from "../../log.js";
import { version } from "../../places.js";
import { asDrumError, type ErrorForm, logFailure, type StyleAt, sendError, statusOf } from "./errors.js";
import { answerHalfClosed } from "./half-closed.js";
import { refuseAddress, refuseMalformed } from "./malformed.js";
import { type RefuseRoute, RouteMethods } from "./methods.js";

export interface Application {
  /** Bytes. */
  maxBodySize: number;
  log: Log;
  /** Whether every response is a line of the log, at the level info. */
  logsResponses?: boolean;
  /** Formats the body of error responses. */
  form: ErrorForm;
  /** Where some routes have a form of their own. */
  styleAt?: StyleAt;
  refuseRoute: RefuseRoute;
}

interface Successor {
  app: FastifyInstance;
  isActive(): boolean;
}

const successors = new WeakMap<FastifyInstance, Successor>();

/** From now on `successor` answers the requests that come to `app` while `isActive`: the connections and the address stay. */
export async function handOver(
  app: FastifyInstance,
  successor: FastifyInstance,
  isActive: () => boolean,
): Promise<void> {
  await successor.ready();
  successors.set(app, { app: successor, isActive });
}

export function buildApplication({
  maxBodySize,
  log,
  logsResponses = true,
  form,
  styleAt = () => ({ form, statusOf }),
  refuseRoute,
}: Application): FastifyInstance {
  const app = fastify({
    bodyLimit: maxBodySize,
    forceCloseConnections: "idle",
    genReqId: (request) => (request.headers["x-request-id"] as string | undefined) || randomUUID(),
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
    return503OnClosing: false,
    clientErrorHandler: refuseMalformed(form),
    frameworkErrors: refuseAddress(styleAt),
  });
  const drumVersion = version();
  app.addHook("onRequest", (request, reply, done) => {
    const successor = successors.get(app);
    if (successor?.isActive()) {
      reply.hijack();
      successor.app.routing(request.raw, reply.raw);
      return;
    }
    reply.header("X_Request_ID", request.id).header("X-Drum-Version", drumVersion);
    // An empty header counts as absent, as in DRUM.
    if (request.headers["content-type"] === "") delete request.headers["content-type"];
    done();
  });
  // DRUM's clients expect the bare media type. fastify adds a charset, which JSON does not need.
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (reply.getHeader("content-type") === "application/json; charset=utf-8") reply.type("application/json");
    done();
  });
  if (logsResponses && log.isLevelEnabled("info")) logResponses(app, log);
  // The schemas describe bodies for the OpenAPI document; the model's own reader checks them.
  app.setValidatorCompiler(() => () => true);
  answerHalfClosed(app);
  const methods = new RouteMethods(app, refuseRoute);
  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    // On an unknown route, 404 or 405 counts more than an unreadable body.
    if (request.is404) return methods.refuse(request, reply);
    const error = asDrumError(thrown, maxBodySize);
    logFailure(log, error, request);
    return sendError(reply, error, styleAt(request.url));
  });
  app.setNotFoundHandler((request, reply) => methods.refuse(request, reply));
  return app;
}

function logResponses(app: FastifyInstance, log: Log): void {
  app.addHook("onResponse", async (request, reply) => {
    log.info(
      `${request.method} ${request.url} ${reply.statusCode} ${reply.elapsedTime.toFixed(1)} ms ${request.id}`,
    );
  });
}
