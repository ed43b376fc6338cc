// The deployments in a hub's store: made, found, listed, changed, marked as deleted.

import { DrumError } from "../../errors.js";
import type { Audit } from "../registry/audit.js";
import type { Page } from "../registry/catalog.js";
import { now, type User } from "../registry/users.js";
import type { Store, Tabled } from "../store/store.js";
import type { DeploymentRow, ModelHistoryRow, ModelRow } from "../store/tables.js";
import { type Filters, narrow, type Order, orders, type Seen, seenBy, seenOf } from "./listing.js";
import { checkRight, type Right, type Role } from "./roles.js";
import { mergeSettings, type Settings, wholeSettings } from "./settings.js";

/** What a prediction asks of a deployment. */
export interface Served {
  role: Role;
  status: string;
  label: string;
  targetName: string | null;
  /** Of the positive class; null for the usual one. */
  threshold: number | null;
  settings: Settings;
}

export type Changes = Partial<
  Pick<DeploymentRow, "label" | "description" | "importance" | "status" | "secondaryDatasetConfigId">
>;

/** Of users with deployments. */
const mostKnown = 10_000;

export class Records {
  /** By user and deployment, so that a prediction costs no query. Emptied by every change of deployments and roles. */
  private readonly known = new Map<string, Promise<Served>>();

  constructor(
    private readonly store: Store,
    private readonly audit: Audit,
  ) {}

  /** Throws RESOURCE_UNKNOWN. */
  served(user: User, id: string): Promise<Served> {
    const key = `${user.id} ${id}`;
    const known = this.known.get(key);
    if (known) return known;
    if (this.known.size >= mostKnown) this.known.clear();
    const found = this.find(user, id, "CAN_MAKE_PREDICTIONS", "make predictions").then(
      ({ role, status, label, model, settings }) => ({
        role,
        status,
        label,
        targetName: model.targetName,
        threshold: model.predictionThreshold,
        settings: wholeSettings(JSON.parse(settings) as Settings),
      }),
    );
    this.known.set(key, found);
    found.catch(() => this.known.delete(key));
    return found;
  }

  /** In one transaction, after which nothing is known any more. */
  async write(work: (tables: Tabled) => Promise<void>): Promise<void> {
    try {
      await this.store.tables.transaction().execute(work);
    } finally {
      this.known.clear();
    }
  }

  async add(row: DeploymentRow, user: User): Promise<void> {
    const { id, modelId, createdAt: startAt, label } = row;
    await this.write(async (tables) => {
      await tables.insertInto("deployments").values(row).execute();
      await tables.insertInto("roles").values({ deploymentId: id, userId: user.id, role: "OWNER" }).execute();
      await tables
        .insertInto("modelHistory")
        .values({ deploymentId: id, modelId, reason: null, startAt, endAt: null })
        .execute();
      await this.audit.note(
        user,
        { action: "deployment.create", objectId: id, details: { label, modelId } },
        tables,
      );
    });
  }

  /** Takes back a deployment whose model could not be loaded, with the reason in words. */
  async forget(user: User, id: string, reason: string): Promise<void> {
    await this.write(async (tables) => {
      await tables.deleteFrom("modelHistory").where("deploymentId", "=", id).execute();
      await tables.deleteFrom("roles").where("deploymentId", "=", id).execute();
      await tables.deleteFrom("deployments").where("id", "=", id).execute();
      const deed = { action: "deployment.takeBack", objectId: id, details: { reason } };
      await this.audit.note(user, deed, tables);
    });
  }

