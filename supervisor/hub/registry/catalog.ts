// The projects of a hub, and the models that can be deployed from them.

import { DrumError } from "../../errors.js";
import type { Store, Tabled } from "../store/store.js";
import type { ModelRow, ProjectRow } from "../store/tables.js";
import { Audit } from "./audit.js";

export interface Page {
  offset: number;
  limit: number;
}

export class Catalog {
  private readonly audit: Audit;

  constructor(private readonly store: Store) {
    this.audit = new Audit(store);
  }

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

  async has(modelId: string): Promise<boolean> {
    const row = await this.store.tables
      .selectFrom("models")
      .select("id")
      .where("id", "=", modelId)
      .executeTakeFirst();
    return row !== undefined;
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

  /** Adds them, or takes the place of those with the same ids. Returns the ids of those that were new or differed. */
  async put(
    user: { id: string },
    projects: readonly ProjectRow[],
    models: readonly ModelRow[],
  ): Promise<ReadonlySet<string>> {
    const put = new Set<string>();
    await this.store.tables.transaction().execute(async (tables) => {
      for (const [table, kind, rows] of [
        ["projects", "project", projects],
        ["models", "model", models],
      ] as const)
        for (const row of rows) {
          const change = await putRow(tables, table, row);
          if (!change) continue;
          put.add(row.id);
          const deed = { action: `${kind}.${change.is}`, objectId: row.id, details: change.details };
          await this.audit.note(user, deed, tables);
        }
      if (put.size === 0) return;
      const deed = { action: "import", objectId: "", details: { ids: [...put] } };
      await this.audit.note(user, deed, tables);
    });
    return put;
  }
}

interface Change {
  is: "create" | "change";
  details: object;
}

/** Undefined if the row is there already, the same but for the time of its making. */
async function putRow(
  tables: Tabled,
  table: "projects" | "models",
  row: ProjectRow | ModelRow,
): Promise<Change | undefined> {
  const { id, createdAt: _, ...rest } = row;
  const known = await tables.selectFrom(table).selectAll().where("id", "=", id).executeTakeFirst();
  if (!known) {
    await tables
      .insertInto(table)
      .values(row as ModelRow)
      .execute();
    return { is: "create", details: rest };
  }
  const before = known as unknown as Record<string, unknown>;
  const changed = Object.fromEntries(Object.entries(rest).filter(([name, value]) => before[name] !== value));
  if (Object.keys(changed).length === 0) return undefined;
  await tables.updateTable(table).set(changed).where("id", "=", id).execute();
  return { is: "change", details: changed };
}
