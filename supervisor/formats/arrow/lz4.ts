// Decompresses LZ4 frames, the form in which Arrow compresses buffers. The packages for it either loop on damaged frames, fail for
// good after one, or allocate whatever a frame asks for.

import { bytesOf } from "../../../protocol/memory.js";
import { counted } from "../../counted.js";

const magic = 0x184d2204;
const flags = { dictionary: 1, contentChecksum: 4, contentSize: 8, blockChecksum: 16 };
const isStored = 0x80000000;
const shortestMatch = 4;

/** The `size` bytes of a frame. Throws an Error if the frame is damaged or holds another number of bytes. Checksums are not compared. */
export function readLz4Frame(frame: Uint8Array, size: number): Uint8Array {
  const bytes = bytesOf(frame);
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== magic) throw damaged("has another first number");
  const descriptor = bytes[4]!;
  if (descriptor >> 6 !== 1) throw damaged("has another version");
  if (descriptor & flags.dictionary) throw damaged("needs a dictionary");
  let at = 7 + (descriptor & flags.contentSize ? 8 : 0);
  const output = new Uint8Array(size);
  let filled = 0;
  for (;;) {
    const header = bytes.readUInt32LE(at);
    at += 4;
    if (header === 0) break;
    const end = at + (header & ~isStored);
    if (end > bytes.length) throw damaged("ends within a block");
    if (header >= isStored) {
      if (filled + end - at > size) throw damaged("is longer than declared");
      output.set(bytes.subarray(at, end), filled);
      filled += end - at;
    } else filled = readBlock(bytes.subarray(at, end), output, filled);
    at = end + (descriptor & flags.blockChecksum ? 4 : 0);
  }
  if (filled !== size) throw damaged(`holds ${counted(filled, "byte")}, but declares ${size}`);
  return output;
}

/** Appends a block to `output`, from which its matches may copy. Returns how many bytes are filled then. */
function readBlock(block: Uint8Array, output: Uint8Array, start: number): number {
  let at = 0;
  let filled = start;
  const lengthFrom = (half: number) => {
    let length = half;
    for (let byte = half === 15 ? 255 : 0; byte === 255; length += byte) {
      if (at >= block.length) throw damaged("ends within a length");
      byte = block[at++]!;
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = lengthFrom(token >> 4);
    if (literals > block.length - at) throw damaged("ends within literals");
    if (literals > output.length - filled) throw damaged("is longer than declared");
    output.set(block.subarray(at, at + literals), filled);
    at += literals;
    filled += literals;
    // The last sequence has no match.
    if (at === block.length) return filled;
    const distance = block[at]! | ((block[at + 1] ?? 0) << 8);
    at += 2;
    const length = lengthFrom(token & 15) + shortestMatch;
    if (distance === 0 || distance > filled) throw damaged("has a match before its start");
    if (length > output.length - filled) throw damaged("is longer than declared");
    if (distance >= length) output.copyWithin(filled, filled - distance, filled - distance + length);
    else for (let i = filled; i < filled + length; i++) output[i] = output[i - distance]!;
    filled += length;
  }
  return filled;
}

function damaged(what: string): Error {
  return new Error(`an LZ4 frame ${what}`);
}
