// Limits the memory of bodies: the size of each, and of all that are under way, from their first byte until their response.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { DrumError } from "../../errors.js";
import { bodyTooLarge } from "../http/errors.js";

export interface BodyLimits {
  /** Bytes of one body, a form as a whole. */
  maxBodySize: number;
  /** Bytes of all bodies that are under way. */
  maxBodyMemory: number;
}

declare module "fastify" {
  interface FastifyInstance {
    bodyBudget: BodyBudget;
  }
  interface FastifyRequest {
    /** The response to this request, for which memory is counted. */
    response: ServerResponse;
  }
}

/** Counts every body, whatever reads it. */
export function limitBodies(app: FastifyInstance, limits: BodyLimits): void {
  const budget = new BodyBudget(limits);
  app.decorate("bodyBudget", budget);
  app.decorateRequest("response");
  app.addHook("onRequest", (request, reply, done) => {
    request.response = reply.raw;
    budget.admit(request.raw, reply.raw);
    done();
  });
  app.addHook("preParsing", ({ raw }, reply, payload, done) => {
    if (raw.headers["transfer-encoding"] !== undefined) budget.count(raw, reply.raw);
    done(null, payload);
  });
}

/** Counts what a body takes beyond the bytes that came: compressed ones as they unpack. Throws BODY_MEMORY_FULL. */
export function countUnpacked(request: FastifyRequest, size: number): void {
  if (size > 0) request.server.bodyBudget.take(size, request.response);
}

class BodyBudget {
  private used = 0;
  private readonly taken = new Map<ServerResponse, number>();

  constructor(private readonly limits: BodyLimits) {}

  /** Counts the size that the request announces. Throws BODY_TOO_LARGE, BODY_MEMORY_FULL. */
  admit({ headers }: IncomingMessage, response: ServerResponse): void {
    const size = Number(headers["content-length"] ?? 0);
    if (size > this.limits.maxBodySize) throw bodyTooLarge(this.limits.maxBodySize);
    if (size > 0) this.take(size, response);
  }

  /** Counts a body of unknown size while it arrives. A body over a limit fails for its reader. */
  count(request: IncomingMessage, response: ServerResponse): void {
    let size = 0;
    const take = ({ length }: Buffer) => {
      size += length;
      try {
        if (size > this.limits.maxBodySize) throw bodyTooLarge(this.limits.maxBodySize);
        this.take(length, response);
      } catch (error) {
        request.off("data", take);
        request.emit("error", error);
      }
    };
    request.on("data", take);
  }

  /** Until the response is closed. */
  take(size: number, response: ServerResponse): void {
    if (response.closed) return;
    const { maxBodyMemory } = this.limits;
    const own = this.taken.get(response) ?? 0;
    // A body that is alone is accepted, whatever the limit.
    if (this.used > own && this.used + size > maxBodyMemory) {
      throw new DrumError(
        "BODY_MEMORY_FULL",
        `the bodies under way take ${this.used} bytes, and ${size} more would be over ${maxBodyMemory}, the limit of --max-body-memory; try again in a moment, or raise it`,
      );
    }
    if (own === 0) response.once("close", () => this.release(response));
    this.taken.set(response, own + size);
    this.used += size;
  }

  private release(response: ServerResponse): void {
    this.used -= this.taken.get(response) ?? 0;
    this.taken.delete(response);
  }
}
