// The environments there are: named dependency sets described by environments/<name>/environment.json, which of them are
// installed, and which of those fits a model.

import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { readDescription } from "../description.js";
import { DrumError } from "../errors.js";
import { findModules } from "./modules.js";

/** Where descriptions are read and installations kept; a part of config.ts's Places. */
export interface EnvironmentPlaces {
  /** Folder that holds environments/. */
  packageDirectory: string;
  /** Folder that holds what is installed, under environments/ again. */
  dataDirectory: string;
}

export interface Environment {
  name: string;
  /** Folder of the description. */
  folder: string;
  language: string;
  /** One line for people. */
  title: string;
  /** Names of interpreters to make it with, the most wanted first. */
  interpreters: readonly string[];
  minimumVersion: string;
  /** Absolute path. */
  requirementsFile: string;
  /** Endings of artifacts it is for, with the dot and in lower case. */
  extensions: readonly string[];
  /** Packages it has whose names, when an artifact mentions them, tell that it is needed. */
  modules: readonly string[];
  /** Of several that fit, the smallest wins. */
  preference: number;
  /** SHA-256 in hex over everything that says what is installed, the interpreter aside. */
  definition: string;
}

/** What an installation's ready.json says; a folder without one is unfinished. */
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
  /** Definition and interpreter version together; names the folder. */
  hash: string;
}

export const readyFile = "ready.json";

/** All environments of the package by name; throws ENVIRONMENT_FAILED for a description that does not say what it must. */
export function readEnvironments({
  packageDirectory,
}: Pick<EnvironmentPlaces, "packageDirectory">): Environment[] {
  const root = path.join(packageDirectory, "environments");
  return entriesOf(root)
    .filter((name) => existsSync(path.join(root, name, "environment.json")))
    .map((name) => readEnvironment(name, path.join(root, name)));
}

/** Throws ENVIRONMENT_UNKNOWN with the names there are. */
export function environmentNamed(
  name: string,
  places: Pick<EnvironmentPlaces, "packageDirectory">,
): Environment {
  const environments = readEnvironments(places);
  const environment = environments.find((one) => one.name === name);
  if (environment) return environment;
  const known = environments.map((one) => one.name).join(", ");
  throw new DrumError("ENVIRONMENT_UNKNOWN", `there is no environment "${name}"; choose one of ${known}`);
}

/** The newest whole installation of what the description says today; an installation of an older description does not count. */
export function findInstalled(environment: Environment, dataDirectory: string): Installed | undefined {
  const root = installationsFolder(dataDirectory);
  return entriesOf(root)
    .filter((name) => name.startsWith(`${environment.name}-`))
    .map((name) => findReady(path.join(root, name)))
    .filter((one) => one?.definition === environment.definition)
    .sort((one, other) => one!.installed.localeCompare(other!.installed))
    .at(-1);
}

/** Undefined unless the folder is complete and its interpreter can still be run. */
export function findReady(folder: string): Installed | undefined {
  try {
    const ready: Installed = JSON.parse(readFileSync(path.join(folder, readyFile), "utf8"));
    accessSync(ready.interpreter, constants.X_OK);
    return ready;
  } catch {
    return undefined;
  }
}

export function installationsFolder(dataDirectory: string): string {
  return path.join(dataDirectory, "environments");
}

/** The part of a model that tells which packages it needs. */
export interface ModelNeeds {
  language: string;
  /** Paths. */
  artifacts: readonly string[];
  /** Read for module names too, when given. */
  hookFile?: string | undefined;
  places: EnvironmentPlaces;
}

export interface Fitting {
  name: string;
  interpreter: string;
  /** Why this one, in words. */
  reason: string;
}

/** The installed environment that has every known module the model's files mention; of several the preferred one. */
export async function fittingEnvironment(needs: ModelNeeds): Promise<Fitting | undefined> {
  const { language, artifacts, hookFile, places } = needs;
  const all = readEnvironments(places).filter((one) => one.language === language);
  const files = hookFile === undefined ? artifacts : [...artifacts, hookFile];
  const needed = await findModules(files, [...new Set(all.flatMap((one) => one.modules))]);
  const fits = all
    .filter(({ extensions }) =>
      artifacts.every((file) => extensions.includes(path.extname(file).toLowerCase())),
    )
    .filter(({ modules }) => needed.every((module) => modules.includes(module)))
    .sort((one, other) => one.preference - other.preference);
  for (const { name, ...rest } of fits) {
    const installed = findInstalled({ name, ...rest }, places.dataDirectory);
    if (!installed) continue;
    const why =
      needed.length > 0
        ? `has ${needed.join(" and ")}, which the model names`
        : `is the first choice for ${language}`;
    return { name, interpreter: installed.interpreter, reason: `the installed environment ${name} ${why}` };
  }
  return undefined;
}

function readEnvironment(name: string, folder: string): Environment {
  const file = path.join(folder, "environment.json");
  const broken = (what: string) => new DrumError("ENVIRONMENT_FAILED", `${file}: ${what}; correct it`);
  const source = readFileSync(file, "utf8");
  const { text, texts, number } = readDescription(source, broken);
  const requirementsFile = path.join(folder, text("requirements"));
  if (!existsSync(requirementsFile)) {
    throw broken(`"requirements" must name a file of the folder, got "${text("requirements")}"`);
  }
  return {
    name,
    folder,
    language: text("language"),
    title: text("title"),
    interpreters: texts("interpreters"),
    minimumVersion: text("minimum_version"),
    requirementsFile,
    extensions: texts("extensions"),
    modules: texts("modules"),
    preference: number("preference"),
    definition: hashOf(source, readFileSync(requirementsFile, "utf8")),
  };
}

/** SHA-256 in hex; the parts are kept apart by their lengths. */
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
