// The files of a batch job, in a folder of its own below the data directory.

import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { makeFolders } from "../../processes/folders.js";

export class JobFiles {
  readonly folder: string;

  constructor(above: string, id: string) {
    this.folder = path.join(above, id);
  }

  /** The whole CSV. */
  get input(): string {
    return path.join(this.folder, "input.csv");
  }

  get output(): string {
    return path.join(this.folder, "output.csv");
  }

  part(number: number): string {
    return path.join(this.folder, `part-${number}.csv`);
  }

  /** The numbers of the parts that are whole, in order. */
  get parts(): number[] {
    if (!existsSync(this.folder)) return [];
    const numbers = readdirSync(this.folder).map((name) => /^part-(\d+)\.csv$/.exec(name)?.[1]);
    return numbers
      .filter((number) => number !== undefined)
      .map(Number)
      .toSorted((one, other) => one - other);
  }

  /** Bytes of the parts, without one. */
  sizeOfParts(without: number): number {
    return this.parts
      .filter((number) => number !== without)
      .reduce((sum, number) => sum + statSync(this.part(number)).size, 0);
  }

  make(): void {
    makeFolders(this.folder, 0o700);
  }

  removeParts(): void {
    for (const number of this.parts) rmSync(this.part(number), { force: true });
  }

  removeInput(): void {
    this.removeParts();
    rmSync(this.input, { force: true });
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
