// Reads the models that a server is to serve: those of its code directories.

import { DrumError, usage } from "../../errors.js";
import type { Log } from "../../log.js";
import { type ModelSpec, modelName, readModel } from "../../model/model.js";
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

/** Throws the first error if no folder holds a model. */
export async function readModels(
  config: FolderWishes,
  log: Log,
): Promise<{ models: ServedModel[]; broken: BrokenModel[] }> {
  checkNames(config);
  const [models, broken]: [ServedModel[], BrokenModel[]] = [[], []];
  let first: DrumError | undefined;
  for (const directory of config.codeDirectories) {
    try {
      const model = await readModel(config, directory, (text) => log.info(text));
      models.push({ model, settings: config });
    } catch (error) {
      if (!(error instanceof DrumError) || error.code === "USAGE") throw error;
      first ??= error;
      broken.push({ name: modelName(directory), codeDirectory: directory, reason: notLoaded(error) });
    }
  }
  if (models.length === 0) throw first;
  return { models, broken };
}

/** A model is named after its folder, and its name is part of URLs. */
function checkNames({ codeDirectories, namesModels }: FolderWishes): void {
  if (!namesModels) return;
  const names = codeDirectories.map(modelName);
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) {
    throw usage(
      `two code directories are named ${repeated}, and each model is named after its folder; rename one`,
    );
  }
  const odd = names.find((name) => !/^[\w.-]+$/.test(name));
  if (odd !== undefined) {
    throw usage(
      `the model "${odd}" is served under its folder's name, which may only have letters, digits, - _ and .; rename it`,
    );
  }
}

export function notLoaded(error: DrumError): DrumError {
  return new DrumError("MODEL_NOT_LOADED", error.message, { traceback: error.traceback, cause: error });
}
