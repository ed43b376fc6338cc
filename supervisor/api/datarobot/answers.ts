// Answers that the client expects everywhere: pages of lists, addresses, and the statuses of what goes on.

import type { FastifyReply, FastifyRequest } from "fastify";
import type { Page } from "../../hub/registry/catalog.js";

/** Where the API is for the client, which may ask through a proxy. */
export function originOf(request: FastifyRequest): string {
  const forwarded = (name: string) =>
    String(request.headers[`x-forwarded-${name}`] ?? "")
      .split(",")[0]!
      .trim();
  const protocol = /^https?$/.test(forwarded("proto")) ? forwarded("proto") : request.protocol;
  return `${protocol}://${forwarded("host") || request.headers.host || "localhost"}`;
}

/** The absolute address of a path below /api/v2/: the client takes no other. */
export function addressOf(request: FastifyRequest, path: string): string {
  const { url } = request;
  return `${originOf(request)}${url.slice(0, url.indexOf("/api/v2/"))}/api/v2/${path}`;
}

/** The rows of one page. Next and previous keep every filter of the request, since the client adds none. */
export function pageAnswer(
  request: FastifyRequest,
  { offset, limit }: Page,
  total: number,
  data: readonly object[],
) {
  const at = (start: number) => {
    const url = new URL(addressOf(request, request.url.split("/api/v2/")[1]!));
    url.searchParams.set("offset", String(start));
    url.searchParams.set("limit", String(limit));
    return url.toString();
  };
  return {
    count: data.length,
    totalCount: total,
    next: offset + data.length < total ? at(offset + limit) : null,
    previous: offset > 0 ? at(Math.max(0, offset - limit)) : null,
    data,
  };
}

/** Of all rows, those of the page. */
export function pageAmong(request: FastifyRequest, page: Page, all: readonly object[]) {
  const { offset, limit } = page;
  return pageAnswer(request, page, all.length, all.slice(offset, offset + limit));
}

/** 202 with the status that the client polls; our own command finds it in the body. */
export function begun(request: FastifyRequest, reply: FastifyReply, statusId: string, body: object = {}) {
  return reply
    .code(202)
    .header("Location", addressOf(request, `status/${statusId}/`))
    .send({ ...body, statusId });
}
