// The deployments of a hub that run: each is a deployment of the engine, under its id.

import { DrumError, messageOf } from "../../errors.js";
import type { Log } from "../../log.js";
import { listFiles } from "../../model/files.js";
import { type ModelSpec, readModel } from "../../model/model.js";
import { Deployment, type DeploymentSettings, draining } from "../../serving/deployment/deployment.js";
import type { SwapWishes } from "../../serving/deployment/swap/swap.js";
import type { Models } from "../../serving/models.js";
import { modifiedAt } from "../registry/files.js";
import type { ModelRow } from "../store/tables.js";

/** Milliseconds that the running requests of a deployment may take when it is deactivated or deleted. */
const drainLimit = 30_000;

export interface Column {
  name: string;
  /** Of Arrow; null if the model does not tell. */
  type: string | null;
}

/** What a model is read by. */
type SettingsRow = Pick<ModelRow, "targetType" | "targetName" | "labels"> &
  Partial<Pick<ModelRow, "parametersFile">>;
type ReadRow = SettingsRow & Pick<ModelRow, "codeDirectory">;

interface Tried {
  /** When the files were changed last, in words that compare. */
  stamp: string;
  columns: Promise<readonly Column[] | undefined>;
}

export class Running {
  /** The columns of models that were loaded to learn them, by their ids. */
  private readonly tried = new Map<string, Tried>();
  private readonly starts = new Map<string, Promise<void>>();
  private readonly trials = new Set<Deployment>();
  /** Whether nothing is started any more. */
  isClosed = false;
  /** Which files each running deployment has loaded. */
  private readonly loaded = new Map<string, string>();

  constructor(
    readonly models: Models,
    private readonly settings: DeploymentSettings,
    private readonly log: Log,
  ) {}

  /** Throws what readModel throws. */
  read(model: ReadRow, name?: string): Promise<ModelSpec> {
    return readModel(this.settingsFor(model, name), model.codeDirectory, (text) => this.log.info(text));
  }

  /** Resolves when the model is loaded, which it may be already; until then its requests are told so. If it cannot be loaded, they are told why. */
  start(id: string, model: ModelRow): Promise<void> {
    const started = this.starts.get(id) ?? this.startNow(id, model);
    this.starts.set(id, started);
    return started;
  }

  private async startNow(id: string, model: ModelRow): Promise<void> {
    const settings = this.settingsFor(model, id);
    try {
      this.loaded.set(id, stampOf(model));
      const deployment = new Deployment(await this.read(model, id), settings, {
        log: this.log,
        prefix: `${id}/`,
      });
      if (this.isClosed) throw draining();
      this.models.add(deployment);
      await deployment.start();
    } catch (error) {
      if (!this.models.has(id)) {
        const reason = new DrumError("MODEL_NOT_LOADED", messageOf(error), { cause: error });
        this.models.addBroken({ name: id, codeDirectory: model.codeDirectory, reason });
      }
      throw error;
    }
  }

  async stop(id: string): Promise<void> {
    this.starts.delete(id);
    this.loaded.delete(id);
    if (this.models.has(id)) await this.models.remove(id, drainLimit);
  }

  /** Throws SWAP_FAILED or SWAP_RUNNING: the old model goes on then. One that could not be read has none to go on with. */
  async replace(
    id: string,
    model: ModelRow,
    tried: Pick<SwapWishes, "trial" | "maxDifference">,
  ): Promise<void> {
    const isBroken = this.models.allBroken.some(({ name }) => name === id);
    if (!isBroken) {
      const stamp = stampOf(model);
      const { codeDirectory, parametersFile } = model;
      const swap = { codeDirectory, runtimeParametersFile: parametersFile, ...tried };
      await this.models.find(id).swap(swap);
      this.loaded.set(id, stamp);
      return;
    }
    await this.stop(id);
    await this.start(id, model);
  }

  /** Takes the changed files of its model; one that failed is started again with them. Throws what `replace` and `start` throw. */
  async renew(id: string, model: ModelRow): Promise<void> {
    if (this.serves(id)) return this.replace(id, model, {});
    await this.stop(id);
    await this.start(id, model);
  }

  private serves(id: string): boolean {
    try {
      return this.models.find(id).state !== "failed";
    } catch {
      return false;
    }
  }

  /** Whether it runs with other files than those that the model has now. Throws the system's error. */
  isStale(id: string, model: ModelRow): boolean {
    const stamp = this.loaded.get(id);
    return stamp !== undefined && stamp !== stampOf(model);
  }

  /** Throws NOT_READY before its model is read, and the reason why it could not be. */
  find(id: string): Deployment {
    if (!this.models.has(id))
      throw new DrumError("NOT_READY", `the deployment ${id} is starting; try again in a moment`);
    return this.models.find(id);
  }

  /** The columns of a running deployment; undefined if its model does not know them. */
  async columnsOf(id: string): Promise<readonly Column[] | undefined> {
    const { release } = this.models.find(id);
    await release.loaded;
    return release.route.scorer.loaded?.signature?.columns;
  }

  /** The columns of any model, which is loaded once for it. Throws MODEL_NOT_LOADED and what readModel throws. */
  columnsOfModel(model: ModelRow): Promise<readonly Column[] | undefined> {
    const stamp = stampOf(model);
    const known = this.tried.get(model.id);
    if (known?.stamp === stamp) return known.columns;
    const columns = this.tryOut(model);
    this.tried.set(model.id, { stamp, columns });
    columns.catch(() => this.tried.delete(model.id));
    return columns;
  }

  /** Starts nothing more, and ends what is tried out. */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.trials].map((trial) => trial.drain(0)));
  }

  private async tryOut(model: ModelRow): Promise<readonly Column[] | undefined> {
    const settings = this.settingsFor(model, model.id);
    const workers = { ...settings.workers, maxWorkers: 1 };
    const spec = await this.read(model, model.id);
    const trial = new Deployment(spec, { ...settings, workers }, { log: this.log, prefix: `${model.id}/` });
    if (this.isClosed) throw draining();
    this.trials.add(trial);
    try {
      await trial.start({ warm: false });
      return trial.release.route.scorer.loaded?.signature?.columns;
    } finally {
      await trial.drain(0);
      this.trials.delete(trial);
    }
  }

  private settingsFor(
    { targetType, targetName, labels, parametersFile }: SettingsRow,
    name?: string,
  ): DeploymentSettings {
    const all = JSON.parse(labels) as string[];
    const [negative, positive] = all;
    const given =
      targetType === "binary"
        ? { positiveClassLabel: positive, negativeClassLabel: negative }
        : all.length > 0
          ? { classLabels: all }
          : {};
    return {
      ...this.settings,
      ...(targetType !== "" && { targetType }),
      ...(targetName !== null && { targetName }),
      ...given,
      ...(name !== undefined && { name }),
      runtimeParametersFile: parametersFile ?? undefined,
    };
  }
}

/** Another one after the model's files were changed. */
function stampOf({ codeDirectory }: Pick<ModelRow, "codeDirectory">): string {
  return `${codeDirectory}\n${modifiedAt(codeDirectory, listFiles(codeDirectory))}`;
}
