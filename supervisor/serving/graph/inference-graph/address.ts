// Asks a service at an address, in bounded time and memory.

import { DrumError, messageOf } from "../../../errors.js";
import type { Departure } from "../../worker/departure.js";
import { RouteFailure, type StepAnswer } from "./router.js";

export interface Call {
  url: string;
  body: Buffer;
  headers: Headers;
  departure: Departure;
  limits: {
    /** Milliseconds; infinite for none. */
    time: number;
    /** Bytes of the answer. */
    size: number;
  };
}

/** Rejects with a RouteFailure if there is no whole answer within the limits. Throws CLIENT_GONE. */
export async function askAddress({ url, body, headers, departure, limits }: Call): Promise<StepAnswer> {
  const gone = new AbortController();
  departure.onLeave(() => gone.abort());
  const isLimited = Number.isFinite(limits.time);
  const late = isLimited
    ? setTimeout(() => gone.abort(new DOMException("late", "TimeoutError")), limits.time)
    : undefined;
  try {
    // Of Node 20, a blob follows redirects that repeat a request; bytes fail.
    const given = { method: "POST", body: new Blob([new Uint8Array(body)]), headers, signal: gone.signal };
    const answer = await fetch(url, given);
    return { status: answer.status, body: await bodyOf(answer, limits.size, url) };
  } catch (error) {
    if (error instanceof RouteFailure) throw error;
    if (departure.hasLeft) throw new DrumError("CLIENT_GONE", "the client has disconnected");
    if ((error as Error).name === "TimeoutError")
      throw new RouteFailure(
        `${url} did not answer within ${limits.time / 1000} s; ask for less, or raise spec.routerTimeouts.serviceClient`,
      );
    const cause = (error as Error).cause ?? error;
    throw new RouteFailure(`${url} cannot be reached: ${messageOf(cause)}; check that it is running`);
  } finally {
    clearTimeout(late);
  }
}

async function bodyOf(answer: Response, limit: number, url: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > limit)
      throw new RouteFailure(
        `${url} answered with more than ${limit} bytes; ask for less, or raise --max-body-size`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
