// The custom models of a hub: what their versions predict. Each is a project too, whose models are its versions.

import { sql } from "kysely";
import { DrumError } from "../../errors.js";
import type { Audit } from "../registry/audit.js";
import type { Page } from "../registry/catalog.js";
import { newId } from "../registry/ids.js";
import { checkOwner } from "../registry/owners.js";
import { now, type User } from "../registry/users.js";
import type { Storage } from "../storage/storage.js";
import type { Store, Tabled } from "../store/store.js";
import type { CustomModelRow, CustomModelVersionRow } from "../store/tables.js";

export type NewCustomModel = Pick<
  CustomModelRow,
  "name" | "description" | "language" | "targetType" | "targetName" | "labels" | "settings"
>;

/** A custom model, and what is counted of it. */
export interface SeenCustomModel extends CustomModelRow {
  creatorName: string;
  /** Of deployments that are not deleted. */
  deploymentsCount: number;
  latest: CustomModelVersionRow | undefined;
}

export interface CustomModelFilter {
  searchFor: string | undefined;
  isDeployed: boolean | undefined;
  by: "createdAt" | "updatedAt";
  isDescending: boolean;
}

/** Versions of the custom model of the row that a deployment has now. */
const deploymentsCount = sql<number>`(select count(*) from "deployments" join "models" on "models"."id" = "deployments"."modelId" where "models"."projectId" = "customModels"."id" and "deployments"."deletedAt" is null)`;

export class CustomModels {
  constructor(
    private readonly store: Store,
    private readonly audit: Audit,
    private readonly storage: Storage,
  ) {}

  async create(user: User, given: NewCustomModel): Promise<SeenCustomModel> {
    const [id, at] = [newId(), now()];
    const own = { createdBy: user.id, createdAt: at, updatedAt: at, deletedAt: null };
    await this.store.tables.transaction().execute(async (tables) => {
      const { name, targetName: target } = given;
      const targetType = given.targetType.toLowerCase();
      await tables.insertInto("projects").values({ id, name, target, targetType, createdAt: at }).execute();
      await tables
        .insertInto("customModels")
        .values({ id, ...given, ...own })
        .execute();
      await this.audit.note(user, { action: "customModel.create", objectId: id, details: { name } }, tables);
    });
    return this.find(id);
  }

  async list(filter: CustomModelFilter, page: Page): Promise<{ rows: SeenCustomModel[]; total: number }> {
    let query = this.seen();
    const { searchFor, isDeployed, by, isDescending } = filter;
    if (searchFor !== undefined) {
      const pattern = `%${searchFor.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
      query = query.where(
        sql<boolean>`(lower("customModels"."name") like ${pattern} escape '\\' or lower("customModels"."description") like ${pattern} escape '\\')`,
      );
    }
    if (isDeployed !== undefined) query = query.where(deploymentsCount, isDeployed ? ">" : "=", 0);
    const { total } = await query
      .clearSelect()
      .select(({ fn }) => fn.countAll<number>().as("total"))
      .executeTakeFirstOrThrow();
    const rows = await query
      .orderBy(`customModels.${by}`, isDescending ? "desc" : "asc")
      .orderBy("customModels.id")
      .offset(page.offset)
      .limit(page.limit)
      .execute();
    return { rows: await Promise.all(rows.map((row) => this.withLatest(row))), total };
  }

  /** Throws RESOURCE_UNKNOWN. */
  async find(id: string): Promise<SeenCustomModel> {
    const row = await this.seen().where("customModels.id", "=", id).executeTakeFirst();
    if (row) return this.withLatest(row);
    throw new DrumError("RESOURCE_UNKNOWN", `there is no custom model ${id}; GET customModels/ lists them`);
  }

  /** Throws RESOURCE_UNKNOWN, RIGHT_MISSING, and RESOURCE_IN_USE if what its versions predict would change. */
  async change(user: User, id: string, changes: Partial<NewCustomModel>): Promise<SeenCustomModel> {
    const model = await this.find(id);
    checkOwner(user, model, "change it");
    const differing = (["targetName", "labels"] as const).filter(
      (name) => changes[name] !== undefined && changes[name] !== model[name],
    );
    await this.store.tables.transaction().execute(async (tables) => {
      if (differing.length > 0 && (await latestOf(tables, id)))
        throw new DrumError(
          "RESOURCE_IN_USE",
          "target and class labels cannot be changed once there is a version; make another custom model",
        );
      await tables
        .updateTable("customModels")
        .set({ ...changes, updatedAt: now() })
        .where("id", "=", id)
        .execute();
      const project = {
        ...(changes.name !== undefined && { name: changes.name }),
        ...(changes.targetName !== undefined && { target: changes.targetName }),
      };
      if (Object.keys(project).length > 0)
        await tables.updateTable("projects").set(project).where("id", "=", id).execute();
      await this.audit.note(user, { action: "customModel.change", objectId: id, details: changes }, tables);
    });
    return this.find(id);
  }

  /** With the files of its versions; the history of deployments keeps their names. Throws RIGHT_MISSING, and RESOURCE_IN_USE if one is deployed. */
  async delete(user: User, id: string): Promise<void> {
    const model = await this.find(id);
    checkOwner(user, model, "delete it");
    const versions = await this.store.tables.transaction().execute(async (tables) => {
      const deployed = await tables
        .selectFrom("deployments")
        .innerJoin("models", "models.id", "deployments.modelId")
        .select(["deployments.id", "deployments.label"])
        .where("models.projectId", "=", id)
        .where("deployments.deletedAt", "is", null)
        .executeTakeFirst();
      if (deployed)
        throw new DrumError(
          "RESOURCE_IN_USE",
          `the deployment ${deployed.label} (${deployed.id}) has a version of it; delete the deployment, or replace its model, first`,
        );
      await tables.updateTable("customModels").set({ deletedAt: now() }).where("id", "=", id).execute();
      await this.audit.note(user, { action: "customModel.delete", objectId: id }, tables);
      return tables
        .selectFrom("customModelVersions")
        .select(["id", "size"])
        .where("customModelId", "=", id)
        .execute();
    });
    for (const version of versions) await this.storage.remove("versions", version.id, version.size);
  }

  private seen() {
    return this.store.tables
      .selectFrom("customModels")
      .innerJoin("users", "users.id", "customModels.createdBy")
      .selectAll("customModels")
      .select("users.name as creatorName")
      .select(deploymentsCount.as("deploymentsCount"))
      .where("customModels.deletedAt", "is", null);
  }

  private async withLatest<Row extends CustomModelRow>(row: Row) {
    return { ...row, latest: await latestOf(this.store.tables, row.id) };
  }
}

/** The version with the largest number. */
export async function latestOf(tables: Tabled, id: string): Promise<CustomModelVersionRow | undefined> {
  return tables
    .selectFrom("customModelVersions")
    .selectAll()
    .where("customModelId", "=", id)
    .orderBy("major", "desc")
    .orderBy("minor", "desc")
    .limit(1)
    .executeTakeFirst();
}
