// The versions of custom models: code directories of uploaded files, each a model that can be deployed under the version's id.

import path from "node:path";
import { counted } from "../../counted.js";
import { DrumError } from "../../errors.js";
import type { Audit } from "../registry/audit.js";
import { newId } from "../registry/ids.js";
import { checkOwner } from "../registry/owners.js";
import { now, type User } from "../registry/users.js";
import { checkPath, checkTogether, refusal } from "../storage/paths.js";
import type { Storage, Taken, Upload } from "../storage/storage.js";
import type { Store, Tabled } from "../store/store.js";
import type { CustomModelVersionRow, ModelRow } from "../store/tables.js";
import { latestOf, type SeenCustomModel } from "./custom-models.js";
import {
  checkParameters,
  type Parameter,
  type ParameterValue,
  parametersFile,
  parametersOf,
} from "./parameters.js";

/** Of one version. */
export const mostFiles = 10_000;

/** A file of a version. */
export interface Item {
  id: string;
  /** Below the code directory. */
  path: string;
  bytes: number;
  createdAt: string;
}

export interface NewVersion {
  isMajor: boolean;
  /** Whether it begins with the files and settings of the version before. */
  isFromPrevious: boolean;
  files: readonly { path: string; taken: Taken }[];
  /** Ids of items. */
  filesToDelete: readonly string[];
  parameters: readonly ParameterValue[];
  /** Undefined keeps that of the version before, null takes none. */
  trainingDatasetId: string | null | undefined;
  baseEnvironmentId: string | undefined;
  baseEnvironmentVersionId: string | undefined;
  settings: object;
}

const parametersName = "parameters.json";

export class Versions {
  /** The last version under way of each custom model, which the next one waits for. */
  private readonly making = new Map<string, Promise<unknown>>();

  constructor(
    private readonly store: Store,
    private readonly audit: Audit,
    private readonly storage: Storage,
  ) {}

  /** Throws RIGHT_MISSING. Asked before the files come. */
  checkMayAdd(user: User, model: SeenCustomModel): void {
    checkOwner(user, model, "add versions to it");
  }

  /** Throws RESOURCE_UNKNOWN, FIELD_INVALID, UPLOAD_REFUSED and the system's errors; nothing is kept then. */
  async create(
    user: User,
    model: SeenCustomModel,
    wish: NewVersion,
    upload: Upload,
  ): Promise<CustomModelVersionRow> {
    for (const file of wish.files) checkPath(file.path);
    checkTogether(wish.files.map((file) => file.path));
    const before = this.making.get(model.id);
    const made = (async () => {
      await before?.catch(() => {});
      return this.make(user, model, wish, upload);
    })();
    this.making.set(model.id, made);
    try {
      return await made;
    } finally {
      if (this.making.get(model.id) === made) this.making.delete(model.id);
    }
  }

  /** Oldest first. */
  async list(customModelId: string): Promise<CustomModelVersionRow[]> {
    return this.store.tables
      .selectFrom("customModelVersions")
      .selectAll()
      .where("customModelId", "=", customModelId)
      .orderBy("major")
      .orderBy("minor")
      .execute();
  }

  /** Throws RESOURCE_UNKNOWN. */
  async find(customModelId: string, id: string): Promise<CustomModelVersionRow> {
    const row = await this.store.tables
      .selectFrom("customModelVersions")
      .selectAll()
      .where("customModelId", "=", customModelId)
      .where("id", "=", id)
      .executeTakeFirst();
    if (row) return row;
    throw new DrumError("RESOURCE_UNKNOWN", `there is no version ${id} of the custom model ${customModelId}`);
  }

  async describe(user: User, version: CustomModelVersionRow, description: string): Promise<void> {
    checkOwner(user, version, "change it");
    const { id } = version;
    await this.store.tables.transaction().execute(async (tables) => {
      await tables.updateTable("customModelVersions").set({ description }).where("id", "=", id).execute();
      const details = { description };
      await this.audit.note(user, { action: "customModelVersion.change", objectId: id, details }, tables);
    });
  }

  folderOf({ id }: Pick<CustomModelVersionRow, "id">): string {
    return this.storage.filesOf("versions", id);
  }

