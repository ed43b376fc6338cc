// Brings projects, models and deployments into a hub: those of a YAML file, or a folder of code directories as one project.

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { DrumError } from "../errors.js";
import type { ImportedModel, ImportedProject, ImportFile } from "../model/hub/import-file.js";
import { importances } from "./deployments/listing.js";
import type { Hub } from "./hub.js";
import { now, type User } from "./registry/users.js";
import type { ModelRow, ProjectRow } from "./store/tables.js";

/** Resolves with what was brought in, in words. Nothing is brought in if a model cannot be read. Throws what readModel throws. */
export async function importInto(
  hub: Hub,
  user: User,
  { projects, deployments }: ImportFile,
): Promise<string[]> {
  const rows = await Promise.all(projects.map((project) => rowsOf(hub, project)));
  const models = rows.flatMap((one) => one.models);
  await hub.catalog.put(
    rows.map(({ project }) => project),
    models,
  );
  const lines = rows.map(
    (one) =>
      `project ${one.project.name} (${one.project.id}): ${one.models.map(({ type, id }) => `${type} (${id})`).join(", ")}`,
  );
  for (const { id, label, description, importance = "LOW", modelId } of deployments) {
    if (!(importances as readonly string[]).includes(importance))
      throw new DrumError(
        "METADATA_INVALID",
        `importance of ${label} must be one of ${importances.join(", ")}, got ${importance}`,
      );
    const own = id ?? idFor("deployment", label);
    if (await hub.deployments.records.isKnown(own)) continue;
    const given = { modelId, label, description: description ?? null, importance, status: "active" as const };
    await hub.deployments.create(user, { id: own, ...given });
    lines.push(`deployment ${label} (${own})`);
  }
  return lines;
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
