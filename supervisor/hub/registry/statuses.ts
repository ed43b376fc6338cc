// What goes on after its request was answered: each such piece of work has a status that the client polls.

import { setTimeout as sleep } from "node:timers/promises";
import { DrumError, messageOf } from "../../errors.js";
import type { Store } from "../store/store.js";
import type { StatusRow } from "../store/tables.js";
import { newId } from "./ids.js";
import { now } from "./users.js";

/** Milliseconds that a poll is held: the client asks again only after 5 s. */
const holdLimit = 10_000;

/** Milliseconds that a status is kept after its work was begun. */
const keptFor = 24 * 3600_000;

export interface Work {
  /** In words. */
  description: string;
  /** The path of what the work makes, below /api/v2/. */
  location: string;
}

export class Statuses {
  private readonly running = new Map<string, Promise<void>>();

  constructor(private readonly store: Store) {}

  /** What ran when the hub ended may be done or not, and its status says so. */
  async begin(): Promise<void> {
    const { tables } = this.store;
    const message =
      "the hub was restarted before this was done; see how it stands, and ask for it again if need be";
    await tables
      .updateTable("statuses")
      .set({ status: "ERROR", message })
      .where("status", "=", "RUNNING")
      .execute();
    const oldest = new Date(Date.now() - keptFor).toISOString();
    await tables.deleteFrom("statuses").where("createdAt", "<", oldest).execute();
  }

  /** Returns the id of a status for the work, which goes on. */
  async start(work: Work, run: () => Promise<void>): Promise<string> {
    const id = newId();
    await this.store.tables
      .insertInto("statuses")
      .values({ id, ...work, status: "RUNNING", message: "", createdAt: now() })
      .execute();
    const done = run()
      .then(
        () => this.end(id, { status: "COMPLETED", message: "" }),
        (error: unknown) => this.end(id, { status: "ERROR", message: messageOf(error) }),
      )
      .finally(() => this.running.delete(id));
    this.running.set(id, done);
    return id;
  }

  /** Returns the id of a status for work that is done. */
  async done(work: Work): Promise<string> {
    const id = newId();
    await this.store.tables
      .insertInto("statuses")
      .values({ id, ...work, status: "COMPLETED", message: "", createdAt: now() })
      .execute();
    return id;
  }

  /** Waits for running work for some seconds. Throws RESOURCE_UNKNOWN. */
  async find(id: string): Promise<StatusRow> {
    const running = this.running.get(id);
    if (running) await Promise.race([running, sleep(holdLimit, undefined, { ref: false })]);
    const row = await this.store.tables
      .selectFrom("statuses")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    if (row) return row;
    throw new DrumError("RESOURCE_UNKNOWN", `there is no status ${id}; statuses are kept for a day`);
  }

  /** Resolves when all running work has ended. */
  async settle(): Promise<void> {
    await Promise.all(this.running.values());
  }

  private async end(id: string, outcome: Pick<StatusRow, "status" | "message">): Promise<void> {
    await this.store.tables.updateTable("statuses").set(outcome).where("id", "=", id).execute();
  }
}
