// The folder of --model-dir as a repository: each of its code directories can be loaded and unloaded while others serve.

import { DrumError } from "../../../errors.js";
import type { Log } from "../../../log.js";
import { modelFolders, versionedName } from "../../../model/mlserver/repository.js";
import { type Deployment, draining } from "../../../serving/deployment/deployment.js";
import type { Models } from "../../../serving/models.js";
import type { Repository, UnloadedModel } from "../../../serving/repository.js";
import { suggested } from "../../../suggest.js";
import {
  type FolderWishes,
  type NamedFolder,
  namedFolders,
  notLoaded,
  readServedModel,
  type ServedModel,
} from "../served-models.js";

/** Milliseconds that the running requests of a model may take when it is unloaded. */
const drainLimit = 30_000;

export interface RepositorySource {
  /** The models that are in the folder of --model-dir now. */
  list(): NamedFolder[];
  models: Models;
  read(folder: NamedFolder): Promise<ServedModel>;
  /** Makes the deployment of a model, which is not started yet. */
  deploy(model: ServedModel): Deployment;
  /** Gets a line when a model has come or gone. */
  onChange(text: string): void;
}

/** Undefined if the models of the server are fixed. */
export function openRepository(
  config: FolderWishes & { modelDirectory: string | undefined },
  { log, ...source }: Omit<RepositorySource, "list" | "read"> & { log: Log },
): FolderRepository | undefined {
  const { modelDirectory, places } = config;
  if (modelDirectory === undefined) return undefined;
  return new FolderRepository({
    ...source,
    list: () => namedFolders(modelFolders(modelDirectory, places), config),
    read: (one) => readServedModel(config, one, log),
  });
}

export class FolderRepository implements Repository {
  /** Why the last load of a model that is not served failed. */
  private readonly failures = new Map<string, DrumError>();
  private readonly starting = new Map<string, Deployment>();
  /** The last load or unload of each model, after which the next one begins. */
  private readonly last = new Map<string, Promise<void>>();
  private isClosed = false;

  constructor(private readonly source: RepositorySource) {}

  get unloaded(): UnloadedModel[] {
    const { models, list } = this.source;
    return list()
      .map(({ name }) => name)
      .filter((name) => !models.names.includes(name))
      .map((name) => ({
        name,
        state: this.starting.has(name) ? "loading" : "unloaded",
        reason: this.failures.get(name)?.message,
      }));
  }

  load(name: string): Promise<void> {
    return this.inTurn(name, async () => {
      const { models, list } = this.source;
      const named = list().filter((one) => isVersionOf(one.name, name));
      if (named.length === 0) throw this.unknown(name);
      for (const one of named) {
        const served = models.all.find((deployment) => deployment.name === one.name);
        if (served) await served.swap({ codeDirectory: one.folder });
        else await this.add(one);
      }
    });
  }

  unload(name: string): Promise<void> {
    return this.inTurn(name, async () => {
      const { models } = this.source;
      const older = models.names.filter((one) => one !== name && isVersionOf(one, name));
      await models.remove(name, drainLimit);
      await Promise.all(older.map((one) => models.remove(one, drainLimit)));
      this.source.onChange(`${name} was unloaded`);
    });
  }

  /** Ends the workers of models that are loading. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.starting.values()].map((deployment) => deployment.drain(0)));
  }

  private async inTurn(name: string, work: () => Promise<void>): Promise<void> {
    const before = this.last.get(name) ?? Promise.resolve();
    const done = before.then(() => {
      if (this.isClosed) throw draining();
      return work();
    });
    const settled = done.catch(() => {});
    this.last.set(name, settled);
    await done.finally(() => {
      if (this.last.get(name) === settled) this.last.delete(name);
    });
  }

  /** The model gets requests only once it is ready, so that the server stays healthy meanwhile, and if the model is broken. */
  private async add(one: NamedFolder): Promise<void> {
    const { models, read, deploy, onChange } = this.source;
    const { name } = one;
    const startedAt = performance.now();
    try {
      const deployment = deploy(await read(one));
      this.starting.set(name, deployment);
      if (this.isClosed) throw draining();
      await deployment.start();
      models.add(deployment);
      this.failures.delete(name);
    } catch (error) {
      if (!(error instanceof DrumError)) throw error;
      const failure = error.code === "MODEL_NOT_LOADED" ? error : notLoaded(error);
      this.failures.set(name, failure);
      throw failure.message.startsWith(name) ? failure : failure.saying(`${name}: ${failure.message}`);
    } finally {
      this.starting.delete(name);
    }
    onChange(`${name} was loaded in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  }

  private unknown(name: string): DrumError {
    const names = this.source.list().map((one) => one.name);
    return new DrumError(
      "MODEL_UNKNOWN",
      `there is no model "${name}" in the folder of --model-dir; load one of ${names.join(", ")}${suggested(name, names)}`,
    );
  }
}

/** Whether a served name is this model or an older version of it. */
function isVersionOf(name: string, model: string): boolean {
  return name === model || name.startsWith(versionedName(model, ""));
}
