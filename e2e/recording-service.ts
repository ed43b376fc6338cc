// A small service that accepts reports like DataRobot's API, and keeps them.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { freePort } from "./drum.js";

export interface Report {
  route: string;
  deployment: string;
  items: Record<string, unknown>[];
}

export class RecordingService {
  readonly reports: Report[] = [];
  /** Everything that the API would not accept. */
  readonly faults: string[] = [];
  /** The status of responses to reports; 0 sends no response. */
  status = 202;
  settings: unknown = {};
  deployment: unknown = {};
  private readonly server = createServer((request, response) => this.answer(request, response));

  private constructor(readonly port: number) {}

  static async start(port?: number): Promise<RecordingService> {
    const service = new RecordingService(port ?? (await freePort()));
    await new Promise<void>((resolve) => service.server.listen(service.port, "127.0.0.1", resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** All items of a route, in order of arrival. */
  items(route: string): Record<string, unknown>[] {
    return this.reports.filter((one) => one.route === route).flatMap(({ items }) => items);
  }

  /** Closes the connections that still wait. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    if (request.headers.authorization !== "Bearer secret")
      this.faults.push(`token ${request.headers.authorization}`);
    const [, deployment, rest] = /^\/api\/v2\/deployments\/([^/]+)\/(.*)$/.exec(request.url ?? "") ?? [];
    if (request.method === "GET") {
      const answers: Record<string, unknown> = { "settings/": this.settings, "": this.deployment };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(answers[rest ?? "?"] ?? {}));
      return;
    }
    const [, route] = /^(predictionRequests|predictionInputs)\/fromJSON\/$/.exec(rest ?? "") ?? [];
    if (!route || !deployment) this.faults.push(`${request.method} ${request.url}`);
    else if (this.status === 202) {
      this.reports.push({ route, deployment, items: (JSON.parse(body) as { data: Report["items"] }).data });
    }
    if (this.status === 0) return;
    response.writeHead(this.status, { "content-type": "application/json" });
    response.end(this.status === 202 ? "{}" : '{"message": "not now"}');
  }
}
