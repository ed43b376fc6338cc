// --install-deps: the environments of the code directories are made before a command runs, with their progress shown; and where a
// model lacks a package, the error says what would add it.

import { type Config, type FlagValues, readConfig } from "../config.js";
import { takesRequirements } from "../environment/dependencies.js";
import { environmentToInstall } from "../environment/fitting.js";
import { DrumError } from "../errors.js";
import { findModelFiles, type ModelFiles } from "../model/files.js";
import { readLanguages } from "../model/language.js";
import { chooseRuntime, findRequirements } from "../model/runtime.js";
import { type CommandName, optionsOf } from "../options.js";

/** Resolves with the exit code of `run`, or of a signal that came before it. */
export async function withDependencies(
  command: CommandName,
  flags: FlagValues,
  run: (flags: FlagValues) => Promise<number>,
): Promise<number> {
  if (!optionsOf(command).some(({ name }) => name === "install-deps")) return run(flags);
  const config = readConfig(command, flags);
  for (const folder of config.installDeps ? config.codeDirectories : []) {
    const stopped = await installFor(folder, config).catch((error: unknown) => {
      // Such a server meets the same error, and serves it.
      if (!config.withErrorServer && !config.namesModels) throw error;
    });
    if (stopped !== undefined) return stopped;
  }
  try {
    return await run(flags);
  } catch (error) {
    throw lacksPackage(error) ? await withHint(error, config).catch(() => error) : error;
  }
}

/** Undefined when all is there; the exit code when a signal came. */
async function installFor(codeDirectory: string, config: Config): Promise<number | undefined> {
  const all = findFiles(codeDirectory, config);
  const takers = all.filter(({ language }) => takesRequirements(language.name, config.places));
  if (takers.length === 0) {
    const names = all.map(({ language }) => language.name).join(" and ");
    const [unused] = all.map(findRequirements);
    if (unused) process.stderr.write(`${unused} is left alone: it means nothing to a model of ${names}\n`);
  }
  for (const files of takers) {
    const requirements = findRequirements(files);
    if (!requirements) continue;
    const { installing } = await import("./installing.js");
    const outcome = await installing("requirements.txt", (how) =>
      chooseRuntime(files, { ...config, ...how }),
    );
    if ("stopped" in outcome) {
      const { signal, exitCode } = outcome.stopped;
      process.stdout.write(`drum ${config.command}: ended by ${signal} while it installed ${requirements}\n`);
      return exitCode;
    }
  }
  return undefined;
}

/** The requirements.txt of a code directory for each language that such a list means something to. */
export function requirementsOf(codeDirectory: string, config: Config): string[] {
  const files = findFiles(codeDirectory, config).map((one) =>
    takesRequirements(one.language.name, config.places) ? findRequirements(one) : undefined,
  );
  return files.filter((file) => file !== undefined);
}

function findFiles(codeDirectory: string, { places, language }: Config): ModelFiles[] {
  return findModelFiles(codeDirectory, readLanguages(places.workerFolders), language);
}

function lacksPackage(error: unknown): error is DrumError {
  const reason = error instanceof DrumError && error.cause instanceof DrumError ? error.cause : error;
  return reason instanceof DrumError && reason.code === "PACKAGE_MISSING";
}

async function withHint(error: DrumError, config: Config): Promise<DrumError> {
  const hints: string[] = [];
  for (const files of config.codeDirectories.flatMap((folder) => findFiles(folder, config))) {
    const { language, artifacts, hookFile } = files;
    const requirements = findRequirements(files);
    if (requirements && !config.installDeps && takesRequirements(language.name, config.places)) {
      hints.push(`${requirements} lists what the model needs: --install-deps installs it`);
    } else if (config.runtimes[language.name] === undefined) {
      const needs = { language: language.name, artifacts, hookFile, places: config.places };
      const name = await environmentToInstall(needs);
      if (name) hints.push(`${name} is made for such models: drum environment install ${name}`);
    }
  }
  if (hints.length === 0) return error;
  const { code, message, traceback, httpStatus, cause } = error;
  return new DrumError(code, `${message}; ${hints.join("; ")}`, { traceback, httpStatus, cause });
}
