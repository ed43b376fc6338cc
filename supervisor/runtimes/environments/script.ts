// An environment installed by its own script: the script fills an empty folder and lists the packages in packages.txt there.

import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { askVersion, findPrograms } from "../../processes/interpreter.js";
import { failure, run, type Steps, stepFailure } from "../../processes/tools.js";
import type { Environment } from "./catalogue.js";
import type { ScriptRecipe } from "./recipe.js";

export interface ScriptPlan {
  environment: Pick<Environment, "folder" | "interpreters" | "packageDirectory">;
  recipe: ScriptRecipe;
  arguments: readonly string[];
}

/** The variables that tell a script which folder to fill or check, and where the workers are. */
export function scriptVariables({ packageDirectory }: Pick<Environment, "packageDirectory">, folder: string) {
  return { DRUM_ENVIRONMENT_FOLDER: folder, DRUM_PACKAGE_FOLDER: packageDirectory };
}

export interface Made {
  interpreter: string;
  interpreterVersion: string;
  packages: Record<string, string>;
}

/** Fills `folder`, which must not exist yet. After a failure, the caller removes the folder. */
export async function runScript(plan: ScriptPlan, folder: string, steps: Steps): Promise<Made> {
  const { environment, recipe } = plan;
  await mkdir(folder);
  const outcome = await run([...recipe.command, ...plan.arguments], counted(steps), {
    folder: environment.folder,
    variables: scriptVariables(environment, folder),
  });
  const what = recipe.command.join(" ");
  if (outcome.failed) {
    const remedy = `do what it says, then run: ${steps.again}`;
    throw stepFailure(steps, { ...outcome, what, remedy });
  }
  const broken = (why: string) => failure(steps, `${what} succeeded, but ${why}; correct the script`);
  const [interpreter] = findPrograms(environment.interpreters, [path.join(folder, "bin")]);
  if (!interpreter) throw broken(`left no ${environment.interpreters.join(" or ")} in bin`);
  const interpreterVersion = await askVersion([interpreter, "--version"]);
  if (!interpreterVersion) throw broken(`${interpreter} --version prints no version`);
  const packages = await readPackages(path.join(folder, "packages.txt")).catch(() => undefined);
  if (!packages) throw broken("left no packages.txt");
  return { interpreter, interpreterVersion, packages };
}

/** Turns lines such as `[2/7] text` into progress. */
function counted({ onProgress, signal }: Steps) {
  return {
    signal,
    onProgress(text: string) {
      const [, done, total, rest = text] = /^\[(\d+)\/(\d+)\]\s*(.*)$/.exec(text) ?? [];
      if (done === undefined) onProgress(rest);
      else onProgress(rest, Number(done), Number(total));
    },
  };
}

/** Lines `name version`. */
export async function readPackages(file: string): Promise<Record<string, string>> {
  const lines = (await readFile(file, "utf8")).split("\n").map((line) => line.trim().split(/\s+/));
  return Object.fromEntries(lines.filter(([name]) => name).map(([name, version = ""]) => [name, version]));
}
