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
  const able = languages.filter(
    (one) => one.componentFiles.length > 0 && (!language || one.name === language),
  );
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
  const names = able.map((one) => candidates(codeDirectory, name, one)[0]!);
  throw new DrumError(
    "CODE_DIRECTORY_EMPTY",
    `there is no file for the class ${name} in ${codeDirectory}; expected one of ${names.map((file) => path.relative(codeDirectory, file)).join(", ")}; start in its folder, or correct the name`,
  );
}

/** The file of a wrapper class in this language; undefined if it is not there. */
export function componentFile(codeDirectory: string, name: string, language: Language): string | undefined {
  return candidates(codeDirectory, name, language).find((file) => existsSync(file));
}

/** Where the class may be. `package.module.Class` is a class of package/module, `Model` one of its own module. */
function candidates(codeDirectory: string, name: string, { componentFiles }: Language): string[] {
  const parts = name.split(".");
  const whole = parts.join("/");
  const module = parts.length > 1 ? parts.slice(0, -1).join("/") : whole;
  return componentFiles.map((file) =>
    path.join(codeDirectory, file.replace("{class}", whole).replace("{module}", module)),
  );
}
