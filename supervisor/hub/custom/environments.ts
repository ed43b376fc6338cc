// The execution environments of a hub: its installed ones, in which models run, and those that users register.

import path from "node:path";
import { DrumError } from "../../errors.js";
import type { Places } from "../../places.js";
import type { Audit } from "../registry/audit.js";
import { newId } from "../registry/ids.js";
import { checkOwner } from "../registry/owners.js";
import { now, type User } from "../registry/users.js";
import type { Storage, Taken, Upload } from "../storage/storage.js";
import type { Store } from "../store/store.js";
import type { EnvironmentRow, EnvironmentVersionRow } from "../store/tables.js";
import { builtIn, installedEnvironments } from "./installed.js";

export interface SeenEnvironment extends EnvironmentRow {
  latest: EnvironmentVersionRow | undefined;
}

export type EnvironmentFields = Pick<EnvironmentRow, "name" | "description" | "isPublic" | "useCases">;

export interface EnvironmentFilter {
  searchFor: string | undefined;
  isOwn: boolean | undefined;
  isPublic: boolean | undefined;
  useCase: string | undefined;
}

export class Environments {
  constructor(
    private readonly store: Store,
    private readonly audit: Audit,
    private readonly storage: Storage,
    private readonly places: Places,
  ) {}

  async create(
    user: User,
    given: EnvironmentFields & Pick<EnvironmentRow, "programmingLanguage">,
  ): Promise<string> {
    const id = newId();
    await this.store.tables.transaction().execute(async (tables) => {
      await tables
        .insertInto("environments")
        .values({ id, ...given, createdBy: user.id, createdAt: now() })
        .execute();
      const deed = { action: "environment.create", objectId: id, details: { name: given.name } };
      await this.audit.note(user, deed, tables);
    });
    return id;
  }

  /** The installed ones first, then the registered ones, oldest first: those of the user, and public ones. */
  async list(user: User, filter: EnvironmentFilter): Promise<SeenEnvironment[]> {
    const rows = await this.store.tables
      .selectFrom("environments")
      .selectAll()
      .orderBy("createdAt")
      .orderBy("id")
      .execute();
    const { searchFor, isOwn, isPublic, useCase } = filter;
    const has = (text: string) => text.toLowerCase().includes(searchFor?.toLowerCase() ?? "");
    const found = [...installedEnvironments(this.places), ...rows].filter(
      (one) =>
        maySee(user, one) &&
        (has(one.name) || has(one.description)) &&
        (isOwn === undefined || (one.createdBy === user.id) === isOwn) &&
        (isPublic === undefined || (one.isPublic === 1) === isPublic) &&
        (useCase === undefined || (JSON.parse(one.useCases) as string[]).includes(useCase)),
    );
    return Promise.all(found.map((one) => this.withLatest(one)));
  }

  /** Throws RESOURCE_UNKNOWN. */
  async find(user: User, id: string): Promise<SeenEnvironment> {
    const row =
      installedEnvironments(this.places).find((one) => one.id === id) ??
      (await this.store.tables
        .selectFrom("environments")
        .selectAll()
        .where("id", "=", id)
        .executeTakeFirst());
    if (row && maySee(user, row)) return this.withLatest(row);
    throw new DrumError(
      "RESOURCE_UNKNOWN",
      `there is no execution environment ${id}; GET executionEnvironments/ lists them`,
    );
  }

  async change(user: User, id: string, changes: Partial<EnvironmentFields>): Promise<SeenEnvironment> {
    checkOwner(user, await this.registered(user, id), "change it");
    if (Object.keys(changes).length > 0)
      await this.store.tables.transaction().execute(async (tables) => {
        await tables.updateTable("environments").set(changes).where("id", "=", id).execute();
        const deed = { action: "environment.change", objectId: id, details: changes };
        await this.audit.note(user, deed, tables);
      });
    return this.find(user, id);
  }

  /** With its stored contexts. Throws RIGHT_MISSING, and RESOURCE_IN_USE if a version of a custom model names it. */
  async delete(user: User, id: string): Promise<void> {
    checkOwner(user, await this.registered(user, id), "delete it");
    const versions = await this.store.tables.transaction().execute(async (tables) => {
      const holder = await tables
        .selectFrom("customModelVersions")
        .innerJoin("customModels", "customModels.id", "customModelVersions.customModelId")
        .select(["customModels.name", "major", "minor"])
        .where("baseEnvironmentId", "=", id)
        .where("customModels.deletedAt", "is", null)
        .executeTakeFirst();
      if (holder)
        throw new DrumError(
          "RESOURCE_IN_USE",
          `the version ${holder.major}.${holder.minor} of ${holder.name} names it; delete the custom model first`,
        );
      const versions = await tables
        .deleteFrom("environmentVersions")
        .where("environmentId", "=", id)
        .returning(["id", "size"])
        .execute();
      await tables.deleteFrom("environments").where("id", "=", id).execute();
      await this.audit.note(user, { action: "environment.delete", objectId: id }, tables);
      return versions;
    });
    for (const version of versions) await this.storage.remove("contexts", version.id, version.size);
  }

