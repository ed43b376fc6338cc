// `drum migrate`: prints how a document of another product is served here.

import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { DrumError } from "../../errors.js";
import { migrationOf } from "../../jobs/migrate/seldon.js";
import { checkGraph } from "../../model/graph/check.js";
import { readGraphDocument } from "../../model/graph/document.js";
import { Findings } from "../../model/graph/graph.js";

export interface MigrateConfig {
  /** The folder of the nodes. */
  components: string;
}

/** Resolves with 1 if something must be mended first. Throws USAGE for a document that is not known. */
export async function migrate(file: string, { components }: MigrateConfig): Promise<number> {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new DrumError("INPUT_FILE_MISSING", `there is no file ${path.resolve(file)}; check the path`);
  const findings = new Findings();
  const document = readGraphDocument(readFileSync(file, "utf8"), findings);
  checkGraph(document, undefined, findings);
  process.stdout.write(migrationOf(document, findings, { file, components }));
  return findings.list.length > 0 ? 1 : 0;
}
