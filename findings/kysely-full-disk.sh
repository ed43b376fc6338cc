#!/usr/bin/env bash
# A full disk is told as "no transaction is active" by a transaction of Kysely
#
# Guess:   transaction().execute() rejects with the error of the query that failed, SQLITE_FULL.
# Happens: SQLite ends the transaction itself when the disk is full, Kysely rolls it back all the same, and the error of that
#          rollback takes the place of the first one.
# Matters: who reads the log looks for a fault in the transactions, not at the disk.
# Version: kysely 0.28.19, better-sqlite3 12.11.1
# Seen:    bare SQLITE_FULL, transaction SQLITE_ERROR cannot rollback - no transaction is active
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund kysely@0.28.19 better-sqlite3@12.11.1 > /dev/null 2>&1
cat > run.mjs <<'END'
import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";

const database = new Database("rows.sqlite");
database.exec("create table notes (text text)");
// As on a full disk: no page more than there are.
database.pragma("max_page_count = 8");
const tables = new Kysely({ dialect: new SqliteDialect({ database }) });
const add = (store) => store.insertInto("notes").values({ text: "x".repeat(100_000) }).execute();
const outcome = (work) => work.then(() => "no error", (error) => error);

const bare = await outcome(add(tables));
const inside = await outcome(tables.transaction().execute(add));
console.log("kysely 0.28.19, better-sqlite3 12.11.1");
console.log("guess:     both are SQLITE_FULL");
console.log("behaviour: the transaction tells of its rollback, and not why it failed");
const seen = `bare ${bare.code}, transaction ${inside.code} ${inside.message}`;
console.log(`seen:      ${seen}`);
const expected = "bare SQLITE_FULL, transaction SQLITE_ERROR cannot rollback - no transaction is active";
process.exit(seen === expected ? 0 : 1);
END
node run.mjs
