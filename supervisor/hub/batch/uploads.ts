// The uploads of batch jobs that are under way: which job takes one, and what becomes of the job when it ends.

import type { Readable } from "node:stream";
import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";
import { now } from "../registry/users.js";
import type { BatchJobRow } from "../store/tables.js";
import { dialectOf } from "./answer.js";
import type { JobFiles } from "./files.js";
import { CutOff, checkParts, joinParts, take, wordsOf } from "./intake.js";
import type { BatchRecords } from "./records.js";
import type { JobSpec } from "./spec.js";

/** Milliseconds that a job waits for its CSV, from its creation or the last upload that was cut off. */
export const uploadPatience = 10 * 60_000;

/** Parts of one upload; the client's have 5 MB each. */
const mostParts = 10_000;

interface Parts {
  records: BatchRecords;
  filesOf(id: string): JobFiles;
  /** Bytes of a CSV. */
  mostUpload: number;
  /** The job has its CSV. */
  onWhole(id: string): void;
  /** The job cannot have it. */
  onFailed(id: string, error: unknown): Promise<void>;
}

interface Upload {
  jobId: string;
  /** Undefined for the CSV as a whole. */
  part: number | undefined;
}

export class Uploads {
  private readonly running = new Set<Upload>();
  /** Jobs that were ended while an upload of theirs was under way. */
  private readonly ended = new Set<string>();

  constructor(private readonly parts: Parts) {}

  has(id: string): boolean {
    return this.of(id).length > 0;
  }

  /** The job takes nothing any more. */
  end(id: string): void {
    if (this.has(id)) this.ended.add(id);
  }

  /** All of the CSV, or a part. Throws BATCH_REFUSED; too much, or a full disk, fails the job. */
  async take(job: BatchJobRow, body: Readable, part?: number): Promise<void> {
    if (part !== undefined && part >= mostParts)
      throw new DrumError("BATCH_REFUSED", `a part must have a number below ${mostParts}, got ${part}`);
    await this.during(job, part, async (files) => {
      const { mostUpload } = this.parts;
      const most = part === undefined ? mostUpload : mostUpload - files.sizeOfParts(part);
      const check = () => this.check(job.id);
      const file = part === undefined ? files.input : files.part(part);
      const size = await take(body, file, { most, limit: mostUpload, check });
      if (part === undefined) await this.whole(job, size);
    });
  }

  /** Joins the parts. Throws BATCH_REFUSED if one is missing. */
  async join(job: BatchJobRow): Promise<void> {
    const { csvSettings } = JSON.parse(job.spec) as JobSpec;
    if (job.inputBytes === null) checkParts(this.parts.filesOf(job.id));
    await this.during(job, undefined, async (files) => {
      await this.whole(job, await joinParts(files, dialectOf(csvSettings)));
    });
  }

  private async during(
    { id, status, details, inputBytes }: BatchJobRow,
    part: number | undefined,
    work: (files: JobFiles) => Promise<void>,
  ): Promise<void> {
    if (status !== "INITIALIZING")
      throw new DrumError("BATCH_REFUSED", `the job takes no CSV any more: it is ${status} (${details})`);
    if (inputBytes !== null) throw new DrumError("BATCH_REFUSED", "the job has its CSV already");
    if (this.of(id).some((other) => [part, undefined].includes(other.part) || part === undefined))
      throw new DrumError("BATCH_REFUSED", "the CSV of the job is being uploaded by another request");
    const upload = { jobId: id, part };
    this.running.add(upload);
    const files = this.parts.filesOf(id);
    try {
      files.make();
      await work(files);
    } catch (error) {
      await this.failed(id, error);
      throw error instanceof DrumError ? error : new DrumError("BATCH_REFUSED", wordsOf(error));
    } finally {
      this.running.delete(upload);
      if (this.ended.has(id) && !this.has(id)) {
        this.ended.delete(id);
        await files.remove();
      }
    }
  }

  private of(id: string): Upload[] {
    return [...this.running].filter(({ jobId }) => jobId === id);
  }

  private check(id: string): void {
    if (this.ended.has(id)) throw endedMeanwhile();
  }

  private async failed(id: string, error: unknown): Promise<void> {
    if (this.ended.has(id)) return;
    if (!(error instanceof CutOff)) return this.parts.onFailed(id, error);
    const minutes = counted(uploadPatience / 60_000, "minute");
    const details = `The upload was cut off; the job waits ${minutes} for another one`;
    await this.parts.records.change(id, { details, waitsSince: now() });
  }

  private async whole({ id }: BatchJobRow, inputBytes: number): Promise<void> {
    const details = "Waiting for its turn";
    if (!(await this.parts.records.change(id, { inputBytes, details }))) throw endedMeanwhile();
    this.parts.onWhole(id);
  }
}

function endedMeanwhile(): DrumError {
  return new DrumError("BATCH_REFUSED", "the job was ended during its upload");
}
