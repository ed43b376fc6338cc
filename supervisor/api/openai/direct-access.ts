// /directAccess/<path> and /nim/<path>: forwards requests to the OpenAI-compatible server at OPENAI_HOST, and to no other.
// Responds with 400 if none is configured.

import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DrumError, messageOf } from "../../errors.js";
import { rawBody } from "../bodies/bodies.js";
import { passedOnAnswer } from "../drum/schemas.js";
import { ownHeaders } from "../http/requests.js";
import { anyBody, errorAnswers } from "../http/schemas.js";
import type { ApiSettings } from "../http/settings.js";

const response = { 200: passedOnAnswer, ...errorAnswers(400, 413, 502, 504) };
const summary = "Forwards to the OpenAI-compatible server at OPENAI_HOST";
const params = {
  type: "object",
  properties: { "*": { type: "string", description: "the path on that server" } },
} as const;

export function directAccessRoutes(app: FastifyInstance, settings: ApiSettings): void {
  const handler = (request: FastifyRequest, reply: FastifyReply) => passOn(request, reply, settings);
  for (const url of ["/directAccess/*", "/nim/*"]) {
    app.route({ method: "GET", url, schema: { summary, params, tags: ["chat"], response }, handler });
    const schema = { summary, params, tags: ["chat"], body: anyBody, response };
    app.route({ method: ["POST", "PUT"], url, schema, handler });
  }
}

async function passOn(
  request: FastifyRequest,
  reply: FastifyReply,
  settings: ApiSettings,
): Promise<FastifyReply> {
  const { openAiServer: server, maxBodySize, requestTimeout } = settings;
  if (server === undefined) {
    throw new DrumError(
      "DIRECT_ACCESS_UNAVAILABLE",
      "no OpenAI-compatible server is configured; use the model's own routes (/docs), or start drum with OPENAI_HOST and OPENAI_PORT set",
    );
  }
  const isRead = request.method === "GET" || request.method === "HEAD";
  const body = isRead ? null : new Uint8Array(await rawBody(request, maxBodySize));
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  const late = setTimeout(() => gone.abort(new DOMException("late", "TimeoutError")), requestTimeout);
  try {
    const answer = await fetch(`${server}${ownPath(request)}`, {
      method: request.method,
      headers: passedHeaders(Object.entries(request.headers)),
      body,
      redirect: "manual",
      signal: gone.signal,
    });
    // fetch has decoded the body already.
    const headers = passedHeaders([...answer.headers].filter(([name]) => name !== "content-encoding"));
    reply.code(answer.status).headers(headers);
    return reply.send(answer.body ? Readable.fromWeb(answer.body as never) : Buffer.alloc(0));
  } catch (error) {
    throw failure(error, server, requestTimeout);
  } finally {
    // Once the response has begun, it may take any time.
    clearTimeout(late);
  }
}

/** The path and query after our prefix. Escapes stay unchanged, since the server may depend on them. */
function ownPath({ url, routeOptions }: FastifyRequest): string {
  const names = (routeOptions.url ?? "").split("/").slice(1, -1).map(escapeForPattern);
  const rest = url.replace(new RegExp(`^/+${names.join("/+")}`), "");
  return rest.startsWith("/") ? rest : `/${rest}`;
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function passedHeaders(
  all: readonly (readonly [string, string | string[] | undefined])[],
): Record<string, string> {
  const kept = all.filter(([name, value]) => value !== undefined && !ownHeaders.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, [value!].flat().join(", ")]));
}

function failure(error: unknown, server: string, limit: number): DrumError {
  if ((error as Error).name === "TimeoutError") {
    return new DrumError(
      "DEADLINE_PASSED",
      `${server} did not respond within ${limit / 1000} s, the limit of --request-timeout; request less, or raise the limit`,
    );
  }
  if ((error as Error).name === "AbortError")
    return new DrumError("CLIENT_GONE", "the client has disconnected");
  const why = messageOf((error as Error).cause ?? error);
  return new DrumError(
    "DIRECT_ACCESS_FAILED",
    `${server} (OPENAI_HOST, OPENAI_PORT) cannot be reached: ${why}; check that it is running`,
  );
}
