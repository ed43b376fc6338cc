// Takes an upload into a file while it arrives, and joins the parts of one that comes in several.

import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, statfs } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { counted } from "../../counted.js";
import { DrumError, messageOf, systemRemedy } from "../../errors.js";
import { ChunkReader } from "../../formats/csv/chunks.js";
import type { Dialect } from "../../formats/csv/dialect.js";
import type { JobFiles } from "./files.js";

/** Bytes of the disk that are left to the store, so that the hub goes on beside files that are too large for it. */
const reserve = 64 * 2 ** 20;
/** Bytes between two looks at the disk. */
const lookEvery = 16 * 2 ** 20;

/** The sender has gone before the end. */
export class CutOff extends Error {}

export interface Taking {
  /** Bytes. */
  most: number;
  /** Bytes of the whole CSV, of which this may be a part. */
  limit: number;
  /** Throws if the job has ended meanwhile. */
  check(): void;
}

/**
 * Writes all of `body` to the file, which is there only when it is whole. Resolves with its bytes. Throws CutOff, BATCH_REFUSED for too
 * many bytes, and what `check` throws; the body is left as it is then. Rejects as writing does.
 */
export async function take(body: Readable, file: string, { most, limit, check }: Taking): Promise<number> {
  const partial = `${file}.partial`;
  const output = await open(partial, "w", 0o600);
  let size = 0;
  try {
    let looked = -lookEvery;
    for await (const chunk of chunksOf(body)) {
      check();
      size += chunk.length;
      if (size > most) throw tooLarge(limit);
      if (size - looked >= lookEvery) {
        await checkSpace(path.dirname(file));
        looked = size;
      }
      await output.appendFile(chunk);
    }
    await output.sync();
  } finally {
    await output.close();
  }
  check();
  await rename(partial, file);
  return size;
}

/** Without the end of the stream when its reader stops: an answer can still be sent. */
async function* chunksOf(body: Readable): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = body.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        throw new CutOff(messageOf(error));
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await chunks.return?.();
  }
}

/** Throws BATCH_REFUSED if the disk of the folder is as good as full. */
export async function checkSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize > reserve) return;
  throw new DrumError(
    "BATCH_REFUSED",
    `the disk of the hub is full: ${counted(bavail * bsize, "byte")} are left, of which ${reserve} are kept for its store; free some`,
  );
}

function tooLarge(most: number): DrumError {
  return new DrumError(
    "BATCH_REFUSED",
    `the CSV is larger than ${counted(most, "byte")}, the limit of --max-batch-size; send it in several jobs, or raise the limit`,
  );
}

/** Throws BATCH_REFUSED unless there are the parts 0 (or 1) and up, without a gap. */
export function checkParts({ parts }: JobFiles): void {
  const [first = 0] = parts;
  if (parts.length > 0 && first <= 1 && parts.every((number, place) => number === first + place)) return;
  const had = parts.length === 0 ? "none" : parts.slice(0, 20).join(", ");
  throw new DrumError(
    "BATCH_REFUSED",
    `the upload needs the parts 0, 1, … without a gap, and has ${had}; send the missing ones`,
  );
}

/** One CSV of all parts, which each have the header. Resolves with its bytes. Throws BATCH_REFUSED and what reading a header throws. */
export async function joinParts(files: JobFiles, dialect: Dialect): Promise<number> {
  const numbers = files.parts;
  const partial = `${files.input}.partial`;
  const output = await open(partial, "w", 0o600);
  let size = 0;
  try {
    let header: string | undefined;
    for (const number of numbers) {
      const { record, end } = await headerOf(files.part(number), dialect);
      if (header !== undefined && record !== header)
        throw new DrumError(
          "BATCH_REFUSED",
          `part ${number} has the header ${record.slice(0, 200)}, expected ${header.slice(0, 200)} as in part ${numbers[0]}`,
        );
      await checkSpace(files.folder);
      size += await append(output, files.part(number), header === undefined ? 0 : end);
      header = record;
    }
    await output.sync();
  } finally {
    await output.close();
  }
  await rename(partial, files.input);
  files.removeParts();
  return size;
}

async function headerOf(file: string, dialect: Dialect) {
  const reader = await ChunkReader.open(file, dialect);
  try {
    return await reader.header();
  } finally {
    await reader.close();
  }
}

/** Ends the last line, so that the next part begins a new one. */
async function append(output: FileHandle, file: string, start: number): Promise<number> {
  let size = 0;
  let last = 10;
  for await (const chunk of createReadStream(file, {
    start,
    highWaterMark: 2 ** 20,
  }) as AsyncIterable<Buffer>) {
    await output.appendFile(chunk);
    size += chunk.length;
    last = chunk.at(-1)!;
  }
  if (last === 10 || last === 13) return size;
  await output.appendFile("\n");
  return size + 1;
}

/** Why writing failed, with what to do. */
export function wordsOf(error: unknown): string {
  const words = messageOf(error);
  const remedy = error instanceof DrumError ? undefined : systemRemedy(words);
  return remedy === undefined ? words : `${words}: ${remedy}`;
}
