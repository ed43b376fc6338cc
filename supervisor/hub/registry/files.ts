// What a hub asks of files.

import { statSync } from "node:fs";
import path from "node:path";

/** A text that is another one after any of the files was changed. */
export function modifiedAt(folder: string, files: readonly string[]): string {
  return files
    .map((file) => {
      const { mtimeMs, size } = statSync(path.join(folder, file));
      return `${file} ${size} ${mtimeMs}`;
    })
    .join("\n");
}
