// The environment of a code directory's own: made of its requirements.txt, named after the file's content.

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

/** Whether a requirements.txt means something in the language: then environments are made of such lists. */
export function takesRequirements(language: string, places: EnvironmentPlaces): boolean {
  return readEnvironments(places).some(
    (one) => one.language === language && one.recipe.kind === "requirements",
  );
}

/** As installEnvironment: what is there already is not made again. */
export async function installDependencies(
  { requirementsFile, ...rest }: Dependencies,
  options: InstallOptions,
): Promise<Installed> {
  // Not at the top: only who installs waits for what installs.
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
