// Who uses a hub: users, and the tokens that they send.

import { createHash, randomBytes } from "node:crypto";
import { DrumError } from "../../errors.js";
import type { Store } from "../store/store.js";
import { newId } from "./ids.js";

export interface User {
  id: string;
  name: string;
  isAdministrator: boolean;
}

/** Name of the user that a hub begins with. */
const firstName = "admin";

/** A shorter one can be guessed. */
const shortestToken = 16;

export class Users {
  /** By the hash of a token, so that a request costs no query. Emptied by every change, that of another process too. */
  private readonly byHash = new Map<string, User>();
  private version: number | undefined;

  constructor(private readonly store: Store) {}

  /**
   * Makes the first user if there is none; `given` is its token. Returns the token if it was made here: it is told once, and kept as
   * a hash alone.
   */
  async begin(given: string | undefined): Promise<string | undefined> {
    if (given !== undefined) checkToken(given);
    const first = await this.store.tables.selectFrom("users").select("id").limit(1).executeTakeFirst();
    if (first) {
      if (given !== undefined && !(await this.find(given)))
        await this.addToken(await this.named(firstName), given);
      return undefined;
    }
    const user = await this.add(firstName, { isAdministrator: true });
    const token = given ?? makeToken();
    await this.addToken(user, token);
    return given === undefined ? token : undefined;
  }

  /** Throws USAGE for a name that is taken. */
  async add(name: string, { isAdministrator }: { isAdministrator: boolean }): Promise<User> {
    const taken = await this.store.tables
      .selectFrom("users")
      .select("id")
      .where("name", "=", name)
      .executeTakeFirst();
    if (taken) throw new DrumError("USAGE", `there is a user ${name} already; choose another name`);
    const user = { id: newId(), name, isAdministrator };
    await this.store.tables
      .insertInto("users")
      .values({ ...user, isAdministrator: Number(isAdministrator), createdAt: now() })
      .execute();
    return user;
  }

  /** A new token of the user, which is told here alone. With `only`, it takes the place of all others. */
  async makeToken(name: string, { only }: { only: boolean }): Promise<string> {
    const user = await this.named(name);
    const token = makeToken();
    this.byHash.clear();
    if (only) await this.store.tables.deleteFrom("tokens").where("userId", "=", user.id).execute();
    await this.addToken(user, token);
    return token;
  }

  /** Undefined for a token of nobody. */
  async find(token: string): Promise<User | undefined> {
    const version = this.store.outsideVersion();
    if (version !== this.version) this.byHash.clear();
    this.version = version;
    const hash = hashOf(token);
    const known = this.byHash.get(hash);
    if (known) return known;
    const row = await this.store.tables
      .selectFrom("tokens")
      .innerJoin("users", "users.id", "tokens.userId")
      .select(["users.id", "users.name", "users.isAdministrator"])
      .where("hash", "=", hash)
      .executeTakeFirst();
    if (!row) return undefined;
    const user = { ...row, isAdministrator: row.isAdministrator === 1 };
    this.byHash.set(hash, user);
    return user;
  }

  async isKnown(name: string): Promise<boolean> {
    const row = await this.store.tables
      .selectFrom("users")
      .select("id")
      .where("name", "=", name)
      .executeTakeFirst();
    return row !== undefined;
  }

  /** The user that the hub began with. */
  first(): Promise<User> {
    return this.named(firstName);
  }

  /** Throws USAGE. */
  async named(name: string): Promise<User> {
    const row = await this.store.tables
      .selectFrom("users")
      .selectAll()
      .where("name", "=", name)
      .executeTakeFirst();
    if (!row) throw new DrumError("USAGE", `there is no user ${name}; correct the name`);
    return { id: row.id, name: row.name, isAdministrator: row.isAdministrator === 1 };
  }

  async withId(id: string): Promise<User | undefined> {
    const row = await this.store.tables
      .selectFrom("users")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    return row && { id: row.id, name: row.name, isAdministrator: row.isAdministrator === 1 };
  }

  private async addToken({ id: userId }: User, token: string): Promise<void> {
    this.byHash.clear();
    await this.store.tables
      .insertInto("tokens")
      .values({ id: newId(), userId, hash: hashOf(token), createdAt: now() })
      .execute();
  }
}

/** The current time, as the store keeps it. */
export function now(): string {
  return new Date().toISOString();
}

function makeToken(): string {
  return randomBytes(24).toString("base64url");
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function checkToken(token: string): void {
  if (token.length >= shortestToken && /^[\x21-\x7e]+$/.test(token)) return;
  throw new DrumError(
    "USAGE",
    `DRUM_TOKEN must have at least ${shortestToken} characters of ASCII without blanks; choose a longer one`,
  );
}
