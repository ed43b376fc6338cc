// The batch jobs in a hub's store: their states, and how far each has come.

import { DrumError } from "../../errors.js";
import type { Audit } from "../registry/audit.js";
import type { Page } from "../registry/catalog.js";
import { now, type User } from "../registry/users.js";
import type { Store } from "../store/store.js";
import type { BatchJobRow } from "../store/tables.js";

export const jobStatuses = ["INITIALIZING", "RUNNING", "COMPLETED", "ABORTED", "FAILED"] as const;
export type JobStatus = (typeof jobStatuses)[number];

const unended = ["INITIALIZING", "RUNNING"] as const;

export type Progress = Pick<BatchJobRow, "doneBytes" | "rows" | "outputBytes">;

export interface JobFilter {
  statuses: readonly JobStatus[] | undefined;
  deploymentId: string | undefined;
}

export class BatchRecords {
  constructor(
    private readonly store: Store,
    private readonly audit: Audit,
  ) {}

  async add(row: BatchJobRow, user: User): Promise<void> {
    const { id, deploymentId } = row;
    await this.store.tables.transaction().execute(async (tables) => {
      await tables.insertInto("batchJobs").values(row).execute();
      await this.audit.note(
        user,
        { action: "batchJob.create", objectId: id, details: { deploymentId } },
        tables,
      );
    });
  }

  /** Undefined for an unknown one. */
  async row(id: string): Promise<BatchJobRow | undefined> {
    return this.store.tables.selectFrom("batchJobs").selectAll().where("id", "=", id).executeTakeFirst();
  }

  /** Throws RESOURCE_UNKNOWN, also for a job of another user. */
  async find(user: User, id: string): Promise<BatchJobRow> {
    const row = await this.row(id);
    if (row && (user.isAdministrator || row.createdBy === user.id)) return row;
    throw new DrumError(
      "RESOURCE_UNKNOWN",
      `there is no batch prediction job ${id}; GET batchPredictions/ lists yours`,
    );
  }

  /** Newest first; an administrator sees those of all. */
  async list(
    user: User,
    { statuses, deploymentId }: JobFilter,
    page: Page,
  ): Promise<{ rows: BatchJobRow[]; total: number }> {
    let narrowed = this.store.tables.selectFrom("batchJobs");
    if (!user.isAdministrator) narrowed = narrowed.where("createdBy", "=", user.id);
    if (statuses) narrowed = narrowed.where("status", "in", statuses);
    if (deploymentId !== undefined) narrowed = narrowed.where("deploymentId", "=", deploymentId);
    const { total } = await narrowed
      .select(({ fn }) => fn.countAll<number>().as("total"))
      .executeTakeFirstOrThrow();
    const rows = await narrowed
      .selectAll()
      .orderBy("createdAt", "desc")
      .orderBy("id", "desc")
      .offset(page.offset)
      .limit(page.limit)
      .execute();
    return { rows, total };
  }

  /** Those that are not ended, the oldest first. */
  async unended(): Promise<BatchJobRow[]> {
    return this.store.tables
      .selectFrom("batchJobs")
      .selectAll()
      .where("status", "in", unended)
      .orderBy("createdAt")
      .orderBy("id")
      .execute();
  }

  async unendedOf({ id }: User): Promise<number> {
    const { total } = await this.store.tables
      .selectFrom("batchJobs")
      .select(({ fn }) => fn.countAll<number>().as("total"))
      .where("createdBy", "=", id)
      .where("status", "in", unended)
      .executeTakeFirstOrThrow();
    return total;
  }

  async endedBefore(time: string): Promise<BatchJobRow[]> {
    return this.store.tables.selectFrom("batchJobs").selectAll().where("endedAt", "<", time).execute();
  }

  /** Returns whether the job was not ended yet. */
  async change(id: string, changes: Partial<BatchJobRow>): Promise<boolean> {
    const { numUpdatedRows } = await this.store.tables
      .updateTable("batchJobs")
      .set(changes)
      .where("id", "=", id)
      .where("status", "in", unended)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Returns false if it was ended already: the first end counts. */
  end(id: string, status: "COMPLETED" | "ABORTED" | "FAILED", details: string): Promise<boolean> {
    return this.change(id, { status, details, endedAt: now() });
  }

  async forget(ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.store.tables.deleteFrom("batchJobs").where("id", "=", id).execute();
  }

  async noteDelete(user: User, id: string): Promise<void> {
    await this.audit.note(user, { action: "batchJob.delete", objectId: id });
  }
}
