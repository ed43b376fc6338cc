// How an environment is installed, according to its environment.json: from a requirements list, or by its own script.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DrumError } from "../../errors.js";
import type { Description } from "../../formats/description.js";

export type Recipe = RequirementsRecipe | ScriptRecipe;

export interface RequirementsRecipe {
  kind: "requirements";
  /** Absolute path. */
  requirementsFile: string;
}

export interface ScriptRecipe {
  kind: "script";
  /** Program and arguments, run in the description's folder. */
  command: readonly [string, ...string[]];
  /** Optional arguments, each with its purpose. */
  arguments: Readonly<Record<string, string>>;
  /** Arguments that build from a folder, each with the absolute path of that folder. */
  madeOf: Readonly<Record<string, string>>;
  /** Run by `drum environment check`. Fails with the reason if the environment does not work. */
  check: readonly [string, ...string[]] | undefined;
}

interface Source {
  description: Description;
  /** The text that `description` was read from. */
  text: string;
  folder: string;
  broken: (what: string) => DrumError;
}

/** The recipe, and the contents that decide what is installed, with the description itself first. */
export function readRecipe(source: Source): { recipe: Recipe; contents: string[] } {
  const { description, text, folder, broken } = source;
  const isScript = description.has("install");
  if (isScript === description.has("requirements")) {
    throw broken('exactly one of "requirements" and "install" must be given');
  }
  const contents = [text];
  if (!isScript) {
    const requirementsFile = fileOf("requirements", description.text("requirements"), source);
    return {
      recipe: { kind: "requirements", requirementsFile },
      contents: [...contents, readFileSync(requirementsFile, "utf8")],
    };
  }
  for (const name of description.texts("files")) {
    contents.push(name, readFileSync(fileOf("files", name, { folder, broken }), "utf8"));
  }
  const recipe: ScriptRecipe = {
    kind: "script",
    command: commandOf("install", source),
    arguments: textMap("arguments", "its purpose", source),
    madeOf: foldersOf(source),
    check: description.has("check") ? commandOf("check", source) : undefined,
  };
  return { recipe, contents };
}

/** `words`, sorted so that the same set gives the same installation. Throws USAGE for an unknown one. */
export function checkArguments(name: string, recipe: Recipe, words: readonly string[]): string[] {
  const known = recipe.kind === "script" ? recipe.arguments : {};
  const unknown = words.find((word) => !Object.hasOwn(known, word));
  if (unknown === undefined) return [...new Set(words)].sort();
  const lines = Object.entries(known).map(([word, what]) => `${word} (${what})`);
  const expected = lines.length > 0 ? `expected ${lines.join(", ")}` : "it takes none";
  throw new DrumError(
    "USAGE",
    `the environment ${name} does not know the argument "${unknown}"; ${expected}`,
  );
}

function fileOf(key: string, name: string, { folder, broken }: Pick<Source, "folder" | "broken">): string {
  const file = path.join(folder, name);
  if (!existsSync(file)) throw broken(`"${key}" must name a file in the folder, got "${name}"`);
  return file;
}

function commandOf(key: string, { description, broken }: Source): [string, ...string[]] {
  const [program, ...words] = description.texts(key);
  if (program === undefined) throw broken(`"${key}" must be a program and its arguments, got []`);
  return [program, ...words];
}

function textMap(key: string, meaning: string, { text, broken }: Source): Record<string, string> {
  const map = JSON.parse(text)[key] ?? {};
  const isMap = typeof map === "object" && !Array.isArray(map);
  if (isMap && Object.values(map).every((what) => typeof what === "string")) return map;
  throw broken(`"${key}" must map each argument to ${meaning}, got ${JSON.stringify(map)}`);
}

function foldersOf(source: Source): Record<string, string> {
  const folders = textMap("made_of", "a folder", source);
  return Object.fromEntries(
    Object.entries(folders).map(([word, folder]) => [word, path.join(source.folder, folder)]),
  );
}

/** The contents of the folders that these arguments build from, except their tests. */
export function contentsFor({ madeOf }: ScriptRecipe, words: readonly string[]): string[] {
  return words
    .flatMap((word) => madeOf[word] ?? [])
    .filter(existsSync)
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
        .filter((file) => !file.startsWith("tests"))
        .sort()
        .flatMap((file) => [file, readFileSync(path.join(folder, file), "latin1")]),
    );
}
