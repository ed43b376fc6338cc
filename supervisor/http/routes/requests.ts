// What several routes want of a request: its headers for hooks, and that its client has left.

import type { FastifyReply, FastifyRequest } from "fastify";

/** Names in lower case; what came several times is joined as HTTP allows. */
export function headersOf({ headers }: FastifyRequest): Record<string, string> {
  const all = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]);
  return Object.fromEntries(all);
}

/** Calls back when the client leaves before its answer was written. */
export function leaving(reply: FastifyReply): (abandon: () => void) => void {
  const response = reply.raw;
  return (abandon) => {
    response.once("close", () => {
      if (!response.writableFinished) abandon();
    });
  };
}
