// Keeps the data sets that a check failed on in a temporary folder, which is created with the first of them.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export class KeptFiles {
  folder: string | undefined;
  private isRemoved = false;

  /** Returns the path of the file. */
  keep(name: string, bytes: Buffer, ending = "csv"): string {
    if (!this.isRemoved) this.folder ??= mkdtempSync(path.join(tmpdir(), "drum_validation_checks_"));
    const file = path.join(
      this.folder ?? tmpdir(),
      `${name.replace(/[^\w.-]+/g, "_").slice(0, 80)}.${ending}`,
    );
    if (!this.isRemoved) writeFileSync(file, bytes);
    return file;
  }

  /** Removes the folder; later data sets are not kept. */
  remove(): void {
    this.isRemoved = true;
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
  }
}
