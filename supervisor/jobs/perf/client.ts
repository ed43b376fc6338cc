// Sends requests to the measured server over one connection that stays open, and times them until the whole response has arrived.

import { Agent, request } from "node:http";
import { counted } from "../../counted.js";
import { DrumError, messageOf } from "../../errors.js";

export interface Answer {
  status: number;
  body: Buffer;
  /** From the request's first byte to the response's last. */
  seconds: number;
}

export interface Sending {
  method?: "GET" | "POST";
  headers?: Record<string, string | number>;
  body?: Buffer;
  signal?: AbortSignal | undefined;
}

export class Client {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  /** `url` ends with a slash, routes begin without one. */
  constructor(private readonly url: string) {}

  /** Rejects if the connection breaks or the signal aborts. */
  send(route: string, { method = "GET", headers = {}, body, signal }: Sending = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const startedAt = performance.now();
      const options = { method, headers, agent: this.agent, ...(signal ? { signal } : {}) };
      const call = request(this.url + route, options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const seconds = (performance.now() - startedAt) / 1000;
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks), seconds });
        });
      });
      call.on("error", reject);
      call.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

/** The route that rows are sent to. */
export type Route = "predict/" | "transform/";

/**
 * Throws PREDICTIONS_INVALID with the server's message, or if there are more or fewer predictions than rows. Does not count
 * transformed rows, because the server does.
 */
export function checkAnswer({ status, body }: Answer, rows: number, route: Route): void {
  if (status === 200 && route === "transform/") return;
  let answer: { predictions?: unknown; message?: string };
  try {
    answer = JSON.parse(body.toString());
  } catch (error) {
    throw new DrumError(
      "PREDICTIONS_INVALID",
      `the response of status ${status} is not valid JSON: ${messageOf(error)}`,
    );
  }
  if (status !== 200) throw new DrumError("PREDICTIONS_INVALID", `status ${status}: ${answer.message}`);
  const count = Array.isArray(answer.predictions) ? answer.predictions.length : 0;
  if (count === rows) return;
  throw new DrumError(
    "PREDICTIONS_INVALID",
    `got ${counted(count, "prediction")} for ${counted(rows, "row")}; expected one per row`,
  );
}
