// The output folder of a fit: the files that the fit wrote and those of the code directory, so that it is a code directory itself.

import { cpSync, existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { usage } from "../../errors.js";

/** Files to stamps, which change when a file is written. */
export type Snapshot = ReadonlyMap<string, string>;

/** Throws USAGE for an output that is a file, or the code directory, or inside it. */
export function checkOutput(output: string, codeDirectory: string): void {
  if (statSync(output, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw usage(`--output must name a folder, found a file at ${output}; choose another path`);
  }
  const parent = path.dirname(path.resolve(output));
  if (!statSync(parent, { throwIfNoEntry: false })?.isDirectory()) {
    throw usage(
      `--output must name a folder or a new one in a folder, found no folder at ${parent}; make it first`,
    );
  }
  const way = path.relative(codeDirectory, output);
  if (way !== "" && (way.startsWith("..") || path.isAbsolute(way))) return;
  throw usage(`--output ${output} must not be the code directory or inside it; choose another folder`);
}

export function snapshotOf(folder: string): Snapshot {
  return new Map(filesIn(folder).map((file) => [file, stampOf(path.join(folder, file))]));
}

export interface Copied {
  /** Files of the output folder from before the fit that the code directory's replaced. */
  overwritten: string[];
  /** Files that the fit wrote, kept although the code directory has files of the same name. */
  kept: string[];
}

/** Copies the code directory into `output`; `before` is the snapshot of `output` before the fit. */
export function copyCode(codeDirectory: string, output: string, before: Snapshot): Copied {
  const copied: Copied = { overwritten: [], kept: [] };
  for (const file of filesIn(codeDirectory)) {
    const [from, to] = [path.join(codeDirectory, file), path.join(output, file)];
    if (existsSync(to)) {
      const isOld = before.get(file) === stampOf(to);
      copied[isOld ? "overwritten" : "kept"].push(file);
      if (!isOld) continue;
    }
    cpSync(from, to, { preserveTimestamps: true });
  }
  return copied;
}

/** Adds files that the folder does not have. */
export function addFiles(output: string, files: Readonly<Record<string, string>>): void {
  for (const [name, words] of Object.entries(files)) {
    const file = path.join(output, name);
    if (!existsSync(file)) writeFileSync(file, words);
  }
}

/** Relative paths of all files, except those that Python compiled. */
function filesIn(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return all.filter(
    (file) => !file.split(path.sep).includes("__pycache__") && statSync(path.join(folder, file)).isFile(),
  );
}

function stampOf(file: string): string {
  const { mtimeMs, size, ino } = statSync(file);
  return `${mtimeMs} ${size} ${ino}`;
}
