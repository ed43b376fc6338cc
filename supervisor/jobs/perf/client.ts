// Requests to the server that is measured: over one connection that stays open, timed until the whole answer is there.

import { Agent, request } from "node:http";
import { DrumError, messageOf } from "../../errors.js";

export interface Answer {
  status: number;
  body: Buffer;
  /** From the request's first byte to the answer's last. */
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

  /** Rejects when the connection breaks or the signal says so. */
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

/** Where rows are sent to. */
export type Route = "predict/" | "transform/";

/**
 * Throws PREDICTIONS_INVALID with what the server said, or for another number of predictions than rows. Transformed rows are counted by the
 * server itself, which refuses others.
 */
export function checkAnswer({ status, body }: Answer, rows: number, route: Route): void {
  if (status === 200 && route === "transform/") return;
  let answer: { predictions?: unknown; message?: string };
  try {
    answer = JSON.parse(body.toString());
  } catch (error) {
    throw new DrumError(
      "PREDICTIONS_INVALID",
      `the answer, of status ${status}, cannot be read: ${messageOf(error)}`,
    );
  }
  if (status !== 200) throw new DrumError("PREDICTIONS_INVALID", `status ${status}: ${answer.message}`);
  const count = Array.isArray(answer.predictions) ? answer.predictions.length : 0;
  if (count === rows) return;
  throw new DrumError(
    "PREDICTIONS_INVALID",
    `${count} predictions came for ${rows} rows; expected one a row`,
  );
}
