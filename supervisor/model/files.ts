// Finds the hook files and artifacts of a code directory, and from them the model's languages.

import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { DrumError } from "../errors.js";
import type { Language, ModelFiles } from "../runtimes/language.js";
import { fileHints } from "./hints.js";

interface Found {
  language: Language;
  hookFiles: string[];
  artifacts: string[];
}

/** A folder with more files is hardly a code directory, but rather a whole disk. */
const mostFiles = 100_000;
const mostNamed = 20;

/**
 * Returns one entry per language. `asked` is --language; files of other languages are then ignored. Hook files count at any
 * depth, but only those at the top level select a language. If several languages match, an artifact selects its language only
 * if the worker can load it.
 */
export function findModelFiles(
  codeDirectory: string,
  languages: readonly Language[],
  asked?: string,
): ModelFiles[] {
  const files = listFiles(codeDirectory);
  const found = languages.map((language) => ({ language, ...sortOut(files, language) }));
  const name = asked && languageNamed(asked, languages).name;
  const chosen = name
    ? found.filter(({ language }) => language.name === name)
    : chooseLanguages({ codeDirectory, files, found });
  const models = chosen.map(({ language, hookFiles, artifacts }) => {
    if (hookFiles.length > 1) {
      throw new DrumError(
        "HOOK_FILE_AMBIGUOUS",
        `found ${hookFiles.length} hook files in ${codeDirectory}, expected one: ${hookFiles.join(", ")}; remove the others`,
      );
    }
    return {
      language,
      hookFile: hookFiles[0] && path.join(codeDirectory, hookFiles[0]),
      artifacts: artifacts
        .filter((file) => isTop(file) && endsWithAny(file, language.loadableExtensions))
        .map((file) => path.join(codeDirectory, file)),
    };
  });
  for (const { hookFile, artifacts } of models) {
    if (hookFile !== undefined) checkRegular(hookFile, "HOOK_FILE_BROKEN");
    for (const file of artifacts) checkRegular(file, "ARTIFACT_UNREADABLE");
  }
  return models;
}

/** Reading a named pipe would wait for a writer. */
function checkRegular(file: string, code: "HOOK_FILE_BROKEN" | "ARTIFACT_UNREADABLE"): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() !== false || stats.isDirectory()) return;
  const what = stats.isFIFO() ? "a named pipe" : stats.isSocket() ? "a socket" : "a device";
  throw new DrumError(code, `${file} is ${what}; expected a file, replace it`);
}

/** Folders that hold installed packages or a Mac's notes about files, not the model. */
const foreignFolders = ["node_modules", "__pycache__", "__MACOSX", "renv"];

/** Relative paths, sorted. Skips hidden files and folders, virtual environments and installed packages. */
export function listFiles(codeDirectory: string): string[] {
  const files: string[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = readdirSync(path.join(codeDirectory, folder), { withFileTypes: true });
    if (folder !== "" && entries.some(({ name }) => name === "pyvenv.cfg")) continue;
    for (const entry of entries) {
      const file = path.join(folder, entry.name);
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory()) {
        if (!foreignFolders.includes(entry.name)) folders.push(file);
      } else if (files.push(file) > mostFiles) {
        throw new DrumError(
          "LANGUAGE_AMBIGUOUS",
          `${codeDirectory} contains more than ${mostFiles} files; use a folder with only the model`,
        );
      }
    }
  }
  return files.sort();
}

function sortOut(files: readonly string[], language: Language): Omit<Found, "language"> {
  const hookFiles = files.filter((file) => language.hookFiles.includes(path.basename(file)));
  // custom.java has the extension of an artifact, but is a hook file.
  const artifacts = files.filter(
    (file) => endsWithAny(file, language.artifactExtensions) && !hookFiles.includes(file),
  );
  return { hookFiles, artifacts };
}

function isTop(file: string): boolean {
  return !file.includes(path.sep);
}

function endsWithAny(file: string, endings: readonly string[]): boolean {
  return endings.includes(path.extname(file).toLowerCase());
}

function languageNamed(name: string, languages: readonly Language[]): Language {
  const language = languages.find((one) => one.name === name.toLowerCase());
  if (language) return language;
  const known = languages.map((one) => one.name).join(", ");
  throw new DrumError("USAGE", `--language must be one of ${known}, got "${name}"`);
}

function chooseLanguages(search: {
  codeDirectory: string;
  files: readonly string[];
  found: readonly Found[];
}): Found[] {
  const { codeDirectory, files, found } = search;
  const candidates = found.filter(
    ({ hookFiles, artifacts }) => hookFiles.some(isTop) || artifacts.length > 0,
  );
  if (candidates.length > 1) {
    const taking = candidates.filter(
      ({ hookFiles, artifacts, language }) =>
        hookFiles.some(isTop) ||
        artifacts.some((file) => isTop(file) && endsWithAny(file, language.loadableExtensions)),
    );
    return taking.length > 0 ? taking : candidates.slice(0, 1);
  }
  if (candidates.length === 1) return candidates;
  const expected = found
    .map(({ language: { name, hookFiles, artifactExtensions } }) => {
      const artifacts = artifactExtensions.map((ending) => `*${ending}`);
      return `${name}: ${[...hookFiles, ...artifacts].join(" ")}`;
    })
    .join("; ");
  const hints = fileHints(
    files,
    found.map(({ language }) => language),
  );
  throw new DrumError(
    "CODE_DIRECTORY_EMPTY",
    `${codeDirectory} has neither a hook file nor an artifact; expected one of ${expected}; found ${[describe(files), ...hints].join("; ")}`,
  );
}

function describe(files: readonly string[]): string {
  if (files.length === 0) return "no files at all";
  const rest = files.length > mostNamed ? ` and ${files.length - mostNamed} more` : "";
  return files.slice(0, mostNamed).join(", ") + rest;
}
