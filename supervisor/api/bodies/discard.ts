// Reads and drops the rest of a refused upload.

import type { FastifyRequest } from "fastify";

/** Milliseconds that a client may go on sending. */
const lingerLimit = 30_000;

/** Reads on for a while: a client that sends first and reads then would not get the answer otherwise. */
export function discard({ raw }: FastifyRequest): void {
  if (raw.complete && raw.readableEnded) return;
  raw.unpipe();
  raw.resume();
  const timer = setTimeout(() => {
    if (!raw.complete) raw.destroy();
  }, lingerLimit).unref();
  raw.once("close", () => clearTimeout(timer));
}
