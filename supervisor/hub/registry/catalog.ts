// The projects of a hub, and the models that can be deployed from them.

import { DrumError } from "../../errors.js";
import type { Store } from "../store/store.js";
import type { ModelRow, ProjectRow } from "../store/tables.js";

export interface Page {
  offset: number;
  limit: number;
}

export class Catalog {
  constructor(private readonly store: Store) {}

  /** Newest first; without those that custom models are. */
  async projects(): Promise<ProjectRow[]> {
    return this.store.tables
      .selectFrom("projects")
      .selectAll()
      .where("id", "not in", ({ selectFrom }) => selectFrom("customModels").select("id"))
      .orderBy("createdAt", "desc")
      .orderBy("id", "desc")
      .execute();
  }

  /** Throws RESOURCE_UNKNOWN. */
  async project(id: string): Promise<ProjectRow> {
    const row = await this.store.tables
      .selectFrom("projects")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    if (row) return row;
    throw new DrumError("RESOURCE_UNKNOWN", `there is no project ${id}; GET projects/ lists them`);
  }

  /** In the order in which they were imported. Throws RESOURCE_UNKNOWN. */
  async models(projectId: string): Promise<ModelRow[]> {
    await this.project(projectId);
    return this.store.tables
      .selectFrom("models")
      .selectAll()
      .where("projectId", "=", projectId)
      .orderBy("position")
      .execute();
  }

  /** Throws RESOURCE_UNKNOWN, also for a version of a custom model that was deleted. */
  async model(id: string): Promise<ModelRow> {
    const row = await this.store.tables
      .selectFrom("models")
      .selectAll()
      .where("id", "=", id)
      .where("projectId", "not in", ({ selectFrom }) =>
        selectFrom("customModels").select("id").where("deletedAt", "is not", null),
      )
      .executeTakeFirst();
    if (row) return row;
    throw new DrumError("RESOURCE_UNKNOWN", `there is no model ${id}; GET projects/ID/models/ lists them`);
  }

  /** Adds them, or takes the place of those with the same ids. */
  async put(projects: readonly ProjectRow[], models: readonly ModelRow[]): Promise<void> {
    await this.store.tables.transaction().execute(async (tables) => {
      for (const { id, createdAt, ...rest } of projects)
        await tables
          .insertInto("projects")
          .values({ id, createdAt, ...rest })
          .onConflict((conflict) => conflict.column("id").doUpdateSet(rest))
          .execute();
      for (const { id, createdAt, ...rest } of models)
        await tables
          .insertInto("models")
          .values({ id, createdAt, ...rest })
          .onConflict((conflict) => conflict.column("id").doUpdateSet(rest))
          .execute();
    });
  }
}
