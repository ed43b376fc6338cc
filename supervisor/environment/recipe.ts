// How an environment is made, as its environment.json says: from a list of requirements, or by a script of its own.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Description } from "../description.js";
import { DrumError } from "../errors.js";

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
  /** Further arguments that a user may add, to what each is for. */
  arguments: Readonly<Record<string, string>>;
  /** Run by `drum environment check`: fails with the reason when the environment does not work. */
  check: readonly [string, ...string[]] | undefined;
}

interface Source {
  description: Description;
  /** The text that `description` was read from. */
  text: string;
  folder: string;
  broken: (what: string) => DrumError;
}

/** The recipe, and the content of everything that decides what gets installed, the description itself first. */
export function readRecipe(source: Source): { recipe: Recipe; contents: string[] } {
  const { description, text, folder, broken } = source;
  const isScript = description.has("install");
  if (isScript === description.has("requirements")) {
    throw broken('exactly one of "requirements" and "install" must be there');
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
    arguments: argumentsOf(source),
    check: description.has("check") ? commandOf("check", source) : undefined,
  };
  return { recipe, contents };
}

/** `words`, when the environment takes them all; throws USAGE. In one order, so that the same set is the same installation. */
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
  if (!existsSync(file)) throw broken(`"${key}" must name a file of the folder, got "${name}"`);
  return file;
}

function commandOf(key: string, { description, broken }: Source): [string, ...string[]] {
  const [program, ...words] = description.texts(key);
  if (program === undefined) throw broken(`"${key}" must be a program and its arguments, got []`);
  return [program, ...words];
}

function argumentsOf({ text, broken }: Source): Record<string, string> {
  const known = JSON.parse(text).arguments ?? {};
  const isMap = typeof known === "object" && !Array.isArray(known);
  if (isMap && Object.values(known).every((what) => typeof what === "string")) return known;
  throw broken(`"arguments" must map arguments to what each is for, got ${JSON.stringify(known)}`);
}
