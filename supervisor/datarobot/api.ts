// Calls a service's API: retries while the service is overloaded, and describes failures.

import { setTimeout as sleep } from "node:timers/promises";
import { DrumError, messageOf } from "../errors.js";
import { isMap } from "../formats/json.js";
import { request } from "./request.js";
import type { Service } from "./service.js";

export interface Call {
  method?: "GET" | "POST" | "PATCH";
  /** Relative to /api/v2/, with a trailing slash. */
  path: string;
  /** Sent as JSON; a form is sent as multipart. */
  body?: Record<string, unknown> | FormData;
  /** What failed, for error messages, e.g. "the custom model could not be read". */
  failure: string;
}

/** Only these are retried: after any other, a retry would fail again or might repeat what is already done. */
const patienceStatuses = new Set([429, 503]);
const mostTries = 6;
/** Milliseconds. */
const firstPause = 500;
const longestPause = 60_000;
/** Milliseconds, for a call that uploads nothing. */
const callTimeout = 60_000;
const mostQuoted = 500;

export class Api {
  constructor(
    readonly service: Service,
    /** Aborts all calls. */
    private readonly signal: AbortSignal,
    private readonly onWait: (text: string) => void = () => {},
  ) {}

  /** Returns the JSON object of the response. Throws SERVICE_AWAY or SERVICE_REFUSED. */
  async ask(call: Call): Promise<Record<string, unknown>> {
    const answer = await this.patiently(call);
    if (answer.ok) return objectOf(answer, call);
    throw await refusal(answer, call);
  }

  /** Like `ask`, but returns undefined for 404. */
  async find(call: Call): Promise<Record<string, unknown> | undefined> {
    const answer = await this.patiently(call);
    if (answer.status === 404) return undefined;
    if (answer.ok) return objectOf(answer, call);
    throw await refusal(answer, call);
  }

  private async patiently(call: Call): Promise<Response> {
    for (let tried = 1; ; tried++) {
      const answer = await this.send(call);
      if (!patienceStatuses.has(answer.status) || tried === mostTries) return answer;
      await answer.body?.cancel();
      const pause = pauseOf(answer, tried);
      this.onWait(`the service responded with ${answer.status}; retrying in ${Math.ceil(pause / 1000)} s`);
      await sleep(pause, undefined, { signal: this.signal });
    }
  }

  private async send({ method = "GET", path, body, failure }: Call): Promise<Response> {
    const isForm = body instanceof FormData;
    const limit = isForm ? [] : [AbortSignal.timeout(callTimeout)];
    try {
      return await request(this.service, {
        method,
        path,
        body,
        // A redirected POST would lose its body and might send the token elsewhere.
        redirect: "manual",
        signal: AbortSignal.any([this.signal, ...limit]),
      });
    } catch (error) {
      this.signal.throwIfAborted();
      const why = messageOf((error as Error).cause ?? error);
      throw new DrumError(
        "SERVICE_AWAY",
        `${failure}: ${this.service.url} cannot be reached: ${why}; check the address and the network`,
        { cause: error },
      );
    }
  }
}

/** Milliseconds: Retry-After, in seconds or as a date; without it, the pause doubles each time. */
function pauseOf(answer: Response, tried: number): number {
  const asked = answer.headers.get("retry-after");
  const seconds = Number(asked);
  const pause =
    asked === null
      ? firstPause * 2 ** (tried - 1)
      : Number.isNaN(seconds)
        ? Date.parse(asked) - Date.now()
        : seconds * 1000;
  return Math.min(longestPause, Math.max(0, pause || 0));
}

async function objectOf(answer: Response, { failure }: Call): Promise<Record<string, unknown>> {
  const value: unknown = await answer.json().catch(() => undefined);
  if (isMap(value)) return value;
  throw new DrumError(
    "SERVICE_REFUSED",
    `${failure}: ${answer.url} responded with ${answer.status} and no JSON object; check that the address belongs to the API`,
  );
}

async function refusal(answer: Response, { failure }: Call): Promise<DrumError> {
  const { status, url } = answer;
  const code = status >= 500 || status === 429 ? "SERVICE_AWAY" : "SERVICE_REFUSED";
  const text = await answer.text().catch(() => "");
  return new DrumError(code, `${failure}: ${url} responded with ${wordsFor(answer, text)}`);
}

function wordsFor({ status, headers }: Response, text: string): string {
  if (status === 401) return "401: the token was rejected; check DATAROBOT_API_TOKEN";
  if (status >= 300 && status < 400) {
    return `${status}: it redirects to ${headers.get("location")}; use the address of the API itself`;
  }
  const said = saidIn(text);
  const quoted = said === "" ? "" : `: ${said.slice(0, mostQuoted)}`;
  if (status === 403) return `403${quoted}; ask for the permission, or use another token`;
  if (status === 429 || status === 503) return `${status}${quoted}; gave up after ${mostTries} attempts`;
  return `${status}${quoted}`;
}

/** `message` of the body, with `errors` if there are any. */
function saidIn(text: string): string {
  try {
    const { message, errors } = JSON.parse(text);
    const details = errors === undefined ? "" : ` ${JSON.stringify(errors)}`;
    if (message !== undefined)
      return `${typeof message === "string" ? message : JSON.stringify(message)}${details}`;
  } catch {
    // Not JSON, e.g. a proxy's page.
  }
  return text.trim().split("\n")[0] ?? "";
}
