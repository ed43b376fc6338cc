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

/** Milliseconds that a body waits for the memory of others before it is refused. */
const usualWait = 30_000;

/** Counts every body, whatever reads it. */
export function limitBodies(app: FastifyInstance, limits: BodyLimits, wait = usualWait): void {
  const budget = new BodyBudget(limits, wait);
  app.addHook("onRequest", ({ raw }, reply, done) => budget.admit(raw, reply.raw, done));
  app.addHook("preParsing", ({ raw }, reply, payload, done) => {
    if (raw.headers["transfer-encoding"] !== undefined) budget.count(raw, reply.raw);
    done(null, payload);
  });
}

type Done = (error?: Error) => void;

class BodyBudget {
  private used = 0;
  /** Starts each body that nobody reads yet if there is room for it, oldest first. */
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly limits: BodyLimits,
    private readonly wait: number,
  ) {}

  /** Counts the size that the request announces; calls `done` when there is room for it, with BODY_TOO_LARGE or BODY_MEMORY_FULL otherwise. */
  admit({ headers }: IncomingMessage, response: ServerResponse, done: Done): void {
    const size = Number(headers["content-length"] ?? 0);
    if (size === 0) done();
    else if (size > this.limits.maxBodySize) done(bodyTooLarge(this.limits.maxBodySize));
    else if (this.start(size, response)) done();
    else this.enqueue(size, response, done);
  }

  /** Counts a body of unknown size while it arrives. A body over a limit fails for its reader. */
  count(request: IncomingMessage, response: ServerResponse): void {
    const { maxBodySize } = this.limits;
    let [size, counted] = [0, 0];
    const fail = (error: Error) => {
      request.off("data", take);
      request.emit("error", error);
    };
    const take = ({ length }: Buffer) => {
      size += length;
      const more = this.shareOf(size) - counted;
      if (size > maxBodySize) fail(bodyTooLarge(maxBodySize));
      else if (!this.hasRoomFor(more)) fail(this.full(length));
      else {
        this.used += more;
        counted += more;
      }
    };
    request.on("data", take);
    response.once("close", () => this.release(counted));
  }

  /** A body counts for three quarters of the limit at most, so that one larger than all is accepted, one at a time, beside small ones. */
  private shareOf(size: number): number {
    return Math.min(size, 0.75 * this.limits.maxBodyMemory);
  }

  private hasRoomFor(share: number): boolean {
    return this.used + share <= this.limits.maxBodyMemory;
  }

  private start(size: number, response: ServerResponse): boolean {
    const share = this.shareOf(size);
    if (!this.hasRoomFor(share)) return false;
    this.used += share;
    response.once("close", () => this.release(share));
    return true;
  }

  /** Until there is room, the body stays with its sender. */
  private enqueue(size: number, response: ServerResponse, done: Done): void {
    const leave = () => {
      this.waiting.delete(start);
      clearTimeout(timer);
    };
    const start = () => {
      if (!this.start(size, response)) return;
      response.off("close", leave);
      leave();
      done();
    };
    const timer = setTimeout(() => {
      leave();
      done(this.full(size));
    }, this.wait);
    response.once("close", leave);
    this.waiting.add(start);
  }

  private release(share: number): void {
    this.used -= share;
    for (const start of this.waiting) start();
  }

  private full(size: number): DrumError {
    return new DrumError(
      "BODY_MEMORY_FULL",
      `the bodies under way take ${Math.ceil(this.used)} bytes, and ${size} more would be over ${this.limits.maxBodyMemory}, the limit of --max-body-memory; try again in a moment, or raise it`,
    );
  }
}
