// An answer as server-sent events: begun with the first, ended with [DONE]; a client that does not read is left.

import { PassThrough } from "node:stream";
import type { FastifyReply } from "fastify";

/** Bytes that may wait for a client. */
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
    // The client has gone; what is written meanwhile is of no use to anybody.
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

  /** What went wrong after the status was sent: an event as OpenAI's clients know it, and no [DONE]. */
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
