// How the tables came to be, step by step: a hub of any version brings an older store up to date when it starts.

import { type Kysely, type Migration, sql } from "kysely";

/** In the order of their names. A step that has been released is never changed. */
export const migrations: Readonly<Record<string, Migration>> = {
  "01-deployments": { up: makeDeployments },
  "02-custom-models": { up: makeCustomModels },
  "03-batch-jobs": { up: makeBatchJobs },
  "04-sharing": { up: indexRolesAndAudit },
  "05-tags": { up: makeTags },
};

// biome-ignore lint/suspicious/noExplicitAny: a step knows the tables of its time, not those of today
type Store = Kysely<any>;

async function makeDeployments(store: Store): Promise<void> {
  await store.schema
    .createTable("users")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull().unique())
    .addColumn("isAdministrator", "integer", (column) => column.notNull())
    .addColumn("createdAt", "text", (column) => column.notNull())
    .execute();
  await store.schema
    .createTable("tokens")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("userId", "text", (column) => column.notNull().references("users.id"))
    .addColumn("hash", "text", (column) => column.notNull().unique())
    .addColumn("createdAt", "text", (column) => column.notNull())
    .execute();
  await store.schema
    .createTable("projects")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("target", "text")
    .addColumn("targetType", "text", (column) => column.notNull())
    .addColumn("createdAt", "text", (column) => column.notNull())
    .execute();
  await store.schema
    .createTable("models")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("projectId", "text", (column) => column.notNull().references("projects.id"))
    .addColumn("type", "text", (column) => column.notNull())
    .addColumn("codeDirectory", "text", (column) => column.notNull())
    .addColumn("targetType", "text", (column) => column.notNull())
    .addColumn("targetName", "text")
    .addColumn("labels", "text", (column) => column.notNull())
    .addColumn("trainingData", "text")
    .addColumn("position", "integer", (column) => column.notNull())
    .addColumn("createdAt", "text", (column) => column.notNull())
    .execute();
  await store.schema.createIndex("modelsOfProject").on("models").columns(["projectId", "position"]).execute();
  await store.schema
    .createTable("deployments")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("label", "text", (column) => column.notNull())
    .addColumn("description", "text")
    .addColumn("importance", "text", (column) => column.notNull())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("modelId", "text", (column) => column.notNull().references("models.id"))
    .addColumn("settings", "text", (column) => column.notNull())
    .addColumn("secondaryDatasetConfigId", "text")
    .addColumn("createdBy", "text", (column) => column.notNull().references("users.id"))
    .addColumn("createdAt", "text", (column) => column.notNull())
    .addColumn("deletedAt", "text")
    .execute();
  await store.schema
    .createIndex("deploymentsByLabel")
    .on("deployments")
    .expression(sql`lower("label"), "id"`)
    .execute();
  await store.schema
    .createTable("roles")
    .addColumn("deploymentId", "text", (column) => column.notNull().references("deployments.id"))
    .addColumn("userId", "text", (column) => column.notNull().references("users.id"))
    .addColumn("role", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("rolesKey", ["userId", "deploymentId"])
    .execute();
  await store.schema
    .createTable("modelHistory")
    .addColumn("deploymentId", "text", (column) => column.notNull().references("deployments.id"))
    .addColumn("modelId", "text", (column) => column.notNull().references("models.id"))
    .addColumn("reason", "text")
    .addColumn("startAt", "text", (column) => column.notNull())
    .addColumn("endAt", "text")
    .execute();
  await store.schema
    .createIndex("modelHistoryOfDeployment")
    .on("modelHistory")
    .columns(["deploymentId", "startAt"])
    .execute();
  await store.schema
    .createTable("statuses")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("description", "text", (column) => column.notNull())
    .addColumn("message", "text", (column) => column.notNull())
    .addColumn("location", "text", (column) => column.notNull())
    .addColumn("createdAt", "text", (column) => column.notNull())
    .execute();
  await store.schema
    .createTable("audit")
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("userId", "text", (column) => column.notNull())
    .addColumn("action", "text", (column) => column.notNull())
    .addColumn("objectId", "text", (column) => column.notNull())
    .addColumn("details", "text", (column) => column.notNull())
    .execute();
}