  /** Oldest first. */
  async versions(environmentId: string): Promise<EnvironmentVersionRow[]> {
    const own = builtIn(this.places, environmentId);
    if (own) return [own];
    return this.store.tables
      .selectFrom("environmentVersions")
      .selectAll()
      .where("environmentId", "=", environmentId)
      .orderBy("createdAt")
      .orderBy("id")
      .execute();
  }

  /** Throws RESOURCE_UNKNOWN. */
  async version(environmentId: string, id: string): Promise<EnvironmentVersionRow> {
    const found = (await this.versions(environmentId)).find((one) => one.id === id);
    if (found) return found;
    throw new DrumError(
      "RESOURCE_UNKNOWN",
      `the execution environment ${environmentId} has no version ${id}; GET executionEnvironments/${environmentId}/versions/ lists them`,
    );
  }

  /** The id of the environment that has the version; `expected` is another one that was named. Throws RESOURCE_UNKNOWN. */
  async environmentOf(user: User, versionId: string, expected: string | undefined): Promise<string> {
    const own = installedEnvironments(this.places).find(
      ({ id }) => builtIn(this.places, id)?.id === versionId,
    );
    const row = own
      ? { environmentId: own.id }
      : await this.store.tables
          .selectFrom("environmentVersions")
          .select("environmentId")
          .where("id", "=", versionId)
          .executeTakeFirst();
    if (!row || (expected !== undefined && row.environmentId !== expected))
      throw new DrumError(
        "RESOURCE_UNKNOWN",
        `the execution environment${expected === undefined ? "s have" : ` ${expected} has`} no version ${versionId}`,
      );
    return (await this.find(user, row.environmentId)).id;
  }

  /** With a docker context that was taken as `context`, which is stored as it is. Throws RIGHT_MISSING and RESOURCE_UNKNOWN. */
  async addVersion(
    user: User,
    environmentId: string,
    given: Pick<EnvironmentVersionRow, "label" | "description" | "dockerImageUri">,
    sent?: { context: Taken; contextName: string; upload: Upload },
  ): Promise<string> {
    checkOwner(user, await this.registered(user, environmentId), "add versions to it");
    const id = newId();
    let [contextName, size]: [string | null, number] = [null, 0];
    if (sent) {
      contextName = path.basename(sent.contextName) || "context";
      await sent.upload.place(sent.context, contextFile);
      size = await sent.upload.keep("contexts", id);
    }
    try {
      await this.store.tables.transaction().execute(async (tables) => {
        await tables
          .insertInto("environmentVersions")
          .values({ id, environmentId, ...given, contextName, size, createdAt: now() })
          .execute();
        const deed = { action: "environmentVersion.create", objectId: id, details: { environmentId } };
        await this.audit.note(user, deed, tables);
      });
    } catch (error) {
      if (sent) await this.storage.remove("contexts", id, size);
      throw error;
    }
    return id;
  }

  /** Throws RESOURCE_UNKNOWN if none was sent. */
  contextOf({ id, contextName }: EnvironmentVersionRow): string {
    if (contextName !== null) return path.join(this.storage.filesOf("contexts", id), contextFile);
    throw new DrumError("RESOURCE_UNKNOWN", `the version ${id} has no docker context`);
  }

  /** Whether it is one that is installed here. */
  isInstalled(id: string): boolean {
    return builtIn(this.places, id) !== undefined;
  }

  private async withLatest(row: EnvironmentRow): Promise<SeenEnvironment> {
    return { ...row, latest: (await this.versions(row.id)).at(-1) };
  }

  /** Throws RESOURCE_UNKNOWN, and RIGHT_MISSING for an installed one. */
  private async registered(user: User, id: string): Promise<EnvironmentRow> {
    if (this.isInstalled(id))
      throw new DrumError(
        "RIGHT_MISSING",
        "the installed environments of the hub cannot be changed here; its administrator does so with drum environment",
      );
    return this.find(user, id);
  }
}

const contextFile = "context";

function maySee(user: User, { isPublic, createdBy }: EnvironmentRow): boolean {
  return isPublic === 1 || createdBy === user.id || user.isAdministrator;
}
