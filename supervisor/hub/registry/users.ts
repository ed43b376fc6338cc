// Who uses a hub: users, and the tokens that they send.

import { createHash, randomBytes } from "node:crypto";
import { DrumError } from "../../errors.js";
import type { Store, Tabled } from "../store/store.js";
import type { UserRow } from "../store/tables.js";
import { Audit, commandLine } from "./audit.js";
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

/** A token as it is listed: nothing of its text is kept. */
export interface ListedToken {
  id: string;
  createdAt: string;
}

export interface ListedUser extends User {
  createdAt: string;
  /** The oldest first. */
  tokens: ListedToken[];
}

export class Users {
  /** By the hash of a token, so that a request costs no query. Emptied by every change, that of another process too. */
  private readonly byHash = new Map<string, User>();
  private version: number | undefined;
  private readonly audit: Audit;

  constructor(private readonly store: Store) {
    this.audit = new Audit(store);
  }

  /**
   * Makes the first user if there is none; `given` is its token. Returns the token if it was made here: it is told once, and kept as
   * a hash alone.
   */
  async begin(given: string | undefined): Promise<string | undefined> {
    if (given !== undefined) checkToken(given);
    const first = await this.store.tables.selectFrom("users").select("id").limit(1).executeTakeFirst();
    if (first) {
      if (given !== undefined && !(await this.find(given))) {
        const admin = await this.first();
        await this.write((tables) => this.addToken(tables, admin, given));
      }
      return undefined;
    }
    const token = given ?? makeToken();
    await this.write(async (tables) => {
      const user = await this.addUser(tables, firstName, { isAdministrator: true });
      await this.addToken(tables, user, token);
    });
    return given === undefined ? token : undefined;
  }

  /**
   * A new token of the user, who is made if there is none of the name. It is told here alone. With `only`, it takes the place of all
   * others. Throws USAGE if `isAdministrator` is wanted of a user who is none.
   */
  async makeToken(name: string, { only = false, isAdministrator = false } = {}): Promise<string> {
    const known = (await this.isKnown(name)) ? await this.named(name) : undefined;
    if (known && isAdministrator && !known.isAdministrator)
      throw new DrumError(
        "USAGE",
        `the user ${name} is no administrator, and --admin is for a new user; choose another name, or leave it out`,
      );
    const token = makeToken();
    await this.write(async (tables) => {
      const user = known ?? (await this.addUser(tables, name, { isAdministrator }));
      if (only) {
        const others = await tables
          .deleteFrom("tokens")
          .where("userId", "=", user.id)
          .returning("id")
          .execute();
        for (const { id } of others) await this.noteRevoked(tables, id, user);
      }
      await this.addToken(tables, user, token);
    });
    return token;
  }

  /** Returns the user whose token it was. Throws USAGE for an unknown id. */
  async revoke(id: string): Promise<User> {
    const row = await this.store.tables
      .selectFrom("tokens")
      .innerJoin("users", "users.id", "tokens.userId")
      .selectAll("users")
      .where("tokens.id", "=", id)
      .executeTakeFirst();
    if (!row) throw new DrumError("USAGE", `there is no token ${id}; drum hub token --list shows their ids`);
    const user = userOf(row);
    await this.write(async (tables) => {
      await tables.deleteFrom("tokens").where("id", "=", id).execute();
      await this.noteRevoked(tables, id, user);
    });
    return user;
  }

  /** By name. */
  async list(): Promise<ListedUser[]> {
    const users = await this.store.tables.selectFrom("users").selectAll().orderBy("name").execute();
    const tokens = await this.store.tables
      .selectFrom("tokens")
      .select(["id", "userId", "createdAt"])
      .orderBy("createdAt")
      .orderBy("id")
      .execute();
    const byUser = new Map(users.map(({ id }) => [id, [] as ListedToken[]]));
    for (const { userId, ...token } of tokens) byUser.get(userId)?.push(token);
    return users.map((row) => ({
      ...userOf(row),
      createdAt: row.createdAt,
      tokens: byUser.get(row.id) ?? [],
    }));
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
    const user = userOf(row);
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
    return userOf(row);
  }

  async withId(id: string): Promise<User | undefined> {
    const row = await this.store.tables
      .selectFrom("users")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirst();
    return row && userOf(row);
  }

  /** In one transaction, after which no token is known any more. */
  private async write(work: (tables: Tabled) => Promise<void>): Promise<void> {
    try {
      await this.store.tables.transaction().execute(work);
    } finally {
      this.byHash.clear();
    }
  }

  private async addUser(
    tables: Tabled,
    name: string,
    { isAdministrator }: { isAdministrator: boolean },
  ): Promise<User> {
    checkName(name);
    const user = { id: newId(), name, isAdministrator };
    const row = { ...user, isAdministrator: Number(isAdministrator), createdAt: now() };
    await tables.insertInto("users").values(row).execute();
    const details = { name, isAdministrator };
    await this.audit.note(commandLine, { action: "user.create", objectId: user.id, details }, tables);
    return user;
  }

  private async addToken(tables: Tabled, { id: userId, name }: User, token: string): Promise<void> {
    const id = newId();
    await tables
      .insertInto("tokens")
      .values({ id, userId, hash: hashOf(token), createdAt: now() })
      .execute();
    const details = { userId, user: name };
    await this.audit.note(commandLine, { action: "token.create", objectId: id, details }, tables);
  }

  private noteRevoked(tables: Tabled, id: string, { id: userId, name }: User): Promise<void> {
    const details = { userId, user: name };
    return this.audit.note(commandLine, { action: "token.revoke", objectId: id, details }, tables);
  }
}

function userOf({ id, name, isAdministrator }: Pick<UserRow, "id" | "name" | "isAdministrator">): User {
  return { id, name, isAdministrator: isAdministrator === 1 };
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

function checkName(name: string): void {
  if (/^[^\s\p{Cc}](?:[^\p{Cc}]{0,198}[^\s\p{Cc}])?$/u.test(name)) return;
  throw new DrumError(
    "USAGE",
    `the name of a user must have 1 to 200 characters, and no blank at its ends, got ${JSON.stringify(name.slice(0, 220))}`,
  );
}
