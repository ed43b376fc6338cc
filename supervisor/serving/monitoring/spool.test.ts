import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Item } from "./items.js";
import { Spool } from "./spool.js";

const folder = () => path.join(mkdtempSync(path.join(tmpdir(), "drum-spool-")), "deep", "spool");
const item = (name: string): Item => ({ route: "predictionRequests", rows: 1, body: { name } });
const namesIn = (items: readonly Item[] | undefined) => items?.map(({ body }) => body.name);

describe("Spool", () => {
  it("returns segments in the order in which they were written", () => {
    const spool = new Spool(folder(), 1e6);
    for (const name of ["a", "b", "c"]) spool.write([item(name)]);
    const taken = [spool.claim(), spool.claim(), spool.claim()].map((segment) => namesIn(segment?.items));
    expect([...taken, spool.claim()]).toEqual([["a"], ["b"], ["c"], undefined]);
  });

  it("can be read only by its owner", () => {
    const directory = folder();
    new Spool(directory, 1e6).write([item("a")]);
    expect(statSync(directory).mode & 0o077).toBe(0);
    expect(statSync(path.join(directory, readdirSync(directory)[0]!)).mode & 0o077).toBe(0);
  });

  it("keeps the remaining items of a segment that is given back", () => {
    const spool = new Spool(folder(), 1e6);
    spool.write([item("a"), item("b")]);
    const segment = spool.claim()!;
    segment.items.shift();
    spool.giveBack(segment);
    expect(namesIn(spool.claim()?.items)).toEqual(["b"]);
  });

  it("claims the segments of a dead process, but not those of a running one", () => {
    const directory = folder();
    const spool = new Spool(directory, 1e6);
    spool.write([item("dead")]);
    spool.write([item("alive")]);
    const [dead, alive] = readdirSync(directory).sort();
    // No process has this pid, which is beyond the largest; the parent of this process is running.
    renameSync(path.join(directory, dead!), path.join(directory, `${dead}.4194304`));
    renameSync(path.join(directory, alive!), path.join(directory, `${alive}.${process.ppid}`));
    expect(namesIn(spool.claim()?.items)).toEqual(["dead"]);
    expect(spool.claim()).toBeUndefined();
  });

  it("claims the segments of an earlier process with the same pid", () => {
    const directory = folder();
    const first = new Spool(directory, 1e6);
    first.write([item("a")]);
    first.claim();
    expect(namesIn(new Spool(directory, 1e6).claim()?.items)).toEqual(["a"]);
  });

  it("drops the oldest segment when it is full, but none that is being delivered", () => {
    const spool = new Spool(folder(), 350);
    spool.write([item("claimed")]);
    const claimed = spool.claim()!;
    const dropped = ["a", "b", "c", "d", "e", "f"].map((name) => spool.write([item(name)]));
    expect(dropped.reduce((sum, one) => sum + one)).toBeGreaterThan(0);
    expect(existsSync(claimed.file)).toBe(true);
    expect(namesIn(spool.claim()?.items)).not.toEqual(["a"]);
  });

  it("sets items aside with the reason, and keeps the last twenty segments", () => {
    const directory = folder();
    const spool = new Spool(directory, 1e6);
    for (let at = 0; at < 25; at += 1) spool.setAside([item(String(at))], "422 no");
    const kept = readdirSync(path.join(directory, "refused")).sort();
    expect(kept).toHaveLength(20);
    const lines = readFileSync(path.join(directory, "refused", kept.at(-1)!), "utf8");
    expect(lines).toContain('{"refused":"422 no"}\n');
    expect(spool.waiting).toBe(0);
  });
});
