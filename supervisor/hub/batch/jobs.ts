// The batch prediction jobs of a hub: made, uploaded, run a few at once, aborted, and forgotten after a while. They go on after a restart.

import { readdirSync } from "node:fs";
import path from "node:path";
import { counted } from "../../counted.js";
import { DrumError, messageOf } from "../../errors.js";
import type { Log } from "../../log.js";
import { makeFolders } from "../../processes/folders.js";
import type { Models } from "../../serving/models.js";
import type { Records } from "../deployments/records.js";
import { newId } from "../registry/ids.js";
import { now, type User, type Users } from "../registry/users.js";
import type { BatchJobRow } from "../store/tables.js";
import { JobFiles } from "./files.js";
import { wordsOf } from "./intake.js";
import type { BatchRecords } from "./records.js";
import { Run } from "./run.js";
import type { JobSpec } from "./spec.js";
import { Uploads, uploadPatience } from "./uploads.js";

/** Jobs that predict at once: the workers are shared with all other requests, and each job holds a few chunks in memory. */
const mostRunning = 2;
/** Jobs of one user that are not ended. */
const mostUnended = 100;
/** Milliseconds that the answer of a job is kept after its end, */
const keepFiles = 48 * 3600_000;
/** and the job itself. */
const keepRows = 30 * 24 * 3600_000;
const sweepEvery = 60_000;

export interface BatchParts {
  records: BatchRecords;
  deployments: Records;
  users: Users;
  models: Models;
  log: Log;
  /** Where each job has its folder. */
  folder: string;
  /** Bytes of a CSV. */
  mostUpload: number;
}

export class BatchJobs {
  readonly records: BatchRecords;
  readonly uploads: Uploads;
  /** Those that have their CSV and wait for their turn. */
  private readonly queue: string[] = [];
  private readonly runs = new Map<string, { run: Run; done: Promise<void> }>();
  private timer: NodeJS.Timeout | undefined;
  private isOpen = false;
  /** Whether the hub is ending, so that a download has to be given up. */
  isClosing = false;
  private starting = 0;

  constructor(private readonly parts: BatchParts) {
    const { records, mostUpload } = parts;
    this.records = records;
    this.uploads = new Uploads({
      records,
      mostUpload,
      filesOf: (id) => this.filesOf(id),
      onWhole: (id) => this.take(id),
      onFailed: (id, error) => this.fail(id, error),
    });
  }

  /** Goes on with what a hub before has left, and takes up new jobs. */
  async begin(): Promise<void> {
    if (this.isClosing) return;
    makeFolders(this.parts.folder, 0o700);
    this.isOpen = true;
    for (const { id, inputBytes } of await this.records.unended()) {
      if (inputBytes !== null && !this.queue.includes(id)) this.queue.push(id);
    }
    await this.sweep();
    await this.removeStrays();
    this.timer = setInterval(() => this.sweep().catch((error) => this.warn(error)), sweepEvery).unref();
    this.pump();
  }

  /** Jobs stay as they are, for the next start. */
  async close(): Promise<void> {
    this.isOpen = false;
    this.isClosing = true;
    clearInterval(this.timer);
    for (const { run } of this.runs.values()) run.stop();
    await Promise.all([...this.runs.values()].map(({ done }) => done));
  }

  /** Throws RESOURCE_UNKNOWN, RIGHT_MISSING and DEPLOYMENT_INACTIVE for its deployment, and BATCH_REFUSED for too many jobs. */
  async create(user: User, spec: JobSpec): Promise<BatchJobRow> {
    const { status, label } = await this.parts.deployments.served(user, spec.deploymentId);
    if (status !== "active")
      throw new DrumError(
        "DEPLOYMENT_INACTIVE",
        `the deployment ${label} is inactive; an owner can activate it`,
      );
    if ((await this.records.unendedOf(user)) >= mostUnended)
      throw new DrumError(
        "BATCH_REFUSED",
        `you have ${mostUnended} batch prediction jobs that are not ended; wait for one, or delete it`,
      );
    const createdAt = now();
    const row: BatchJobRow = {
      id: newId(),
      deploymentId: spec.deploymentId,
      createdBy: user.id,
      status: "INITIALIZING",
      details: "Waiting for the upload of the CSV",
      spec: JSON.stringify(spec),
      inputBytes: null,
      doneBytes: 0,
      rows: 0,
      outputBytes: 0,
      createdAt,
      waitsSince: createdAt,
      startedAt: null,
      endedAt: null,
    };
    await this.records.add(row, user);
    return row;
  }

