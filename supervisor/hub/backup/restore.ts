// Makes a data directory from a backup: beside its place first, and then, after all of it was checked, in its place.

import { createReadStream, createWriteStream, existsSync, readdirSync, rmSync } from "node:fs";
import { rename, rmdir, symlink, utimes } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type Extract, extract, type Header } from "tar-stream";
import { DrumError, isSystemError, messageOf } from "../../errors.js";
import { isMap } from "../../formats/json.js";
import { makeFolders } from "../../processes/folders.js";
import { Audit, commandLine } from "../registry/audit.js";
import { checkStore, openStore, storeName } from "../store/store.js";
import { format, type Head, headName, isInside, pathInData } from "./layout.js";
import { movePaths } from "./places.js";

/** Bytes of backup.json. */
const largestHead = 64 * 1024;

type Content = AsyncIterable<Buffer>;

export interface Restored {
  head: Head;
  files: number;
}

/** Nothing is left behind on failure. Throws BACKUP_INVALID, STORE_UNUSABLE and OUTPUT_UNWRITABLE. */
export async function restore(input: string, dataDirectory: string, signal: AbortSignal): Promise<Restored> {
  checkPlace(dataDirectory);
  const made = firstMissing(dataDirectory);
  const staging = `${dataDirectory}.restoring-${process.pid}`;
  try {
    makeFolders(path.dirname(dataDirectory), 0o700);
    makeFolders(staging, 0o700);
    const reading = new Reading(staging);
    await reading.read(input, signal);
    const head = await checked(reading, staging);
    await adapt(staging, head, dataDirectory);
    // Refused by the system if anything came into the folder meanwhile.
    if (existsSync(dataDirectory)) await rmdir(dataDirectory);
    await rename(staging, dataDirectory);
    return { head, files: reading.files };
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    signal.throwIfAborted();
    if (!(error instanceof DrumError)) throw unwritable(dataDirectory, messageOf(error));
    throw error.code === "BACKUP_INVALID" ? error.saying(`${input}: ${error.message}`) : error;
  }
}

/** Throws OUTPUT_UNWRITABLE. */
function checkPlace(dataDirectory: string): void {
  let names: string[];
  try {
    names = readdirSync(dataDirectory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw unwritable(dataDirectory, messageOf(error));
  }
  if (names.includes(storeName))
    throw unwritable(dataDirectory, "it holds a hub already; name another folder, or move that one away");
  if (names.length > 0) throw unwritable(dataDirectory, "it is not empty; name another folder");
}

/** The topmost folder that has to be made. */
function firstMissing(folder: string): string | undefined {
  if (existsSync(folder)) return undefined;
  return firstMissing(path.dirname(folder)) ?? folder;
}

async function checked({ head, names }: Reading, staging: string): Promise<Head> {
  if (!head) throw invalid("it is empty; expected a backup by drum hub backup");
  if (!names.has(storeName)) throw invalid(`it has no store ${storeName}`);
  try {
    checkStore(staging);
  } catch (error) {
    throw invalid(`its store is damaged: ${messageOf(error)}`);
  }
  return head;
}

/** Brings the store up to date and to its place. Throws STORE_UNUSABLE for one of a newer drum. */
async function adapt(
  staging: string,
  { dataDirectories, madeAt }: Head,
  dataDirectory: string,
): Promise<void> {
  const store = await openStore(staging, { mustExist: true });
  try {
    await store.tables.transaction().execute(async (tables) => {
      await movePaths(tables, dataDirectories, dataDirectory);
      const deed = { action: "hub.restore", objectId: "", details: { madeAt, dataDirectory } };
      await new Audit(store).note(commandLine, deed, tables);
    });
  } finally {
    await store.close();
  }
}

class Reading {
  head: Head | undefined;
  files = 0;
  readonly names = new Set<string>();
  private readonly links: { file: string; target: string }[] = [];

  constructor(private readonly staging: string) {}

  /** Throws BACKUP_INVALID, and the system's error for what cannot be written. */
  async read(input: string, signal: AbortSignal): Promise<void> {
    const entries = extract();
    const unpacked = pipeline(
      createReadStream(input),
      createGunzip(),
      entries as unknown as NodeJS.WritableStream,
      {
        signal,
      },
    );
    // The pipeline tells of it, unless it has ended before.
    entries.on("error", () => {});
    const consumed = this.consume(entries).catch((error: Error) => {
      entries.destroy(error);
      throw error;
    });
    const [unpacking, taking] = await Promise.allSettled([unpacked, consumed]);
    // If one fails, the other ends too, with less to tell.
    const reasons = [taking, unpacking].flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    const telling = reasons.find(isOwn) ?? reasons.at(-1);
    if (telling !== undefined) throw isOwn(telling) ? telling : damaged(telling);
    // After all files, so that none is written through a link.
    for (const { file, target } of this.links) await symlink(target, file);
  }

  private async consume(entries: Extract): Promise<void> {
    for await (const entry of entries) {
      const { name, type } = entry.header;
      if (!this.head) {
        if (name !== headName || type !== "file") throw invalid("it is no backup by drum hub backup");
        this.head = headIn(await textOf(entry as Content));
        continue;
      }
      await this.take(entry.header, entry as Content);
    }
  }

  private async take({ name, type, mode, mtime, linkname }: Header, content: Content) {
    const inner = pathInData(name);
    if (this.names.has(inner)) throw invalid(`it has ${inner} twice`);
    this.names.add(inner);
    const file = path.join(this.staging, inner);
    makeFolders(type === "directory" ? file : path.dirname(file), 0o700);
    if (type === "file") {
      await pipeline(content, createWriteStream(file, { flags: "wx", mode: mode & 0o777 }));
      if (mtime) await utimes(file, mtime, mtime);
      this.files += 1;
      return;
    }
    for await (const _ of content);
    if (type === "directory") return;
    if (type !== "symlink") throw invalid(`${inner} is neither a file nor a folder, but a ${type}`);
    if (!linkname || !isInside(inner, linkname))
      throw invalid(`${inner} is a link that leads outside of the data directory`);
    this.links.push({ file, target: linkname });
  }
}

async function textOf(content: Content): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > largestHead) throw invalid(`its ${headName} is too large`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function headIn(text: string): Head {
  let head: unknown;
  try {
    head = JSON.parse(text);
  } catch {
    head = undefined;
  }
  if (!isMap(head) || typeof head.format !== "number") throw invalid(`its ${headName} is not one of a hub`);
  if (head.format > format)
    throw invalid(
      `it was made by a newer drum (${head.madeBy}, format ${head.format}; this one reads ${format}); restore it with that one`,
    );
  const { madeBy, madeAt, dataDirectories } = head;
  const isText = (value: unknown) => typeof value === "string" && value !== "";
  if (!isText(madeBy) || !isText(madeAt) || !Array.isArray(dataDirectories) || !dataDirectories.every(isText))
    throw invalid(`its ${headName} is not one of a hub`);
  return head as unknown as Head;
}

/** Errors of gzip and tar are the backup's fault, ours and those of the system are not. */
function isOwn(error: unknown): boolean {
  return error instanceof DrumError || isSystemError(error);
}

function damaged(error: unknown): DrumError {
  return invalid(`it is damaged or no .tar.gz: ${messageOf(error)}`);
}

function invalid(what: string): DrumError {
  return new DrumError("BACKUP_INVALID", what);
}

function unwritable(dataDirectory: string, why: string): DrumError {
  return new DrumError("OUTPUT_UNWRITABLE", `${dataDirectory} cannot be made: ${why}`);
}
