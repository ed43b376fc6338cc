// Fetches the files of a plan in parallel. A rename makes each file appear complete or not at all.

import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import path from "node:path";
import { Transform } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "../../counted.js";
import { DrumError, messageOf } from "../../errors.js";
import { makeFolders } from "../../processes/folders.js";
import { type PlanSources, type RemoteFile, readPlan } from "./plan.js";
import { getObject } from "./s3.js";

/** The number of parallel downloads. */
const sideBySide = 8;
const tries = 3;
/** Milliseconds before the second try. */
const firstPause = 200;
/** Milliseconds between progress messages. */
const tellEvery = 500;

export type OnProgress = (text: string) => void;

/** Throws USAGE if the plan cannot be read, LAZY_LOADING_FAILED for the first file that fails. Fetched files stay. */
export async function fetchLazyFiles(
  sources: PlanSources,
  codeDirectory: string,
  onProgress: OnProgress,
): Promise<void> {
  const files = readPlan(sources, codeDirectory);
  const waiting = [...files];
  const failing = new AbortController();
  const tally = new Tally(files.length, onProgress);
  const fetchSome = async () => {
    for (let file = waiting.shift(); file && !failing.signal.aborted; file = waiting.shift()) {
      await fetchFile(file, failing.signal, tally);
      tally.done();
    }
  };
  const lanes = Array.from({ length: Math.min(sideBySide, files.length) }, () =>
    fetchSome().catch((error: unknown) => failing.abort(error)),
  );
  await Promise.all(lanes);
  if (failing.signal.aborted) throw failing.signal.reason;
}

/** Counts the fetched files and bytes and reports progress. */
class Tally {
  private files = 0;
  private bytes = 0;
  private toldAt = 0;

  constructor(
    private readonly total: number,
    private readonly tell: OnProgress,
  ) {}

  add(bytes: number): void {
    this.bytes += bytes;
    if (performance.now() - this.toldAt >= tellEvery) this.say();
  }

  done(): void {
    this.files += 1;
    this.say();
  }

  private say(): void {
    this.toldAt = performance.now();
    const size = (this.bytes / 2 ** 20).toFixed(1);
    this.tell(`fetched ${this.files} of ${counted(this.total, "file")} (--lazy-loading-file), ${size} MB`);
  }
}

/** A response that a retry would not change, unlike a lost connection or a server error. */
class Refused extends Error {}

async function fetchFile(file: RemoteFile, signal: AbortSignal, tally: Tally): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchOnce(file, signal, tally);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Refused || attempt === tries) throw failed(file, error);
      await sleep(firstPause * 2 ** (attempt - 1), undefined, { signal });
    }
  }
}

async function fetchOnce(
  { bucket, key, target }: RemoteFile,
  signal: AbortSignal,
  tally: Tally,
): Promise<void> {
  const answer = await getObject(bucket, key, signal);
  if (answer.statusCode !== 200) throw await refusal(answer);
  makeFolders(path.dirname(target));
  const partial = `${target}.${randomUUID()}.part`;
  let size = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      size += chunk.length;
      tally.add(chunk.length);
      pass(null, chunk);
    },
  });
  try {
    await pipeline(answer, counting, createWriteStream(partial), { signal });
    const announced = answer.headers["content-length"];
    if (announced !== undefined && Number(announced) !== size) {
      throw new Error(`received ${counted(size, "byte")}, expected ${announced}`);
    }
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** S3 describes errors in XML, with a code and a message. */
async function refusal(answer: IncomingMessage): Promise<Error> {
  const { statusCode = 0 } = answer;
  const body = await text(answer).catch(() => "");
  const [code, message] = ["Code", "Message"].map((name) => new RegExp(`<${name}>([^<]*)<`).exec(body)?.[1]);
  const words = [`status ${statusCode}`, code, message].filter(Boolean).join(", ");
  return statusCode >= 500 || statusCode === 429
    ? new Error(words)
    : new Refused(`${words}${remedyOf(statusCode)}`);
}

function remedyOf(status: number): string {
  if (status === 404) return "; check remotePath, bucketName and endpointUrl";
  return status === 401 || status === 403 ? "; check the credentials and their permissions" : "";
}

function failed({ bucket, key, target }: RemoteFile, error: unknown): DrumError {
  const where = bucket.endpoint ? ` at ${bucket.endpoint.origin}` : "";
  return new DrumError(
    "LAZY_LOADING_FAILED",
    `cannot fetch ${path.basename(target)} from s3://${bucket.name}/${key}${where}: ${messageOf(error)}`,
    { cause: error },
  );
}
