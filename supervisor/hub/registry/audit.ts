// The audit log of a hub: who changed what, and when. Its lines are only added.

import type { Store, Tabled } from "../store/store.js";

export interface Deed {
  /** Such as deployment.create. */
  action: string;
  objectId: string;
  details?: object;
}

/** A line as it is shown. */
export interface AuditLine {
  /** ISO 8601 in UTC. */
  at: string;
  /** The user's name. */
  user: string;
  userId: string;
  action: string;
  objectId: string;
  details: unknown;
}

/** Who acts where no user of the hub does: a command beside it. */
export const commandLine = { id: "", name: "command line" } as const;

export class Audit {
  constructor(private readonly store: Store) {}

  /** In the transaction of the change itself, so that there is no change without its line. */
  async note(
    user: { id: string },
    { action, objectId, details = {} }: Deed,
    tables: Tabled = this.store.tables,
  ): Promise<void> {
    const at = new Date().toISOString();
    await tables
      .insertInto("audit")
      .values({ at, userId: user.id, action, objectId, details: JSON.stringify(details) })
      .execute();
  }

  /** The newest last. `since` is an ISO time in UTC. */
  async *lines(since: string | undefined): AsyncGenerator<AuditLine> {
    let query = this.store.tables
      .selectFrom("audit")
      .leftJoin("users", "users.id", "audit.userId")
      .select(["audit.at", "audit.userId", "users.name", "audit.action", "audit.objectId", "audit.details"])
      .orderBy("audit.at")
      .orderBy("audit.rowid");
    if (since !== undefined) query = query.where("audit.at", ">=", since);
    for await (const { at, name, userId, action, objectId, details } of query.stream()) {
      const user = name ?? nameless(userId);
      yield { at, user, userId, action, objectId, details: JSON.parse(details) };
    }
  }
}

function nameless(userId: string): string {
  return userId === commandLine.id ? commandLine.name : userId;
}
