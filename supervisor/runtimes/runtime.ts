// Which interpreter runs the model, and why. In order of preference: the code directory's own environment (--install-deps), --runtime,
// the active virtual environment, the installed environment that fits the artifact, the interpreter on PATH.

import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { DrumError } from "../errors.js";
import type { Places } from "../places.js";
import { findPrograms, isExecutable } from "../processes/interpreter.js";
import { suggested } from "../suggest.js";
import { environmentNamed, findInstalled, isDescribed, readEnvironments } from "./environments/catalogue.js";
import { installDependencies, takesRequirements } from "./environments/dependencies.js";
import { environmentToInstall, fittingEnvironment, type ModelNeeds } from "./environments/fitting.js";
import type { InstallOptions } from "./environments/install.js";
import type { Language, ModelFiles } from "./language.js";

export interface Runtime {
  /** Absolute path of the interpreter. */
  interpreter: string;
  /** Name of the installed environment, if one was chosen. */
  environment: string | undefined;
  /** Why it was chosen, for --verbose and /info/. */
  reason: string;
}

/** The user's wishes about interpreters. */
export interface RuntimeWishes {
  /** Language to interpreter or environment, as given with --runtime. */
  runtimes: Readonly<Record<string, string>>;
  /** Whether to install the code directory's requirements.txt. */
  installDeps: boolean;
  places: Places;
}

type Wishes = RuntimeWishes & Pick<InstallOptions, "onProgress" | "signal">;

export async function chooseRuntime(files: ModelFiles, wishes: Wishes): Promise<Runtime> {
  const { language } = files;
  const { places, runtimes } = wishes;
  const own = wishes.installDeps ? await ownEnvironment(files, wishes) : undefined;
  if (own) return own;
  const asked = runtimes[language.name];
  if (asked !== undefined) return askedRuntime(language, asked, wishes);
  const prefix = places.virtualEnvironment;
  const [active] = prefix ? findPrograms(language.interpreters, [path.join(prefix, "bin")]) : [];
  if (active) {
    const reason = `the active virtual environment ${prefix}`;
    return { interpreter: active, environment: undefined, reason };
  }
  const needs: ModelNeeds = { ...files, language: language.name, places };
  const installed = await fittingEnvironment(needs);
  if (installed) {
    return { interpreter: installed.interpreter, environment: installed.name, reason: installed.reason };
  }
  for (const folder of places.searchPath) {
    const [interpreter] = findPrograms(language.interpreters, [folder]);
    if (!interpreter) continue;
    return { interpreter, environment: undefined, reason: `${path.basename(interpreter)} found on PATH` };
  }
  const name = await environmentToInstall(needs);
  throw new DrumError(
    "RUNTIME_MISSING",
    `no interpreter for ${language.name} was found; expected ${language.interpreters.join(" or ")} on PATH, an active virtual environment ` +
      `or an installed environment; ${name ? `run: drum environment install ${name}` : "install one"}, ` +
      `or name one with --runtime ${language.name}=PATH`,
  );
}

/** Absolute path of the requirements.txt next to the artifacts, or without artifacts next to the hook file. */
export function findRequirements({ artifacts, hookFile }: ModelFiles): string | undefined {
  const beside = artifacts[0] ?? hookFile;
  const file = beside && path.join(path.dirname(beside), "requirements.txt");
  return file && existsSync(file) ? file : undefined;
}

/** Undefined if the code directory has no requirements.txt, or its language does not use one. */
async function ownEnvironment(files: ModelFiles, wishes: Wishes): Promise<Runtime | undefined> {
  const { language } = files;
  const requirementsFile = findRequirements(files);
  if (!requirementsFile || !takesRequirements(language.name, wishes.places)) return undefined;
  const asked = wishes.runtimes[language.name];
  const { interpreter, name, hash } = await installDependencies(
    {
      requirementsFile,
      language: language.name,
      interpreters:
        asked === undefined ? language.interpreters : [askedRuntime(language, asked, wishes).interpreter],
      minimumVersion: language.minimumVersion ?? "0",
    },
    wishes,
  );
  const reason = `--install-deps, from ${requirementsFile}`;
  return { interpreter, environment: `${name}-${hash.slice(0, 12)}`, reason };
}

/** --runtime names an environment or its folder, a program on PATH, the path of an interpreter, or a folder with bin/. */
function askedRuntime(language: Language, asked: string, { places }: Wishes): Runtime {
  const reason = `--runtime ${language.name}=${asked}`;
  const isPath = asked.includes(path.sep);
  const named = environmentAsked(language, asked, { places, reason });
  if (named) return named;
  const candidates = isPath
    ? [path.resolve(asked)]
    : places.searchPath.map((folder) => path.join(folder, asked));
  const found = candidates.find((file) => existsSync(file));
  const isFolder = found !== undefined && statSync(found).isDirectory();
  const interpreter = isFolder ? findPrograms(language.interpreters, [path.join(found, "bin")])[0] : found;
  if (!interpreter) {
    const what = isFolder
      ? `this folder has no bin/${language.interpreters[0]}`
      : isPath
        ? "this file does not exist"
        : "no environment or program on PATH has this name";
    const remedy = "give the path of an interpreter or the name of an environment (drum environment list)";
    const names = readEnvironments(places)
      .filter((one) => one.language === language.name)
      .map(({ name }) => name);
    throw new DrumError("RUNTIME_MISSING", `${reason}: ${what}; ${remedy}${suggested(asked, names)}`);
  }
  if (!isExecutable(interpreter)) {
    throw new DrumError(
      "RUNTIME_UNUSABLE",
      `${reason}: ${interpreter} is not executable; check its permissions`,
    );
  }
  return { interpreter, environment: undefined, reason };
}

/** Undefined if it is neither the name nor the folder of an environment. */
function environmentAsked(
  { name: language }: Language,
  asked: string,
  { places, reason }: Pick<Wishes, "places"> & { reason: string },
): Runtime | undefined {
  const all = readEnvironments(places);
  const environment = asked.includes(path.sep)
    ? isDescribed(asked) && environmentNamed(asked, places)
    : all.find(({ name }) => name === asked);
  if (!environment) return undefined;
  if (environment.language !== language) {
    const names = all.filter((one) => one.language === language).map(({ name }) => name);
    throw new DrumError(
      "RUNTIME_UNUSABLE",
      `${reason}: this environment is for ${environment.language}, expected one for ${language}` +
        `${names.length > 0 ? ` (${names.join(", ")})` : ""}, or the path of an interpreter`,
    );
  }
  const installed = findInstalled(environment, places.dataDirectory);
  if (!installed) {
    throw new DrumError(
      "RUNTIME_MISSING",
      `${reason}: this environment is not installed; run: drum environment install ${asked}`,
    );
  }
  return { interpreter: installed.interpreter, environment: environment.name, reason };
}
