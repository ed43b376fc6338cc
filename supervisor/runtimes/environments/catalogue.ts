// The environments: named sets of packages, described by environments/<name>/environment.json, and which of them are installed.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DrumError } from "../../errors.js";
import { readDescription } from "../../formats/description.js";
import { isExecutable } from "../../processes/interpreter.js";
import { suggested } from "../../suggest.js";
import { type Recipe, readRecipe } from "./recipe.js";

/** Where descriptions are read and installations kept; a part of Places. */
export interface EnvironmentPlaces {
  /** Folder that contains environments/. */
  packageDirectory: string;
  /** Folder whose environments/ contains the installations. */
  dataDirectory: string;
}

export interface Environment {
  name: string;
  /** How a command line names it: by its name, or by its folder if it is not part of the package. */
  reference: string;
  /** Folder of the description. */
  folder: string;
  /** Folder with workers/, from which an environment's script may build. */
  packageDirectory: string;
  language: string;
  /** One line for people. */
  title: string;
  /** Names of interpreters to create it with, the preferred first. */
  interpreters: readonly string[];
  minimumVersion: string;
  recipe: Recipe;
  /** Extensions of the artifacts it is for, with the dot and in lower case. */
  extensions: readonly string[];
  /** Its modules that show, when a model's files mention them, that the environment is needed. */
  modules: readonly string[];
  /** Of several environments that fit, the one with the smallest number wins. */
  preference: number;
  /** SHA-256 in hex over everything that decides what is installed, except the interpreter. */
  definition: string;
}

/** The content of an installation's ready.json. A folder without this file is unfinished. */
export interface Installed {
  name: string;
  /** Absolute path of the environment's own interpreter. */
  interpreter: string;
  interpreterVersion: string;
  /** Package name to version. */
  packages: Readonly<Record<string, string>>;
  /** ISO 8601. */
  installed: string;
  definition: string;
  /** Definition, interpreter version and arguments together; names the folder. */
  hash: string;
  /** The arguments of the installation; absent without arguments. */
  arguments?: readonly string[];
}

export const readyFile = "ready.json";

/** All environments of the package, sorted by name. Throws ENVIRONMENT_FAILED if a description is invalid. */
export function readEnvironments({
  packageDirectory,
}: Pick<EnvironmentPlaces, "packageDirectory">): Environment[] {
  const root = path.join(packageDirectory, "environments");
  return entriesOf(root)
    .filter((name) => isDescribed(path.join(root, name)))
    .map((name) => readEnvironment(path.join(root, name), { reference: name, packageDirectory }));
}

/** Whether the folder describes an environment. */
export function isDescribed(folder: string): boolean {
  return existsSync(path.join(folder, "environment.json"));
}

/** Finds an environment by its name, or by the path of a folder that describes one. Throws ENVIRONMENT_UNKNOWN with the known names. */
export function environmentNamed(
  name: string,
  places: Pick<EnvironmentPlaces, "packageDirectory">,
): Environment {
  if (name.includes(path.sep)) return environmentAt(path.resolve(name), places);
  const environments = readEnvironments(places);
  const environment = environments.find((one) => one.name === name);
  if (environment) return environment;
  const known = environments.map((one) => one.name);
  const remedy = isDescribed(name)
    ? `to use the folder of this name, write ./${name}`
    : `choose one of ${known.join(", ")}, or give the path of a folder with an environment.json${suggested(name, known)}`;
  throw new DrumError("ENVIRONMENT_UNKNOWN", `there is no environment "${name}"; ${remedy}`);
}

function environmentAt(folder: string, places: Pick<EnvironmentPlaces, "packageDirectory">): Environment {
  if (isDescribed(folder)) return readEnvironment(folder, { ...places, reference: folder });
  throw new DrumError(
    "ENVIRONMENT_UNKNOWN",
    `${folder} does not describe an environment, since it has no environment.json; create such a folder with drum new env`,
  );
}

/**
 * The newest complete installation of the present description; installations of older descriptions do not count. One with more
 * arguments comes before a newer one, since it contains more.
 */
export function findInstalled(
  environment: Pick<Environment, "name" | "definition">,
  dataDirectory: string,
): Installed | undefined {
  const root = installationsFolder(dataDirectory);
  return entriesOf(root)
    .filter((name) => name.startsWith(`${environment.name}-`))
    .map((name) => findReady(path.join(root, name)))
    .filter((one) => one?.definition === environment.definition)
    .sort(
      (one, other) =>
        argumentCount(one) - argumentCount(other) || one!.installed.localeCompare(other!.installed),
    )
    .at(-1);
}

function argumentCount(installed: Installed | undefined): number {
  return installed?.arguments?.length ?? 0;
}

/** Undefined unless the folder is complete and its interpreter is still executable. */
export function findReady(folder: string): Installed | undefined {
  try {
    const ready: Installed = JSON.parse(readFileSync(path.join(folder, readyFile), "utf8"));
    return isExecutable(ready.interpreter) ? ready : undefined;
  } catch {
    return undefined;
  }
}

export function installationsFolder(dataDirectory: string): string {
  return path.join(dataDirectory, "environments");
}

function readEnvironment(
  folder: string,
  { reference, packageDirectory }: Pick<Environment, "reference" | "packageDirectory">,
): Environment {
  const file = path.join(folder, "environment.json");
  const broken = (what: string) => new DrumError("ENVIRONMENT_FAILED", `${file}: ${what}; correct it`);
  const source = readFileSync(file, "utf8");
  const description = readDescription(source, broken);
  const { text, texts, number } = description;
  const { recipe, contents } = readRecipe({ description, text: source, folder, broken });
  return {
    name: path.basename(folder),
    reference,
    folder,
    packageDirectory,
    language: text("language"),
    title: text("title"),
    interpreters: texts("interpreters"),
    minimumVersion: text("minimum_version"),
    recipe,
    extensions: texts("extensions"),
    modules: texts("modules"),
    preference: number("preference"),
    definition: hashOf(...contents),
  };
}

/** SHA-256 in hex. Hashes the length of each part too, so that ["ab", "c"] and ["a", "bc"] differ. */
export function hashOf(...parts: string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex");
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
