// Files of rows as payloads that a worker reads itself.

import { readFile } from "node:fs/promises";
import type { Payload } from "../protocol/messages.js";

/** Matrix Market by its ending, anything else is CSV. */
const mimetypeOf = (path: string) => (path.toLowerCase().endsWith(".mtx") ? "text/mtx" : "text/csv");

/** For a worker that opens the file. */
export function filePayload(path: string): Payload & { kind: "file" } {
  return { kind: "file", path, mimetype: mimetypeOf(path), charset: null };
}

/** As a request brings it. */
export async function bytesPayload(path: string): Promise<Payload> {
  return { kind: "bytes", data: await readFile(path), mimetype: mimetypeOf(path), charset: null };
}
