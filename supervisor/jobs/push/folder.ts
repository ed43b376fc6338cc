// The files of a code directory that are pushed: all except those of version control and other tools.

import { existsSync, openAsBlob, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
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
  ".drumignore",
  ".ipynb_checkpoints",
  ".mypy_cache",
  ".pytest_cache",
  ".venv",
  "__pycache__",
  "node_modules",
]);
/** .env, .env.local and so on. */
const secretFile = /^\.env(\.|$)/;
const mostFiles = 10_000;
const mostBytes = 10 * 2 ** 30;

/** A file with more names to leave out, with * and ?; one per line. */
const ignoreFile = ".drumignore";

/** Sorted by name. Throws USAGE for a folder that is too large, or whose links form a cycle or lead out of it. */
export function filesOf(folder: string): PushedFile[] {
  const found: PushedFile[] = [];
  const root = realpathSync(folder);
  collect(folder, { found, name: "", above: [], root, isIgnored: readIgnored(folder) });
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
  /** The real path of the code directory. */
  root: string;
  isIgnored(name: string): boolean;
}

/** A pattern with a slash is a path below the code directory, any other a name in every folder; * does not pass a slash. */
function readIgnored(folder: string): (name: string) => boolean {
  const file = path.join(folder, ignoreFile);
  if (!existsSync(file)) return () => false;
  const patterns = readFileSync(file, "utf8")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const text = line.replace(/^\/|\/$/g, "");
      const escaped = text
        .replace(/[\\^$.+()[\]{}|]/g, "\\$&")
        .replaceAll("*", "[^/]*")
        .replaceAll("?", "[^/]");
      return new RegExp(line.replace(/\/$/, "").includes("/") ? `^${escaped}$` : `(^|/)${escaped}$`);
    });
  return (name) => patterns.some((pattern) => pattern.test(name));
}

function collect(folder: string, walk: Walk): void {
  const { found, name, above, root, isIgnored } = walk;
  const real = realpathSync(folder);
  if (above.includes(real)) throw usage(`${folder} is a link to a folder that contains it; remove it`);
  for (const entry of readdirSync(folder).sort()) {
    if (leftOut.has(entry) || entry.endsWith(".pyc") || secretFile.test(entry)) continue;
    const file = path.join(folder, entry);
    const below = name === "" ? entry : `${name}/${entry}`;
    if (isIgnored(below)) continue;
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) throw usage(`${file} is a broken link; correct it, or remove it`);
    const target = realpathSync(file);
    if (target !== root && !target.startsWith(root + path.sep)) {
      throw usage(
        `${file} is a link that leads out of the code directory, to ${target}; put a copy in its place`,
      );
    }
    if (stats.isDirectory()) collect(file, { ...walk, name: below, above: [...above, real] });
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
