// A response of server-sent events. It starts with the first event and ends with [DONE]. A client that does not read is
// disconnected.

import { PassThrough } from "node:stream";
import type { FastifyReply } from "fastify";

/** The most bytes buffered for a client. */
const mostUnread = 16 * 2 ** 20;

export class EventStream {
  /** Resolves with the first event. */
  readonly started: Promise<void>;
  private start: (() => void) | undefined;
  private readonly body = new PassThrough();

  constructor(private readonly answer: FastifyReply) {
    this.started = new Promise((resolve) => {
      this.start = resolve;
    });
    // The client has disconnected, so nobody needs what is still written.
    this.body.on("error", () => {});
  }

  send(data: unknown): void {
    this.write(JSON.stringify(data));
    this.start?.();
  }

  end(): void {
    this.write("[DONE]");
    this.body.end();
  }

  /** Reports a failure after the status was sent: an event that OpenAI's clients know, and no [DONE]. */
  fail(message: string): void {
    this.write(JSON.stringify({ error: { message } }));
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
