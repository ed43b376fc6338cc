// A hub: users, models and deployments in a store, and the deployments that run.

import path from "node:path";
import { DrumError, messageOf } from "../errors.js";
import type { Log } from "../log.js";
import { makeFolders } from "../processes/folders.js";
import type { DeploymentSettings } from "../serving/deployment/deployment.js";
import { Models } from "../serving/models.js";
import { BatchJobs } from "./batch/jobs.js";
import { BatchRecords } from "./batch/records.js";
import { Custom } from "./custom/custom.js";
import { Deployments } from "./deployments/deployments.js";
import { Records } from "./deployments/records.js";
import { Running } from "./deployments/running.js";
import { Sharing } from "./deployments/sharing.js";
import { Tags } from "./deployments/tags.js";
import { Audit } from "./registry/audit.js";
import { Catalog } from "./registry/catalog.js";
import { Statuses } from "./registry/statuses.js";
import { Users } from "./registry/users.js";
import type { StorageLimits } from "./storage/storage.js";
import { lockFolder, openStore, type Store } from "./store/store.js";

export interface HubSettings {
  dataDirectory: string;
  /** How models are read and run. */
  models: DeploymentSettings;
  /** Bytes of the CSV of a batch job. */
  maxBatchSize: number;
  storage: StorageLimits;
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
  readonly batch: BatchJobs;
  readonly custom: Custom;
  readonly sharing: Sharing;

  /** Lets another hub use the data directory. */
  private readonly unlock: () => void;

  private constructor(
    private readonly store: Store,
    {
      models,
      log,
      dataDirectory,
      storage,
      maxBatchSize: mostUpload,
      unlock,
    }: HubSettings & { unlock(): void },
  ) {
    this.unlock = unlock;
    this.users = new Users(store);
    this.catalog = new Catalog(store);
    this.statuses = new Statuses(store);
    this.running = new Running(this.models, models, log);
    const audit = new Audit(store);
    this.tags = new Tags(store, audit);
    const records = new Records(store, audit);
    this.sharing = new Sharing(store, records, audit);
    this.custom = new Custom(store, audit, { dataDirectory, storage, places: models.places });
    const { catalog, statuses, running, users } = this;
    this.deployments = new Deployments({ records, catalog, statuses, running, log });
    this.batch = new BatchJobs({
      records: new BatchRecords(store, audit),
      deployments: records,
      users,
      models: this.models,
      log,
      folder: path.join(dataDirectory, "batch"),
      mostUpload,
    });
  }

  /** Throws STORE_UNUSABLE. */
  static async open(settings: HubSettings): Promise<Hub> {
    const { dataDirectory } = settings;
    try {
      makeFolders(dataDirectory, 0o700);
    } catch (error) {
      const why = `${messageOf(error)}; name another --data-dir`;
      throw new DrumError("STORE_UNUSABLE", `the data directory ${dataDirectory} cannot be made: ${why}`);
    }
    const unlock = lockFolder(dataDirectory);
    const hub = new Hub(await openStore(dataDirectory), { ...settings, unlock });
    await hub.statuses.begin();
    await hub.custom.begin();
    return hub;
  }

  /** Starts the deployments that are active, then goes on with batch jobs. */
  async begin(): Promise<void> {
    await this.deployments.begin();
    await this.batch.begin();
  }

  /** Finishes what runs; requests are refused meanwhile, until nothing listens. Resolves with whether all requests were answered. */
  async close(stopListening: () => Promise<void>): Promise<boolean> {
    await this.batch.close();
    const closed = this.running.close();
    const isOrderly = await this.models.drain(drainLimit);
    await closed;
    await this.statuses.settle();
    await stopListening();
    await this.store.close();
    this.unlock();
    return isOrderly;
  }
}
