// A hub: users, models and deployments in a store, and the deployments that run.

import type { Log } from "../log.js";
import { makeFolders } from "../processes/folders.js";
import type { DeploymentSettings } from "../serving/deployment/deployment.js";
import { Models } from "../serving/models.js";
import { Deployments } from "./deployments/deployments.js";
import { Records } from "./deployments/records.js";
import { Running } from "./deployments/running.js";
import { Tags } from "./deployments/tags.js";
import { Audit } from "./registry/audit.js";
import { Catalog } from "./registry/catalog.js";
import { Statuses } from "./registry/statuses.js";
import { Users } from "./registry/users.js";
import { openStore, type Store } from "./store/store.js";

export interface HubSettings {
  dataDirectory: string;
  /** How models are read and run. */
  models: DeploymentSettings;
  log: Log;
}

/** Milliseconds that running predictions may take when the hub ends. */
const drainLimit = 30_000;

export class Hub {
  readonly models = new Models();
  readonly users: Users;
  readonly catalog: Catalog;
  readonly statuses: Statuses;
  readonly running: Running;
  readonly deployments: Deployments;
  readonly tags: Tags;

  private constructor(
    private readonly store: Store,
    { models, log }: HubSettings,
  ) {
    this.users = new Users(store);
    this.catalog = new Catalog(store);
    this.statuses = new Statuses(store);
    this.running = new Running(this.models, models, log);
    const audit = new Audit(store);
    this.tags = new Tags(store, audit);
    const records = new Records(store, audit);
    const { catalog, statuses, running } = this;
    this.deployments = new Deployments({ records, catalog, statuses, running, log });
  }

  /** Throws STORE_UNUSABLE. */
  static async open(settings: HubSettings): Promise<Hub> {
    makeFolders(settings.dataDirectory, 0o700);
    const hub = new Hub(await openStore(settings.dataDirectory), settings);
    await hub.statuses.begin();
    return hub;
  }

  /** Finishes what runs; requests are refused meanwhile, until nothing listens. Resolves with whether all requests were answered. */
  async close(stopListening: () => Promise<void>): Promise<boolean> {
    const closed = this.running.close();
    const isOrderly = await this.models.drain(drainLimit);
    await closed;
    await this.statuses.settle();
    await stopListening();
    await this.store.close();
    return isOrderly;
  }
}
