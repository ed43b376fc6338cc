// Stores of every earlier version are brought up to date with their rows; those of a newer one, and damaged ones, are refused.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Database } from "better-sqlite3";
import { Kysely, Migrator, SqliteDialect } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { migrations } from "./migrations.js";
import { checkStore, copyStore, openStore, storeName } from "./store.js";

const Sqlite = createRequire(import.meta.url)("better-sqlite3") as new (
  file: string,
  options?: { timeout: number },
) => Database;
const names = Object.keys(migrations).sort();
const at = "2026-01-02T03:04:05.678Z";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "drum-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Makes a store with the steps up to `last`, and returns the number of rows by table: one row or more in every table of that time. */
async function storeOf(last: string): Promise<Record<string, number>> {
  const database = new Sqlite(path.join(folder, storeName));
  // biome-ignore lint/suspicious/noExplicitAny: the tables of an earlier time
  const db = new Kysely<any>({ dialect: new SqliteDialect({ database }) });
  const steps = Object.fromEntries(
    names.filter((name) => name <= last).map((name) => [name, migrations[name]!]),
  );
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => steps },
  }).migrateToLatest();
  if (error) throw error;
  database.pragma("foreign_keys = OFF");
  const counts: Record<string, number> = {};
  for (const { name, columns } of await db.introspection.getTables()) {
    for (let row = 0; row < 3; row++) {
      const values = columns.map((column) => [
        column.name,
        /INT|REAL|NUM/i.test(column.dataType) ? row : `${column.name} ${row}`,
      ]);
      await db.insertInto(name).values(Object.fromEntries(values)).execute();
    }
    counts[name] = 3;
  }
  await db.destroy();
  return counts;
}

describe("a store", () => {
  it.each(names)("of the step %s is brought up to date, and keeps its rows", async (last) => {
    const counts = await storeOf(last);
    const store = await openStore(folder, { mustExist: true });
    try {
      const tables = store.tables as unknown as Kysely<Record<string, Record<string, unknown>>>;
      for (const [table, count] of Object.entries(counts)) {
        const rows = await tables.selectFrom(table).selectAll().execute();
        expect(rows, table).toHaveLength(count);
      }
      const done = await tables.selectFrom("kysely_migration").selectAll().execute();
      expect(done.map(({ name }) => name)).toEqual(names);
      expect(await store.tables.selectFrom("users").select("name").orderBy("id").execute()).toEqual([
        { name: "name 0" },
        { name: "name 1" },
        { name: "name 2" },
      ]);
    } finally {
      await store.close();
    }
  });

  it("of a newer drum is refused in words", async () => {
    await (await openStore(folder)).close();
    const database = new Sqlite(path.join(folder, storeName));
    database.prepare("insert into kysely_migration (name, timestamp) values (?, ?)").run("99-future", at);
    database.close();
    await expect(openStore(folder)).rejects.toThrow(
      `was made by a newer drum (it has the step 99-future, this one knows ${names.at(-1)}); start that one`,
    );
  });

  it("that is none is refused in words", async () => {
    writeFileSync(
      path.join(folder, storeName),
      "this is a text, and no store, however long it may become\n".repeat(99),
    );
    await expect(openStore(folder)).rejects.toThrow(/the store .* cannot be opened: file is not a database/);
    expect(() => checkStore(folder)).toThrow(/file is not a database/);
  });

  it("must be there for the commands beside a hub", async () => {
    const missing = /does not exist; name the --data-dir of a hub that was started once/;
    await expect(openStore(folder, { mustExist: true })).rejects.toThrow(missing);
    await expect(copyStore(folder, path.join(folder, "copy"))).rejects.toThrow(missing);
  });

  it("is copied while a transaction of another connection goes on", async () => {
    const store = await openStore(folder);
    const user = (name: string) => ({ id: name, name, isAdministrator: 0, createdAt: at });
    await store.tables.insertInto("users").values(user("first")).execute();
    const other = path.join(folder, "other");
    await store.tables.transaction().execute(async (tables) => {
      await tables.insertInto("users").values(user("second")).execute();
      await copyStore(folder, other);
    });
    await store.close();
    const copy = new Sqlite(other);
    expect(copy.prepare("select name from users").all()).toEqual([{ name: "first" }]);
    copy.close();
  });

  it("is locked for other writers from the begin of a transaction, though it only reads at first", async () => {
    const store = await openStore(folder);
    const other = new Sqlite(path.join(folder, storeName), { timeout: 0 });
    await store.tables.transaction().execute(async (tables) => {
      await tables.selectFrom("users").selectAll().execute();
      expect(() => other.exec("delete from users")).toThrow("database is locked");
      expect(other.prepare("select * from users").all()).toEqual([]);
    });
    expect(other.prepare("delete from users").run().changes).toBe(0);
    other.close();
    await store.close();
  });
});
