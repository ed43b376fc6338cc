// The output folder of a fit: what the fit wrote, and the code directory beside it, so that the folder is a code directory itself.

import { cpSync, existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { usage } from "../../errors.js";

/** File to what tells whether it was written since. */
export type Snapshot = ReadonlyMap<string, string>;

/** Throws USAGE for an output folder that is the code directory, or lies in it. */
export function checkOutput(output: string, codeDirectory: string): void {
  const way = path.relative(codeDirectory, output);
  if (way !== "" && (way.startsWith("..") || path.isAbsolute(way))) return;
  throw usage(`--output ${output} must not be the code directory, nor lie in it; choose another folder`);
}

export function snapshotOf(folder: string): Snapshot {
  return new Map(filesIn(folder).map((file) => [file, stampOf(path.join(folder, file))]));
}

export interface Copied {
  /** Files that were in the output folder before the fit, and are now those of the code directory. */
  overwritten: string[];
  /** Files that the fit wrote, which are kept though the code directory has others of that name. */
  kept: string[];
}

/** Copies the code directory into `output`; `before` is how that was before the fit. */
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

/** Says in the folder what it is, unless it says so already. */
export function addReadme(output: string, words: string): void {
  const file = path.join(output, "README.md");
  if (!existsSync(file)) writeFileSync(file, words);
}

/** Relative paths. What Python compiles is no code. */
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
