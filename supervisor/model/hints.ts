// Finds what looks like a slip in a code directory but need not be one: a hook or a file whose name is almost right, or an artifact in
// a subfolder. Nothing is refused for it.

import { readFileSync } from "node:fs";
import path from "node:path";
import { hookName, inCamelCase, type Language, type ModelFiles } from "../runtimes/language.js";
import { nearest } from "../suggest.js";
import { ownHooks, stageHooks } from "./metadata/hooks.js";

const metadataFile = "model-metadata.yaml";
/** What functions that score are called elsewhere. */
const otherNames: Readonly<Record<string, string>> = { predict: "score" };
/** Many a helper is one letter away from a shorter name. */
const shortestHook = 5;

/** `files` are the paths in the code directory. */
export function hintsOf(files: readonly string[], parts: readonly ModelFiles[]): string[] {
  const functions = parts.map((part) => functionsOf(part));
  return [
    ...metadataHints(files),
    ...parts.flatMap((part) => fileHints(files, part.hookFile ? [] : [part.language])),
    ...subfolderHints(files, parts, functions.flat()),
    ...parts.flatMap((part, at) => hookHints(part, functions[at]!, functions.flat())),
  ];
}

function metadataHints(files: readonly string[]): string[] {
  const names = files.filter((file) => /\.ya?ml$/i.test(file) && !file.includes(path.sep));
  if (names.includes(metadataFile)) return [];
  const meant = names.filter((name) => nearest(name, [metadataFile]));
  return meant.map((name) => `${name} is not read; did you mean ${metadataFile}?`);
}

/** Files of languages without a hook file that are almost named like one. */
export function fileHints(files: readonly string[], languages: readonly Language[]): string[] {
  return languages.flatMap(({ hookFiles }) =>
    files
      .filter((file) => !file.includes(path.sep) && !hookFiles.includes(file))
      .filter((file) => hookFiles.some((name) => sameEnding(name, file)))
      .map((file) => ({ file, meant: nearest(file, hookFiles) }))
      .filter(({ meant }) => meant !== undefined)
      .map(({ file, meant }) => `${file} is not read as a hook file; did you mean ${meant}?`),
  );
}

const sameEnding = (one: string, other: string) =>
  path.extname(one).toLowerCase() === path.extname(other).toLowerCase();

function subfolderHints(
  files: readonly string[],
  parts: readonly ModelFiles[],
  functions: readonly string[],
): string[] {
  const isLoaded =
    parts.some(({ artifacts }) => artifacts.length > 0) || functions.some((one) => isHook(one, "load_model"));
  if (isLoaded) return [];
  return parts.flatMap(({ language }) =>
    files
      .filter(
        (file) =>
          file.includes(path.sep) && language.loadableExtensions.includes(path.extname(file).toLowerCase()),
      )
      .filter((file) => !language.hookFiles.includes(path.basename(file)))
      .map(
        (file) =>
          `${file} is in a subfolder and is not loaded; move it up, or load it with ${hookName("load_model", language)}`,
      ),
  );
}

function hookHints(
  { hookFile = "", language }: ModelFiles,
  functions: readonly string[],
  everywhere: readonly string[],
): string[] {
  const missing = [...ownHooks, ...stageHooks].filter(
    (hook) => hook.length >= shortestHook && !everywhere.some((one) => isHook(one, hook)),
  );
  const words = [
    ...missing,
    ...Object.keys(otherNames).filter((name) => missing.some((hook) => hook === otherNames[name])),
  ];
  return functions.flatMap((name) => {
    if ([...ownHooks, ...stageHooks].some((hook) => isHook(name, hook))) return [];
    const meant = nearest(name, words);
    if (meant === undefined) return [];
    const hook = hookName(otherNames[meant] ?? meant, language);
    return [`${path.basename(hookFile)} defines ${name}, which is no hook; did you mean ${hook}?`];
  });
}

/** In Java, a hook may be written in camel case. */
function isHook(name: string, hook: string): boolean {
  return name === hook || name === inCamelCase(hook);
}

/** The functions that the hook file defines, as far as its text shows them. */
function functionsOf({ hookFile, language: { functionPattern } }: ModelFiles): string[] {
  if (hookFile === undefined || functionPattern === undefined) return [];
  try {
    const names = [...readFileSync(hookFile, "utf8").matchAll(functionPattern)].flatMap((match) =>
      match.slice(1),
    );
    return [...new Set(names.filter((name) => name !== undefined))];
  } catch {
    return []; // The worker says why it cannot be read.
  }
}