  filesOf(id: string): JobFiles {
    return new JobFiles(this.parts.folder, id);
  }

  /** Whether the answer can still be had. */
  keepsAnswer({ status, endedAt }: BatchJobRow): boolean {
    return status === "COMPLETED" && endedAt !== null && Date.now() - Date.parse(endedAt) < keepFiles;
  }

  /** Aborts one that is not ended; forgets one that is. */
  async delete(user: User, { id }: BatchJobRow): Promise<void> {
    await this.records.noteDelete(user, id);
    if (!(await this.abort(id, `Aborted by ${user.name}`))) await this.records.forget([id]);
    await this.filesOf(id).remove();
  }

  private async abort(id: string, details: string): Promise<boolean> {
    const isAborted = await this.records.end(id, "ABORTED", details);
    const at = this.queue.indexOf(id);
    if (at >= 0) this.queue.splice(at, 1);
    this.uploads.end(id);
    const running = this.runs.get(id);
    running?.run.stop();
    await running?.done;
    return isAborted;
  }

  /** Its CSV is whole. */
  private take(id: string): void {
    this.queue.push(id);
    this.pump();
  }

  private pump(): void {
    while (this.isOpen && this.queue.length > 0 && this.runs.size + this.starting < mostRunning) {
      this.starting += 1;
      const id = this.queue.shift()!;
      this.start(id)
        .catch((error: unknown) => this.warn(error))
        .finally(() => {
          this.starting -= 1;
          this.pump();
        });
    }
  }

  private async start(id: string): Promise<void> {
    const { users, models, deployments } = this.parts;
    const startedAt = now();
    const row = await this.records.row(id);
    if (
      !row ||
      !(await this.records.change(id, { status: "RUNNING", startedAt: row.startedAt ?? startedAt }))
    )
      return;
    const user = await users.withId(row.createdBy);
    if (!this.isOpen) return;
    if (!user) return this.fail(id, new DrumError("RESOURCE_UNKNOWN", "the user who made the job is gone"));
    const note = async (progress: object) => {
      await this.records.change(id, progress);
    };
    const run = new Run({ job: row, user, files: this.filesOf(id), models, deployments, note });
    const done = this.follow(id, run);
    this.runs.set(id, { run, done });
    done.finally(() => {
      this.runs.delete(id);
      this.pump();
    });
  }

  /** Never rejects. */
  private async follow(id: string, run: Run): Promise<void> {
    try {
      const rows = await run.go();
      await this.records.end(id, "COMPLETED", `${counted(rows, "row")} predicted`);
      this.filesOf(id).removeInput();
    } catch (error) {
      // Stopped by the end of the hub, it stays as it is.
      if (!this.isClosing) await this.fail(id, error);
    }
  }

  /** Gives back the disk first: if it is full, the store needs it too. */
  private async fail(id: string, error: unknown): Promise<void> {
    this.uploads.end(id);
    try {
      await this.filesOf(id).remove();
      if (await this.records.end(id, "FAILED", wordsOf(error)))
        this.parts.log.warn(`batch prediction job ${id} failed: ${messageOf(error)}`);
    } catch (second) {
      this.warn(second);
    }
  }

  /** Ends jobs whose CSV does not come, removes answers that were kept long enough, and forgets old jobs. */
  private async sweep(): Promise<void> {
    for (const { id, inputBytes, waitsSince } of await this.records.unended()) {
      if (inputBytes !== null || this.uploads.has(id)) continue;
      if (Date.now() - Date.parse(waitsSince) < uploadPatience) continue;
      await this.abort(id, `No CSV was uploaded within ${counted(uploadPatience / 60_000, "minute")}`);
      await this.filesOf(id).remove();
    }
    const before = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();
    for (const { id } of await this.records.endedBefore(before(keepFiles))) await this.filesOf(id).remove();
    await this.records.forget((await this.records.endedBefore(before(keepRows))).map(({ id }) => id));
  }

  /** Folders of jobs that the store does not know, and files of ended ones that a kill has left. */
  private async removeStrays(): Promise<void> {
    for (const name of readdirSync(this.parts.folder)) {
      const row = await this.records.row(path.basename(name));
      const files = this.filesOf(name);
      if (!row || row.status === "ABORTED" || row.status === "FAILED") await files.remove();
      else if (row.status === "COMPLETED") files.removeInput();
    }
  }

  private warn(error: unknown): void {
    this.parts.log.warn(`batch prediction jobs: ${messageOf(error)}`);
  }
}
