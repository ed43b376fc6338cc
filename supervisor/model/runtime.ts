// Which interpreter runs the model, and why: the first found of --runtime, the active virtual environment,
// the installed environment that fits the artifact, the interpreter on PATH.

import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import type { Config } from "../config.js";
import { fittingEnvironment } from "../environment/catalogue.js";
import { DrumError } from "../errors.js";
import type { ModelFiles } from "./files.js";
import type { Language } from "./language.js";

export interface Runtime {
  /** Absolute path of the interpreter. */
  interpreter: string;
  /** Name of the installed environment, when that was chosen. */
  environment: string | undefined;
  /** For --verbose and /info/. */
  reason: string;
}

type Wishes = Pick<Config, "runtimes" | "places">;

export async function chooseRuntime(files: ModelFiles, { runtimes, places }: Wishes): Promise<Runtime> {
  const { language, artifacts } = files;
  const asked = runtimes[language.name];
  if (asked !== undefined) return askedRuntime(language, asked, places.searchPath);
  const active =
    places.virtualEnvironment && interpreterIn(path.join(places.virtualEnvironment, "bin"), language);
  if (active) {
    return {
      interpreter: active,
      environment: undefined,
      reason: `the active virtual environment ${places.virtualEnvironment}`,
    };
  }
  const installed = await fittingEnvironment({
    language: language.name,
    artifacts,
    hookFile: files.hookFile,
    places,
  });
  if (installed) {
    return { interpreter: installed.interpreter, environment: installed.name, reason: installed.reason };
  }
  for (const folder of places.searchPath) {
    const interpreter = interpreterIn(folder, language);
    if (interpreter) {
      return { interpreter, environment: undefined, reason: `${path.basename(interpreter)} found on PATH` };
    }
  }
  throw new DrumError(
    "RUNTIME_MISSING",
    `no interpreter for ${language.name} was found; expected ${language.interpreters.join(" or ")} on PATH, an active virtual environment ` +
      `or an installed environment; install one, or name one with --runtime ${language.name}=PATH`,
  );
}

function askedRuntime(language: Language, asked: string, searchPath: readonly string[]): Runtime {
  const reason = `--runtime ${language.name}=${asked}`;
  const candidates = asked.includes(path.sep)
    ? [path.resolve(asked)]
    : searchPath.map((folder) => path.join(folder, asked));
  const interpreter = candidates.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
  if (!interpreter) {
    throw new DrumError(
      "RUNTIME_MISSING",
      `${reason}: there is no such file; give the path of an interpreter`,
    );
  }
  if (!isExecutable(interpreter)) {
    throw new DrumError(
      "RUNTIME_UNUSABLE",
      `${reason}: ${interpreter} is not executable; check its permissions`,
    );
  }
  return { interpreter, environment: undefined, reason };
}

function interpreterIn(folder: string, language: Language): string | undefined {
  return language.interpreters.map((name) => path.join(folder, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
