// Chooses the environment for a model by the extensions of its artifacts and the modules that its files mention.

import path from "node:path";
import { type Environment, type EnvironmentPlaces, findInstalled, readEnvironments } from "./catalogue.js";
import { findModules } from "./modules.js";

/** The parts of a model that show which packages it needs. */
export interface ModelNeeds {
  language: string;
  /** Paths. */
  artifacts: readonly string[];
  /** Also searched for module names. */
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

/** The preferred installed environment that has every known module that the model's files mention. */
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

/** The name of the preferred environment that fits; undefined if one that fits is installed. */
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
  // Searches artifacts only for modules of fitting environments: an ONNX file may name "pytorch" as its producer, but does not need it.
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
