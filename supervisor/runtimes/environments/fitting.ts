// Which of the environments fits a model: by the endings of its artifacts and the modules that its files mention.

import path from "node:path";
import { type Environment, type EnvironmentPlaces, findInstalled, readEnvironments } from "./catalogue.js";
import { findModules } from "./modules.js";

/** The part of a model that tells which packages it needs. */
export interface ModelNeeds {
  language: string;
  /** Paths. */
  artifacts: readonly string[];
  /** Read for module names too, when given. */
  hookFile?: string | undefined;
  places: EnvironmentPlaces;
}

export interface Fitting {
  name: string;
  interpreter: string;
  /** Why this one, in words. */
  reason: string;
}

interface Candidates {
  /** The preferred first. */
  environments: Environment[];
  /** Known modules that the model's files mention. */
  needed: string[];
}

/** The installed environment that has every known module the model's files mention; of several the preferred one. */
export async function fittingEnvironment(needs: ModelNeeds): Promise<Fitting | undefined> {
  const { environments, needed } = await candidates(needs);
  for (const environment of environments) {
    const installed = findInstalled(environment, needs.places.dataDirectory);
    if (!installed) continue;
    const why =
      needed.length > 0
        ? `has ${needed.join(" and ")}, which the model names`
        : `is the first choice for ${endingsOf(needs.artifacts) || needs.language}`;
    const { name } = environment;
    return { name, interpreter: installed.interpreter, reason: `the installed environment ${name} ${why}` };
  }
  return undefined;
}

/** Name of the preferred environment that fits and is not installed; undefined when one that fits is. */
export async function environmentToInstall(needs: ModelNeeds): Promise<string | undefined> {
  const { environments } = await candidates(needs);
  const { dataDirectory } = needs.places;
  if (environments.some((one) => findInstalled(one, dataDirectory))) return undefined;
  return environments[0]?.name;
}

async function candidates({ language, artifacts, hookFile, places }: ModelNeeds): Promise<Candidates> {
  const all = readEnvironments(places).filter((one) => one.language === language);
  const fitting = all.filter(({ extensions }) =>
    artifacts.every((file) => extensions.includes(path.extname(file).toLowerCase())),
  );
  // What a file format is converted from, such as the "pytorch" that an ONNX file bears as its producer, is not needed.
  const named = await findModules(artifacts, modulesOf(fitting));
  const imported = hookFile === undefined ? [] : await findModules([hookFile], modulesOf(all));
  const needed = modulesOf(all).filter((module) => named.includes(module) || imported.includes(module));
  const environments = fitting
    .filter(({ modules }) => needed.every((module) => modules.includes(module)))
    .sort((one, other) => one.preference - other.preference);
  return { environments, needed };
}

function modulesOf(environments: readonly Environment[]): string[] {
  return [...new Set(environments.flatMap(({ modules }) => modules))];
}

function endingsOf(artifacts: readonly string[]): string {
  return [...new Set(artifacts.map((file) => path.extname(file).toLowerCase()))].join(" and ");
}
