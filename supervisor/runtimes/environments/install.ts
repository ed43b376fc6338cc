// Installs an environment into a folder named after the hash of its content, completely or not at all.

import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { DrumError, messageOf } from "../../errors.js";
import { makeFolders } from "../../processes/folders.js";
import { askVersion } from "../../processes/interpreter.js";
import { failure, type OnProgress, type Steps } from "../../processes/tools.js";
import {
  type Environment,
  type EnvironmentPlaces,
  environmentNamed,
  findReady,
  hashOf,
  type Installed,
  installationsFolder,
  readyFile,
} from "./catalogue.js";
import { withLock } from "./lock.js";
import { checkArguments, contentsFor } from "./recipe.js";
import { type Made, runScript } from "./script.js";
import { choosePython, installRequirements, makeVirtualEnvironment } from "./venv.js";

export interface InstallOptions {
  places: EnvironmentPlaces;
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
  /** Optional arguments that the description offers. */
  arguments?: readonly string[];
}

/** What can be installed: an environment, or the requirements of a code directory. */
export type Installable = Pick<
  Environment,
  | "name"
  | "folder"
  | "packageDirectory"
  | "language"
  | "interpreters"
  | "minimumVersion"
  | "recipe"
  | "definition"
>;

/**
 * Installs an environment unless it is already installed. Throws ENVIRONMENT_UNKNOWN, RUNTIME_MISSING, ENVIRONMENT_FAILED, or USAGE
 * for an unknown argument. A failed installation leaves nothing behind.
 */
export async function installEnvironment(name: string, options: InstallOptions): Promise<Installed> {
  const environment = environmentNamed(name, options.places);
  const words = checkArguments(name, environment.recipe, options.arguments ?? []);
  const again = ["drum environment install", environment.reference, ...words].join(" ");
  const wishes = { ...options, title: `the environment ${environment.name}`, again, arguments: words };
  return installOnce(environment, wishes);
}

export interface Wishes extends InstallOptions, Pick<Steps, "title" | "again"> {}

/** As installEnvironment, for anything that can be installed. */
export async function installOnce(environment: Installable, wishes: Wishes): Promise<Installed> {
  const { title, again, signal, onProgress, places } = wishes;
  const plan = await planOf(environment, wishes);
  const root = installationsFolder(places.dataDirectory);
  const folder = path.join(root, `${environment.name}-${plan.hash.slice(0, 12)}`);
  const ready = findReady(folder);
  if (ready) return ready;
  const steps: Steps = { title, again, signal, onProgress: onProgress ?? (() => {}) };
  try {
    makeFolders(root);
    const onWait = (pid: number) => steps.onProgress(`waiting for process ${pid}, which is installing it`);
    return await withLock(`${folder}.lock`, { onWait, signal }, async () => {
      return findReady(folder) ?? (await makeAnew(plan, folder, steps));
    });
  } catch (error) {
    if (error instanceof DrumError) throw error;
    const why = signal?.aborted
      ? `it was interrupted; run ${again} again`
      : `${messageOf(error)}; check space and permissions of ${root}`;
    throw failure(steps, why, error);
  }
}

interface Plan {
  environment: Installable;
  hash: string;
  arguments: readonly string[];
  make(folder: string, steps: Steps): Promise<Made>;
}

async function planOf(environment: Installable, wishes: Wishes): Promise<Plan> {
  const { recipe, definition, interpreters } = environment;
  const words = wishes.arguments ?? [];
  if (recipe.kind === "script") {
    // The script may install the interpreter itself; one on PATH may change the result, so its version is part of the hash.
    const version = (await firstVersion(interpreters)) ?? "none";
    const hash = hashOf(definition, version, ...words, ...contentsFor(recipe, words));
    const plan = { environment, recipe, arguments: words };
    return { ...plan, hash, make: (folder, steps) => runScript(plan, folder, steps) };
  }
  const python = await choosePython(environment, wishes.title);
  const hash = hashOf(definition, python.version);
  const make = async (folder: string, steps: Steps) => {
    await makeVirtualEnvironment(python, folder, steps);
    const interpreter = path.join(folder, "bin", "python");
    const packages = await installRequirements(interpreter, recipe.requirementsFile, steps);
    return { interpreter, interpreterVersion: python.version, packages };
  };
  return { environment, hash, arguments: words, make };
}

async function firstVersion(interpreters: readonly string[]): Promise<string | undefined> {
  for (const name of interpreters) {
    const version = await askVersion([name, "--version"]);
    if (version !== undefined) return version;
  }
  return undefined;
}

async function makeAnew(plan: Plan, folder: string, steps: Steps): Promise<Installed> {
  const { environment, hash, arguments: words } = plan;
  // Removes the rest of an interrupted installation.
  await rm(folder, { recursive: true, force: true });
  try {
    const installed: Installed = {
      name: environment.name,
      ...(await plan.make(folder, steps)),
      installed: new Date().toISOString(),
      definition: environment.definition,
      hash,
      ...(words.length > 0 && { arguments: words }),
    };
    await writeFile(path.join(folder, readyFile), `${JSON.stringify(installed, undefined, 2)}\n`);
    return installed;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
