// Brings projects, models and deployments into a hub: those of a YAML file, or a folder of code directories as one project.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { DrumError } from "../errors.js";
import type {
  ImportedDeployment,
  ImportedModel,
  ImportedProject,
  ImportFile,
} from "../model/hub/import-file.js";
import { importances } from "./deployments/listing.js";
import type { Hub } from "./hub.js";
import { now, type User } from "./registry/users.js";
import type { ModelRow, ProjectRow } from "./store/tables.js";

export interface Imported {
  /** What was new or differed, in words. */
  lines: string[];
  /** The ids of the statuses of what goes on: deployments that start, or take the changed code of their model. */
  statusIds: string[];
}

/**
 * What is there already, and the same, stays as it is. Nothing is brought in if a model cannot be read. Throws METADATA_INVALID, and
 * what readModel throws.
 */
export async function importInto(
  hub: Hub,
  user: User,
  { projects, deployments }: ImportFile,
): Promise<Imported> {
  for (const { label, importance = "LOW" } of deployments)
    if (!(importances as readonly string[]).includes(importance))
      throw new DrumError(
        "METADATA_INVALID",
        `importance of ${label} must be one of ${importances.join(", ")}, got ${importance}`,
      );
  const rows = await Promise.all(projects.map((project) => rowsOf(hub, project)));
  const models = rows.flatMap((one) => one.models);
  await checkModels(hub, models, deployments);
  const put = await hub.catalog.put(
    user,
    rows.map(({ project }) => project),
    models,
  );
  const imported: Imported = { lines: [], statusIds: [] };
  for (const { project, models } of rows) {
    const changed = models.filter(({ id }) => put.has(id));
    if (!put.has(project.id) && changed.length === 0) continue;
    const named = changed.map(({ type, id }) => `${type} (${id})`).join(", ");
    imported.lines.push(`project ${project.name} (${project.id})${named && `: ${named}`}`);
  }
  for (const renewed of await hub.deployments.renew(user, models)) {
    imported.lines.push(`deployment ${renewed.label} (${renewed.id}): the changed code of its model`);
    imported.statusIds.push(renewed.statusId);
  }
  for (const { id, label, description, importance = "LOW", modelId } of deployments) {
    const own = id ?? idFor("deployment", label);
    if (await hub.deployments.records.isKnown(own)) continue;
    const given = { modelId, label, description: description ?? null, importance, status: "active" as const };
    const { statusId } = await hub.deployments.create(user, { id: own, ...given });
    imported.lines.push(`deployment ${label} (${own})`);
    imported.statusIds.push(statusId);
  }
  return imported;
}

/** Throws METADATA_INVALID for a deployment of a model that neither the hub nor the file has. */
async function checkModels(
  hub: Hub,
  models: readonly ModelRow[],
  deployments: readonly ImportedDeployment[],
): Promise<void> {
  for (const { label, modelId } of deployments) {
    if (models.some(({ id }) => id === modelId) || (await hub.catalog.has(modelId))) continue;
    throw new DrumError(
      "METADATA_INVALID",
      `the deployment ${label} names the model ${modelId}, which is neither in the file nor in the hub; correct modelId`,
    );
  }
}

async function rowsOf(
  hub: Hub,
  project: ImportedProject,
): Promise<{ project: ProjectRow; models: ModelRow[] }> {
  const id = project.id ?? idFor("project", project.name);
  const models = await Promise.all(
    project.models.map((model, position) => modelRow(hub, model, { project, id, position })),
  );
  const [first] = models;
  return {
    project: {
      id,
      name: project.name,
      target: project.target ?? first?.targetName ?? null,
      targetType: first?.targetType ?? "",
      createdAt: now(),
    },
    models,
  };
}

async function modelRow(
  hub: Hub,
  model: ImportedModel,
  { project, id: projectId, position }: { project: ImportedProject; id: string; position: number },
): Promise<ModelRow> {
  const { codeDirectory, trainingData, classLabels } = model;
  if (trainingData !== undefined && !existsSync(trainingData))
    throw new DrumError("INPUT_FILE_MISSING", `there is no training data ${trainingData}; correct the path`);
  const given = {
    codeDirectory,
    targetType: model.targetType ?? "",
    targetName: project.target ?? null,
    labels: JSON.stringify(classLabels),
  };
  const { target, name } = await hub.running.read(given);
  return {
    ...given,
    id: model.id ?? idFor("model", codeDirectory),
    projectId,
    type: model.type ?? name,
    targetType: target.type,
    targetName: project.target ?? target.name ?? null,
    labels: JSON.stringify(target.labels),
    trainingData: trainingData ?? null,
    parametersFile: null,
    predictionThreshold: null,
    position,
    createdAt: now(),
  };
}

/** Each folder in it is a model. */
export function projectOfFolder(folder: string, codeDirectories: readonly string[]): ImportFile {
  const models = codeDirectories.map((codeDirectory) => ({
    id: undefined,
    type: path.basename(codeDirectory),
    codeDirectory: path.resolve(codeDirectory),
    trainingData: undefined,
    targetType: undefined,
    classLabels: [],
  }));
  const project = { id: undefined, name: path.basename(path.resolve(folder)), target: undefined, models };
  return { projects: [project], deployments: [] };
}

/** The same for the same thing, so that it may be imported again. */
function idFor(kind: string, name: string): string {
  return createHash("sha256").update(`${kind}\n${name}`).digest("hex").slice(0, 24);
}
