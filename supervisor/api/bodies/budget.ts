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
  interface FastifyContextConfig {
    /** Set for routes that never hold their bodies in memory, and limit them themselves. */
    streamsBody?: boolean;
  }
}

/** Milliseconds that a body waits for the memory of others before it is refused. */
const usualWait = 30_000;

/** Counts every body, whatever reads it. */
export function limitBodies(app: FastifyInstance, limits: BodyLimits, wait = usualWait): void {
  const budget = new BodyBudget(limits, wait);
  app.decorate("bodyBudget", budget);
  app.addHook("onRequest", ({ raw, routeOptions }, reply, done) => {
    if (routeOptions.config.streamsBody) done();
    else budget.admit(raw, reply.raw, done);
  });
  app.addHook("preParsing", ({ raw, routeOptions }, reply, payload, done) => {
    const isCounted = raw.headers["transfer-encoding"] !== undefined && !routeOptions.config.streamsBody;
    if (isCounted) budget.count(raw, reply.raw);
    done(null, payload);
  });
}

/** Counts what a body takes beyond the bytes that came: compressed ones as they unpack. Throws BODY_MEMORY_FULL. */
export function countUnpacked({ server, raw }: FastifyRequest, size: number): void {
  if (size > 0) server.bodyBudget.grow(raw, size);
}

type Done = (error?: Error) => void;

class BodyBudget {
  private used = 0;
  /** Bytes of each body under way. */
  private readonly sizes = new Map<IncomingMessage, number>();
  /** Starts each body that nobody reads yet if there is room for it, oldest first. */
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly limits: BodyLimits,
    private readonly wait: number,
  ) {}

  /** Counts the size that the request announces; calls `done` when there is room for it, with BODY_TOO_LARGE or BODY_MEMORY_FULL otherwise. */
  admit(request: IncomingMessage, response: ServerResponse, done: Done): void {
    const size = Number(request.headers["content-length"] ?? 0);
    if (size === 0) done();
    else if (size > this.limits.maxBodySize) done(bodyTooLarge(this.limits.maxBodySize));
    else if (this.hasRoomFor(this.shareOf(size))) {
      this.start(request, response, size);
      done();
    } else this.enqueue(request, response, { size, done });
  }

  /** Counts a body of unknown size while it arrives. A body over a limit fails for its reader. */
  count(request: IncomingMessage, response: ServerResponse): void {
    const { maxBodySize } = this.limits;
    this.start(request, response, 0);
    const take = ({ length }: Buffer) => {
      try {
        this.grow(request, length);
        if (this.sizes.get(request)! > maxBodySize) throw bodyTooLarge(maxBodySize);
      } catch (error) {
        request.off("data", take);
        request.emit("error", error);
      }
    };
    request.on("data", take);
  }

  /** Throws BODY_MEMORY_FULL. */
  grow(request: IncomingMessage, more: number): void {
    const size = this.sizes.get(request);
    // Its response is closed.
    if (size === undefined) return;
    const share = this.shareOf(size + more) - this.shareOf(size);
    if (!this.hasRoomFor(share)) throw this.full(more);
    this.sizes.set(request, size + more);
    this.used += share;
  }

  /** A body counts for three quarters of the limit at most, so that one larger than all is accepted, one at a time, beside small ones. */
  private shareOf(size: number): number {
    return Math.min(size, 0.75 * this.limits.maxBodyMemory);
  }

  private hasRoomFor(share: number): boolean {
    return share === 0 || this.used + share <= this.limits.maxBodyMemory;
  }

  /** Counts the body until its response is closed. */
  private start(request: IncomingMessage, response: ServerResponse, size: number): void {
    this.sizes.set(request, size);
    this.used += this.shareOf(size);
    response.once("close", () => this.release(request));
  }

  /** Until there is room, the body stays with its sender. */
  private enqueue(
    request: IncomingMessage,
    response: ServerResponse,
    { size, done }: { size: number; done: Done },
  ): void {
    const leave = () => {
      this.waiting.delete(start);
      clearTimeout(timer);
    };
    const start = () => {
      if (!this.hasRoomFor(this.shareOf(size))) return;
      response.off("close", leave);
      leave();
      this.start(request, response, size);
      done();
    };
    const timer = setTimeout(() => {
      leave();
      done(this.full(size));
    }, this.wait);
    response.once("close", leave);
    this.waiting.add(start);
  }

  private release(request: IncomingMessage): void {
    this.used -= this.shareOf(this.sizes.get(request) ?? 0);
    this.sizes.delete(request);
    for (const start of this.waiting) start();
  }

  private full(size: number): DrumError {
    return new DrumError(
      "BODY_MEMORY_FULL",
      `the bodies under way take ${Math.ceil(this.used)} bytes, and ${size} more would be over ${this.limits.maxBodyMemory}, the limit of --max-body-memory; try again in a moment, or raise it`,
    );
  }
}
