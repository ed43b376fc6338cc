// The audit log of a hub: who changed what, and when. Its lines are only added.

import type { Store, Tabled } from "../store/store.js";
import { now, type User } from "./users.js";

export interface Deed {
  /** Such as deployment.create. */
  action: string;
  objectId: string;
  details?: object;
}

export class Audit {
  constructor(private readonly store: Store) {}

  /** In the transaction of the change itself, so that there is no change without its line. */
  async note(
    user: User,
    { action, objectId, details = {} }: Deed,
    tables: Tabled = this.store.tables,
  ): Promise<void> {
    await tables
      .insertInto("audit")
      .values({ at: now(), userId: user.id, action, objectId, details: JSON.stringify(details) })
      .execute();
  }
}
