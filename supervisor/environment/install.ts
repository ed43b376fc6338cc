// Makes an environment: a virtual environment in a folder named after what is in it, whole or not there at all.

import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { DrumError, messageOf } from "../errors.js";
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
import { chooseInterpreter, type Interpreter } from "./interpreter.js";
import { withLock } from "./lock.js";
import { failure, installRequirements, makeVirtualEnvironment, type Steps } from "./venv.js";

export interface InstallOptions {
  places: EnvironmentPlaces;
  /** Lines for people: what is done now. */
  onProgress?: (text: string) => void;
  signal?: AbortSignal;
}

/**
 * Installs an environment unless it is there already. Throws ENVIRONMENT_UNKNOWN, RUNTIME_MISSING or ENVIRONMENT_FAILED, and then
 * leaves nothing behind.
 */
export async function installEnvironment(name: string, options: InstallOptions): Promise<Installed> {
  const environment = environmentNamed(name, options.places);
  const interpreter = await chooseInterpreter(environment);
  const hash = hashOf(environment.definition, interpreter.version);
  const root = installationsFolder(options.places.dataDirectory);
  const folder = path.join(root, `${name}-${hash.slice(0, 12)}`);
  const ready = findReady(folder);
  if (ready) return ready;
  try {
    await mkdir(root, { recursive: true });
    const onWait = (pid: number) =>
      options.onProgress?.(`waiting for process ${pid}, which installs ${name}`);
    return await withLock(`${folder}.lock`, { onWait, signal: options.signal }, async () => {
      return findReady(folder) ?? (await makeAnew({ environment, interpreter, hash, folder }, options));
    });
  } catch (error) {
    if (error instanceof DrumError) throw error;
    const why = options.signal?.aborted
      ? `it was interrupted; run drum environment install ${name} again`
      : `${messageOf(error)}; check space and permissions of ${root}`;
    throw failure(name, why, error);
  }
}

interface Plan {
  environment: Environment;
  interpreter: Interpreter;
  hash: string;
  folder: string;
}

async function makeAnew(plan: Plan, { onProgress, signal }: InstallOptions): Promise<Installed> {
  const { environment, interpreter, hash, folder } = plan;
  const steps: Steps = { name: environment.name, onProgress: onProgress ?? (() => {}), signal };
  // What an interrupted installation left.
  await rm(folder, { recursive: true, force: true });
  try {
    await makeVirtualEnvironment(interpreter, folder, steps);
    const python = path.join(folder, "bin", "python");
    const packages = await installRequirements(python, environment.requirementsFile, steps);
    const installed: Installed = {
      name: environment.name,
      interpreter: python,
      interpreterVersion: interpreter.version,
      packages,
      installed: new Date().toISOString(),
      definition: environment.definition,
      hash,
    };
    await writeFile(path.join(folder, readyFile), `${JSON.stringify(installed, undefined, 2)}\n`);
    return installed;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
