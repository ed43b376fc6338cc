// Reads the models that a server is to serve: those of its code directories.

import { DrumError, usage } from "../../errors.js";
import type { Log } from "../../log.js";
import { servedNames } from "../../model/mlserver/repository.js";
import { type ModelSpec, readModel } from "../../model/model.js";
import type { DeploymentSettings } from "../../serving/deployment/deployment.js";
import type { BrokenModel } from "../../serving/models.js";

/** A model, and how it is read again. */
export interface ServedModel {
  model: ModelSpec;
  settings: DeploymentSettings;
}

export interface FolderWishes extends DeploymentSettings {
  /** One or more. */
  codeDirectories: readonly string[];
  /** Whether models are served under their names, even if there is only one. */
  namesModels: boolean;
}

/** A folder with the name of its model. */
export interface NamedFolder {
  name: string;
  folder: string;
}

/** The folders of models under the names that they are served by. */
export function namedFolders(
  folders: readonly string[],
  { name, places }: Pick<DeploymentSettings, "name" | "places">,
): NamedFolder[] {
  const names = servedNames(folders, places.workerEnvironment);
  return folders.map((folder, at) => ({ folder, name: name ?? names[at]! }));
}

/** Throws the first error if no folder holds a model. */
export async function readModels(
  config: FolderWishes,
  log: Log,
): Promise<{ models: ServedModel[]; broken: BrokenModel[] }> {
  const named = namedFolders(config.codeDirectories, config);
  if (config.namesModels) checkNames(named.map(({ name }) => name));
  const [models, broken]: [ServedModel[], BrokenModel[]] = [[], []];
  let first: DrumError | undefined;
  for (const one of named) {
    try {
      models.push(await readServedModel(config, one, log));
    } catch (error) {
      if (!(error instanceof DrumError) || error.code === "USAGE") throw error;
      first ??= error;
      broken.push({ name: one.name, codeDirectory: one.folder, reason: notLoaded(error) });
    }
  }
  if (models.length === 0) throw first;
  return { models, broken };
}

/** Throws what readModel throws. */
export async function readServedModel(
  config: FolderWishes,
  { name, folder }: NamedFolder,
  log: Log,
): Promise<ServedModel> {
  // A name that says more than folder and settings is kept by a swap.
  const settings = name.includes("@") ? { ...config, name } : config;
  const model = await readModel(settings, folder, (text) => log.info(text));
  return { model, settings };
}

/** The names of models are part of URLs. */
function checkNames(names: readonly string[]): void {
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) {
    throw usage(
      `two models are named ${repeated}; each is named after its folder or its model-settings.json, rename one`,
    );
  }
  const odd = names.find((name) => !/^[\w.-]+(@[\w.-]+)?$/.test(name));
  if (odd !== undefined) {
    throw usage(
      `the model "${odd}" is served under this name, which may only have letters, digits, - _ and .; rename it`,
    );
  }
}

export function notLoaded(error: DrumError): DrumError {
  return new DrumError("MODEL_NOT_LOADED", error.message, { traceback: error.traceback, cause: error });
}
