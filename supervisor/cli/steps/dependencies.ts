// --install-deps: installs the environments of the code directories before a command runs, and shows progress. If a model lacks a
// package, the error gets the command that installs it.

import { DrumError } from "../../errors.js";
import { findModelFiles } from "../../model/files.js";
import type { ModelWishes } from "../../model/model.js";
import { takesRequirements } from "../../runtimes/environments/dependencies.js";
import { environmentToInstall } from "../../runtimes/environments/fitting.js";
import { type ModelFiles, readLanguages } from "../../runtimes/language.js";
import { chooseRuntime, findRequirements } from "../../runtimes/runtime.js";
import { endedBy } from "../terminal/signals.js";

/** The configuration of a command whose models have dependencies. */
export interface DependentConfig extends ModelWishes {
  codeDirectories: readonly string[];
  /** Continues if the dependencies cannot be installed, so that the server can report why. */
  withErrorServer?: boolean;
}

/** Resolves with the exit code of `run`, or of a signal that came earlier. */
export async function withDependencies(
  config: DependentConfig,
  command: string,
  run: () => Promise<number>,
): Promise<number> {
  for (const folder of config.installDeps ? config.codeDirectories : []) {
    const stopped = await installFor(folder, config, command).catch((error: unknown) => {
      // The server gets the same error when it loads the model, and serves it.
      if (!config.withErrorServer && !config.isOneOfSeveral) throw error;
    });
    if (stopped !== undefined) return stopped;
  }
  try {
    return await run();
  } catch (error) {
    throw lacksPackage(error) ? await withHint(error, config).catch(() => error) : error;
  }
}

/** Undefined if everything is installed; the exit code after a signal. */
async function installFor(
  codeDirectory: string,
  config: DependentConfig,
  command: string,
): Promise<number | undefined> {
  const all = findFiles(codeDirectory, config);
  const takers = all.filter(({ language }) => takesRequirements(language.name, config.places));
  if (takers.length === 0) {
    const names = all.map(({ language }) => language.name).join(" and ");
    const [unused] = all.map(findRequirements);
    if (unused) process.stderr.write(`${unused} is ignored: models in ${names} do not use it\n`);
  }
  for (const files of takers) {
    const requirements = findRequirements(files);
    if (!requirements) continue;
    const { installing } = await import("../terminal/installing.js");
    const outcome = await installing("requirements.txt", (how) =>
      chooseRuntime(files, { ...config, ...how }),
    );
    if ("stopped" in outcome) return endedBy(outcome.stopped, command, ` while installing ${requirements}`);
  }
  return undefined;
}

/** The requirements.txt of a code directory, for each of its languages that uses one. */
export function requirementsOf(codeDirectory: string, config: ModelWishes): string[] {
  const files = findFiles(codeDirectory, config).map((one) =>
    takesRequirements(one.language.name, config.places) ? findRequirements(one) : undefined,
  );
  return files.filter((file) => file !== undefined);
}

function findFiles(codeDirectory: string, { places, language }: ModelWishes): ModelFiles[] {
  return findModelFiles(codeDirectory, readLanguages(places.workerFolders), language);
}

function lacksPackage(error: unknown): error is DrumError {
  const reason = error instanceof DrumError && error.cause instanceof DrumError ? error.cause : error;
  return reason instanceof DrumError && reason.code === "PACKAGE_MISSING";
}

async function withHint(error: DrumError, config: DependentConfig): Promise<DrumError> {
  const hints: string[] = [];
  for (const files of config.codeDirectories.flatMap((folder) => findFiles(folder, config))) {
    const { language, artifacts, hookFile } = files;
    const requirements = findRequirements(files);
    if (requirements && !config.installDeps && takesRequirements(language.name, config.places)) {
      hints.push(`${requirements} lists what the model needs: install it with --install-deps`);
    } else if (config.runtimes[language.name] === undefined) {
      const needs = { language: language.name, artifacts, hookFile, places: config.places };
      const name = await environmentToInstall(needs);
      if (name)
        hints.push(`the environment ${name} is made for such models: run drum environment install ${name}`);
    }
  }
  if (hints.length === 0) return error;
  const { code, message, traceback, httpStatus, cause } = error;
  return new DrumError(code, `${message}; ${hints.join("; ")}`, { traceback, httpStatus, cause });
}
