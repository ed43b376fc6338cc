// A response of server-sent events, which starts with the first event. A client that does not read is disconnected.

import { PassThrough } from "node:stream";
import type { FastifyReply } from "fastify";

/** The most bytes buffered for a client. */
const mostUnread = 16 * 2 ** 20;

/** How a dialect ends a stream, and tells of a failure after the status was sent. */
export interface StreamStyle {
  last: string | undefined;
  failure(message: string): object;
}

/** OpenAI's clients expect a last event, which is missing after a failure. */
const openAi: StreamStyle = { last: "[DONE]", failure: (message) => ({ error: { message } }) };

export class EventStream {
  /** Resolves with the first event. */
  readonly started: Promise<void>;
  private start: (() => void) | undefined;
  private readonly body = new PassThrough();

  constructor(
    private readonly answer: FastifyReply,
    private readonly style = openAi,
  ) {
    this.started = new Promise((resolve) => {
      this.start = resolve;
    });
    // The client has disconnected, so nobody needs what is still written.
    this.body.on("error", () => {});
  }

  send(data: unknown): void {
    this.sendJson(JSON.stringify(data));
  }

  sendJson(text: string): void {
    this.write(text);
    this.start?.();
  }

  end(): void {
    if (this.style.last !== undefined) this.write(this.style.last);
    this.body.end();
  }

  fail(message: string): void {
    this.write(JSON.stringify(this.style.failure(message)));
    this.body.end();
  }

  reply(): FastifyReply {
    return this.answer
      .header("content-type", "text/event-stream; charset=utf-8")
      .header("cache-control", "no-cache")
      .header("x-accel-buffering", "no")
      .send(this.body);
  }

  private write(text: string): void {
    if (this.body.destroyed) return;
    this.body.write(`data: ${text}\n\n`);
    const unread = this.body.readableLength + this.body.writableLength;
    if (unread > mostUnread) this.answer.raw.destroy();
  }
}
