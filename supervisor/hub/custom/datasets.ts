// The datasets of a hub: files that users upload, such as training data.

import path from "node:path";
import { DrumError } from "../../errors.js";
import type { Audit } from "../registry/audit.js";
import type { Page } from "../registry/catalog.js";
import { newId } from "../registry/ids.js";
import { checkOwner } from "../registry/owners.js";
import { now, type User } from "../registry/users.js";
import type { Storage, Taken, Upload } from "../storage/storage.js";
import type { Store } from "../store/store.js";
import type { DatasetRow } from "../store/tables.js";

export interface SeenDataset extends DatasetRow {
  creatorName: string;
}

export class Datasets {
  constructor(
    private readonly store: Store,
    private readonly audit: Audit,
    private readonly storage: Storage,
  ) {}

  /** `name` is that of the file as it was sent. */
  async create(user: User, name: string, taken: Taken, upload: Upload): Promise<string> {
    const id = newId();
    const fileName = `data${extensionOf(name)}`;
    await upload.place(taken, fileName);
    const size = await upload.keep("datasets", id);
    const row = { id, name, fileName, size, categories: "[]", createdBy: user.id, createdAt: now() };
    try {
      await this.store.tables.transaction().execute(async (tables) => {
        await tables.insertInto("datasets").values(row).execute();
        await this.audit.note(user, { action: "dataset.create", objectId: id, details: { name } }, tables);
      });
    } catch (error) {
      await this.storage.remove("datasets", id, size);
      throw error;
    }
    return id;
  }

  /** Newest first. */
  async list({ offset, limit }: Page): Promise<{ rows: SeenDataset[]; total: number }> {
    const { total } = await this.store.tables
      .selectFrom("datasets")
      .select(({ fn }) => fn.countAll<number>().as("total"))
      .executeTakeFirstOrThrow();
    const rows = await this.seen()
      .orderBy("datasets.createdAt", "desc")
      .orderBy("datasets.id", "desc")
      .offset(offset)
      .limit(limit)
      .execute();
    return { rows, total };
  }

  /** Throws RESOURCE_UNKNOWN. */
  async find(id: string): Promise<SeenDataset> {
    const row = await this.seen().where("datasets.id", "=", id).executeTakeFirst();
    if (row) return row;
    throw new DrumError("RESOURCE_UNKNOWN", `there is no dataset ${id}; GET datasets/ lists them`);
  }

  fileOf({ id, fileName }: DatasetRow): string {
    return path.join(this.storage.filesOf("datasets", id), fileName);
  }

  async change(
    user: User,
    dataset: DatasetRow,
    changes: Partial<Pick<DatasetRow, "name" | "categories">>,
  ): Promise<void> {
    checkOwner(user, dataset, "change it");
    if (Object.keys(changes).length === 0) return;
    await this.store.tables.transaction().execute(async (tables) => {
      await tables.updateTable("datasets").set(changes).where("id", "=", dataset.id).execute();
      const deed = { action: "dataset.change", objectId: dataset.id, details: changes };
      await this.audit.note(user, deed, tables);
    });
  }

  /** Throws RIGHT_MISSING, and RESOURCE_IN_USE for training data. */
  async delete(user: User, dataset: DatasetRow): Promise<void> {
    checkOwner(user, dataset, "delete it");
    const { id, size } = dataset;
    await this.store.tables.transaction().execute(async (tables) => {
      const holder = await tables
        .selectFrom("customModelVersions")
        .innerJoin("customModels", "customModels.id", "customModelVersions.customModelId")
        .select(["customModels.name", "major", "minor"])
        .where("trainingDatasetId", "=", id)
        .where("customModels.deletedAt", "is", null)
        .executeTakeFirst();
      if (holder)
        throw new DrumError(
          "RESOURCE_IN_USE",
          `the version ${holder.major}.${holder.minor} of ${holder.name} has it as its training data; delete the custom model first`,
        );
      await tables.deleteFrom("datasets").where("id", "=", id).execute();
      await this.audit.note(user, { action: "dataset.delete", objectId: id }, tables);
    });
    await this.storage.remove("datasets", id, size);
  }

  private seen() {
    return this.store.tables
      .selectFrom("datasets")
      .innerJoin("users", "users.id", "datasets.createdBy")
      .selectAll("datasets")
      .select("users.name as creatorName");
  }
}

/** Readers tell the kind of a file by it. */
function extensionOf(name: string): string {
  return /(\.[A-Za-z0-9]{1,10}){1,2}$/.exec(name)?.[0].toLowerCase() ?? "";
}
