// The files that users upload, below the hub's data directory: each thing has a folder of its own, which appears whole or not at all.

import { createWriteStream } from "node:fs";
import { copyFile, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DrumError } from "../../errors.js";
import { makeFolders } from "../../processes/folders.js";
import { newId } from "../registry/ids.js";
import { refusal, storedFile } from "./paths.js";

export interface StorageLimits {
  /** Bytes of all stored files. */
  quota: number;
  /** Bytes of one upload. */
  maxUpload: number;
}

/** What files are stored for. */
export const shelves = ["versions", "datasets", "contexts"] as const;
export type Shelf = (typeof shelves)[number];

/** A file of an upload, under its name in the upload's folder. */
export interface Taken {
  name: string;
  bytes: number;
}

/** The folder of the files themselves in the folder of a stored thing. */
const kept = "files";

/** Reasons of the system why no more can be written. */
const full: readonly unknown[] = ["ENOSPC", "EDQUOT", "EFBIG"];

export class Storage {
  private readonly root: string;
  /** Bytes of what is stored or being uploaded. */
  private used = 0;

  constructor(
    dataDirectory: string,
    readonly limits: StorageLimits,
  ) {
    this.root = path.join(dataDirectory, "files");
  }

  /** Removes what an earlier process had not finished: `known` are the ids of what is stored, `used` its bytes. */
  async begin(known: Readonly<Record<Shelf, ReadonlySet<string>>>, used: number): Promise<void> {
    this.used = used;
    await rm(this.incoming, { recursive: true, force: true });
    makeFolders(this.incoming, 0o700);
    for (const shelf of shelves) {
      const folder = path.join(this.root, shelf);
      makeFolders(folder, 0o700);
      const lost = (await readdir(folder)).filter((id) => !known[shelf].has(id));
      for (const id of lost) await rm(path.join(folder, id), { recursive: true, force: true });
    }
  }

  /** Of a stored thing, with its files and what is beside them. */
  folderOf(shelf: Shelf, id: string): string {
    return path.join(this.root, shelf, id);
  }

  filesOf(shelf: Shelf, id: string): string {
    return path.join(this.folderOf(shelf, id), kept);
  }

  /** Runs `work` with the folder of an upload, of which nothing is left but what it kept. Throws UPLOAD_REFUSED and DISK_FULL. */
  async receive<Result>(work: (upload: Upload) => Promise<Result>): Promise<Result> {
    const upload = new Upload(this, path.join(this.incoming, newId()));
    try {
      await mkdir(upload.folder, 0o700);
      await mkdir(upload.files, 0o700);
      return await work(upload);
    } catch (error) {
      if (!full.includes((error as NodeJS.ErrnoException).code)) throw error;
      throw new DrumError(
        "DISK_FULL",
        "the hub's disk has no space left for what was sent, of which nothing was kept; ask its administrator to free some",
        { cause: error },
      );
    } finally {
      await rm(upload.folder, { recursive: true, force: true });
      this.release(upload.bytes);
    }
  }

  /** Throws UPLOAD_REFUSED. */
  reserve(bytes: number): void {
    const { quota } = this.limits;
    if (this.used + bytes > quota)
      throw refusal(
        `the files of this hub would take more than ${quota} bytes, the limit of --file-quota; delete custom models or datasets, or ask its administrator to raise it`,
      );
    this.used += bytes;
  }

  release(bytes: number): void {
    this.used -= bytes;
  }

  async remove(shelf: Shelf, id: string, bytes: number): Promise<void> {
    await rm(this.folderOf(shelf, id), { recursive: true, force: true });
    this.release(bytes);
  }

  private get incoming(): string {
    return path.join(this.root, "incoming");
  }
}

/** Files on their way in. */
export class Upload {
  /** Bytes that were written, until they are kept. */
  bytes = 0;
  /** The folder of what is kept. */
  readonly files: string;
  private sent = 0;
  private count = 0;

  constructor(
    private readonly storage: Storage,
    readonly folder: string,
  ) {
    this.files = path.join(folder, kept);
  }

  /** Writes a stream to a file of the upload, and to the disk. Throws UPLOAD_REFUSED, and the system's errors. */
  async take(source: Readable): Promise<Taken> {
    const name = `part-${this.count++}`;
    let bytes = 0;
    const counted = async function* (this: Upload, chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        this.checkSent(chunk.length);
        this.add(chunk.length);
        bytes += chunk.length;
        yield chunk;
      }
    };
    const file = createWriteStream(path.join(this.folder, name), { flags: "wx", mode: 0o600, flush: true });
    await pipeline(source, counted.bind(this), file);
    return { name, bytes };
  }

  /** Throws UPLOAD_REFUSED for a request that announces more than one upload may have. */
  announce(bytes: number): void {
    if (bytes > this.storage.limits.maxUpload) throw this.tooLarge();
  }

  /** Gives a taken file its path among what is kept. */
  async place({ name }: Taken, below: string): Promise<void> {
    await rename(path.join(this.folder, name), await this.targetOf(below));
  }

  /** Copies a file of a stored thing to the same path among what is kept. Throws what storedFile throws. */
  async copy(folder: string, below: string): Promise<void> {
    const from = storedFile(folder, below);
    this.add((await stat(from)).size);
    const target = await this.targetOf(below);
    await copyFile(from, target);
    await sync(target);
  }

  /** Writes a small file beside what is kept. */
  async write(name: string, content: string): Promise<void> {
    this.add(Buffer.byteLength(content));
    const file = await open(path.join(this.folder, name), "wx", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Makes the upload's folder the one of a stored thing. Returns its bytes. */
  async keep(shelf: Shelf, id: string): Promise<number> {
    const target = this.storage.folderOf(shelf, id);
    await syncFolders(this.folder);
    await rename(this.folder, target);
    await sync(path.dirname(target));
    const { bytes } = this;
    this.bytes = 0;
    return bytes;
  }

  private async targetOf(below: string): Promise<string> {
    const target = path.join(this.files, below);
    makeFolders(path.dirname(target), 0o700);
    return target;
  }

  private add(bytes: number): void {
    this.storage.reserve(bytes);
    this.bytes += bytes;
  }

  private checkSent(bytes: number): void {
    this.sent += bytes;
    if (this.sent > this.storage.limits.maxUpload) throw this.tooLarge();
  }

  private tooLarge(): DrumError {
    return refusal(
      `the upload is larger than ${this.storage.limits.maxUpload} bytes, the limit of --max-upload; send less, or ask the hub's administrator to raise it`,
    );
  }
}

async function syncFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await syncFolders(path.join(folder, entry.name));
  await sync(folder);
}

/** Waits until a file or the entries of a folder are on the disk. */
async function sync(name: string): Promise<void> {
  const opened = await open(name);
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
