// Frames: a 4-byte little-endian length, then that many bytes (SPEC.md section 2). Joins and splits the chunks of a
// stream; codec.ts handles the content of a frame.

import { ProtocolError } from "./messages.js";

export const headerSize = 4;

/** The length in front of a body of `size` bytes. */
export function frameHeader(size: number): Buffer {
  const header = Buffer.allocUnsafe(headerSize);
  header.writeUInt32LE(size, 0);
  return header;
}

/**
 * Turns the chunks of a stream into frame bodies: `push` each chunk, then call `next` until it returns undefined.
 * A body within one chunk is a view of it; any other is copied once, into a buffer of exactly its size.
 * After an error, the rest of the stream cannot be read.
 */
export class FrameReader {
  private readonly chunks: Buffer[] = [];
  /** Bytes of the first chunk that have been read. */
  private used = 0;
  private readonly header = Buffer.alloc(headerSize);
  private headerFilled = 0;
  private body: Buffer | undefined;
  private bodyFilled = 0;

  constructor(private readonly maxFrame: number) {}

  push(chunk: Buffer): void {
    if (chunk.length > 0) this.chunks.push(chunk);
  }

  /** The next body, or undefined until more is pushed. Throws FRAME_TOO_LARGE before it allocates memory. */
  next(): Buffer | undefined {
    for (let chunk = this.chunks[0]; chunk; chunk = this.chunks[0]) {
      const frame = this.body ? this.fill(chunk, this.body) : this.open(chunk);
      if (this.used === chunk.length) {
        this.chunks.shift();
        this.used = 0;
      }
      if (frame) return frame;
    }
    return undefined;
  }

  /** Call this at the end of the stream, after the last `next`. Throws FRAME_TRUNCATED inside a frame. */
  end(): void {
    if (this.body) {
      const size = this.body.length;
      throw truncated(`after ${this.bodyFilled} of ${size} bytes of a frame's body`);
    }
    if (this.headerFilled > 0) {
      throw truncated(`after ${this.headerFilled} of the ${headerSize} bytes of a frame's length`);
    }
  }

  private open(chunk: Buffer): Buffer | undefined {
    const size = this.readSize(chunk);
    if (size === undefined) return undefined;
    if (size > this.maxFrame) throw this.tooLarge(size);
    const start = this.used;
    if (chunk.length - start >= size) {
      this.used = start + size;
      return chunk.subarray(start, this.used);
    }
    this.body = Buffer.allocUnsafe(size);
    this.bodyFilled = 0;
    return this.fill(chunk, this.body);
  }

  private readSize(chunk: Buffer): number | undefined {
    if (this.headerFilled === 0 && chunk.length - this.used >= headerSize) {
      this.used += headerSize;
      return chunk.readUInt32LE(this.used - headerSize);
    }
    const copied = chunk.copy(
      this.header,
      this.headerFilled,
      this.used,
      this.used + headerSize - this.headerFilled,
    );
    this.used += copied;
    this.headerFilled += copied;
    if (this.headerFilled < headerSize) return undefined;
    this.headerFilled = 0;
    return this.header.readUInt32LE(0);
  }

  private fill(chunk: Buffer, body: Buffer): Buffer | undefined {
    const copied = chunk.copy(body, this.bodyFilled, this.used);
    this.used += copied;
    this.bodyFilled += copied;
    if (this.bodyFilled < body.length) return undefined;
    this.body = undefined;
    return body;
  }

  private tooLarge(size: number): ProtocolError {
    const text = frameHeader(size).toString("latin1");
    const hint = /^[\t\n\r -~]*$/.test(text)
      ? `; these bytes read ${JSON.stringify(text)}: was text printed to this stream?`
      : "";
    return new ProtocolError(
      "FRAME_TOO_LARGE",
      `a frame announces ${size} bytes; the limit is ${this.maxFrame}${hint || ", send less at a time or raise it"}`,
    );
  }
}

function truncated(where: string): ProtocolError {
  return new ProtocolError(
    "FRAME_TRUNCATED",
    `the stream ended ${where}; write whole frames before closing it`,
  );
}
