import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withLock } from "./lock.js";

let folder: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "drum-lock-"));
  lock = path.join(folder, "mine.lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

function leaveLock(owner: string): void {
  mkdirSync(lock);
  writeFileSync(path.join(lock, owner), "");
}

describe("a lock", () => {
  it("lets in one contender at a time and is gone after the last", async () => {
    let inside = 0;
    let most = 0;
    const contend = () =>
      withLock(lock, {}, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await sleep(20);
        inside -= 1;
      });
    await Promise.all(Array.from({ length: 5 }, contend));
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("reports once which process it waits for", async () => {
    const told: number[] = [];
    const first = withLock(lock, {}, () => sleep(600));
    while (!existsSync(lock)) await sleep(5);
    await withLock(lock, { onWait: (pid) => told.push(pid) }, async () => {});
    await first;
    expect(told).toEqual([process.pid]);
  });

  it("of a dead process is taken over by one of several contenders at a time", async () => {
    // Beyond the largest pid on Linux.
    leaveLock("4194399-1-x");
    let inside = 0;
    let most = 0;
    const contend = () =>
      withLock(lock, {}, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await sleep(20);
        inside -= 1;
      });
    await Promise.all([contend(), contend(), contend()]);
    expect(most).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("of a dead process whose pid is in use again is taken over", async () => {
    leaveLock(`${process.pid}-1-x`);
    expect(await withLock(lock, {}, async () => "taken")).toBe("taken");
  });

  it("is given back when the action fails", async () => {
    await expect(withLock(lock, {}, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("is no longer waited for after an abort", async () => {
    const stopping = new AbortController();
    const holding = withLock(lock, {}, () => sleep(500));
    while (!existsSync(lock)) await sleep(5);
    const waiting = withLock(
      lock,
      { onWait: () => stopping.abort(), signal: stopping.signal },
      async () => "in",
    );
    await expect(waiting).rejects.toThrow("aborted");
    await holding;
    expect(readdirSync(folder)).toEqual([]);
  });
});