  async isKnown(id: string): Promise<boolean> {
    const row = await this.store.tables
      .selectFrom("deployments")
      .select("id")
      .where("id", "=", id)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Throws RESOURCE_UNKNOWN, also for one that the user has no role in, and RIGHT_MISSING. */
  async find(user: User, id: string, right: Right, what: string): Promise<Seen> {
    const row = await seenBy(this.store.tables, user).where("deployments.id", "=", id).executeTakeFirst();
    if (!row)
      throw new DrumError("RESOURCE_UNKNOWN", `there is no deployment ${id}; GET deployments/ lists them`);
    const seen = seenOf(row, user);
    checkRight(seen.role, right, what);
    return seen;
  }

  /** Those that are active, the oldest first. */
  async active(): Promise<DeploymentRow[]> {
    return this.store.tables
      .selectFrom("deployments")
      .selectAll()
      .where("deletedAt", "is", null)
      .where("status", "=", "active")
      .orderBy("createdAt")
      .execute();
  }

  async list(
    user: User,
    filters: Filters,
    order: Order,
    page: Page,
  ): Promise<{ rows: Seen[]; total: number }> {
    const narrowed = narrow(seenBy(this.store.tables, user), filters, user);
    const { total } = await narrowed
      .clearSelect()
      .select(({ fn }) => fn.countAll<number>().as("total"))
      .executeTakeFirstOrThrow();
    const direction = order.isDescending ? "desc" : "asc";
    const rows = await narrowed
      .orderBy(orders[order.by], direction)
      .orderBy("deployments.id")
      .offset(page.offset)
      .limit(page.limit)
      .execute();
    return { rows: rows.map((row) => seenOf(row, user)), total };
  }

  async change(user: User, id: string, changes: Changes): Promise<void> {
    if (Object.keys(changes).length === 0) return;
    await this.write(async (tables) => {
      await tables.updateTable("deployments").set(changes).where("id", "=", id).execute();
      await this.audit.note(user, { action: "deployment.change", objectId: id, details: changes }, tables);
    });
  }

  /** Throws FIELD_INVALID. */
  async changeSettings(user: User, id: string, patch: Record<string, unknown>): Promise<void> {
    await this.write(async (tables) => {
      // Read in the transaction, so that two patches of one group do not lose one.
      const { settings } = await tables
        .selectFrom("deployments")
        .select("settings")
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      const merged = mergeSettings(JSON.parse(settings) as Settings, patch);
      await tables
        .updateTable("deployments")
        .set({ settings: JSON.stringify(merged) })
        .where("id", "=", id)
        .execute();
      await this.audit.note(user, { action: "deployment.settings", objectId: id, details: patch }, tables);
    });
  }

  async markDeleted(user: User, id: string): Promise<void> {
    await this.write(async (tables) => {
      await tables.updateTable("deployments").set({ deletedAt: now() }).where("id", "=", id).execute();
      await this.audit.note(user, { action: "deployment.delete", objectId: id }, tables);
    });
  }

  /** The new model, and the history of models with it. */
  async replaceModel(
    user: User,
    id: string,
    { modelId, reason }: { modelId: string; reason: string },
  ): Promise<void> {
    const at = now();
    await this.write(async (tables) => {
      await tables.updateTable("deployments").set({ modelId }).where("id", "=", id).execute();
      await tables
        .updateTable("modelHistory")
        .set({ endAt: at })
        .where("deploymentId", "=", id)
        .where("endAt", "is", null)
        .execute();
      await tables
        .insertInto("modelHistory")
        .values({ deploymentId: id, modelId, reason, startAt: at, endAt: null })
        .execute();
      const details = { modelId, reason };
      await this.audit.note(user, { action: "deployment.replaceModel", objectId: id, details }, tables);
    });
  }

  /** The code of its model has changed, and it takes it. */
  async noteRenewal(user: User, id: string, { id: modelId, codeDirectory }: ModelRow): Promise<void> {
    const details = { modelId, codeDirectory };
    await this.audit.note(user, { action: "deployment.renew", objectId: id, details });
  }

  /** Newest first. */
  async history(
    id: string,
  ): Promise<(ModelHistoryRow & { type: string; targetName: string | null; projectId: string })[]> {
    return this.store.tables
      .selectFrom("modelHistory")
      .innerJoin("models", "models.id", "modelHistory.modelId")
      .selectAll("modelHistory")
      .select(["models.type", "models.targetName", "models.projectId"])
      .where("deploymentId", "=", id)
      .orderBy("startAt", "desc")
      .execute();
  }
}
