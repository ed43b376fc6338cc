// Finds the file of a wrapper class, and with it the language.

import { existsSync } from "node:fs";
import path from "node:path";
import { DrumError } from "../errors.js";
import type { Language, ModelFiles } from "../runtimes/language.js";

interface Wish {
  /** `Model`, or `package.module.Class`. */
  name: string;
  /** --language. */
  language: string | undefined;
}

/** Throws CODE_DIRECTORY_EMPTY if no language has the file, and LANGUAGE_AMBIGUOUS if several have it. */
export function findComponent(
  codeDirectory: string,
  languages: readonly Language[],
  { name, language }: Wish,
): ModelFiles {
  const able = languages.filter((one) => one.componentExtension && (!language || one.name === language));
  const found = able.flatMap((one) => {
    const hookFile = componentFile(codeDirectory, name, one);
    return hookFile ? [{ language: one, hookFile, artifacts: [] }] : [];
  });
  if (found.length > 1) {
    const names = found.map((one) => one.language.name).join(" and ");
    throw new DrumError("LANGUAGE_AMBIGUOUS", `${name} is there in ${names}; choose with --language`);
  }
  const [only] = found;
  if (only) return only;
  const module = moduleOf(codeDirectory, name);
  const names = able.map(({ componentExtension }) => path.basename(module) + componentExtension).join(", ");
  throw new DrumError(
    "CODE_DIRECTORY_EMPTY",
    `there is no file for the class ${name} in ${path.dirname(module)}; expected one of ${names}; start in its folder, or correct the name`,
  );
}

/** The file of a wrapper class in this language; undefined if it is not there. */
export function componentFile(
  codeDirectory: string,
  name: string,
  { componentExtension: extension }: Language,
): string | undefined {
  if (extension === undefined) return undefined;
  const module = moduleOf(codeDirectory, name);
  return [`${module}${extension}`, path.join(module, `__init__${extension}`)].find((file) =>
    existsSync(file),
  );
}

/** The path of the class's module, without an extension. */
function moduleOf(codeDirectory: string, name: string): string {
  const parts = name.split(".");
  return path.join(codeDirectory, ...(parts.length > 1 ? parts.slice(0, -1) : parts));
}
