// `drum hub audit`: prints the audit log of a hub, beside it.

import { once } from "node:events";
import { Audit } from "../../hub/registry/audit.js";
import { openStore } from "../../hub/store/store.js";

export interface HubAuditConfig {
  dataDirectory: string;
  /** ISO time in UTC. */
  since: string | undefined;
}

/** Throws STORE_UNUSABLE. */
export async function hubAudit({ dataDirectory, since }: HubAuditConfig): Promise<number> {
  const store = await openStore(dataDirectory, { mustExist: true });
  try {
    for await (const line of new Audit(store).lines(since))
      if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, "drain");
  } finally {
    await store.close();
  }
  return 0;
}
