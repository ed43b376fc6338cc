// Who has a role in a deployment: read, given and taken away.

import { sql } from "kysely";
import { counted } from "../../counted.js";
import type { Audit } from "../registry/audit.js";
import type { Page } from "../registry/catalog.js";
import type { User } from "../registry/users.js";
import type { Store, Tabled } from "../store/store.js";
import type { Records } from "./records.js";
import type { Role } from "./roles.js";
import { invalid } from "./settings.js";

export interface Member {
  userId: string;
  name: string;
  role: Role;
}

/** A role for a user, who is named by id or by name. */
export interface Grant {
  by: "id" | "name";
  of: string;
  /** Undefined takes the role away. */
  role: Role | undefined;
}

export interface Owners {
  count: number;
  /** The first few. */
  preview: { id: string; name: string }[];
}

const mostPreviewed = 3;

export class Sharing {
  constructor(
    private readonly store: Store,
    private readonly records: Records,
    private readonly audit: Audit,
  ) {}

  /** By name; of those with this id or name alone, where it is given. */
  async members(
    deploymentId: string,
    { id, name }: { id?: string | undefined; name?: string | undefined },
    page: Page,
  ): Promise<{ rows: Member[]; total: number }> {
    let query = this.store.tables
      .selectFrom("roles")
      .innerJoin("users", "users.id", "roles.userId")
      .where("roles.deploymentId", "=", deploymentId);
    if (id !== undefined) query = query.where("users.id", "=", id);
    if (name !== undefined) query = query.where("users.name", "=", name);
    const { total } = await query
      .select(({ fn }) => fn.countAll<number>().as("total"))
      .executeTakeFirstOrThrow();
    const rows = await query
      .select(["users.id as userId", "users.name", "roles.role"])
      .orderBy("users.name")
      .offset(page.offset)
      .limit(page.limit)
      .execute();
    return { rows: rows.map((row) => ({ ...row, role: row.role as Role })), total };
  }

  /** By the ids of the deployments. */
  async owners(deploymentIds: readonly string[]): Promise<ReadonlyMap<string, Owners>> {
    const owners = new Map(deploymentIds.map((id) => [id, { count: 0, preview: [] } as Owners]));
    if (deploymentIds.length === 0) return owners;
    const ranked = this.store.tables
      .selectFrom("roles")
      .innerJoin("users", "users.id", "roles.userId")
      .where("roles.deploymentId", "in", deploymentIds)
      .where("roles.role", "=", "OWNER")
      .select([
        "roles.deploymentId",
        "users.id",
        "users.name",
        sql<number>`count(*) over (partition by "roles"."deploymentId")`.as("count"),
        sql<number>`row_number() over (partition by "roles"."deploymentId" order by "users"."name")`.as(
          "rank",
        ),
      ]);
    const rows = await this.store.tables
      .selectFrom(ranked.as("ranked"))
      .selectAll()
      .where("rank", "<=", mostPreviewed)
      .orderBy("rank")
      .execute();
    for (const { deploymentId, id, name, count } of rows) {
      const known = owners.get(deploymentId)!;
      known.count = count;
      known.preview.push({ id, name });
    }
    return owners;
  }

  /** All of them or none, in their order. Throws FIELD_INVALID for an unknown user, and if no owner would be left. */
  async grant(user: User, deploymentId: string, grants: readonly Grant[]): Promise<void> {
    await this.records.write(async (tables) => {
      for (const { by, of, role } of grants) {
        const given = await tables
          .selectFrom("users")
          .select(["id", "name"])
          .where(by, "=", of)
          .executeTakeFirst();
        if (!given) throw invalid(`roles`, "a user of this hub, whom drum hub token makes", of);
        const before = await setRole(tables, deploymentId, given.id, role);
        if (before === role) continue;
        const details = { userId: given.id, user: given.name, role: role ?? null, before: before ?? null };
        await this.audit.note(user, { action: "deployment.share", objectId: deploymentId, details }, tables);
      }
      await checkOwned(tables, deploymentId, grants);
    });
  }
}

/** Returns the role that the user had. */
async function setRole(
  tables: Tabled,
  deploymentId: string,
  userId: string,
  role: Role | undefined,
): Promise<Role | undefined> {
  const before = await tables
    .selectFrom("roles")
    .select("role")
    .where("userId", "=", userId)
    .where("deploymentId", "=", deploymentId)
    .executeTakeFirst();
  if (role === undefined)
    await tables
      .deleteFrom("roles")
      .where("userId", "=", userId)
      .where("deploymentId", "=", deploymentId)
      .execute();
  else
    await tables
      .insertInto("roles")
      .values({ deploymentId, userId, role })
      .onConflict((conflict) => conflict.columns(["userId", "deploymentId"]).doUpdateSet({ role }))
      .execute();
  return before?.role as Role | undefined;
}

async function checkOwned(tables: Tabled, deploymentId: string, grants: readonly Grant[]): Promise<void> {
  const { total } = await tables
    .selectFrom("roles")
    .select(({ fn }) => fn.countAll<number>().as("total"))
    .where("deploymentId", "=", deploymentId)
    .where("role", "=", "OWNER")
    .executeTakeFirstOrThrow();
  if (total > 0) return;
  throw invalid(
    "roles",
    "such that the deployment keeps an owner; make another user an OWNER first",
    `${counted(grants.length, "role")} that would leave none`,
  );
}