async function makeTags(store: Store): Promise<void> {
  await store.schema
    .createTable("tags")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("deploymentId", "text", (column) => column.notNull().references("deployments.id"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("value", "text", (column) => column.notNull())
    .execute();
  await store.schema.createIndex("tagsOfDeployment").on("tags").columns(["deploymentId", "name"]).execute();
}

async function makeBatchJobs(store: Store): Promise<void> {
  await store.schema
    .createTable("batchJobs")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("deploymentId", "text", (column) => column.notNull())
    .addColumn("createdBy", "text", (column) => column.notNull().references("users.id"))
    .addColumn("status", "text", (column) => column.notNull())
    .addColumn("details", "text", (column) => column.notNull())
    .addColumn("spec", "text", (column) => column.notNull())
    .addColumn("inputBytes", "integer")
    .addColumn("doneBytes", "integer", (column) => column.notNull())
    .addColumn("rows", "integer", (column) => column.notNull())
    .addColumn("outputBytes", "integer", (column) => column.notNull())
    .addColumn("createdAt", "text", (column) => column.notNull())
    .addColumn("waitsSince", "text", (column) => column.notNull())
    .addColumn("startedAt", "text")
    .addColumn("endedAt", "text")
    .execute();
  await store.schema
    .createIndex("batchJobsOfUser")
    .on("batchJobs")
    .columns(["createdBy", "createdAt"])
    .execute();
  await store.schema.createIndex("batchJobsByStatus").on("batchJobs").columns(["status"]).execute();
}

async function makeCustomModels(store: Store): Promise<void> {
  await store.schema.alterTable("models").addColumn("parametersFile", "text").execute();
  await store.schema.alterTable("models").addColumn("predictionThreshold", "real").execute();
  await store.schema
    .createTable("customModels")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("description", "text", (column) => column.notNull())
    .addColumn("language", "text", (column) => column.notNull())
    .addColumn("targetType", "text", (column) => column.notNull())
    .addColumn("targetName", "text")
    .addColumn("labels", "text", (column) => column.notNull())
    .addColumn("settings", "text", (column) => column.notNull())
    .addColumn("createdBy", "text", (column) => column.notNull().references("users.id"))
    .addColumn("createdAt", "text", (column) => column.notNull())
    .addColumn("updatedAt", "text", (column) => column.notNull())
    .addColumn("deletedAt", "text")
    .execute();
  await store.schema
    .createTable("customModelVersions")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("customModelId", "text", (column) => column.notNull().references("customModels.id"))
    .addColumn("major", "integer", (column) => column.notNull())
    .addColumn("minor", "integer", (column) => column.notNull())
    .addColumn("description", "text")
    .addColumn("items", "text", (column) => column.notNull())
    .addColumn("size", "integer", (column) => column.notNull())
    .addColumn("baseEnvironmentId", "text")
    .addColumn("baseEnvironmentVersionId", "text")
    .addColumn("trainingDatasetId", "text")
    .addColumn("settings", "text", (column) => column.notNull())
    .addColumn("runtimeParameters", "text", (column) => column.notNull())
    .addColumn("createdBy", "text", (column) => column.notNull().references("users.id"))
    .addColumn("createdAt", "text", (column) => column.notNull())
    .execute();
  await store.schema
    .createTable("environments")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("description", "text", (column) => column.notNull())
    .addColumn("programmingLanguage", "text", (column) => column.notNull())
    .addColumn("isPublic", "integer", (column) => column.notNull())
    .addColumn("useCases", "text", (column) => column.notNull())
    .addColumn("createdBy", "text", (column) => column.notNull().references("users.id"))
    .addColumn("createdAt", "text", (column) => column.notNull())
    .execute();
  await store.schema
    .createTable("environmentVersions")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("environmentId", "text", (column) => column.notNull().references("environments.id"))
    .addColumn("label", "text", (column) => column.notNull())
    .addColumn("description", "text", (column) => column.notNull())
    .addColumn("dockerImageUri", "text")
    .addColumn("contextName", "text")
    .addColumn("size", "integer", (column) => column.notNull())
    .addColumn("createdAt", "text", (column) => column.notNull())
    .execute();
  await store.schema
    .createTable("datasets")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("fileName", "text", (column) => column.notNull())
    .addColumn("size", "integer", (column) => column.notNull())
    .addColumn("categories", "text", (column) => column.notNull())
    .addColumn("createdBy", "text", (column) => column.notNull().references("users.id"))
    .addColumn("createdAt", "text", (column) => column.notNull())
    .execute();
  await store.schema
    .createTable("packages")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("modelId", "text", (column) => column.notNull().references("models.id"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("description", "text")
    .addColumn("registeredModelId", "text", (column) => column.notNull())
    .addColumn("registeredModelVersion", "integer", (column) => column.notNull())
    .addColumn("createdBy", "text", (column) => column.notNull().references("users.id"))
    .addColumn("createdAt", "text", (column) => column.notNull())
    .execute();
  await store.schema
    .createIndex("versionsOfCustomModel")
    .on("customModelVersions")
    .columns(["customModelId", "major", "minor"])
    .unique()
    .execute();
  await store.schema.createIndex("deploymentsOfModel").on("deployments").column("modelId").execute();
  await store.schema.createIndex("packagesOfModel").on("packages").column("modelId").execute();
}

/** Owners are read by deployment, and the audit log by time. */
async function indexRolesAndAudit(store: Store): Promise<void> {
  await store.schema.createIndex("rolesOfDeployment").on("roles").columns(["deploymentId", "role"]).execute();
  await store.schema.createIndex("auditByTime").on("audit").column("at").execute();
}
