// A folder of models as MLServer reads it: every model-settings.json in it, at any depth, is a model.

import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Places, Variables } from "../../places.js";
import { readLanguages } from "../../runtimes/language.js";
import { findModelSettings, type ModelSettings, settingsFile } from "./settings.js";

/** Folders deeper than this hold no models, but perhaps a link to themselves. */
const deepest = 8;

/**
 * The folders of models: those with a model-settings.json, and those directly in the repository that have none in them, which are code
 * directories. Sorted. The repository itself if it is one model.
 */
export function modelFolders(repository: string, places: Places): string[] {
  if (isModel(repository, places)) return [repository];
  const folders = subfolders(repository);
  const found = folders.map((folder) => foldersWith(settingsFile, folder));
  if (places.workerEnvironment.MLSERVER_MODEL_IMPLEMENTATION && found.flat().length === 0)
    return [repository];
  return folders.flatMap((folder, at) => (found[at]!.length > 0 ? found[at]! : [folder]));
}

/** Whether the folder itself holds a model, not a folder for each. */
function isModel(folder: string, { workerFolders }: Places): boolean {
  const languages = readLanguages(workerFolders);
  const names = [settingsFile, ...languages.flatMap(({ hookFiles }) => hookFiles)];
  const endings = languages.flatMap(({ loadableExtensions }) => loadableExtensions);
  return readdirSync(folder).some(
    (file) => names.includes(file) || endings.includes(path.extname(file).toLowerCase()),
  );
}

/** The folders in this one that have the file, itself included, at any depth. */
export function foldersWith(file: string, folder: string): string[] {
  return foldersBelow(folder).filter((one) => existsSync(path.join(one, file)));
}

/** This folder and those in it. */
export function foldersBelow(folder: string, depth = deepest): string[] {
  if (depth === 0) return [folder];
  return [folder, ...subfolders(folder).flatMap((one) => foldersBelow(one, depth - 1))];
}

function subfolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => path.join(folder, entry.name))
    .sort();
}

/**
 * The name of each folder's model: that of its settings, or of the folder. Of several versions the newest has the name, and the others
 * NAME@VERSION.
 */
export function servedNames(folders: readonly string[], variables: Variables): string[] {
  const settings = folders.map((folder) => settingsOf(folder, variables));
  return folders.map((folder, at) => {
    const own = settings[at];
    if (!own) return path.basename(path.resolve(folder));
    const isOlder = settings.some((other) => other?.name === own.name && isNewer(other, own));
    return isOlder ? versionedName(own.name, own.version!) : own.name;
  });
}

export function versionedName(name: string, version: string): string {
  return `${name}@${version}`;
}

/** The name without the version that the name of an older version has. */
export function nameAlone(name: string, version: string | undefined): string {
  return version === undefined ? name : name.replace(versionedName("", version), "");
}

function settingsOf(folder: string, variables: Variables): ModelSettings | undefined {
  try {
    return findModelSettings(folder, variables);
  } catch {
    return undefined; // Reading the model says what is wrong.
  }
}

/** None is newer than any version. Whole numbers compare as numbers, others as texts. */
function isNewer({ version: one }: ModelSettings, { version: other }: ModelSettings): boolean {
  if (other === undefined || one === undefined) return other !== undefined;
  const areNumbers = [one, other].every((text) => /^\d+$/.test(text));
  return areNumbers ? Number(one) > Number(other) : one > other;
}
