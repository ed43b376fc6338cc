// The list of deployments that a user sees, narrowed and in order.

import { sql } from "kysely";
import type { User } from "../registry/users.js";
import type { Tabled } from "../store/store.js";
import type { DeploymentRow, ModelRow } from "../store/tables.js";
import { type Role, rolesWith } from "./roles.js";
import type { Tag } from "./tags.js";

/** A deployment, as one user sees it. */
export interface Seen extends DeploymentRow {
  role: Role;
  model: ModelRow;
  creatorName: string;
  tags: readonly Tag[];
}

/** What a list is narrowed by; every member that is given counts. */
export interface Filters {
  search?: string | undefined;
  role?: Role | undefined;
  status?: string | undefined;
  importance?: readonly string[] | undefined;
  serviceHealth?: readonly string[] | undefined;
  modelHealth?: readonly string[] | undefined;
  accuracyHealth?: readonly string[] | undefined;
  createdBy?: string | undefined;
  /** Those with a tag of one of these names, or values. */
  tagKeys?: readonly string[] | undefined;
  tagValues?: readonly string[] | undefined;
}

export interface Order {
  by:
    | "label"
    | "serviceHealth"
    | "modelHealth"
    | "accuracyHealth"
    | "createdAtTimestamp"
    | "importance"
    | "recentPredictions"
    | "lastPredictionTimestamp";
  isDescending: boolean;
}

/** From the least. */
export const importances = ["LOW", "MODERATE", "HIGH", "CRITICAL"] as const;

/** Until the figures of deployments are kept, nothing is known of their health; accuracy cannot be known without an association id. */
const accuracyHealth = sql<string>`case when json_extract("deployments"."settings", '$.associationId.columnNames') is null then 'unavailable' else 'unknown' end`;

export const orders = {
  label: sql`lower("deployments"."label")`,
  createdAtTimestamp: sql`"deployments"."createdAt"`,
  importance: sql`case "deployments"."importance" when 'LOW' then 0 when 'MODERATE' then 1 when 'HIGH' then 2 else 3 end`,
  accuracyHealth,
  // One value for all: the id decides.
  serviceHealth: sql`0`,
  modelHealth: sql`0`,
  recentPredictions: sql`0`,
  lastPredictionTimestamp: sql`0`,
};

/** JSON of them all. */
const tagsOf = sql<string>`(select json_group_array(json_object('id', "tags"."id", 'name', "tags"."name", 'value', "tags"."value")) from "tags" where "tags"."deploymentId" = "deployments"."id")`;

export function seenBy(tables: Tabled, user: User) {
  const query = tables
    .selectFrom("deployments")
    .innerJoin("models", "models.id", "deployments.modelId")
    .innerJoin("users", "users.id", "deployments.createdBy")
    .leftJoin("roles", (join) =>
      join.onRef("roles.deploymentId", "=", "deployments.id").on("roles.userId", "=", user.id),
    )
    .selectAll("deployments")
    .select([
      "roles.role",
      "users.name as creatorName",
      "models.projectId",
      "models.type",
      "models.codeDirectory",
      "models.targetType",
      "models.targetName",
      "models.labels",
      "models.trainingData",
      "models.parametersFile",
      "models.predictionThreshold",
      "models.position",
      "models.createdAt as modelCreatedAt",
      tagsOf.as("tagList"),
    ])
    .where("deployments.deletedAt", "is", null);
  return user.isAdministrator ? query : query.where("roles.role", "is not", null);
}

type Query = ReturnType<typeof seenBy>;
type Row = Awaited<ReturnType<Query["execute"]>>[number];

export function seenOf(row: Row, user: User): Seen {
  const {
    projectId,
    type,
    codeDirectory,
    targetType,
    targetName,
    labels,
    trainingData,
    parametersFile,
    predictionThreshold,
    position,
    modelCreatedAt,
    tagList,
    ...rest
  } = row;
  const model = {
    projectId,
    type,
    codeDirectory,
    targetType,
    targetName,
    labels,
    trainingData,
    parametersFile,
    predictionThreshold,
    position,
  };
  return {
    ...rest,
    role: user.isAdministrator ? "OWNER" : (row.role as Role),
    model: { ...model, id: row.modelId, createdAt: modelCreatedAt },
    tags: JSON.parse(tagList) as Tag[],
  };
}

/** A user sees what they may view, with the role that they have in it: an administrator is an owner of all. */
export function narrow(query: Query, filters: Filters, user: User): Query {
  let narrowed = user.isAdministrator ? query : query.where("roles.role", "in", rolesWith("CAN_VIEW"));
  const { search, role, status, importance, createdBy } = filters;
  if (search !== undefined) {
    const pattern = `%${search.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
    narrowed = narrowed.where(
      sql<boolean>`(lower("deployments"."label") like ${pattern} escape '\\' or lower("deployments"."description") like ${pattern} escape '\\')`,
    );
  }
  if (role !== undefined)
    narrowed = user.isAdministrator
      ? narrowed.where(sql<boolean>`${Number(role === "OWNER")}`)
      : narrowed.where("roles.role", "=", role);
  if (status !== undefined) narrowed = narrowed.where("deployments.status", "=", status);
  if (importance) narrowed = narrowed.where("deployments.importance", "in", importance);
  if (createdBy !== undefined) narrowed = narrowed.where("deployments.createdBy", "=", createdBy);
  for (const [column, wanted] of [
    ["name", filters.tagKeys],
    ["value", filters.tagValues],
  ] as const)
    if (wanted)
      narrowed = narrowed.where(({ exists, selectFrom }) =>
        exists(
          selectFrom("tags")
            .select("tags.id")
            .whereRef("tags.deploymentId", "=", "deployments.id")
            .where(`tags.${column}`, "in", wanted),
        ),
      );
  for (const wanted of [filters.serviceHealth, filters.modelHealth])
    if (wanted && !wanted.includes("unknown")) narrowed = narrowed.where(sql<boolean>`false`);
  if (filters.accuracyHealth) narrowed = narrowed.where(accuracyHealth, "in", filters.accuracyHealth);
  return narrowed;
}
