// A zip archive of stored files, written while it is sent.

import path from "node:path";
import type { Readable } from "node:stream";
import { ZipFile } from "yazl";

/** `paths` are below `folder`, and become the names in the archive. */
export function zipped(folder: string, paths: readonly string[]): Readable {
  const archive = new ZipFile();
  const output = archive.outputStream as Readable;
  archive.on("error", (error) => output.destroy(error as Error));
  for (const name of paths) archive.addFile(path.join(folder, name), name);
  archive.end();
  return output;
}
