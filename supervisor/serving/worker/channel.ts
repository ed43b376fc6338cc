// Requests and responses over one pair of streams. Knows frames and ids, but no process: its owner fails pending requests.

import type { Duplex, Readable } from "node:stream";
import { decodeMessage, encodeMessage, idOfResponse } from "../../../protocol/codec.js";
import { FrameReader } from "../../../protocol/frames.js";
import {
  type Message,
  type Method,
  type Methods,
  type Params,
  ProtocolError,
  type ReceivedMessage,
  type Value,
  type WireError,
} from "../../../protocol/messages.js";
import { checkResult } from "../../../protocol/results.js";
import { DrumError, messageOf } from "../../errors.js";

export interface ChannelEvents {
  onNotification(method: string, params: Params): void;
  /** The other side closed one of its streams, or sent an invalid message, which `fault` describes. */
  onClose(fault: DrumError | undefined): void;
}

interface Pending {
  method: Method;
  resolve(result: Methods[Method]["result"]): void;
  reject(error: Error): void;
  onChunk: ((data: Value) => void) | undefined;
}

const mostIds = 2 ** 32 - 1;
/** Frames written together are joined up to this many bytes. */
const joinedSize = 64 * 1024;

export class Channel {
  private readonly pending = new Map<number, Pending>();
  private readonly outgoing: Buffer[] = [];
  private lastId = 0;
  private closed: Error | undefined;
  private readonly reader: FrameReader;

  constructor(
    output: Readable,
    private readonly input: Duplex,
    private readonly settings: { maxFrame: number; events: ChannelEvents },
  ) {
    this.reader = new FrameReader(settings.maxFrame);
    output.on("data", (chunk: Buffer) => this.read(() => this.reader.push(chunk)));
    output.once("end", () => this.read(() => this.reader.end()));
    output.once("close", () => this.close());
    output.on("error", () => this.close());
    // Reads only the end of the input.
    input.once("close", () => this.close()).resume();
  }

  /** Whether both streams are open; requests over a closed channel fail. */
  get isOpen(): boolean {
    return this.closed === undefined;
  }

  /** Resolves with the checked result. A WireError from the worker becomes a DrumError with the same code. */
  request<M extends Method>(
    method: M,
    params: Methods[M]["params"],
    onChunk?: (data: Value) => void,
  ): { id: number; result: Promise<Methods[M]["result"]> } {
    const id = this.nextId();
    const result = new Promise<Methods[M]["result"]>((resolve, reject) => {
      if (this.closed) return reject(this.closed);
      try {
        this.send([0, id, method, params]);
        this.pending.set(id, { method, resolve: resolve as Pending["resolve"], reject, onChunk });
      } catch (error) {
        reject(asDrumError(error));
      }
    });
    return { id, result };
  }

  /** Tells the worker that nobody waits for this request any more. */
  cancel(id: number): void {
    if (!this.closed && this.pending.has(id)) this.send([2, "cancel", { id }]);
  }

  /** Ends the input, which asks the worker to finish and exit. */
  end(): void {
    this.flush();
    this.input.end();
  }

  /** Rejects all pending and later requests with `reason`. */
  fail(reason: Error): void {
    this.closed ??= reason;
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of waiting) reject(reason);
  }

  private nextId(): number {
    this.lastId = this.lastId === mostIds ? 1 : this.lastId + 1;
    return this.lastId;
  }

  /** Frames sent in one turn of the event loop are written in one system call. */
  private send(message: Message): void {
    const chunks = encodeMessage(message);
    const size = chunks[0]!.readUInt32LE(0);
    if (size > this.settings.maxFrame) {
      throw new ProtocolError(
        "FRAME_TOO_LARGE",
        `a message of ${size} bytes exceeds the limit of ${this.settings.maxFrame}; send less data, or raise --max-body-size`,
      );
    }
    if (this.outgoing.length === 0) setImmediate(() => this.flush());
    this.outgoing.push(...chunks);
  }

  private flush(): void {
    const chunks = this.outgoing.splice(0);
    if (chunks.length === 0) return;
    // Joining small buffers saves system calls; for large bins the copy would cost more.
    const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (size <= joinedSize) {
      this.input.write(Buffer.concat(chunks, size));
      return;
    }
    this.input.cork();
    for (const chunk of chunks) this.input.write(chunk);
    this.input.uncork();
  }

  private read(feed: () => void): void {
    if (this.closed) return;
    try {
      feed();
      for (let frame = this.reader.next(); frame; frame = this.reader.next()) this.decode(frame);
    } catch (error) {
      this.close(broken("the worker sent an invalid message:", error));
    }
  }

  private decode(frame: Buffer): void {
    let message: ReceivedMessage;
    try {
      message = decodeMessage(frame);
    } catch (error) {
      const id = idOfResponse(frame) ?? 0;
      const pending = this.pending.get(id);
      if (!isTooLarge(error) || !pending) throw error;
      this.pending.delete(id);
      pending.reject(cannotTake(error));
      return;
    }
    this.receive(message);
  }

  private receive(message: ReceivedMessage): void {
    switch (message[0]) {
      case 1:
        this.settle(message[1], message[2], message[3]);
        break;
      case 2:
        this.notice(message[1], message[2]);
        break;
      default:
        throw new ProtocolError("MESSAGE_INVALID", "expected a response or a notification, got a request");
    }
  }

  private settle(id: number, error: WireError | null, result: Value): void {
    const pending = this.pending.get(id);
    if (id === 0 || !pending) {
      const what = error ? `${error.code}: ${error.message}` : "a result";
      throw new ProtocolError("MESSAGE_INVALID", `a response to an unknown request (id ${id}): ${what}`);
    }
    this.pending.delete(id);
    if (error) pending.reject(fromWire(error));
    else accept(pending, result);
  }

  private notice(method: string, params: Params): void {
    if (method === "chunk") this.pending.get(Number(params.id))?.onChunk?.(params.data ?? null);
    else this.settings.events.onNotification(method, params);
  }

  private close(fault?: DrumError): void {
    if (this.closed) return;
    this.closed = fault ?? new DrumError("WORKER_DIED", "the worker closed its stream");
    this.settings.events.onClose(fault);
  }
}

function accept({ method, resolve, reject }: Pending, result: Value): void {
  try {
    resolve(checkResult(method, result));
  } catch (error) {
    reject(broken("the worker's response has", error));
  }
}

/** Whether the message is well formed, but a text or number in it is too large to take. */
function isTooLarge(error: unknown): error is ProtocolError {
  return error instanceof ProtocolError && error.code === "VALUE_RANGE";
}

function cannotTake(error: ProtocolError): DrumError {
  return new DrumError("HOOK_RESULT_INVALID", `the model's response is too large: ${error.message}`, {
    cause: error,
  });
}

/** The error for a worker that breaks the protocol. */
export function broken(what: string, error: unknown): DrumError {
  return new DrumError("PROTOCOL_BROKEN", `${what} ${messageOf(error)}`, { cause: error });
}

/** User code may put a whole input into its error, which goes into the log and to the caller. */
const mostMessage = 4000;
const mostTraceback = 32_000;

const cut = (text: string, most: number) =>
  text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`;

function fromWire({ code, message: whole, traceback: trace, http_status }: WireError): DrumError {
  const message = cut(whole, mostMessage);
  const traceback = trace ? cut(trace, mostTraceback) : undefined;
  return new DrumError(code, message, {
    traceback,
    httpStatus: http_status ?? undefined,
  });
}

function asDrumError(error: unknown): Error {
  return error instanceof ProtocolError
    ? new DrumError(error.code, error.message, { cause: error })
    : (error as Error);
}
