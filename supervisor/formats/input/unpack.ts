// Undoes compression within a limit: of HTTP bodies by Content-Encoding, of files by their first bytes.

import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw, type ZlibOptions } from "node:zlib";
import { counted } from "../../counted.js";
import { DrumError, messageOf } from "../../errors.js";

type Unpack = (bytes: Uint8Array, options: ZlibOptions) => Promise<Buffer>;

const unpackers: Readonly<Record<string, Unpack>> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: (bytes, options) => (isZlib(bytes) ? promisify(inflate) : promisify(inflateRaw))(bytes, options),
  br: promisify(brotliDecompress),
  identity: async (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
};

/** Codings that a request may use, in words for Accept-Encoding. */
export const knownCodings = "gzip, deflate, br";

/** Clients send `deflate` with and without the header of zlib. */
function isZlib(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

/**
 * The content of a body with the given Content-Encoding. Throws CODING_UNSUPPORTED for an unknown coding, BODY_TOO_LARGE for content over
 * `most` bytes, INPUT_UNREADABLE for damaged bytes.
 */
export async function unpackBody(body: Uint8Array, contentEncoding: string, most: number): Promise<Buffer> {
  const codings = contentEncoding.split(",").map((coding) => coding.trim().toLowerCase());
  let content: Buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // The last coding was applied last.
  for (const coding of codings.reverse()) {
    const unpack = unpackers[coding];
    if (!unpack) {
      throw new DrumError(
        "CODING_UNSUPPORTED",
        `the Content-Encoding is ${coding}; expected one of ${knownCodings}, or none`,
      );
    }
    content = await unpacked(
      unpack(content, { maxOutputLength: most }),
      `body with Content-Encoding ${coding}`,
      most,
    );
  }
  return content;
}

/** The content of a gzip file. Throws BODY_TOO_LARGE and INPUT_UNREADABLE. */
export function unpackFile(bytes: Uint8Array, name: string, most: number): Promise<Buffer> {
  return unpacked(unpackers.gzip!(bytes, { maxOutputLength: most }), `gzip file ${name}`, most);
}

async function unpacked(content: Promise<Buffer>, what: string, most: number): Promise<Buffer> {
  try {
    return await content;
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") {
      throw new DrumError(
        "BODY_TOO_LARGE",
        `the ${what} unpacks to more than ${counted(most, "byte")}; send less, or raise --max-body-size`,
      );
    }
    throw new DrumError(
      "INPUT_UNREADABLE",
      `the ${what} cannot be unpacked: ${messageOf(error)}; send it again`,
    );
  }
}
