// Makes a folder in a temporary folder beside its place, and moves it there when it is complete.

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { DrumError, messageOf, usage } from "../../errors.js";
import { makeFolders } from "../../processes/folders.js";

/** Throws USAGE that names the option if the folder already exists. */
export function checkAbsent(folder: string, option: string): void {
  if (!existsSync(folder)) return;
  throw usage(`--${option} must name a folder that does not exist yet, found ${folder}; choose another`);
}

/** Calls `fill` with an empty folder, which then becomes `folder`. If that fails, throws OUTPUT_UNWRITABLE and leaves nothing behind. */
export async function makeFolder(folder: string, fill: (draft: string) => Promise<void>): Promise<void> {
  let draft: string | undefined;
  try {
    makeFolders(path.dirname(folder));
    draft = await mkdtemp(path.join(path.dirname(folder), ".drum-new-"));
    const whole = path.join(draft, "folder");
    await mkdir(whole);
    await fill(whole);
    await rename(whole, folder);
  } catch (error) {
    if (error instanceof DrumError) throw error;
    throw new DrumError(
      "OUTPUT_UNWRITABLE",
      `${folder} cannot be created: ${messageOf(error)}; choose another folder`,
      { cause: error },
    );
  } finally {
    if (draft) await rm(draft, { recursive: true, force: true });
  }
}

/** `files` has contents by file name. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
}