  private async make(
    user: User,
    model: SeenCustomModel,
    wish: NewVersion,
    upload: Upload,
  ): Promise<CustomModelVersionRow> {
    const previous = await latestOf(this.store.tables, model.id);
    if (wish.isFromPrevious && !previous)
      throw new DrumError(
        "RESOURCE_UNKNOWN",
        "the custom model has no version that another one can follow; make the first one with POST",
      );
    const base = wish.isFromPrevious ? previous : undefined;
    const id = newId();
    const items = await this.assemble(base, wish, upload);
    const before = base ? (JSON.parse(base.runtimeParameters) as Parameter[]) : [];
    const parameters = parametersOf(upload.files, wish.parameters, before);
    const values = parametersFile(parameters);
    if (values !== undefined) {
      await upload.write(parametersName, values);
      checkParameters(upload.files, path.join(upload.folder, parametersName));
    }
    const size = await upload.keep("versions", id);
    const row = {
      id,
      customModelId: model.id,
      description: null,
      items: JSON.stringify(items),
      size,
      baseEnvironmentId: wish.baseEnvironmentId ?? previous?.baseEnvironmentId ?? null,
      baseEnvironmentVersionId:
        wish.baseEnvironmentVersionId ??
        (wish.baseEnvironmentId === undefined ? (previous?.baseEnvironmentVersionId ?? null) : null),
      trainingDatasetId:
        wish.trainingDatasetId === undefined ? (previous?.trainingDatasetId ?? null) : wish.trainingDatasetId,
      settings: JSON.stringify({ ...(base && JSON.parse(base.settings)), ...wish.settings }),
      runtimeParameters: JSON.stringify(parameters),
      createdBy: user.id,
      createdAt: now(),
    };
    try {
      return await this.store.tables
        .transaction()
        .execute((tables) =>
          this.insert(tables, user, { model, row, isMajor: wish.isMajor, hasValues: values !== undefined }),
        );
    } catch (error) {
      await this.storage.remove("versions", id, size);
      throw error;
    }
  }

  /** Puts the files together: those of the base that are neither replaced nor deleted, and the new ones. */
  private async assemble(
    base: CustomModelVersionRow | undefined,
    { files, filesToDelete }: NewVersion,
    upload: Upload,
  ): Promise<Item[]> {
    const old = base ? (JSON.parse(base.items) as Item[]) : [];
    const unknown = filesToDelete.find((id) => !old.some((item) => item.id === id));
    if (unknown !== undefined)
      throw new DrumError(
        "RESOURCE_UNKNOWN",
        `the version before has no file item ${unknown}, which filesToDelete names`,
      );
    const replaced = new Set(files.map((file) => file.path));
    const gone = new Set(filesToDelete);
    const kept = old.filter((item) => !gone.has(item.id) && !replaced.has(item.path));
    checkTogether([...kept.map((item) => item.path), ...replaced]);
    const count = kept.length + files.length;
    if (count > mostFiles)
      throw refusal(`the version would have ${counted(count, "file")}, but at most ${mostFiles} are kept`);
    for (const item of kept) await upload.copy(this.folderOf(base!), item.path);
    const added: Item[] = [];
    for (const file of files) {
      await upload.place(file.taken, file.path);
      added.push({ id: newId(), path: file.path, bytes: file.taken.bytes, createdAt: now() });
    }
    return [...kept, ...added].sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  /** The version with the next number, and the model that it is. */
  private async insert(
    tables: Tabled,
    user: User,
    {
      model,
      row,
      isMajor,
      hasValues,
    }: {
      model: SeenCustomModel;
      row: Omit<CustomModelVersionRow, "major" | "minor">;
      isMajor: boolean;
      hasValues: boolean;
    },
  ): Promise<CustomModelVersionRow> {
    const { id, createdAt, trainingDatasetId } = row;
    const last = await latestOf(tables, model.id);
    const number = !last
      ? { major: 1, minor: 0 }
      : isMajor
        ? { major: last.major + 1, minor: 0 }
        : { major: last.major, minor: last.minor + 1 };
    const isThere = await tables
      .selectFrom("customModels")
      .select("id")
      .where("id", "=", model.id)
      .where("deletedAt", "is", null)
      .executeTakeFirst();
    if (!isThere) throw new DrumError("RESOURCE_UNKNOWN", `the custom model ${model.id} was deleted`);
    const dataset = trainingDatasetId === null ? undefined : await datasetIn(tables, trainingDatasetId);
    const { total } = await tables
      .selectFrom("customModelVersions")
      .select(({ fn }) => fn.countAll<number>().as("total"))
      .where("customModelId", "=", model.id)
      .executeTakeFirstOrThrow();
    const { predictionThreshold = null } = JSON.parse(model.settings) as { predictionThreshold?: number };
    const asModel: ModelRow = {
      id,
      projectId: model.id,
      type: `${model.name} v${number.major}.${number.minor}`,
      codeDirectory: this.folderOf(row),
      targetType: model.targetType.toLowerCase(),
      targetName: model.targetName,
      labels: model.labels,
      trainingData: dataset
        ? path.join(this.storage.filesOf("datasets", dataset.id), dataset.fileName)
        : null,
      parametersFile: hasValues ? path.join(this.storage.folderOf("versions", id), parametersName) : null,
      predictionThreshold,
      position: total,
      createdAt,
    };
    const version = { ...row, ...number };
    await tables.insertInto("customModelVersions").values(version).execute();
    await tables.insertInto("models").values(asModel).execute();
    await tables
      .updateTable("customModels")
      .set({ updatedAt: createdAt })
      .where("id", "=", model.id)
      .execute();
    const details = { customModelId: model.id, ...number };
    await this.audit.note(user, { action: "customModelVersion.create", objectId: id, details }, tables);
    return version;
  }
}

async function datasetIn(tables: Tabled, id: string) {
  const dataset = await tables.selectFrom("datasets").selectAll().where("id", "=", id).executeTakeFirst();
  if (dataset) return dataset;
  throw new DrumError("RESOURCE_UNKNOWN", `there is no dataset ${id}; POST datasets/fromFile/ makes one`);
}
