// Reads Parquet in a thread that can be ended: the library may loop or take all memory over damaged files.

import { Worker } from "node:worker_threads";
import type { Table } from "../../../protocol/messages.js";
import { counted } from "../../counted.js";
import { DrumError, type ErrorCode } from "../../errors.js";
import { builtFile } from "../../places.js";

export interface ToThread {
  bytes: Uint8Array;
  /** The most bytes that the columns may unpack to; undefined sets no limit of its own. */
  most: number | undefined;
}

export type FromThread = { table: Table } | { code: ErrorCode; message: string };

/** Milliseconds for any file, and for each of its bytes. */
const [patience, patiencePerByte] = [20_000, 1 / 1000];
const mostThreads = 4;

let threads = 0;
const waiting: (() => void)[] = [];

/** Throws INPUT_UNREADABLE, INPUT_UNSUPPORTED, BODY_TOO_LARGE. `limit` is in milliseconds. */
export async function readParquet(
  bytes: Uint8Array,
  most?: number,
  limit = patience + bytes.length * patiencePerByte,
): Promise<Table> {
  if (threads >= mostThreads) await new Promise<void>((resolve) => waiting.push(resolve));
  threads += 1;
  const thread = new Worker(builtFile("formats/parquet/thread"), {
    workerData: { bytes, most } satisfies ToThread,
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      thread.once("message", (message: FromThread) => {
        if ("table" in message) resolve(message.table);
        else reject(new DrumError(message.code, message.message));
      });
      thread.once("error", (error) => reject(unreadable(bytes, error.message)));
      timer = setTimeout(() => reject(unreadable(bytes, `they took over ${limit / 1000} s to read`)), limit);
    });
  } finally {
    clearTimeout(timer);
    void thread.terminate();
    threads -= 1;
    waiting.shift()?.();
  }
}

/** The refusal of a file, with its reason. */
export function unreadable({ length }: Uint8Array, why: string): DrumError {
  return new DrumError(
    "INPUT_UNREADABLE",
    `this is not a complete Parquet file (${counted(length, "byte")}): ${why}; write them again`,
  );
}
