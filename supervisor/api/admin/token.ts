// Who is trusted: callers that send a token of the server.

import { createHash, timingSafeEqual } from "node:crypto";

interface Caller {
  headers: { authorization?: string | undefined };
}

/** The address of a caller proves nothing: a page in a local browser, or a local proxy, lets others in. */
export function hasToken({ headers }: Caller, tokens: readonly string[]): boolean {
  const given = /^Bearer (.+)$/i.exec(headers.authorization ?? "")?.[1];
  return given !== undefined && tokens.some((token) => isSame(given, token));
}

function isSame(given: string, token: string): boolean {
  const [one, other] = [given, token].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(one!, other!);
}
