// What the supervisor knows about a language: its worker.json, found in the worker folders.

import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { PROTOCOL_VERSION } from "../../protocol/messages.js";
import { DrumError, messageOf } from "../errors.js";
import { readDescription } from "../formats/description.js";

export interface Language {
  /** The name in /info/, --language and --runtime. */
  name: string;
  /** Folder of the worker's sources. */
  folder: string;
  /** Possible names of the hook file. */
  hookFiles: readonly string[];
  /** Extensions of artifacts of this language, with the dot and in lower case. */
  artifactExtensions: readonly string[];
  /** Extensions that the worker can load without a load_model hook. */
  loadableExtensions: readonly string[];
  /** Where a wrapper class may be, by {class}, the path of its whole name, or {module}, that of its module. */
  componentFiles: readonly string[];
  /** Names of the interpreter, searched on PATH in this order. */
  interpreters: readonly string[];
  minimumVersion: string | undefined;
  /** Program and arguments; {interpreter} and {worker} are filled in. */
  command: readonly string[];
  /** Prints the interpreter's version, to explain a failed start and for drum doctor. */
  versionCommand: readonly string[] | undefined;
  /** Prints which packages of the language are there, and exits with 0 if those for tables are. */
  packagesCommand: readonly string[] | undefined;
  /** Finds the functions that a hook file defines; a group that takes part is the name. */
  functionPattern: RegExp | undefined;
  /** Whether hook files spell hooks in camel case, as in `loadModel`. */
  camelCase: boolean;
}

/** The files of one language in a code directory. */
export interface ModelFiles {
  language: Language;
  hookFile: string | undefined;
  /** Artifacts at the top level that the worker can load; absolute paths, sorted. */
  artifacts: readonly string[];
}

/** All languages in these folders, sorted by name. Of two with the same name, the first wins. */
export function readLanguages(workerFolders: readonly string[]): Language[] {
  const languages = new Map<string, Language>();
  for (const folder of workerFolders.flatMap(subfolders)) {
    const file = path.join(folder, "worker.json");
    if (!statSync(file, { throwIfNoEntry: false })) continue;
    const language = readLanguage(folder, file);
    if (!languages.has(language.name)) languages.set(language.name, language);
  }
  return [...languages.values()].sort((one, other) => one.name.localeCompare(other.name));
}

function readSpelling(given: string, broken: (what: string) => DrumError): string {
  if (["snake_case", "camelCase"].includes(given)) return given;
  throw broken(`"hook_spelling" must be snake_case or camelCase, got ${JSON.stringify(given)}`);
}

/** What a message calls a hook for users of the language. */
export function hookName(hook: string, { camelCase }: Pick<Language, "camelCase">): string {
  return camelCase ? inCamelCase(hook) : hook;
}

/** `load_model` as `loadModel`. */
export function inCamelCase(hook: string): string {
  return hook.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => path.join(folder, entry.name));
  } catch (error) {
    throw new DrumError("USAGE", `the worker folder ${folder} cannot be read: ${messageOf(error)}`);
  }
}

function readLanguage(folder: string, file: string): Language {
  const broken = (what: string) => new DrumError("USAGE", `${file}: ${what}; see workers/README.md`);
  const { text, texts, number, has } = readDescription(readFileSync(file, "utf8"), broken);
  const protocol = number("protocol");
  if (protocol !== PROTOCOL_VERSION) {
    throw broken(`"protocol" must be ${PROTOCOL_VERSION}, the version this drumline speaks, got ${protocol}`);
  }
  return {
    name: text("language"),
    folder,
    hookFiles: texts("hook_files"),
    artifactExtensions: texts("artifact_extensions"),
    loadableExtensions: texts("loadable_extensions"),
    componentFiles: has("component_files") ? texts("component_files") : [],
    interpreters: texts("interpreters"),
    minimumVersion: has("minimum_version") ? text("minimum_version") : undefined,
    command: texts("command"),
    versionCommand: has("version_command") ? texts("version_command") : undefined,
    packagesCommand: has("packages_command") ? texts("packages_command") : undefined,
    functionPattern: has("function_pattern") ? new RegExp(text("function_pattern"), "gm") : undefined,
    camelCase: has("hook_spelling") && readSpelling(text("hook_spelling"), broken) === "camelCase",
  };
}
