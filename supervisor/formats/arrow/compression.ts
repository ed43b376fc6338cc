// Decompresses the buffers of Arrow data within a limit. apache-arrow finds the codecs in its registry.

import { CompressionType, compressionRegistry } from "apache-arrow";
import { decompress as readZstd } from "fzstd";
import { bytesOf } from "../../../protocol/memory.js";
import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";
import { readLz4Frame } from "./lz4.js";

/** Bytes that unpacked data may still take. Reading is synchronous, so that one number serves all. */
let left = Infinity;

/** Calls `read`, which may unpack `most` bytes in all: compressed buffers, and texts of dictionaries. */
export function unpackingAtMost<T>(most: number, read: () => T): T {
  left = most;
  try {
    return read();
  } finally {
    left = Infinity;
  }
}

/** Counts bytes before they are allocated. Throws BODY_TOO_LARGE. */
export function countUnpacked(size: number): void {
  if (size > left) {
    throw new DrumError(
      "BODY_TOO_LARGE",
      "the Arrow data unpacks to more bytes than the limit; send fewer rows, or raise --max-body-size",
    );
  }
  left -= size;
}

compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (bytes) => unpack(bytes, readLz4Frame) });
compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => unpack(bytes, readZstdFrame) });

/** The size stands before the bytes that apache-arrow hands over. */
function unpack(bytes: Uint8Array, read: (bytes: Uint8Array, size: number) => Uint8Array): Uint8Array {
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset - 8, 8).getBigInt64(0, true));
  if (size < 0) throw new Error(`a buffer declares ${size} bytes`);
  countUnpacked(size);
  return read(bytes, size);
}

/** fzstd fills what a frame leaves out with zeros, so the frame's own size is compared. */
function readZstdFrame(bytes: Uint8Array, size: number): Uint8Array {
  const own = zstdSize(bytes) ?? size;
  const content = readZstd(bytes, new Uint8Array(size));
  if (own !== size || content.length !== size)
    throw new Error(`a ZSTD frame holds ${counted(own, "byte")}, but declares ${size}`);
  return content;
}

/** The content size in a frame's header (RFC 8878, section 3.1.1.1); undefined if it has none. */
function zstdSize(bytes: Uint8Array): number | undefined {
  const frame = bytesOf(bytes);
  if (frame.length < 5) return undefined;
  const descriptor = frame[4]!;
  const isSingle = (descriptor & 0x20) !== 0;
  const width = descriptor >> 6 === 0 ? Number(isSingle) : 1 << (descriptor >> 6);
  const at = 5 + Number(!isSingle) + [0, 1, 2, 4][descriptor & 3]!;
  if (width === 0 || at + width > frame.length) return undefined;
  if (width === 8) return Number(frame.readBigUInt64LE(at));
  return frame.readUIntLE(at, width) + (width === 2 ? 256 : 0);
}
