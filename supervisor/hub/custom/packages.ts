// Models that were registered to be deployed, which DataRobot calls model packages.

import { DrumError } from "../../errors.js";
import type { Audit } from "../registry/audit.js";
import { newId } from "../registry/ids.js";
import { now, type User } from "../registry/users.js";
import type { Store, Tabled } from "../store/store.js";
import type { ModelRow, PackageRow } from "../store/tables.js";

export interface SeenPackage extends PackageRow {
  creatorName: string;
  model: Pick<ModelRow, "type" | "targetType" | "targetName" | "labels" | "projectId">;
  /** Of deployments that are active. */
  activeDeployments: number;
}

export interface NewPackage {
  modelId: string;
  name: string;
  description: string | null;
  /** An earlier one to be a version of. */
  registeredModelId: string | undefined;
}

export class Packages {
  constructor(
    private readonly store: Store,
    private readonly audit: Audit,
  ) {}

  /** Throws RESOURCE_UNKNOWN for an unknown registered model. */
  async create(user: User, { registeredModelId, ...given }: NewPackage): Promise<SeenPackage> {
    const id = newId();
    await this.store.tables.transaction().execute(async (tables) => {
      let registered = { registeredModelId: newId(), registeredModelVersion: 1 };
      if (registeredModelId !== undefined) {
        const { last } = await tables
          .selectFrom("packages")
          .select(({ fn }) => fn.max<number | null>("registeredModelVersion").as("last"))
          .where("registeredModelId", "=", registeredModelId)
          .executeTakeFirstOrThrow();
        if (last === null)
          throw new DrumError("RESOURCE_UNKNOWN", `there is no registered model ${registeredModelId}`);
        registered = { registeredModelId, registeredModelVersion: last + 1 };
      }
      await tables
        .insertInto("packages")
        .values({ id, ...given, ...registered, createdBy: user.id, createdAt: now() })
        .execute();
      const details = { modelId: given.modelId };
      await this.audit.note(user, { action: "modelPackage.create", objectId: id, details }, tables);
    });
    return this.find(id);
  }

  /** Newest first; without `modelId`, those of all models. */
  async list(modelId: string | undefined): Promise<SeenPackage[]> {
    let query = this.seen().orderBy("packages.createdAt", "desc").orderBy("packages.id", "desc");
    if (modelId !== undefined) query = query.where("packages.modelId", "=", modelId);
    return (await query.execute()).map(seenOf);
  }

  /** Throws RESOURCE_UNKNOWN. */
  async find(id: string): Promise<SeenPackage> {
    const row = await this.seen().where("packages.id", "=", id).executeTakeFirst();
    if (row) return seenOf(row);
    throw new DrumError("RESOURCE_UNKNOWN", `there is no model package ${id}; GET modelPackages/ lists them`);
  }

  private seen() {
    return packagesIn(this.store.tables);
  }
}

function packagesIn(tables: Tabled) {
  return tables
    .selectFrom("packages")
    .innerJoin("models", "models.id", "packages.modelId")
    .innerJoin("users", "users.id", "packages.createdBy")
    .leftJoin("customModels", "customModels.id", "models.projectId")
    .selectAll("packages")
    .select(["models.type", "models.targetType", "models.targetName", "models.labels", "models.projectId"])
    .select("users.name as creatorName")
    .select(({ selectFrom }) =>
      selectFrom("deployments")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .whereRef("deployments.modelId", "=", "packages.modelId")
        .where("deployments.deletedAt", "is", null)
        .where("deployments.status", "=", "active")
        .as("activeDeployments"),
    )
    .where("customModels.deletedAt", "is", null);
}

type Row = Awaited<ReturnType<ReturnType<typeof packagesIn>["execute"]>>[number];

function seenOf({
  type,
  targetType,
  targetName,
  labels,
  projectId,
  activeDeployments,
  ...rest
}: Row): SeenPackage {
  const model = { type, targetType, targetName, labels, projectId };
  return { ...rest, model, activeDeployments: activeDeployments ?? 0 };
}
