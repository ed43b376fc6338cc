// Reports on disk until they are delivered. Several processes may share the folder, so a process claims a segment by renaming it.

import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeFolders } from "../../processes/folders.js";
import type { Item } from "./items.js";

export interface Segment {
  /** Path of the claimed file. */
  file: string;
  items: Item[];
}

/** A segment's name, and the pid of the process that claimed it. Names sort by age. */
const segmentName = /^(\d{15}-\d+-\d+\.jsonl)(?:\.(\d+))?$/;
const refusedFolder = "refused";
/** The number of refused segments that are kept for inspection. */
const mostRefused = 20;

export class Spool {
  private count = 0;

  /** Creates the folder, and releases segments that an earlier process with this pid claimed. Throws if it cannot be written. */
  constructor(
    readonly directory: string,
    private readonly mostBytes: number,
  ) {
    makeFolders(directory, 0o700);
    for (const { name, owner } of this.entries()) {
      if (owner === process.pid) renameSync(this.pathOf(`${name}.${owner}`), this.pathOf(name));
    }
  }

  /** Writes a segment atomically. Returns how many older ones were removed to make room. */
  write(items: readonly Item[]): number {
    const name = `${String(Date.now()).padStart(15, "0")}-${process.pid}-${this.count++}.jsonl`;
    const written = this.pathOf(`.${name}`);
    writeFileSync(written, items.map((item) => `${JSON.stringify(item)}\n`).join(""), { mode: 0o600 });
    renameSync(written, this.pathOf(name));
    return this.makeRoom();
  }

  /** Claims the oldest segment that no running process has claimed. */
  claim(): Segment | undefined {
    for (const { name, owner } of this.entries()) {
      if (owner !== undefined && isAlive(owner)) continue;
      const file = this.pathOf(`${name}.${process.pid}`);
      try {
        renameSync(this.pathOf(owner === undefined ? name : `${name}.${owner}`), file);
        return { file, items: readItems(file) };
      } catch {
        // Another process was faster.
      }
    }
    return undefined;
  }

  /** Removes a delivered segment. */
  remove({ file }: Segment): void {
    rmSync(file, { force: true });
  }

  /** Keeps the undelivered items of a segment for another attempt. */
  giveBack({ file, items }: Segment): void {
    writeFileSync(`${file}.rest`, items.map((item) => `${JSON.stringify(item)}\n`).join(""), { mode: 0o600 });
    renameSync(`${file}.rest`, file);
    renameSync(file, file.replace(/\.\d+$/, ""));
  }

  /** Moves items that the service will never accept to the folder `refused`. */
  setAside(items: readonly Item[], reason: string): void {
    const folder = this.pathOf(refusedFolder);
    makeFolders(folder, 0o700);
    const kept = readdirSync(folder).sort();
    for (const old of kept.slice(0, Math.max(0, kept.length + 1 - mostRefused)))
      rmSync(path.join(folder, old));
    const name = `${String(Date.now()).padStart(15, "0")}-${process.pid}-${this.count++}.jsonl`;
    const lines = [{ refused: reason }, ...items].map((one) => `${JSON.stringify(one)}\n`);
    writeFileSync(path.join(folder, name), lines.join(""), { mode: 0o600 });
  }

  /** The number of undelivered segments. */
  get waiting(): number {
    return this.entries().length;
  }

  private makeRoom(): number {
    const sizes = this.entries().map(({ name, owner }) => {
      const file = this.pathOf(owner === undefined ? name : `${name}.${owner}`);
      return {
        file,
        isFree: owner === undefined,
        size: statSync(file, { throwIfNoEntry: false })?.size ?? 0,
      };
    });
    let total = sizes.reduce((sum, { size }) => sum + size, 0);
    let dropped = 0;
    for (const { file, isFree, size } of sizes) {
      if (total <= this.mostBytes) break;
      if (!isFree) continue;
      rmSync(file, { force: true });
      total -= size;
      dropped += 1;
    }
    return dropped;
  }

  /** Oldest first. */
  private entries(): { name: string; owner: number | undefined }[] {
    return readdirSync(this.directory)
      .flatMap((entry) => {
        const [, name, owner] = segmentName.exec(entry) ?? [];
        return name === undefined ? [] : [{ name, owner: owner === undefined ? undefined : Number(owner) }];
      })
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  private pathOf(name: string): string {
    return path.join(this.directory, name);
  }
}

function readItems(file: string): Item[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Item);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
