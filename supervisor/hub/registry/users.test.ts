// Users and tokens: made, found, listed and revoked, with a line of the audit log each, and without a token's text in the store.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore, type Store } from "../store/store.js";
import { Audit, type AuditLine } from "./audit.js";
import { Users } from "./users.js";

let folder: string;
let store: Store;
let users: Users;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "drum-users-"));
  store = await openStore(folder);
  users = new Users(store);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function audited(since?: string): Promise<AuditLine[]> {
  const lines: AuditLine[] = [];
  for await (const line of new Audit(store).lines(since)) lines.push(line);
  return lines;
}

describe("users", () => {
  it("begin with an administrator, whose token is made once", async () => {
    const token = await users.begin(undefined);
    expect(await users.find(token!)).toMatchObject({ name: "admin", isAdministrator: true });
    expect(await users.begin(undefined)).toBeUndefined();
    expect((await audited()).map(({ action, user }) => `${action} by ${user}`)).toEqual([
      "user.create by command line",
      "token.create by command line",
    ]);
  });

  it("take the token of the variable, at a later start too, and refuse one that can be guessed", async () => {
    await expect(users.begin("short")).rejects.toThrow("DRUM_TOKEN must have at least 16 characters");
    expect(await users.begin("0123456789abcdef")).toBeUndefined();
    expect(await users.begin("fedcba9876543210")).toBeUndefined();
    expect(await users.find("0123456789abcdef")).toMatchObject({ name: "admin" });
    expect(await users.find("fedcba9876543210")).toMatchObject({ name: "admin" });
    expect(await users.find("fedcba987654321")).toBeUndefined();
  });

  it("are made with their first token", async () => {
    const ada = await users.makeToken("ada", { isAdministrator: true });
    const bob = await users.makeToken("bob");
    expect(await users.find(ada)).toMatchObject({ name: "ada", isAdministrator: true });
    expect(await users.find(bob)).toMatchObject({ name: "bob", isAdministrator: false });
    await expect(users.makeToken("bob", { isAdministrator: true })).rejects.toThrow(
      "the user bob is no administrator, and --admin is for a new user",
    );
    for (const name of ["", " ", " x", "x ", "a\nb", "x".repeat(201)])
      await expect(users.makeToken(name)).rejects.toThrow("the name of a user must have 1 to 200 characters");
  });

  it("lose the tokens that are revoked, and with only all but the new one", async () => {
    const [first, second] = [await users.makeToken("ada"), await users.makeToken("ada")];
    const bob = await users.makeToken("bob");
    expect(await users.find(first)).toBeDefined();
    const [ada] = await users.list();
    await users.revoke(ada!.tokens[0]!.id);
    expect(await users.find(first)).toBeUndefined();
    expect(await users.find(second)).toBeDefined();
    const third = await users.makeToken("ada", { only: true });
    expect(await users.find(second)).toBeUndefined();
    expect(await users.find(third)).toBeDefined();
    expect(await users.find(bob)).toBeDefined();
    await expect(users.revoke(ada!.tokens[0]!.id)).rejects.toThrow("drum hub token --list shows their ids");
    expect((await audited()).map(({ action }) => action)).toEqual([
      "user.create",
      "token.create",
      "token.create",
      "user.create",
      "token.create",
      "token.revoke",
      "token.revoke",
      "token.create",
    ]);
  });

  it("see what another process does to tokens at the next request", async () => {
    const token = await users.makeToken("ada");
    expect(await users.find(token)).toBeDefined();
    const beside = await openStore(folder);
    const others = new Users(beside);
    const [ada] = await others.list();
    await others.revoke(ada!.tokens[0]!.id);
    expect(await users.find(token)).toBeUndefined();
    const next = await others.makeToken("ada");
    await beside.close();
    expect(await users.find(next)).toMatchObject({ name: "ada" });
  });

  it("are listed without the text of their tokens, which the store does not hold either", async () => {
    const tokens = [await users.makeToken("ada"), await users.makeToken("bob")];
    const listed = JSON.stringify(await users.list());
    const kept = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), "latin1"));
    expect(kept.join("")).toContain("bob");
    for (const token of tokens) for (const text of [listed, ...kept]) expect(text).not.toContain(token);
  });
});

describe("the audit log", () => {
  it("tells who, what and when, the newest last, from a time on", async () => {
    await users.begin("0123456789abcdef");
    const admin = await users.first();
    const audit = new Audit(store);
    for (let time = 0; time < 50; time++)
      await audit.note(admin, { action: "test.do", objectId: `${time}`, details: { time } });
    const lines = (await audited()).filter(({ action }) => action === "test.do");
    expect(lines.map(({ objectId }) => objectId)).toEqual(Array.from({ length: 50 }, (_, time) => `${time}`));
    expect(lines[7]).toMatchObject({ user: "admin", userId: admin.id, details: { time: 7 } });
    expect(await audited("2999-01-01T00:00:00.000Z")).toEqual([]);
    expect((await audited(lines[0]!.at)).at(-1)).toEqual(lines.at(-1));
  });

  it("has no line of what was not done", async () => {
    const before = (await audited()).length;
    await users.makeToken("ada");
    await expect(users.makeToken("ada", { isAdministrator: true })).rejects.toThrow();
    await expect(users.revoke("nothing")).rejects.toThrow();
    expect((await audited()).length).toBe(before + 2);
  });
});
