// Versions of custom models as the API shows them.

import path from "node:path";
import type { FastifyReply } from "fastify";
import type { Parameter } from "../../hub/custom/parameters.js";
import type { Item } from "../../hub/custom/versions.js";
import { zipped } from "../../hub/storage/archive.js";
import type { CustomModelVersionRow } from "../../hub/store/tables.js";

export function versionView(version: CustomModelVersionRow) {
  const { id, customModelId, major, minor, description, createdAt, trainingDatasetId: datasetId } = version;
  const items = JSON.parse(version.items) as Item[];
  return {
    ...(JSON.parse(version.settings) as object),
    id,
    customModelId,
    versionMajor: major,
    versionMinor: minor,
    label: `v${major}.${minor}`,
    description,
    created: createdAt,
    // A version never changes: another one follows it.
    isFrozen: true,
    items: items.map((item) => ({
      id: item.id,
      fileName: path.posix.basename(item.path),
      filePath: item.path,
      fileSource: "local",
      created: item.createdAt,
    })),
    baseEnvironmentId: version.baseEnvironmentId,
    baseEnvironmentVersionId: version.baseEnvironmentVersionId,
    dependencies: [],
    trainingData:
      datasetId === null ? null : { datasetId, assignmentInProgress: false, assignmentError: null },
    runtimeParameters: JSON.parse(version.runtimeParameters) as Parameter[],
  };
}

/** Below the code directory. */
export function itemPaths({ items }: CustomModelVersionRow): string[] {
  return (JSON.parse(items) as Item[]).map((item) => item.path);
}

export function sendArchive(reply: FastifyReply, folder: string, paths: readonly string[]) {
  return reply
    .type("application/zip")
    .header("Content-Disposition", 'attachment; filename="version.zip"')
    .send(zipped(folder, paths));
}
