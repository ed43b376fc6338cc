// The answer of a batch job as a stream: of one that runs, it goes along with it to its end.

import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { DrumError } from "../../errors.js";
import type { BatchJobRow } from "../store/tables.js";
import type { BatchJobs } from "./jobs.js";

const pieceSize = 256 * 1024;
/** Milliseconds between two looks at a job that runs. */
const lookEvery = 200;

/**
 * Waits for the first bytes, so that a job that fails before is told in words. Throws BATCH_REFUSED then, and RESOURCE_UNKNOWN for an
 * answer that is not kept any more. Later, the stream breaks off if the job fails: a part must not look like the whole.
 */
export async function downloadOf(jobs: BatchJobs, id: string): Promise<AsyncGenerator<Buffer>> {
  const first = await waitFor(jobs, id, 0);
  if (first.status === "COMPLETED" && !jobs.keepsAnswer(first))
    throw new DrumError(
      "RESOURCE_UNKNOWN",
      `the answer of the job ${id} is not kept any more; create the job again`,
    );
  return piecesOf(jobs, first, await open(jobs.filesOf(id).output));
}

async function* piecesOf(jobs: BatchJobs, first: BatchJobRow, file: FileHandle): AsyncGenerator<Buffer> {
  try {
    let job = first;
    for (let at = 0; ; ) {
      if (at === job.outputBytes) {
        if (job.status === "COMPLETED") return;
        job = await waitFor(jobs, job.id, at);
        continue;
      }
      const bytes = Buffer.allocUnsafe(Math.min(pieceSize, job.outputBytes - at));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
      if (bytesRead === 0) throw new DrumError("BATCH_REFUSED", `the answer of the job ${job.id} is gone`);
      yield bytes.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** The job once it has more bytes than these, or all of them. */
async function waitFor(jobs: BatchJobs, id: string, bytes: number): Promise<BatchJobRow> {
  for (;;) {
    const job = await jobs.records.row(id);
    if (!job) throw new DrumError("RESOURCE_UNKNOWN", `the batch prediction job ${id} was deleted`);
    if (job.status === "FAILED" || job.status === "ABORTED")
      throw new DrumError("BATCH_REFUSED", `the job is ${job.status}: ${job.details}`);
    if (job.outputBytes > bytes || job.status === "COMPLETED") return job;
    if (jobs.isClosing) throw new DrumError("DRAINING", "the hub is shutting down; download again later");
    await sleep(lookEvery);
  }
}
