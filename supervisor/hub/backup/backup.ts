// Writes a backup of a hub, which may run meanwhile: the store as it was at one moment, then the files, which are never changed after
// they were written, so that every file that the store names is there.

import { constants, createWriteStream, rmSync } from "node:fs";
import { type FileHandle, mkdtemp, open, readdir, readlink, realpath, rename, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type Pack, pack } from "tar-stream";
import { DrumError, messageOf } from "../../errors.js";
import { version } from "../../places.js";
import { copyStore, isOfStore, storeName } from "../store/store.js";
import { dataPrefix, format, type Head, headName, isInside } from "./layout.js";

export interface BackedUp {
  files: number;
  /** Bytes of the files, the store's among them. */
  size: number;
  /** What is not in it, in words. */
  leftOut: string[];
}

/** Nothing is left behind on failure. Throws STORE_UNUSABLE and OUTPUT_UNWRITABLE. */
export async function backUp(dataDirectory: string, output: string, signal: AbortSignal): Promise<BackedUp> {
  const folder = path.dirname(output);
  if (await stat(output).catch(() => undefined))
    throw new DrumError("OUTPUT_UNWRITABLE", `${output} is there already; choose another name`);
  let own: string;
  try {
    // Beside the output, since it holds a copy of the store for a while and there is room for it there.
    own = await mkdtemp(path.join(folder, ".drum-backup-"));
  } catch (error) {
    throw new DrumError(
      "OUTPUT_UNWRITABLE",
      `${folder} cannot be written: ${messageOf(error)}; check the path`,
    );
  }
  const [store, part] = [path.join(own, storeName), path.join(own, "part")];
  try {
    await copyStore(dataDirectory, store);
    const backup = new Backup(dataDirectory, store);
    await backup.write(part, signal);
    await rename(part, output);
    return backup.done;
  } catch (error) {
    if (error instanceof DrumError || signal.aborted) throw error;
    throw new DrumError("OUTPUT_UNWRITABLE", `the backup cannot be written: ${messageOf(error)}`);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

class Backup {
  readonly done: BackedUp = { files: 0, size: 0, leftOut: [] };
  private readonly tar: Pack = pack();

  constructor(
    private readonly dataDirectory: string,
    private readonly store: string,
  ) {}

  async write(file: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const target = createWriteStream(file, { mode: 0o600, flags: "wx", flush: true });
    const written = pipeline(this.tar as unknown as NodeJS.ReadableStream, createGzip(), target, { signal });
    // The pipeline tells of it, unless it has ended before.
    this.tar.on("error", () => {});
    const filled = this.fill(signal).catch((error: Error) => {
      this.tar.destroy(error);
      throw error;
    });
    // Both end with the first failure; the first one to tell is the reason.
    await Promise.all([filled, written]);
  }

  private async fill(signal: AbortSignal): Promise<void> {
    const dataDirectories = [...new Set([this.dataDirectory, await realpath(this.dataDirectory)])];
    const head: Head = {
      format,
      madeBy: `drum ${version()}`,
      madeAt: new Date().toISOString(),
      dataDirectories,
    };
    this.tar.entry({ name: headName, mode: 0o600 }, `${JSON.stringify(head)}\n`);
    await this.addFile(storeName, this.store);
    const folders = [""];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      const entries = await readdir(path.join(this.dataDirectory, folder), { withFileTypes: true }).catch(
        gone,
      );
      for (const entry of entries ?? []) {
        signal.throwIfAborted();
        const name = path.posix.join(folder, entry.name);
        const file = path.join(this.dataDirectory, name);
        if (isOfStore(name)) continue;
        if (entry.isDirectory()) {
          this.tar.entry({ name: `${dataPrefix}${name}/`, type: "directory", mode: 0o700 });
          folders.push(name);
        } else if (entry.isFile()) await this.addFile(name, file);
        else if (entry.isSymbolicLink()) await this.addLink(name, file);
        else this.done.leftOut.push(`${name}, which is neither a file nor a folder`);
      }
    }
    this.tar.finalize();
  }

  /** A file that was removed meanwhile is of nothing that the store knows any more. */
  private async addFile(name: string, file: string): Promise<void> {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(gone);
    if (!handle) return;
    try {
      await this.addOpen(name, handle);
    } finally {
      await handle.close();
    }
  }

  private async addOpen(name: string, handle: FileHandle): Promise<void> {
    const { size, mode, mtime } = await handle.stat();
    const header = { name: `${dataPrefix}${name}`, size, mode: mode & 0o777, mtime };
    // What is written to its end meanwhile was not there when the store was copied.
    const content = size > 0 ? handle.createReadStream({ start: 0, end: size - 1, autoClose: false }) : [];
    const sink = this.tar.entry(header) as unknown as NodeJS.WritableStream;
    await pipeline(Readable.from(exactly(content, size, name)), sink);
    this.done.files += 1;
    this.done.size += size;
  }

  private async addLink(name: string, file: string): Promise<void> {
    const linkname = await readlink(file).catch(gone);
    if (linkname === undefined) return;
    if (isInside(name, linkname)) this.tar.entry({ name: `${dataPrefix}${name}`, type: "symlink", linkname });
    else this.done.leftOut.push(`${name}, a link that leads outside`);
  }
}

/** Throws if there are fewer bytes: the tar says beforehand how many there are. */
async function* exactly(
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
  size: number,
  name: string,
): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const chunk of content) {
    read += chunk.length;
    yield chunk;
  }
  if (read < size) throw new Error(`${name} became smaller while it was read; try again`);
}

/** For what may be removed while the backup is made. */
function gone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
