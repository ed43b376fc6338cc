// The files of a code directory that are pushed: all except those of version control and other tools.

import { openAsBlob, readdirSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { usage } from "../../errors.js";

export interface PushedFile {
  /** The path below the code directory, with slashes. */
  name: string;
  path: string;
  bytes: number;
}

const leftOut = new Set([
  ".git",
  ".hg",
  ".svn",
  ".DS_Store",
  ".ipynb_checkpoints",
  ".mypy_cache",
  ".pytest_cache",
  ".venv",
  "__pycache__",
  "node_modules",
]);
const mostFiles = 10_000;
const mostBytes = 10 * 2 ** 30;

/** Sorted by name. Throws USAGE for a folder that is too large, or whose links form a cycle. */
export function filesOf(folder: string): PushedFile[] {
  const found: PushedFile[] = [];
  collect(folder, { found, name: "", above: [] });
  const bytes = found.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > mostBytes) {
    const largest = found.toSorted((one, other) => other.bytes - one.bytes)[0]!;
    throw usage(
      `${folder} has ${bytes} bytes, but at most ${mostBytes} can be pushed; remove what the model does not need (the largest file is ${largest.name}, ${largest.bytes} bytes)`,
    );
  }
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}

interface Walk {
  found: PushedFile[];
  name: string;
  /** The real paths of the folders around this one. */
  above: readonly string[];
}

function collect(folder: string, { found, name, above }: Walk): void {
  const real = realpathSync(folder);
  if (above.includes(real)) throw usage(`${folder} is a link to a folder that contains it; remove it`);
  for (const entry of readdirSync(folder).sort()) {
    if (leftOut.has(entry) || entry.endsWith(".pyc")) continue;
    const file = path.join(folder, entry);
    const below = name === "" ? entry : `${name}/${entry}`;
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) throw usage(`${file} is a broken link; correct it, or remove it`);
    if (stats.isDirectory()) collect(file, { found, name: below, above: [...above, real] });
    else if (stats.isFile()) found.push({ name: below, path: file, bytes: stats.size });
    if (found.length > mostFiles)
      throw usage(`${folder} has more than ${mostFiles} files to push; remove what the model does not need`);
  }
}

/** Adds pairs of `file` and `filePath`, read from disk while they are sent. `onBytes` gets the size of each piece that was sent. */
export async function addFiles(
  form: FormData,
  files: readonly PushedFile[],
  onBytes: (bytes: number) => void,
): Promise<void> {
  for (const file of files) {
    form.append("file", new CountedFile(await openAsBlob(file.path), file.name, onBytes));
    form.append("filePath", file.name);
  }
}

class CountedFile extends File {
  constructor(
    content: Blob,
    name: string,
    private readonly onBytes: (bytes: number) => void,
  ) {
    super([content], name);
  }

  override stream() {
    const { onBytes } = this;
    const count = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, sink) {
        onBytes(chunk.byteLength);
        sink.enqueue(chunk);
      },
    });
    return super.stream().pipeThrough(count);
  }
}
