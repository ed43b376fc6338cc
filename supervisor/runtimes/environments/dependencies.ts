// The environment of a code directory, installed from its requirements.txt and named after the hash of that file.

import { readFileSync } from "node:fs";
import path from "node:path";
import {
  type Environment,
  type EnvironmentPlaces,
  hashOf,
  type Installed,
  readEnvironments,
} from "./catalogue.js";
import type { InstallOptions } from "./install.js";

export interface Dependencies extends Pick<Environment, "language" | "interpreters" | "minimumVersion"> {
  /** Absolute path. */
  requirementsFile: string;
}

/** Whether requirements.txt has a meaning in the language: whether any environment of the language is installed from one. */
export function takesRequirements(language: string, places: EnvironmentPlaces): boolean {
  return readEnvironments(places).some(
    (one) => one.language === language && one.recipe.kind === "requirements",
  );
}

/** Installs the requirements unless they are already installed. Throws as installEnvironment does. */
export async function installDependencies(
  { requirementsFile, ...rest }: Dependencies,
  options: InstallOptions,
): Promise<Installed> {
  // Not imported at the top, so that only installations load the installer.
  const { installOnce } = await import("./install.js");
  const definition = hashOf(rest.language, readFileSync(requirementsFile, "utf8"));
  const folder = path.dirname(requirementsFile);
  return installOnce(
    {
      ...rest,
      name: "requirements",
      folder,
      packageDirectory: options.places.packageDirectory,
      definition,
      recipe: { kind: "requirements", requirementsFile },
    },
    {
      ...options,
      title: `the environment of ${requirementsFile}`,
      again: "the same command with --install-deps",
    },
  );
}
