// The tags of deployments: names with values, for finding deployments in lists.

import { DrumError } from "../../errors.js";
import type { Audit } from "../registry/audit.js";
import { newId } from "../registry/ids.js";
import type { User } from "../registry/users.js";
import type { Store } from "../store/store.js";

export interface Tag {
  id: string;
  name: string;
  value: string;
}

/** Of one deployment. */
const mostTags = 100;

export class Tags {
  constructor(
    private readonly store: Store,
    private readonly audit: Audit,
  ) {}

  /** Throws FIELD_INVALID for one too many. */
  async add(user: User, deploymentId: string, tag: Omit<Tag, "id">): Promise<Tag> {
    const added = { id: newId(), ...tag };
    await this.store.tables.transaction().execute(async (tables) => {
      const { count } = await tables
        .selectFrom("tags")
        .select(({ fn }) => fn.countAll<number>().as("count"))
        .where("deploymentId", "=", deploymentId)
        .executeTakeFirstOrThrow();
      if (count >= mostTags)
        throw new DrumError("FIELD_INVALID", `a deployment has at most ${mostTags} tags; delete one first`);
      await tables
        .insertInto("tags")
        .values({ ...added, deploymentId })
        .execute();
      const deed = { action: "deployment.tag", objectId: deploymentId, details: added };
      await this.audit.note(user, deed, tables);
    });
    return added;
  }

  /** Throws RESOURCE_UNKNOWN. */
  async change(user: User, deploymentId: string, { id, ...tag }: Tag): Promise<void> {
    await this.store.tables.transaction().execute(async (tables) => {
      const { numUpdatedRows } = await tables
        .updateTable("tags")
        .set(tag)
        .where("id", "=", id)
        .where("deploymentId", "=", deploymentId)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) throw unknownTag(id);
      const deed = { action: "deployment.tag", objectId: deploymentId, details: { id, ...tag } };
      await this.audit.note(user, deed, tables);
    });
  }

  /** Throws RESOURCE_UNKNOWN. */
  async remove(user: User, deploymentId: string, id: string): Promise<void> {
    await this.store.tables.transaction().execute(async (tables) => {
      const { numDeletedRows } = await tables
        .deleteFrom("tags")
        .where("id", "=", id)
        .where("deploymentId", "=", deploymentId)
        .executeTakeFirst();
      if (numDeletedRows === 0n) throw unknownTag(id);
      await this.audit.note(
        user,
        { action: "deployment.untag", objectId: deploymentId, details: { id } },
        tables,
      );
    });
  }
}

function unknownTag(id: string): DrumError {
  return new DrumError("RESOURCE_UNKNOWN", `the deployment has no tag ${id}; GET it to see its tags`);
}
