// `drum migrate`: prints how a document or a folder of another product is served here.

import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { DrumError } from "../../errors.js";
import { type Migration, mlserverMigration } from "../../jobs/migrate/mlserver.js";
import { migrationOf } from "../../jobs/migrate/seldon.js";
import { tritonMigration } from "../../jobs/migrate/triton.js";
import { checkGraph } from "../../model/graph/check.js";
import { readGraphDocument } from "../../model/graph/document.js";
import { Findings } from "../../model/graph/graph.js";
import { foldersWith } from "../../model/mlserver/repository.js";
import { settingsFile } from "../../model/mlserver/settings.js";
import { tritonFolders } from "../../model/triton.js";
import type { Places } from "../../places.js";
import { readLanguages } from "../../runtimes/language.js";

export interface MigrateConfig {
  /** The folder of the nodes. */
  components: string;
  places: Places;
}

/** Resolves with 1 if something must be mended first. Throws USAGE for a document that is not known. */
export async function migrate(file: string, config: MigrateConfig): Promise<number> {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats)
    throw new DrumError("INPUT_FILE_MISSING", `there is no file ${path.resolve(file)}; check the path`);
  const { text, isReady } = stats.isDirectory()
    ? folderMigration(file, config)
    : documentMigration(file, config);
  process.stdout.write(text);
  return isReady ? 0 : 1;
}

function documentMigration(file: string, { components }: MigrateConfig): Migration {
  const findings = new Findings();
  const document = readGraphDocument(readFileSync(file, "utf8"), findings);
  checkGraph(document, undefined, findings);
  return { text: migrationOf(document, findings, { file, components }), isReady: findings.list.length === 0 };
}

function folderMigration(folder: string, { places }: MigrateConfig): Migration {
  const settings = foldersWith(settingsFile, folder);
  if (settings.length > 0) {
    const python = readLanguages(places.workerFolders).find(({ name }) => name === "python")!;
    return mlserverMigration(folder, settings, python);
  }
  const models = tritonFolders(folder);
  if (models.length > 0) return tritonMigration(folder, models);
  throw new DrumError(
    "INPUT_FILE_MISSING",
    `${path.resolve(folder)} has neither a ${settingsFile} of MLServer nor a model of Triton, at any depth; name a repository of models, or a SeldonDeployment`,
  );
}
