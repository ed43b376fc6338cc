// What users bring to a hub through the API: files, custom models of them, datasets, environments, packages.

import type { Places } from "../../places.js";
import type { Audit } from "../registry/audit.js";
import { Storage, type StorageLimits } from "../storage/storage.js";
import type { Store } from "../store/store.js";
import { CustomModels } from "./custom-models.js";
import { Datasets } from "./datasets.js";
import { Environments } from "./environments.js";
import { Packages } from "./packages.js";
import { Versions } from "./versions.js";

export interface CustomSettings {
  dataDirectory: string;
  storage: StorageLimits;
  places: Places;
}

export class Custom {
  readonly storage: Storage;
  readonly models: CustomModels;
  readonly versions: Versions;
  readonly datasets: Datasets;
  readonly environments: Environments;
  readonly packages: Packages;

  constructor(
    private readonly store: Store,
    audit: Audit,
    { dataDirectory, storage, places }: CustomSettings,
  ) {
    this.storage = new Storage(dataDirectory, storage);
    this.models = new CustomModels(store, audit, this.storage);
    this.versions = new Versions(store, audit, this.storage);
    this.datasets = new Datasets(store, audit, this.storage);
    this.environments = new Environments(store, audit, this.storage, places);
    this.packages = new Packages(store, audit);
  }

  /** Removes files that belong to nothing: a process ended while they came. */
  async begin(): Promise<void> {
    const { tables } = this.store;
    const versions = await tables
      .selectFrom("customModelVersions")
      .innerJoin("customModels", "customModels.id", "customModelVersions.customModelId")
      .select(["customModelVersions.id", "size"])
      .where("customModels.deletedAt", "is", null)
      .execute();
    const datasets = await tables.selectFrom("datasets").select(["id", "size"]).execute();
    const contexts = await tables
      .selectFrom("environmentVersions")
      .select(["id", "size"])
      .where("contextName", "is not", null)
      .execute();
    const ids = (rows: readonly { id: string }[]) => new Set(rows.map(({ id }) => id));
    const used = [...versions, ...datasets, ...contexts].reduce((sum, { size }) => sum + size, 0);
    await this.storage.begin(
      { versions: ids(versions), datasets: ids(datasets), contexts: ids(contexts) },
      used,
    );
  }
}
