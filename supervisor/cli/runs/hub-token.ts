// `drum hub token`: a new token of a user, beside a hub that runs or not.

import { Users } from "../../hub/registry/users.js";
import { openStore } from "../../hub/store/store.js";

export interface HubTokenConfig {
  dataDirectory: string;
  userName: string;
  /** Whether all other tokens of the user are revoked. */
  only: boolean;
}

/** Throws INPUT_FILE_MISSING if there is no hub, and STORE_UNUSABLE. */
export async function hubToken({ dataDirectory, userName, only }: HubTokenConfig): Promise<number> {
  const store = await openStore(dataDirectory, { mustExist: true });
  try {
    const users = new Users(store);
    if (!(await users.isKnown(userName))) await users.add(userName, { isAdministrator: false });
    process.stdout.write(`${await users.makeToken(userName, { only })}\n`);
  } finally {
    await store.close();
  }
  return 0;
}
