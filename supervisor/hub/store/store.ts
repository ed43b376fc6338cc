// A hub's store: an SQLite file in its data directory, whose tables are brought up to date when it is opened.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Database, Options } from "better-sqlite3";
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  Migrator,
  SqliteDialect,
  SqliteDriver,
} from "kysely";
import { DrumError, messageOf } from "../../errors.js";
import { migrations } from "./migrations.js";
import type { Tables } from "./tables.js";

export type Tabled = Kysely<Tables>;

/** The tables, and whether another process has changed them. */
export interface Store {
  tables: Tabled;
  /** A number that grows with every commit of another process. */
  outsideVersion(): number;
  close(): Promise<void>;
}

export const storeName = "hub.sqlite";

/** Milliseconds that a command beside the running hub waits for its lock. */
const lockLimit = 5_000;

/** `folder` exists, and with `mustExist` a store in it. Throws STORE_UNUSABLE. */
export async function openStore(folder: string, { mustExist = false } = {}): Promise<Store> {
  const file = path.join(folder, storeName);
  const database = mustExist ? existing(folder) : open(file);
  const tables = new Kysely<Tables>({ dialect: new Dialect(database) });
  try {
    await migrate(tables, file);
  } catch (error) {
    await tables.destroy();
    throw error;
  }
  return {
    tables,
    outsideVersion: () => database.pragma("data_version", { simple: true }) as number,
    close: () => tables.destroy(),
  };
}

/**
 * Keeps other hubs from the folder until it is released, or this process ends, however it does. Throws STORE_UNUSABLE if there is
 * another one.
 */
export function lockFolder(folder: string): () => void {
  const file = path.join(folder, `${storeName}-lock`);
  const Sqlite = sqlite();
  let database: Database | undefined;
  try {
    database = new Sqlite(file, { timeout: 0 });
    database.exec("begin exclusive");
  } catch (error) {
    database?.close();
    if ((error as { code?: string }).code === "SQLITE_BUSY")
      throw new DrumError(
        "STORE_UNUSABLE",
        `another hub uses the data directory ${folder}; end that one, or name another --data-dir`,
      );
    throw unusable(file, `cannot be opened: ${messageOf(error)}; check the folder, its rights and its disk`);
  }
  const locked = database;
  return () => locked.close();
}

/** Whether the store is kept in this file of the data directory: SQLite has some beside its own. */
export function isOfStore(name: string): boolean {
  return name === storeName || name.startsWith(`${storeName}-`);
}

/** The store as it is at one moment, into a new file, while others may write. Its tables are not brought up to date. Throws STORE_UNUSABLE. */
export async function copyStore(folder: string, file: string): Promise<void> {
  const database = existing(folder);
  try {
    // All pages in one step: after a commit of another process, the next step would begin again.
    await database.backup(file, { progress: () => 0x7fffffff });
  } catch (error) {
    throw unusable(path.join(folder, storeName), `cannot be copied: ${messageOf(error)}; check the disk`);
  } finally {
    database.close();
  }
}

/** Reads all of it. Throws STORE_UNUSABLE. */
export function checkStore(folder: string): void {
  const file = path.join(folder, storeName);
  const database = existing(folder);
  try {
    const found = database.pragma("integrity_check(1)", { simple: true });
    if (found !== "ok") throw new Error(String(found));
  } catch (error) {
    throw unusable(file, `is damaged: ${messageOf(error)}`);
  } finally {
    database.close();
  }
}

function existing(folder: string): Database {
  const file = path.join(folder, storeName);
  if (existsSync(file)) return open(file);
  throw unusable(file, "does not exist; name the --data-dir of a hub that was started once");
}

/** Every transaction takes the lock of the writer when it begins: one that reads first could not write after another process has. */
class Driver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  /** SQLite ends a transaction itself when its disk is full: then there is none to roll back, and the first error is the one to tell. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch (error) {
      if (!/no transaction is active/.test(messageOf(error))) throw error;
    }
  }
}

class Dialect extends SqliteDialect {
  constructor(private readonly database: Database) {
    super({ database });
  }

  override createDriver(): Driver {
    return new Driver({ database: this.database });
  }
}

/** Each commit is on the disk before it is answered (`synchronous` is FULL), readers and the writer do not wait for each other. */
function open(file: string): Database {
  const Sqlite = sqlite();
  try {
    const database = new Sqlite(file, { timeout: lockLimit });
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    return database;
  } catch (error) {
    throw unusable(file, `cannot be opened: ${messageOf(error)}; check the folder, its rights and its disk`);
  }
}

function sqlite(): new (file: string, options: Options) => Database {
  try {
    return createRequire(import.meta.url)("better-sqlite3");
  } catch (error) {
    throw new DrumError(
      "STORE_UNUSABLE",
      `the hub needs better-sqlite3, which cannot be loaded: ${messageOf(error)}; install a compiler (on Debian apt-get install g++ make python3), then run npm rebuild better-sqlite3 where drumline is installed`,
    );
  }
}

async function migrate(store: Tabled, file: string): Promise<void> {
  const migrator = new Migrator({ db: store, provider: { getMigrations: async () => ({ ...migrations }) } });
  const known = Object.keys(migrations);
  const done = (await migrator.getMigrations()).filter(({ executedAt }) => executedAt !== undefined);
  const { error } = await migrator.migrateToLatest();
  if (!error) return;
  const newer = /previously executed migration (\S+) is missing/.exec(messageOf(error))?.[1];
  if (newer !== undefined)
    throw unusable(
      file,
      `was made by a newer drum (it has the step ${newer}, this one knows ${known.at(-1)}); start that one`,
    );
  throw unusable(
    file,
    `cannot be brought up to date after step ${done.length} of ${known.length}: ${messageOf(error)}`,
  );
}

function unusable(file: string, what: string): DrumError {
  return new DrumError("STORE_UNUSABLE", `the store ${file} ${what}`);
}
