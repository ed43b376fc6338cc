// A zip archive of stored files, written while it is sent.

import type { Readable } from "node:stream";
import { ZipFile } from "yazl";
import { storedFile } from "./paths.js";

/** `paths` are below `folder`, and become the names in the archive. Throws UPLOAD_REFUSED if one is no file of the folder any more. */
export function zipped(folder: string, paths: readonly string[]): Readable {
  const files = paths.map((name) => [storedFile(folder, name), name] as const);
  const archive = new ZipFile();
  const output = archive.outputStream as Readable;
  archive.on("error", (error) => output.destroy(error as Error));
  for (const [file, name] of files) archive.addFile(file, name);
  archive.end();
  return output;
}
