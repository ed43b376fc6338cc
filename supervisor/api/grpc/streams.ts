// Streams of calls: each message is answered as if it were a call of its own, and answers keep the order of the messages.

import { once } from "node:events";
import { type handleBidiStreamingCall, type ServerDuplexStream, status } from "@grpc/grpc-js";
import { Departure } from "../../serving/worker/departure.js";
import type { AnswerCall, Method } from "./calls.js";
import { asServiceError, refused } from "./errors.js";

/** A stream that the server can end. */
interface Ending {
  emit(event: "error", error: object): boolean;
  once(event: "close" | "cancelled", listener: () => void): unknown;
}

/** Streams that their clients have not ended, which would keep the server from closing. */
export class OpenStreams {
  private readonly open = new Set<Ending>();

  add(stream: Ending): void {
    this.open.add(stream);
    const forget = () => this.open.delete(stream);
    stream.once("close", forget);
    stream.once("cancelled", forget);
  }

  end(): void {
    const error = asServiceError(
      refused("the server is shutting down; use another server", status.UNAVAILABLE),
    );
    for (const stream of this.open) stream.emit("error", error);
  }
}

/** The answers of one message, which wait for its turn. */
class Answers {
  private readonly waiting: Buffer[] = [];
  private isOver = false;
  private wake: (() => void) | undefined;

  add(message: Buffer): void {
    this.waiting.push(message);
    this.wake?.();
  }

  end(): void {
    this.isOver = true;
    this.wake?.();
  }

  async *all(): AsyncGenerator<Buffer> {
    for (;;) {
      const message = this.waiting.shift();
      if (message) yield message;
      else if (this.isOver) return;
      else {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    }
  }
}

/** Messages of one stream that are under way; further ones stay with their sender. */
const mostAhead = 16;

export function streamHandler(
  name: string,
  { method, answer, streams }: { method: Method; answer: AnswerCall; streams: OpenStreams },
): handleBidiStreamingCall<Buffer, Buffer> {
  return (call: ServerDuplexStream<Buffer, Buffer>) => {
    const { metadata } = call;
    const underWay = new Set<Departure>();
    let last: Promise<unknown> = Promise.resolve();
    streams.add(call);
    const write = async (message: Buffer) => {
      if (!call.write(message)) await once(call, "drain");
    };
    call.on("data", (request: Buffer) => {
      const departure = new Departure();
      underWay.add(departure);
      if (underWay.size >= mostAhead) call.pause();
      const more = new Answers();
      const sendMore = (message: Buffer) => more.add(message);
      const answered = answer({ name, request, metadata, method, departure, sendMore }).finally(() =>
        more.end(),
      );
      // It is told in its turn.
      answered.catch(() => {});
      last = last
        .then(async () => {
          for await (const message of more.all()) await write(message);
          const message = await answered;
          underWay.delete(departure);
          if (message) await write(message);
          call.resume();
        })
        .catch((error) => call.emit("error", asServiceError(error)));
    });
    call.on("end", () => last.then(() => call.end()));
    call.on("cancelled", () => {
      for (const departure of underWay) departure.leave();
    });
  };
}
