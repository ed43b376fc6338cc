// The installed environments of this machine as execution environments, each with one version.

import { createHash } from "node:crypto";
import type { Places } from "../../places.js";
import { findInstalled, readEnvironments } from "../../runtimes/environments/catalogue.js";
import type { EnvironmentRow, EnvironmentVersionRow } from "../store/tables.js";

export function installedEnvironments(places: Places): EnvironmentRow[] {
  return installed(places).map(({ environment }) => environment);
}

/** The version of the installed environment with this id; undefined if there is none. */
export function builtIn(places: Places, id: string): EnvironmentVersionRow | undefined {
  return installed(places).find(({ environment }) => environment.id === id)?.version;
}

function installed(places: Places): { environment: EnvironmentRow; version: EnvironmentVersionRow }[] {
  return readEnvironments(places).flatMap(({ name, title, language, definition }) => {
    const found = findInstalled({ name, definition }, places.dataDirectory);
    if (!found) return [];
    const id = idFor("environment", name);
    const createdAt = found.installed;
    const packages = Object.entries(found.packages).map(([own, version]) => `${own} ${version}`);
    return [
      {
        environment: {
          id,
          name,
          description: title,
          programmingLanguage: language,
          isPublic: 1,
          useCases: JSON.stringify(["customModel"]),
          createdBy: "",
          createdAt,
        },
        version: {
          id: idFor("environmentVersion", found.hash),
          environmentId: id,
          label: `${language} ${found.interpreterVersion}`.slice(0, 50),
          description: packages.join(", ").slice(0, 10_000),
          dockerImageUri: null,
          contextName: null,
          size: 0,
          createdAt,
        },
      },
    ];
  });
}

/** The same in every hub of this version, so that model-metadata.yaml may name it. */
function idFor(kind: string, name: string): string {
  return createHash("sha256").update(`${kind}\n${name}`).digest("hex").slice(0, 24);
}
