// Calls of a service's API: retried while it asks for patience, and failures told in words.

import { setTimeout as sleep } from "node:timers/promises";
import { DrumError, messageOf } from "../errors.js";
import { isMap } from "../formats/json.js";
import { request } from "./request.js";
import type { Service } from "./service.js";

export interface Call {
  method?: "GET" | "POST";
  /** Below /api/v2/, with a slash at its end. */
  path: string;
  /** Sent as JSON, a form as multipart. */
  body?: Record<string, unknown> | FormData;
  /** What is done, for errors, e.g. "the custom model could not be made". */
  failure: string;
}

/** These ask for patience; anything else would be the same the next time, or may have been done already. */
const patienceStatuses = new Set([429, 503]);
const mostTries = 6;
/** Milliseconds. */
const firstPause = 500;
const longestPause = 60_000;
/** Of a call that uploads nothing. */
const callTimeout = 60_000;
const mostQuoted = 500;

export class Api {
  constructor(
    readonly service: Service,
    /** Stops whatever runs. */
    private readonly signal: AbortSignal,
    private readonly onWait: (text: string) => void = () => {},
  ) {}

  /** The object that is answered. Throws SERVICE_AWAY or SERVICE_REFUSED. */
  async ask(call: Call): Promise<Record<string, unknown>> {
    const answer = await this.patiently(call);
    if (answer.ok) return objectOf(answer, call);
    throw await refusal(answer, call);
  }

  /** As `ask`; undefined where the service has no such thing. */
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
      this.onWait(`the service answers ${answer.status}; trying again in ${Math.ceil(pause / 1000)} s`);
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
        // A redirected POST would lose its body, and might take the token elsewhere.
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

/** Retry-After in seconds or as a date; otherwise twice as long each time. */
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
    `${failure}: ${answer.url} answers ${answer.status} without a JSON object; check that the address is that of the API`,
  );
}

async function refusal(answer: Response, { failure }: Call): Promise<DrumError> {
  const { status, url } = answer;
  const code = status >= 500 || status === 429 ? "SERVICE_AWAY" : "SERVICE_REFUSED";
  const text = await answer.text().catch(() => "");
  return new DrumError(code, `${failure}: ${url} answers ${wordsFor(answer, text)}`);
}

function wordsFor({ status, headers }: Response, text: string): string {
  if (status === 401) return "401: the token is not accepted; check DATAROBOT_API_TOKEN";
  if (status >= 300 && status < 400) {
    return `${status}: it has moved to ${headers.get("location")}; give the address of the API itself`;
  }
  const said = saidIn(text);
  const quoted = said === "" ? "" : `: ${said.slice(0, mostQuoted)}`;
  if (status === 403) return `403${quoted}; ask for the permission, or use another token`;
  if (status === 429 || status === 503) return `${status}${quoted}; it was tried ${mostTries} times`;
  return `${status}${quoted}`;
}

/** `message` of the body, with `errors` where there are any. */
function saidIn(text: string): string {
  try {
    const { message, errors } = JSON.parse(text);
    const details = errors === undefined ? "" : ` ${JSON.stringify(errors)}`;
    if (message !== undefined)
      return `${typeof message === "string" ? message : JSON.stringify(message)}${details}`;
  } catch {
    // A proxy's page.
  }
  return text.trim().split("\n")[0] ?? "";
}
