// Sends an answer, compressed if it is large and the client accepts gzip.

import { pipeline, Readable } from "node:stream";
import { promisify } from "node:util";
import { constants, createGzip, gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import Negotiator from "negotiator";

export interface Answer {
  contentType: string;
  body: string | Buffer | Readable;
}

/** Bytes. Below, what compression saves on the way is less than what it costs. */
const smallest = 32 * 1024;
const options = { level: constants.Z_BEST_SPEED };
const compress = promisify(gzip);
const gains = /^(text\/|application\/(json|.*arrow\.stream|x-apache-arrow-stream)|multipart\/form-data)/i;

/** Streams are large answers. A HEAD request gets its headers only, so nothing is compressed for it. */
export function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  { contentType, body }: Answer,
): FastifyReply | Promise<FastifyReply> {
  // Already serialized: fastify sends strings and buffers unchanged.
  reply.header("content-type", contentType);
  const isStream = body instanceof Readable;
  if ((!isStream && body.length < smallest) || !gains.test(contentType)) return reply.send(body);
  reply.header("vary", "Accept, Accept-Encoding");
  if (!acceptsGzip(request)) return reply.send(body);
  reply.header("content-encoding", "gzip");
  if (!isStream) return compress(body, options).then((compressed) => reply.send(compressed));
  // An error of either side destroys both; fastify reports it.
  return reply.send(pipeline(body, createGzip(options), () => {}));
}

function acceptsGzip({ method, headers }: FastifyRequest): boolean {
  const accepted = headers["accept-encoding"];
  if (accepted === undefined || method === "HEAD") return false;
  const preferred = new Negotiator({ headers: { "accept-encoding": String(accepted) } });
  return preferred.encoding(["gzip", "identity"]) === "gzip";
}
