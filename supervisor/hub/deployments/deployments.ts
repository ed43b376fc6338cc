// What users do with deployments: each deed changes the store and what runs, and is known by a status until it is done.

import { DrumError, messageOf } from "../../errors.js";
import type { Log } from "../../log.js";
import type { SwapWishes } from "../../serving/deployment/swap/swap.js";
import type { Catalog } from "../registry/catalog.js";
import { newId } from "../registry/ids.js";
import type { Statuses } from "../registry/statuses.js";
import { now, type User } from "../registry/users.js";
import type { DeploymentRow, ModelRow } from "../store/tables.js";
import type { Seen } from "./listing.js";
import type { Records } from "./records.js";
import { type Validation, validateReplacement } from "./replacement.js";
import type { Running } from "./running.js";

export interface NewDeployment {
  /** Chosen by its owner, for an import. */
  id?: string;
  modelId: string;
  label: string;
  description: string | null;
  importance: string;
  status: "active" | "inactive";
}

/** What was begun: an object, and the status of the work on it. */
export interface Begun {
  id: string;
  statusId: string;
}

export interface Replacement extends Pick<SwapWishes, "trial" | "maxDifference"> {
  model: ModelRow;
  reason: string;
}

interface Parts {
  records: Records;
  catalog: Catalog;
  statuses: Statuses;
  running: Running;
  log: Log;
}

export class Deployments {
  readonly records: Records;
  private readonly replacing = new Set<string>();

  constructor(private readonly parts: Parts) {
    this.records = parts.records;
  }

  /** Starts those that are active. Resolves when each is loaded or has failed; the reasons are in the log. */
  async begin(): Promise<void> {
    const { records, catalog, running, log } = this.parts;
    for (const { id, label, modelId } of await records.active()) {
      if (running.isClosed) return;
      try {
        await running.start(id, await catalog.model(modelId));
      } catch (error) {
        log.error(`${label} (${id}): ${messageOf(error)}`);
      }
    }
  }

  /** A deployment whose model cannot be loaded is not kept; its status tells why. Throws RESOURCE_UNKNOWN for an unknown model. */
  async create(user: User, { id = newId(), ...given }: NewDeployment): Promise<Begun> {
    const { records, catalog, statuses, running } = this.parts;
    const model = await catalog.model(given.modelId);
    const own = {
      settings: "{}",
      secondaryDatasetConfigId: null,
      createdBy: user.id,
      createdAt: now(),
      deletedAt: null,
    };
    const row: DeploymentRow = { id, ...given, ...own };
    await records.add(row, user);
    const work = { description: `Deploying ${given.label}`, location: locationOf(id) };
    const statusId = await statuses.start(work, async () => {
      if (given.status === "inactive") return;
      try {
        await running.start(id, model);
      } catch (error) {
        await running.stop(id);
        await records.forget(user, id, messageOf(error));
        throw error;
      }
    });
    return { id, statusId };
  }

  async setStatus(user: User, { id, model, status }: Seen, wanted: "active" | "inactive"): Promise<string> {
    const { records, statuses, running } = this.parts;
    const location = locationOf(id);
    if (status === wanted) return statuses.done({ description: `The deployment is ${wanted}`, location });
    await records.change(user, id, { status: wanted });
    if (wanted === "active")
      return statuses.start({ description: "Activating", location }, () => running.start(id, model));
    return statuses.start({ description: "Deactivating", location }, () => running.stop(id));
  }

  /** Running deployments of these models, whose code is another one than the one that runs, take the new one without interruption. */
  async renew(user: User, models: readonly ModelRow[]): Promise<(Begun & { label: string })[]> {
    const { records, statuses, running } = this.parts;
    const byId = new Map(models.map((model) => [model.id, model]));
    const stale = (await records.active()).filter(({ id, modelId }) => {
      const model = byId.get(modelId);
      return model && !this.replacing.has(id) && running.isStale(id, model);
    });
    const renewals = stale.map(async ({ id, modelId, label }) => {
      const model = byId.get(modelId)!;
      await records.noteRenewal(user, id, model);
      const work = { description: `Renewing ${label}`, location: locationOf(id) };
      this.replacing.add(id);
      const run = () => running.renew(id, model).finally(() => this.replacing.delete(id));
      return { id, label, statusId: await statuses.start(work, run) };
    });
    return Promise.all(renewals);
  }

  /** Hides it at once; its workers end when they have answered. Its history is kept. */
  async delete(user: User, { id }: Seen): Promise<void> {
    const { records, running, log } = this.parts;
    await records.markDeleted(user, id);
    running.stop(id).catch((error: unknown) => log.warn(`${id}: ${messageOf(error)}`));
  }

  validate(deployed: Seen, next: ModelRow): Promise<Validation> {
    return validateReplacement(deployed, next, this.parts.running);
  }

  /**
   * Predictions go on with the old model until the new one is loaded, and the store names the one that answers. Throws
   * REPLACEMENT_REFUSED with the checks as its cause, and SWAP_RUNNING.
   */
  async replace(user: User, deployed: Seen, wish: Replacement): Promise<string> {
    const { records, statuses, running } = this.parts;
    const { id, status } = deployed;
    if (this.replacing.has(id))
      throw new DrumError("SWAP_RUNNING", "the model is being replaced already; wait until that is done");
    this.replacing.add(id);
    try {
      const validation = await this.validate(deployed, wish.model);
      if (validation.status === "failing") throw refused(validation);
      const { model, reason, ...tried } = wish;
      if (wish.trial && status !== "active") throw inactive(deployed.label);
      const work = { description: `Replacing the model of ${deployed.label}`, location: locationOf(id) };
      return await statuses.start(work, async () => {
        try {
          if (status === "active") await running.replace(id, model, tried);
          await records.replaceModel(user, id, { modelId: model.id, reason });
        } finally {
          this.replacing.delete(id);
        }
      });
    } catch (error) {
      this.replacing.delete(id);
      throw error;
    }
  }
}

/** Nobody asks it, so it cannot be tried out, and predicts nothing. */
export function inactive(label: string): DrumError {
  return new DrumError(
    "DEPLOYMENT_INACTIVE",
    `the deployment ${label} is inactive; an owner can activate it`,
  );
}

function locationOf(id: string): string {
  return `deployments/${id}/`;
}

class Refusal extends DrumError {
  constructor(readonly validation: Validation) {
    super("REPLACEMENT_REFUSED", validation.message);
  }
}

function refused(validation: Validation): DrumError {
  return new Refusal(validation);
}

/** Of a refused replacement; undefined for other errors. */
export function validationOf(error: unknown): Validation | undefined {
  return error instanceof Refusal ? error.validation : undefined;
}
