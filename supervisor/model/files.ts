// Which files of a code directory make the model: hook files and artifacts, and from them the language.

import { readdirSync } from "node:fs";
import path from "node:path";
import { DrumError } from "../errors.js";
import type { Language } from "./language.js";

export interface ModelFiles {
  language: Language;
  hookFile: string | undefined;
  /** At the top level, with an ending the worker can load; absolute and sorted. */
  artifacts: readonly string[];
}

interface Found {
  hookFiles: string[];
  artifacts: string[];
}

/** A folder with more files is no code directory but somebody's disk. */
const mostFiles = 100_000;
const mostNamed = 20;

/** `asked` is --language. Hook files count at any depth, but only one at the top level tells the language. */
export function findModelFiles(
  codeDirectory: string,
  languages: readonly Language[],
  asked?: string,
): ModelFiles {
  const files = listFiles(codeDirectory);
  const found = new Map(languages.map((language) => [language, sortOut(files, language)]));
  const language = asked ? languageNamed(asked, languages) : chooseLanguage({ codeDirectory, files, found });
  const { hookFiles, artifacts } = found.get(language)!;
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
      .filter((file) => !file.includes(path.sep) && endsWithAny(file, language.loadableExtensions))
      .map((file) => path.join(codeDirectory, file)),
  };
}

/** Relative paths, sorted. Hidden folders and installed packages hold no model. */
function listFiles(codeDirectory: string): string[] {
  const files: string[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of readdirSync(path.join(codeDirectory, folder), { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!entry.name.startsWith(".") && !["node_modules", "__pycache__"].includes(entry.name))
          folders.push(file);
      } else if (files.push(file) > mostFiles) {
        throw new DrumError(
          "LANGUAGE_AMBIGUOUS",
          `${codeDirectory} holds more than ${mostFiles} files; give a folder with just the model`,
        );
      }
    }
  }
  return files.sort();
}

function sortOut(files: readonly string[], language: Language): Found {
  return {
    hookFiles: files.filter((file) => language.hookFiles.includes(path.basename(file))),
    artifacts: files.filter((file) => endsWithAny(file, language.artifactExtensions)),
  };
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

function chooseLanguage(search: {
  codeDirectory: string;
  files: readonly string[];
  found: ReadonlyMap<Language, Found>;
}): Language {
  const { codeDirectory, files, found } = search;
  const isTop = (file: string) => !file.includes(path.sep);
  const candidates = [...found].filter(([, one]) => one.hookFiles.some(isTop) || one.artifacts.length > 0);
  if (candidates.length === 1) return candidates[0]![0];
  const expected = [...found.keys()]
    .map(
      (one) =>
        `${one.name}: ${[...one.hookFiles, ...one.artifactExtensions.map((ending) => `*${ending}`)].join(" ")}`,
    )
    .join("; ");
  if (candidates.length === 0) {
    throw new DrumError(
      "CODE_DIRECTORY_EMPTY",
      `${codeDirectory} holds no hook file and no artifact; expected one of ${expected}; found ${describe(files)}`,
    );
  }
  const seen = candidates.map(
    ([one, { hookFiles, artifacts }]) => `${one.name}: ${[...hookFiles, ...artifacts].join(", ")}`,
  );
  throw new DrumError(
    "LANGUAGE_AMBIGUOUS",
    `${codeDirectory} holds files of more than one language (${seen.join("; ")}); remove some, or choose with --language`,
  );
}

function describe(files: readonly string[]): string {
  if (files.length === 0) return "no files at all";
  const rest = files.length > mostNamed ? ` and ${files.length - mostNamed} more` : "";
  return files.slice(0, mostNamed).join(", ") + rest;
}
