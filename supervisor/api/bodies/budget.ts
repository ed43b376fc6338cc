// Limits the memory of bodies: the size of each, and of all that are under way, from their first byte until their response.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { DrumError } from "../../errors.js";
import { bodyTooLarge } from "../http/errors.js";

export interface BodyLimits {
  /** Bytes of one body, a form as a whole. */
  maxBodySize: number;
  /** Bytes of all bodies that are under way. */
  maxBodyMemory: number;
}

/** Counts every body, whatever reads it. */
export function limitBodies(app: FastifyInstance, limits: BodyLimits): void {
  const budget = new BodyBudget(limits);
  app.addHook("onRequest", ({ raw }, reply, done) => {
    budget.admit(raw, reply.raw);
    done();
  });
  app.addHook("preParsing", ({ raw }, reply, payload, done) => {
    if (raw.headers["transfer-encoding"] !== undefined) budget.count(raw, reply.raw);
    done(null, payload);
  });
}

class BodyBudget {
  private used = 0;

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

  private take(size: number, response: ServerResponse): void {
    const { maxBodyMemory } = this.limits;
    // A body that is alone is accepted, whatever the limit.
    if (this.used > 0 && this.used + size > maxBodyMemory) {
      throw new DrumError(
        "BODY_MEMORY_FULL",
        `the bodies under way take ${this.used} bytes, and ${size} more would be over ${maxBodyMemory}, the limit of --max-body-memory; try again in a moment, or raise it`,
      );
    }
    this.used += size;
    response.once("close", () => {
      this.used -= size;
    });
  }
}
