// `drum hub token`: a new token of a user, the list of tokens, or one token less, beside a hub that runs or not.

import { counted } from "../../counted.js";
import { type ListedUser, Users } from "../../hub/registry/users.js";
import { openStore } from "../../hub/store/store.js";
import { formatTable } from "../terminal/table.js";

export interface HubTokenConfig {
  dataDirectory: string;
  userName: string;
  /** Of a user who is made. */
  isAdministrator: boolean;
  /** Whether all other tokens of the user are revoked. */
  only: boolean;
  list: boolean;
  asJson: boolean;
  /** The id of a token. */
  revoke: string | undefined;
}

/** Throws USAGE for an unknown id, and STORE_UNUSABLE. */
export async function hubToken({ dataDirectory, ...config }: HubTokenConfig): Promise<number> {
  const store = await openStore(dataDirectory, { mustExist: true });
  try {
    process.stdout.write(await answer(new Users(store), config));
  } finally {
    await store.close();
  }
  return 0;
}

async function answer(users: Users, config: Omit<HubTokenConfig, "dataDirectory">): Promise<string> {
  const { userName, isAdministrator, only, list, asJson, revoke } = config;
  if (revoke !== undefined) return `revoked ${revoke}, a token of ${(await users.revoke(revoke)).name}\n`;
  if (!list) return `${await users.makeToken(userName, { only, isAdministrator })}\n`;
  const listed = await users.list();
  return asJson ? `${JSON.stringify(listed, null, 2)}\n` : inWords(listed);
}

function inWords(listed: readonly ListedUser[]): string {
  const rows = listed.flatMap(({ id, name, isAdministrator, createdAt, tokens }) => [
    [name, isAdministrator ? "administrator" : "user", id, createdAt, counted(tokens.length, "token")],
    ...tokens.map((token) => ["", "token", token.id, token.createdAt, ""]),
  ]);
  return formatTable([["NAME", "IS", "ID", "MADE", ""], ...rows]);
}
